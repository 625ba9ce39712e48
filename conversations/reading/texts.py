"""Free text as it is stored, and the plain form of a text from which numbers and dates are read."""

import re
import unicodedata

from conversations.reading.misread import Misread

MAX_TEXT_CHARACTERS = 10_000
MAX_SHORT_CHARACTERS = 120

_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029|\x0b|\x0c|\x85")
# Dashes and minus signs as one hyphen; full-width signs, colons, points and letters as their ASCII twins.
_TWINS = dict.fromkeys(map(ord, "−–—―‐‑‒"), "-") | {sign: chr(sign - 0xFEE0) for sign in range(0xFF01, 0xFF5F)}
_JOINER = "\u200d"
_NOT_STORED = frozenset({"Cc", "Cf", "Cs"})


def clean_text(text: str, limit: int = MAX_TEXT_CHARACTERS) -> str | Misread:
    """A free-text answer without what cannot be seen: NFC, trimmed, line ends as newlines, tabs as blanks.

    Control, zero-width, bidi-override characters and lone surrogates go; emoji (with the joiners inside them) and
    letters of any script stay. Misread "empty" when nothing is left, "too_long" above `limit` characters.
    """
    cleaned = unicodedata.normalize("NFC", text if text.isprintable() else _visible(text)).strip()
    if not cleaned:
        return Misread("empty")
    return cleaned if len(cleaned) <= limit else Misread("too_long")


def _visible(text: str) -> str:
    lines = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    return "".join(sign for at, sign in enumerate(lines) if _is_stored(lines, at, sign))


def _is_stored(text: str, at: int, sign: str) -> bool:
    if sign == "\n" or sign.isprintable():
        return True
    if sign == _JOINER:
        return 0 < at < len(text) - 1 and _is_pictorial(text[at - 1]) and _is_pictorial(text[at + 1])
    return unicodedata.category(sign) not in _NOT_STORED


def _is_pictorial(sign: str) -> bool:
    """Whether a joiner beside this sign holds an emoji together (skin tones are Sk, U+FE0F asks for colour)."""
    return sign == "\ufe0f" or unicodedata.category(sign) in {"So", "Sk"}


def plain(text: str) -> str | Misread:
    """One line of lower-case text with digits 0-9, plain hyphens and single blanks, for readers of short values.

    Arabic-Indic, full-width and other decimal digits become ASCII; superscripts and fractions stay, or „5²“ would read
    as 52. Misread "empty" or "too_long".
    """
    if len(text) > 20 * MAX_SHORT_CHARACTERS:
        return Misread("too_long")
    cleaned = clean_text(text.translate(_TWINS))
    if isinstance(cleaned, Misread):
        return cleaned
    digits = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in cleaned)
    single = " ".join(digits.casefold().split())
    return single if len(single) <= MAX_SHORT_CHARACTERS else Misread("too_long")

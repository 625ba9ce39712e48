"""Numbers typed by a person, as XLSForm stores them, and stored numbers as a person reads them.

Source: XLSForm reference, question types `integer` and `decimal`; stored with a decimal point, without grouping,
exponent, needless zeros or plus sign.
"""

import re

from conversations.reading.misread import Misread
from conversations.reading.number_words import number_in_words
from conversations.reading.texts import plain

MAX_SIGNIFICANT_DIGITS = 15
GROUPED_FROM_DIGITS = 5
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
COMMA_LANGUAGES = frozenset([
    "bg", "bs", "cs", "de", "el", "es", "fr", "hr", "hu", "it", "mk", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sq",
    "sr", "tr", "uk",
])  # fmt: skip

_ARABIC_SEPARATORS = str.maketrans({"٫": ".", "٬": " "})
_SIGN = r"(?P<sign>[+-]?) ?"
_BLANKS = re.compile(_SIGN + r"(?P<whole>[0-9]+|[0-9]{1,3}(?: [0-9]{3})+)(?:[.,](?P<fraction>[0-9]+))? ?%?")
_POINTS = re.compile(_SIGN + r"(?P<whole>[0-9]{1,3}(?:\.[0-9]{3})+),(?P<fraction>[0-9]+) ?%?")
_COMMAS = re.compile(_SIGN + r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+)\.(?P<fraction>[0-9]+) ?%?")
_GROUPS_ONLY = re.compile(_SIGN + r"(?P<whole>[0-9]{1,3}(?:(?:\.[0-9]{3}){2,}|(?:,[0-9]{3}){2,}))(?P<fraction>) ?%?")
_THREE_AFTER_SEPARATOR = re.compile(r"[+-]? ?[1-9][0-9]{0,2}[.,][0-9]{3} ?%?")
_STORED = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")


def read_integer(text: str) -> str | Misread:
    """A whole number as stored: "1200" from „1 200“, „1200,0“, „+1200“ or „хиляда и двеста“; a percent sign is dropped.

    Misread: "empty", "not_a_number", "not_whole" (12,5), "ambiguous_number" (1.200 may be a thousand or a fraction),
    "too_long" (over 15 significant digits).
    """
    line = plain(text)
    if isinstance(line, str) and _THREE_AFTER_SEPARATOR.fullmatch(line):
        return Misread("ambiguous_number")
    number = read_decimal(text)
    return Misread("not_whole") if isinstance(number, str) and "." in number else number


def read_decimal(text: str) -> str | Misread:
    """A number as stored: "12.5" from „12,5“, "1200.5" from „1 200,50“, „1.200,50“, “1,200.50”; or number words.

    One point or comma alone is the decimal sign. Misread: "empty", "not_a_number", "too_long" (over 15 significant
    digits). Exponents, infinity and NaN are not numbers here.
    """
    line = plain(text)
    if isinstance(line, Misread):
        return line
    line = line.translate(_ARABIC_SEPARATORS)
    for pattern in (_BLANKS, _POINTS, _COMMAS, _GROUPS_ONLY):
        if found := pattern.fullmatch(line):
            return _stored(found["sign"], re.sub("[ .,]", "", found["whole"]), found["fraction"] or "")
    named = number_in_words(line)
    return Misread("not_a_number") if named is None else str(named)


def _stored(sign: str, whole: str, fraction: str) -> str | Misread:
    whole = whole.lstrip("0") or "0"
    fraction = fraction.rstrip("0")
    if len((whole + fraction).lstrip("0")) > MAX_SIGNIFICANT_DIGITS or len(fraction) > MAX_SIGNIFICANT_DIGITS:
        return Misread("too_long")
    number = f"{whole}.{fraction}" if fraction else whole
    return f"-{number}" if sign == "-" and number != "0" else number


def show_integer(value: str, language: str = "") -> str:
    """A stored number with no-break spaces between thousands from five digits on; other text unchanged."""
    return show_decimal(value, language)


def show_decimal(value: str, language: str) -> str:
    """A stored number with the decimal sign of the language (a comma in Bulgarian), grouped from five digits on.

    `language` is a code such as "bg" or "en-GB"; text that is no stored number comes back unchanged.
    """
    found = _STORED.fullmatch(value)
    if not found:
        return value
    sign, whole, fraction = found.groups()
    if len(whole) >= GROUPED_FROM_DIGITS:
        whole = f"{int(whole):,}".replace(",", NO_BREAK_SPACE) if len(whole) <= 40 else whole
    point = "," if language.replace("_", "-").split("-")[0] in COMMA_LANGUAGES else "."
    return f"{sign}{whole}{point}{fraction}" if fraction else f"{sign}{whole}"

"""How cells are written: languages with their codes, which defaults are expressions, and which quotes are whose.

pyxform straightens typographic quotes everywhere, also in the labels, where Bulgarian needs them („…“).
"""

import re
from dataclasses import dataclass

_LANGUAGE = re.compile(r"^(?P<name>.*?)\s*\((?P<code>[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\)$")
_STRAIGHT = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})
_HIDDEN = str.maketrans({"‘": "\ue000", "’": "\ue001", "“": "\ue002", "”": "\ue003"})
_SHOWN = str.maketrans({"\ue000": "‘", "\ue001": "’", "\ue002": "“", "\ue003": "”"})
_CALL = re.compile(r"[\w-]\(")
_LITERAL = re.compile(r"""('[^']*'|"[^"]*")""")


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    name: str


def read_language(title: str) -> Language | None:
    """`Български (bg)` → code and name; a name may be missing. None when there is no code."""
    matched = _LANGUAGE.match(title.strip())
    if matched is None:
        return None
    code = matched["code"].lower()
    return Language(code, matched["name"] or code)


def is_expression(default: str) -> bool:
    """Whether a default is to be evaluated: it names a question or calls a function.

    Not by arithmetic signs, as pyxform has it: `2023-2024`, `+359 88` and `A*` are texts to those who write them.
    """
    return "${" in default or _CALL.search(default) is not None


def straighten(expression: str) -> str:
    """An expression with straight quotes around its texts; typographic quotes inside the texts stay."""
    pieces = _LITERAL.split(expression)
    return "".join(piece if index % 2 else piece.translate(_STRAIGHT) for index, piece in enumerate(pieces))


def hide_quotes(text: str) -> str:
    """Typographic quotes as private characters that pass through pyxform untouched."""
    return text.translate(_HIDDEN)


def show_quotes(xform: str) -> str:
    return xform.translate(_SHOWN)

"""The short ids that buttons carry: `tag.verb.question.argument`, at most 64 bytes, never a label.

The tag names the draft and the question's key is drawn from its path, so that an old button, another person's or
another form's is recognised and never applied to a different question. 64 bytes are the tightest limit of the
platforms we speak on; their channels name the source.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2s

LONGEST_PLAIN_ARGUMENT_BYTES = 28


class Verb(StrEnum):
    CONSENT = "y"
    LANGUAGES = "L"
    LANGUAGE = "l"
    CONTINUE = "c"
    BEGIN_ANEW = "n"
    CONFIRM_ANEW = "N"
    CHOOSE = "a"
    TICK = "+"
    UNTICK = "-"
    DONE = "d"
    SKIP = "s"
    BACK = "b"
    KEEP = "k"
    EDIT = "e"
    PAGE = "p"
    ACKNOWLEDGE = "o"
    USE_HELD = "u"
    REVIEW = "r"
    SUBMIT = "S"
    HELP = "h"
    RESTART = "g"
    REMOVE = "x"
    CONFIRM_REMOVE = "X"


VERBS = {verb.value: verb for verb in Verb}


@dataclass(frozen=True, slots=True)
class Press:
    """A button id, taken apart. `question` is a question's key, `argument` a choice's key, page or language."""

    tag: str
    verb: Verb
    question: str = ""
    argument: str = ""


@lru_cache(maxsize=8192)
def question_key(path: str) -> str:
    """The ten characters that stand for a question in button ids and message keys."""
    return _short(path)


@lru_cache(maxsize=65536)
def choice_key(name: str) -> str:
    """A choice's own name where it is short enough, else ten characters that stand for it."""
    return name if len(name.encode()) <= LONGEST_PLAIN_ARGUMENT_BYTES and "~" not in name else "~" + _short(name)


def text_key(text: str) -> str:
    """The ten characters that stand for a text a person wrote: its „use it“ button is good for that text only."""
    return _short(text)


def write_button(tag: str, verb: Verb, path: str = "", argument: str = "") -> str:
    """The id of a button; `path` is a question's path, `argument` is already short."""
    return f"{tag}.{verb.value}.{question_key(path) if path else ''}.{argument}"


def read_button(text: str) -> Press | None:
    """The id taken apart, or None when it is none of ours."""
    parts = text.split(".", 3)
    if len(parts) != 4 or parts[1] not in VERBS:
        return None
    return Press(parts[0], VERBS[parts[1]], parts[2], parts[3])


def _short(text: str) -> str:
    number = int.from_bytes(blake2s(text.encode(), digest_size=6).digest())
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits or "0"

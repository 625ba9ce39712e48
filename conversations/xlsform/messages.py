"""A finding: a sentence at a place."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from conversations.errors import Problem
from conversations.xlsform.sentences import SENTENCES
from conversations.xlsform.sentences.types import ANY_TYPE_REMEDY, TYPE_REMEDIES


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding is; the fields are those of Problem."""

    sheet: str
    row: int | None = None
    column: str | None = None


_GUESS = {"bg": " Може би „{nearest}“?", "en": " Perhaps “{nearest}”?"}


def closest(word: str, known: Iterable[str], likeness: float = 0.7) -> str:
    """The known name most like `word`; '' when none is."""
    return next(iter(get_close_matches(word, list(known), 1, likeness)), "")


def problem(code: str, place: Place, /, **params: object) -> Problem:
    """The finding `code` of SENTENCES at `place`."""
    sentence = SENTENCES[code]
    nearest = str(params.pop("nearest", ""))
    bg = {**params, "nearest": _GUESS["bg"].format(nearest=nearest) if nearest else ""}
    en = {**params, "nearest": _GUESS["en"].format(nearest=nearest) if nearest else ""}
    return Problem(
        place.sheet,
        place.row,
        place.column,
        code,
        {"bg": sentence.bg.format(**bg), "en": sentence.en.format(**en)},
        {"bg": sentence.bg_remedy.format(**bg), "en": sentence.en_remedy.format(**en)},
        sentence.is_warning,
    )


def refused_type(name: str, place: Place) -> Problem:
    """That the question type `name` is refused, with what to use in its place."""
    bg, en = TYPE_REMEDIES.get(name, ANY_TYPE_REMEDY)
    return problem("refused_type", place, type=name, remedy_bg=bg, remedy_en=en)

"""What is wrong with a form, told to the person who keeps it.

Problem      one finding: where, what, how to put it right; an error or a warning
FormError    the form cannot be used; holds every problem found
"""

from collections.abc import Mapping
from dataclasses import dataclass

_FRAMES = {
    "bg": ("ред", "колона", "Какво да направите"),
    "en": ("row", "column", "What to do"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding about a form.

    `sheet` is a sheet's name, or a file's. `row` counts as the author's program counts (the header is row 1; in YAML
    it is the line). `column` is `C (relevant)` in a spreadsheet, the key elsewhere. None: the finding is about the
    whole row, or the whole sheet. `message` and `remedy` map `bg` and `en` to a sentence.
    """

    sheet: str
    row: int | None
    column: str | None
    code: str
    message: Mapping[str, str]
    remedy: Mapping[str, str]
    is_warning: bool = False

    def in_language(self, language: str) -> str:
        """The finding as one line; any language but Bulgarian is told in English."""
        chosen = language if language in _FRAMES else "en"
        row_word, column_word, remedy_word = _FRAMES[chosen]
        place = self.sheet
        if self.row is not None:
            place += f", {row_word} {self.row}"
        if self.column is not None:
            place += f", {column_word} {self.column}"
        return f"{place}: {self.message[chosen]} {remedy_word}: {self.remedy[chosen]}"

    def __str__(self) -> str:
        return self.in_language("bg")


class FormError(Exception):
    """The form is refused. `problems` holds everything found, warnings too, in the order of the sheets."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.is_warning)

    def in_language(self, language: str) -> str:
        return "\n".join(problem.in_language(language) for problem in self.problems)

    def __str__(self) -> str:
        return self.in_language("bg")

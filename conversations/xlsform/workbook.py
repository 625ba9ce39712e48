"""Sheets of rows, with the place of every cell as the author sees it.

Blank rows are left out; the others keep their numbers. All values are text, stripped; no-break spaces are spaces.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from conversations.errors import Problem
from conversations.xlsform.messages import Place

MAX_CHOICES = 20_000
MAX_COLUMNS = 200
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
SHEETS = ("survey", "choices", "settings", "desk")
REFUSED_SHEETS = frozenset({"entities", "external_choices", "osm"})


@dataclass(frozen=True, slots=True)
class Row:
    """`number` as the author's program counts; `cells` maps a column's header to its text, blank cells left out."""

    number: int
    cells: Mapping[str, str]

    def get(self, header: str) -> str:
        """The text of the cell; '' when it is blank."""
        return self.cells.get(header, "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """`columns` maps a header to its place as told to the author: `C (relevant)`, in YAML the key alone."""

    name: str
    columns: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()

    def at(self, row: Row | None = None, header: str | None = None) -> Place:
        """A place in the sheet; a translated column named without a language is the first of its columns."""
        column = None
        if header is not None:
            translated = (place for each, place in self.columns.items() if each.startswith(f"{header}::"))
            column = self.columns.get(header) or next(translated, header)
        return Place(self.name, None if row is None else row.number, column)


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets that are read, and what was found on the way: sheets that are left out, or refuse the form."""

    sheets: Mapping[str, Sheet]
    found: tuple[Problem, ...] = ()

    def sheet(self, name: str) -> Sheet:
        """The sheet called `name`; an empty one when the workbook has none."""
        return self.sheets.get(name, Sheet(name))


@dataclass(frozen=True, slots=True)
class RawSheet:
    """What a format hands over: rows of cells with their numbers, the first of them the headers.

    `first_column` is the number of the first cell's column, counted from 0. `hidden` are the numbers of hidden rows.
    """

    name: str
    rows: Sequence[tuple[int, Sequence[str]]]
    first_column: int = 0
    hidden: frozenset[int] = frozenset()


def clean(value: str) -> str:
    """A cell's text: no-break spaces are spaces, and what XML cannot hold is gone."""
    return _CONTROL.sub("", value).replace("\N{NO-BREAK SPACE}", " ").strip()


def delimiter_of(text: str) -> str:
    """The sign between the cells of a CSV file: spreadsheet programs write `;` where the comma is decimal."""
    first = text.partition("\n")[0]
    return ";" if first.count(";") > first.count(",") else ","


def column_letter(position: int) -> str:
    """0 → A, 25 → Z, 26 → AA, as spreadsheets name their columns."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters

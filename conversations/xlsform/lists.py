"""Lists from `.csv` files: the table, and the choices in it.

The first row names the columns. `label::English (en)` is the label in that language, `keywords` widens the search,
every other column is there for filters and look-ups.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from conversations.errors import FormError, Problem
from conversations.form import Choice, ChoiceList, Text
from conversations.xlsform.messages import Place, problem
from conversations.xlsform.spelling import read_language
from conversations.xlsform.workbook import MAX_CHOICES, column_letter, delimiter_of
from conversations.xpath import Node, list_node

KEYWORDS = "keywords"


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file: its columns, and each row's cells in their order."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int]
    """The number of each row in the file, the headers being row 1; blank rows are left out."""


class Row(Mapping[str, str]):
    """Some cells of a row by their columns. Thousands share one `places`: column → position in `cells`."""

    __slots__ = ("_cells", "_places")

    def __init__(self, places: Mapping[str, int], cells: Sequence[str]) -> None:
        self._places = places
        self._cells = cells

    def __getitem__(self, column: str) -> str:
        return self._cells[self._places[column]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class RowLabels(Mapping[str, tuple[str, ...]]):
    """The label of a row in every language it has one in; like `Row`, but `places` are by language code."""

    __slots__ = ("_cells", "_places")

    def __init__(self, places: Mapping[str, int], cells: Sequence[str]) -> None:
        self._places = places
        self._cells = cells

    def __getitem__(self, language: str) -> tuple[str, ...]:
        label = self._cells[self._places[language]]
        if not label:
            raise KeyError(language)
        return (label,)

    def __iter__(self) -> Iterator[str]:
        return (language for language, place in self._places.items() if self._cells[place])

    def __len__(self) -> int:
        return sum(1 for _ in self)


def read_table(name: str, text: str) -> Table:
    """The table in a CSV text. Raises csv.Error when it is none, or has no headers, or two alike."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    columns = tuple(cell.strip() for cell in next(reader, []))
    if not columns or not all(columns) or len(set(columns)) < len(columns):
        raise csv.Error(", ".join(columns) or "–")
    seen: dict[str, str] = {}
    numbered = [
        (number, tuple(seen.setdefault(cell, cell) for cell in row))
        for number, row in enumerate(reader, start=2)
        if any(row)
    ]
    return Table(name, columns, [row for _, row in numbered], [number for number, _ in numbered])


def read_tables_beside(files: Mapping[str, bytes]) -> tuple[dict[str, Table], list[Problem]]:
    """The CSV files beside a form, checked: UTF-8, headers, at most 20,000 rows."""
    tables: dict[str, Table] = {}
    found: list[Problem] = []
    for name, content in files.items():
        if not name.endswith(".csv"):
            continue
        try:
            tables[name] = read_table(name, content.decode("utf-8-sig"))
        except UnicodeDecodeError:
            found.append(problem("not_utf8", Place(name)))
        except csv.Error as error:
            found.append(problem("bad_csv", Place(name), detail=error))
        else:
            if len(tables[name].rows) > MAX_CHOICES:
                rows = len(tables[name].rows)
                found.append(problem("too_many_file_rows", Place(name), rows=rows, limit=MAX_CHOICES))
    return tables, found


def check_file_choices(table: Table, value: str, label: str, multiple: bool) -> Iterator[Problem]:
    """Rows without a value or label, with a value that another row has, or with a blank in it where several count.

    A missing column is told elsewhere.
    """
    seen: dict[str, int] = {}
    if value not in table.columns or label not in table.columns:
        return
    value_at, label_at = table.columns.index(value), table.columns.index(label)
    for number, row in zip(table.numbers, table.rows, strict=True):
        name = row[value_at] if len(row) > value_at else ""
        place = Place(table.name, number, f"{column_letter(value_at)} ({value})")
        if not name:
            yield problem("choice_without_name", place)
        elif name in seen:
            yield problem("choice_twice", place, name=name, other=seen[name])
        elif multiple and " " in name:
            yield problem("choice_with_space", place, name=name)
        if len(row) <= label_at or not row[label_at]:
            where = Place(table.name, number, f"{column_letter(label_at)} ({label})")
            yield problem("choice_without_label", where, name=name)
        seen.setdefault(name, number)


def table_node(name: str, table: Table) -> Node:
    """The table as `instance('name')` shows it: columns without a language in their name."""
    plain = {column: index for index, column in enumerate(table.columns) if "::" not in column}
    rows: Iterator[Mapping[str, str]] = (
        Row(plain, row)
        if len(row) >= len(table.columns)
        else {column: row[index] for column, index in plain.items() if index < len(row)}
        for row in table.rows
    )
    return list_node(name, rows)


def choices_from(name: str, table: Table, node: Node, value: str, label: str, default_language: str) -> ChoiceList:
    """The list a question offers when its values stand in column `value` and its labels in column `label`.

    `label` without a language counts as the form's default language.
    """
    columns = table.columns
    labels = _label_columns(columns, label, default_language)
    others = {
        column: index
        for index, column in enumerate(columns)
        if column not in {value, KEYWORDS} and index not in labels.values() and "::" not in column
    }
    value_at = columns.index(value)
    keywords_at = columns.index(KEYWORDS) if KEYWORDS in columns else None
    width = len(columns)
    choices = []
    for short in table.rows:
        row = short if len(short) >= width else (*short, *[""] * (width - len(short)))
        choices.append(
            Choice(
                row[value_at],
                Text(RowLabels(labels, row)),
                Row(others, row),
                "" if keywords_at is None else row[keywords_at],
            )
        )
    return ChoiceList(name, tuple(choices), node, from_file=True)


def _label_columns(columns: Sequence[str], label: str, default_language: str) -> dict[str, int]:
    found = {default_language: columns.index(label)} if label in columns else {}
    for index, column in enumerate(columns):
        base, separator, title = column.partition("::")
        spoken = read_language(title)
        if separator and spoken and base.strip() == label:
            found[spoken.code] = index
    return found


def read_stored_tables(files: Mapping[str, str]) -> dict[str, Table]:
    """The CSV files stored with a form version. Raises FormError on a file that is no table any more."""
    tables = {}
    for name, text in files.items():
        try:
            tables[name] = read_table(name, text)
        except csv.Error as error:
            raise FormError((problem("bad_csv", Place(name), detail=error),)) from error
    return tables

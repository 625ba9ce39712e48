"""`.csv` and `.md` forms → rows of text: the sheet's name in the first column, its headers in the row after.

Both layouts are pyxform's own: https://xlsform.org/en/#what-is-an-xlsform
"""

import csv
import re
from collections.abc import Iterable, Iterator
from io import StringIO

from conversations.errors import FormError
from conversations.xlsform.messages import Place, problem
from conversations.xlsform.source import FormSource
from conversations.xlsform.workbook import RawSheet, clean, delimiter_of

_MD_LINE = re.compile(r"^\s*\|(.*)\|\s*$")
_MD_RULE = re.compile(r"^[\s|:]*-[\s|:-]*$")
_MD_CELL_END = re.compile(r"(?<!\\)\|")

Line = tuple[int, list[str]]


def read_csv(source: FormSource) -> list[RawSheet]:
    """The sheets of a CSV form. Rows are numbered through the file, as a spreadsheet program shows it."""
    text = _decode(source)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter_of(text))
    try:
        return [RawSheet(name, rows, first_column=1) for name, rows in _split(enumerate(reader, start=1))]
    except csv.Error as error:
        raise FormError((problem("not_readable", Place(source.name), detail=str(error)),)) from error


def read_md(source: FormSource) -> list[RawSheet]:
    """The sheets of a form written as a markdown table. Rows are numbered per sheet: the headers are row 1."""
    return [
        RawSheet(name, [(number, cells) for number, (_line, cells) in enumerate(rows, start=1)])
        for name, rows in _split(_md_lines(_decode(source)))
    ]


def _md_lines(text: str) -> Iterator[Line]:
    for number, line in enumerate(text.split("\n"), start=1):
        matched = _MD_LINE.match(line)
        if matched and not _MD_RULE.match(matched[1]):
            yield number, [cell.replace(r"\|", "|") for cell in _MD_CELL_END.split(matched[1])]


def _split(lines: Iterable[Line]) -> Iterator[tuple[str, list[Line]]]:
    name = ""
    rows: list[Line] = []
    for number, cells in lines:
        first, rest = clean(cells[0]) if cells else "", [clean(cell) for cell in cells[1:]]
        if first:
            if name:
                yield name, rows
            name, rows = first, []
        if name and (rows or any(rest)):
            rows.append((number, rest))
    if name:
        yield name, rows


def _decode(source: FormSource) -> str:
    try:
        return source.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormError((problem("not_utf8", Place(source.name)),)) from error

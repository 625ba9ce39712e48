"""A file in any of the formats → its workbook.

A row hidden in a spreadsheet is left out with a warning. Of sheets that nobody reads, those that seem meant are named.
"""

from collections.abc import Callable, Iterator, Sequence
from types import MappingProxyType

from conversations.errors import FormError, Problem
from conversations.xlsform.messages import Place, closest, problem
from conversations.xlsform.source import FormSource
from conversations.xlsform.workbook import (
    MAX_CHOICES,
    REFUSED_SHEETS,
    SHEETS,
    RawSheet,
    Row,
    Sheet,
    Workbook,
    column_letter,
)

MAX_SURVEY_ROWS = 2_000


def read_workbook(source: FormSource) -> Workbook:
    """The sheets of `source`. Raises FormError when the file cannot be read as a form at all, or is too long."""
    from conversations.xlsform.spreadsheets import read_xls, read_xlsx
    from conversations.xlsform.texttables import read_csv, read_md

    if source.ending in {".yaml", ".yml"}:
        from conversations.xlsform.yamlrows import read_yaml

        workbook = read_yaml(source)
    else:
        formats: dict[str, Callable[[FormSource], list[RawSheet]]] = {
            ".xlsx": read_xlsx, ".xlsm": read_xlsx, ".xls": read_xls, ".csv": read_csv, ".md": read_md,
        }  # fmt: skip
        if source.ending not in formats:
            raise FormError((problem("file_type", Place(source.name)),))
        workbook = _from_raw(_pick(formats[source.ending](source)))
    if wrong := tuple(_unusable(source, workbook)):
        raise FormError((*workbook.found, *wrong))
    return workbook


def _pick(raw: list[RawSheet]) -> list[RawSheet]:
    """A workbook's only sheet is the survey, whatever its name (as pyxform has it)."""
    if len(raw) == 1 and raw[0].name.lower() not in SHEETS:
        only = raw[0]
        return [RawSheet("survey", only.rows, only.first_column, only.hidden)]
    return raw


def _from_raw(raw: list[RawSheet]) -> Workbook:
    found: list[Problem] = []
    sheets: dict[str, Sheet] = {}
    for table in raw:
        name = table.name.lower()
        if name in SHEETS:
            sheets[name] = _sheet(name, table, found)
        elif name in REFUSED_SHEETS and len(table.rows) > 1:
            found.append(problem("refused_sheet", Place(table.name)))
        elif not name.startswith("_") and closest(name, SHEETS) and closest(name, SHEETS) not in sheets:
            found.append(problem("unknown_sheet", Place(table.name), nearest=closest(name, SHEETS)))
    return Workbook(MappingProxyType(sheets), tuple(found))


def _sheet(name: str, table: RawSheet, found: list[Problem]) -> Sheet:
    rows = [(number, cells) for number, cells in table.rows if any(cells)]
    if not rows:
        return Sheet(name)
    headers = [" ".join(cell.split()) for cell in rows[0][1]]
    columns: dict[str, str] = {}
    for position, header in enumerate(headers):
        place = f"{column_letter(table.first_column + position)} ({header})"
        if header in columns:
            found.append(problem("column_twice", Place(name, rows[0][0], place), other=columns[header]))
        elif header:
            columns[header] = place
    hidden = [number for number, _ in rows[1:] if number in table.hidden]
    if hidden:
        found.append(problem("hidden_rows", Place(name), rows=", ".join(map(str, hidden))))
    shown = (_row(number, headers, cells) for number, cells in rows[1:] if number not in hidden)
    return Sheet(name, columns, tuple(shown))


def _row(number: int, headers: Sequence[str], cells: Sequence[str]) -> Row:
    return Row(number, {header: cell for header, cell in zip(headers, cells, strict=False) if header and cell})


def _unusable(source: FormSource, workbook: Workbook) -> Iterator[Problem]:
    """Sheets that are too long to be looked at any further, or a survey that is not there."""
    for name, limit in {"survey": MAX_SURVEY_ROWS, "choices": MAX_CHOICES}.items():
        if len(workbook.sheet(name).rows) > limit:
            yield problem("too_many_rows", Place(name), limit=limit, rows=len(workbook.sheet(name).rows))
    if not workbook.sheet("survey").columns and all(each.is_warning for each in workbook.found):
        yield problem("no_survey", Place(source.name))

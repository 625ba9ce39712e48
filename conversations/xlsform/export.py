"""A form as an `.xlsx` workbook that staff edit and send back, and that other XLSForm tools read unchanged.

Lists in CSV files stay beside the workbook, as everywhere in XLSForm: `take_over` gives a workbook that came back alone
the lists of the form it was made from, so that staff need to send nothing else.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from conversations.errors import FormError
from conversations.xlsform.columns import read_tables
from conversations.xlsform.compiling import desk_source
from conversations.xlsform.formats import read_workbook
from conversations.xlsform.messages import Place, problem
from conversations.xlsform.source import CALL_FILE, FormSource
from conversations.xlsform.workbook import Sheet, Workbook

_ORDER = (
    "list_name", "type", "name", "label", "hint", "required", "required_message", "relevant", "constraint",
    "constraint_message", "calculation", "trigger", "choice_filter", "default", "read_only", "appearance", "parameters",
)  # fmt: skip
_WIDTHS = {"label": 52, "text": 52, "hint": 40, "relevant": 34, "constraint": 34, "calculation": 40, "form_title": 44}
_USUAL_WIDTH, _LONGEST_WIDTH = 16, 30
_LONGEST_CELL = 32_767
"""Of the .xlsx format: openpyxl would cut the rest off."""
_DESK_KEYS = (
    "prefix", "latin_prefix", "title", "capacity", "title_question", "place_question", "region_question",
    "region_labels", "kind_question", "key_question", "card_questions", "welcome", "about.text", "criteria.text",
    "contact.text", "controller.name", "controller.id", "controller.address", "controller.contact", "notice.version",
    "notice.summary", "notice.text",
)  # fmt: skip

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    columns: Sequence[str]
    rows: Sequence[Cells]


def export_workbook(source: FormSource) -> bytes:
    """The form as `.xlsx`: the sheets survey, choices, settings as they are written, and desk from `call.yaml`.

    A workbook that is `.xlsx` already goes out as its author made it, with a sheet desk when that was beside it.
    Raises FormError when `source` cannot be read as a form; it is not checked any further.
    """
    workbook = read_workbook(source)
    has_desk = bool(workbook.sheet("desk").rows)
    if source.ending == ".xlsx" and (has_desk or CALL_FILE not in source.files):
        return source.content
    desk = _desk_table(source, workbook)
    if source.ending == ".xlsx":
        return _with_sheet(source.content, desk)
    sheets = [_table(workbook, name) for name in ("survey", "choices", "settings") if workbook.sheet(name).columns]
    return _write([*sheets, desk])


def take_over(edited: FormSource, current: FormSource) -> FormSource:
    """A workbook that came back, with what lies beside the current form and was not sent with it.

    A workbook without a sheet desk keeps the desk of the current form: other tools leave the sheet out.
    Raises FormError when either cannot be read as a form.
    """
    kept = {name: content for name, content in current.files.items() if name != CALL_FILE}
    if not read_workbook(edited).sheet("desk").rows:
        kept |= _desk_file(current)
    return replace(edited, files={**kept, **edited.files})


def _desk_file(current: FormSource) -> dict[str, bytes]:
    """The desk as `call.yaml`; JSON is YAML, too."""
    values = desk_source(current, read_workbook(current))[0].values
    return {CALL_FILE: json.dumps(values, ensure_ascii=False, indent=1).encode()} if values else {}


# --- the sheets of the form


def _table(workbook: Workbook, name: str) -> _Table:
    sheet = workbook.sheet(name)
    return _Table(name, _ordered(workbook, sheet), [row.cells for row in sheet.rows])


def _ordered(workbook: Workbook, sheet: Sheet) -> list[str]:
    """The usual columns first. Their order names the default language where the settings do not: then it stays."""
    columns = list(sheet.columns)
    settings = workbook.sheet("settings")
    if not any(row.get("default_language") for row in settings.rows):
        return columns
    return sorted(columns, key=lambda header: _ORDER.index(_base(header)) if _base(header) in _ORDER else len(_ORDER))


def _base(header: str) -> str:
    return header.partition("::")[0].strip()


# --- the sheet `desk`


def _desk_table(source: FormSource, workbook: Workbook) -> _Table:
    """One row for each text of the desk, and blank rows for what it could say besides."""
    desk, found = desk_source(source, workbook)
    if any(not problem.is_warning for problem in found):
        raise FormError(tuple(found))
    tables, _ = read_tables(workbook)
    titles = {code: tables.language_title(code) for code in tables.languages}
    rows = list(_desk_rows(desk.values, (), titles))
    given = {row["key"] for row in rows}
    rows += [{"key": key} for key in _DESK_KEYS if key not in given]
    columns = ["key", "value", *(f"label::{title}" for title in titles.values())]
    return _Table("desk", columns, rows)


def _desk_rows(value: Any, where: tuple[str, ...], titles: dict[str, str]) -> Iterator[dict[str, str]]:
    key = ".".join(where)
    if isinstance(value, Mapping) and not _is_words(value):
        for name, inner in value.items():
            yield from _desk_rows(inner, (*where, name), titles)
    elif isinstance(value, Mapping):
        yield {"key": key} | {f"label::{_title(code, titles)}": text for code, text in value.items() if text}
    elif isinstance(value, str):
        yield {"key": key} | ({"value": value} if value else {})
    elif all(isinstance(item, str) for item in value):
        yield {"key": key} | ({"value": ", ".join(value)} if value else {})
    else:
        for number, item in enumerate(value, start=1):
            inner = {name: part for name, part in item.items() if name != "key"}
            yield from _desk_rows(inner, (*where, item.get("key", str(number))), titles)


def _is_words(value: Mapping[str, Any]) -> bool:
    """Whether a mapping is one text in several languages: codes are short, and what they map to is no structure."""
    return bool(value) and all(
        isinstance(inner, str) and len(code.partition("-")[0]) in {2, 3} and code not in {"id", "url", "key"}
        for code, inner in value.items()
    )


def _title(code: str, titles: dict[str, str]) -> str:
    """The language as the form titles it; one the form does not have is added under its code alone."""
    return titles.setdefault(code, f"{code} ({code})")


# --- the file


def _write(tables: Iterable[_Table]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for table in tables:
        _fill(book.create_sheet(table.name), table)
    return _saved(book)


def _with_sheet(content: bytes, table: _Table) -> bytes:
    import openpyxl

    book = openpyxl.load_workbook(BytesIO(content))
    if table.name in book.sheetnames:
        book.remove(book[table.name])
    _fill(book.create_sheet(table.name), table)
    return _saved(book)


def _saved(book: Any) -> bytes:
    packed = BytesIO()
    book.save(packed)
    return packed.getvalue()


def _fill(sheet: Any, table: _Table) -> None:
    """Headers bold and always in sight; every cell is text and stays so when edited."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    head, section = PatternFill("solid", fgColor="D9E2EC"), PatternFill("solid", fgColor="F3F0E6")
    for column, header in enumerate(table.columns, start=1):
        _put(sheet.cell(1, column), header)
        sheet.cell(1, column).font = Font(bold=True)
        sheet.cell(1, column).fill = head
        sheet.column_dimensions[get_column_letter(column)].width = _width(table, header)
    for number, cells in enumerate(table.rows, start=2):
        for column, header in enumerate(table.columns, start=1):
            cell = sheet.cell(number, column)
            _put(cell, _fitting(table.name, number, header, cells.get(header, "")))
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if cells.get("type", "").startswith(("begin", "end")):
                cell.fill = section
    sheet.freeze_panes = "A2"


def _fitting(sheet: str, row: int, header: str, text: str) -> str:
    if len(text) > _LONGEST_CELL:
        raise FormError((problem("cell_too_long", Place(sheet, row, header), limit=_LONGEST_CELL),))
    return text


def _put(cell: Any, text: str) -> None:
    """Text even where a spreadsheet would see a number, a date or a formula."""
    cell.number_format = "@"
    if text:
        cell.value = text
        cell.data_type = "s"


def _width(table: _Table, header: str) -> int:
    """In characters: texts and expressions by what they are, names by the longest of them."""
    if _base(header) in _WIDTHS:
        return _WIDTHS[_base(header)]
    longest = max((len(row.get(header, "")) for row in table.rows), default=0)
    return min(max(_USUAL_WIDTH, len(header) + 2, longest + 2), _LONGEST_WIDTH)

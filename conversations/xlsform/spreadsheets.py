"""`.xlsx` and `.xls` → rows of text. The libraries are those pyxform itself brings: openpyxl and xlrd."""

import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from defusedxml.ElementTree import iterparse

from conversations.errors import FormError
from conversations.xlsform.messages import Place, problem
from conversations.xlsform.source import FormSource
from conversations.xlsform.workbook import MAX_CHOICES, MAX_COLUMNS, RawSheet, clean

_BROKEN = (
    ArithmeticError, AttributeError, BadZipFile, EOFError, LookupError, OSError, RuntimeError, SyntaxError, TypeError,
    ValueError, zlib.error,
)  # fmt: skip
"""What a damaged, encrypted or malicious file makes the libraries raise; entity expansion is a ValueError."""
_MAX_SCANNED_ROWS = MAX_CHOICES + 5_000


def read_xlsx(source: FormSource) -> list[RawSheet]:
    """The sheets of an `.xlsx` file. Raises FormError when it is none."""
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        reader = ExcelReader(BytesIO(source.content), read_only=True, data_only=True)
        reader.read()
        paths = {sheet.name: relation.target for sheet, relation in reader.parser.find_sheets()}
        sheets = [
            RawSheet(sheet.title, list(_xlsx_rows(sheet)), hidden=_hidden_rows(reader.archive, paths[sheet.title]))
            for sheet in reader.wb.worksheets
        ]
        reader.wb.close()
    except (InvalidFileException, *_BROKEN) as error:
        raise FormError((problem("not_readable", Place(source.name), detail=_first_line(error)),)) from error
    return sheets


def _first_line(error: Exception) -> str:
    """What a library says of a file, without its advice to programmers; the name of the error when it says nothing."""
    return next(iter(str(error).splitlines()), "") or type(error).__name__


def _xlsx_rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), start=1):
        texts = [_text(cell) for cell in cells]
        if any(texts):
            yield number, texts
        if number >= _MAX_SCANNED_ROWS:
            return


def _hidden_rows(archive: Any, path: str) -> frozenset[int]:
    """Numbers of the hidden rows; openpyxl does not tell them when it reads without building the whole sheet."""
    hidden = set()
    with archive.open(path.lstrip("/")) as content:
        for _event, element in iterparse(content, ("end",)):
            if element.tag.endswith("}row"):
                if element.get("hidden") in {"1", "true"} and element.get("r", "").isdigit():
                    hidden.add(int(element.get("r")))
                element.clear()
    return frozenset(hidden)


def _text(value: object) -> str:
    """A cell as its author would type it: 5.0 is `5`, a day without a time is `2026-12-31`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return clean(str(value))


def read_xls(source: FormSource) -> list[RawSheet]:
    """The sheets of an old `.xls` file. Raises FormError when it is none."""
    import struct

    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=source.content, formatting_info=True)
        sheets = [_xls_sheet(book, sheet) for sheet in book.sheets()]
        book.release_resources()
    except (xlrd.XLRDError, xlrd.compdoc.CompDocError, struct.error, AssertionError, *_BROKEN) as error:
        raise FormError((problem("not_readable", Place(source.name), detail=_first_line(error)),)) from error
    return sheets


def _xls_sheet(book: Any, sheet: Any) -> RawSheet:
    rows = []
    hidden = set()
    for index in range(min(sheet.nrows, _MAX_SCANNED_ROWS)):
        rows.append((index + 1, [_xls_text(book, cell) for cell in sheet.row(index)[:MAX_COLUMNS]]))
        information = sheet.rowinfo_map.get(index)
        if information is not None and information.hidden:
            hidden.add(index + 1)
    return RawSheet(sheet.name, rows, hidden=frozenset(hidden))


def _xls_text(book: Any, cell: Any) -> str:
    import xlrd

    if cell.ctype in {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR}:
        return ""
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return _text(bool(cell.value))
    if cell.ctype == xlrd.XL_CELL_DATE:
        return _text(xlrd.xldate.xldate_as_datetime(cell.value, book.datemode))
    return _text(cell.value)

"""Rows → pyxform → XForm. The only place that imports pyxform: it is large, and needed only to publish or check."""

import re
from collections.abc import Iterable, Iterator

from conversations.errors import FormError, Problem
from conversations.form import FILE_KINDS, Kind
from conversations.xlsform.columns import TRANSLATED, Tables
from conversations.xlsform.lint.entries import REPEAT
from conversations.xlsform.lint.parameters import IDLE_RANGE, parameters
from conversations.xlsform.lint.questions import NO, YES
from conversations.xlsform.messages import Place, problem
from conversations.xlsform.question_types import PHONE_TYPE, read_type
from conversations.xlsform.spelling import hide_quotes, is_expression, read_language, show_quotes, straighten
from conversations.xlsform.workbook import Row, Sheet

_ROW = re.compile(r"\[row : (\d+)\]\s*(?:On the '(\w+)' sheet, )?")
_QUOTED = re.compile(r"['\"“‘]([^'\"”’]+)['\"”’]")
_COLUMN = re.compile(r"the '([^']+)' value")
_EXPRESSIONS = frozenset({
    "relevant", "constraint", "required", "calculation", "choice_filter", "default", "repeat_count",
})  # fmt: skip
_SPOKEN = frozenset({"form_title"})
_KEPT_IN_CHOICES = frozenset({"list_name", "name"})

PyxformRow = dict[str, str]


def convert(tables: Tables) -> str:
    """The XForm of checked tables. Raises FormError with pyxform's own sentence when it finds what we did not."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert as pyxform_convert

    settings = _settings(tables)
    survey = [_survey_row(tables, row) for row in tables.survey.rows]
    choices = [_choice_row(tables, row) for row in tables.choices.rows]
    rows = {"survey": survey, "choices": choices, "settings": [settings]}
    headers = {f"{name}_header": [dict.fromkeys(_headers(each))] for name, each in rows.items()}
    try:
        result = pyxform_convert(xlsform={**{name: each for name, each in rows.items() if each}, **headers})
    except PyXFormError as error:
        raise FormError((_translate(tables, str(error)),)) from error
    return show_quotes(result.xform)


def _headers(rows: Iterable[PyxformRow]) -> list[str]:
    return list(dict.fromkeys(header for row in rows for header in row))


def _settings(tables: Tables) -> PyxformRow:
    cells = tables.settings.rows[0].cells if tables.settings.rows else {}
    given = {key: hide_quotes(text) if key in _SPOKEN else straighten_hidden(text) for key, text in cells.items()}
    given.setdefault("form_id", "form")
    given.setdefault("form_title", given["form_id"])
    return given | {"default_language": tables.language_title(tables.default_language)}


def _survey_row(tables: Tables, row: Row) -> PyxformRow:
    cells: PyxformRow = {}
    for header, text in row.cells.items():
        if header in _EXPRESSIONS:
            cells[header] = straighten_hidden(text)
        else:
            cells[_written(tables, "survey", header)] = hide_quotes(text)
    for header in _idle(row):
        cells.pop(header, None)
    for header in ("required", "read_only"):
        if cells.get(header, "").lower() in YES | NO and header in cells:
            cells[header] = "yes" if cells[header].lower() in YES else "no"
    if cells.get("type"):
        cells |= _type(row)
    return cells


def _idle(row: Row) -> Iterator[str]:
    """Cells that the lint has warned of, and that would mean something else to pyxform, or an error."""
    type_ = read_type(row.get("type")).type
    if type_ and type_.begins != REPEAT:
        yield "repeat_count"
    if type_ and type_.kind in FILE_KINDS and not is_expression(row.get("default")):
        yield "default"


def _type(row: Row) -> PyxformRow:
    """The type in pyxform's spelling; a phone number is a text here, and no group makes a table of its questions."""
    cell = read_type(row.get("type"))
    assert cell.type is not None
    if cell.type.name == PHONE_TYPE:
        return {"type": "text", "appearance": f"{row.get('appearance')} numbers".strip()}
    if cell.type.begins:
        return {"type": cell.type.name, "appearance": ""}
    if cell.type.kind is Kind.RANGE:
        return {"type": cell.type.name, "parameters": _range(row)}
    parts = [cell.type.name, cell.list_name, "or_other" if cell.or_other else ""]
    named = {} if row.get("name") or cell.type.name != "note" else {"name": f"note_{row.number}"}
    return {"type": " ".join(part for part in parts if part), **named}


def _range(row: Row) -> str:
    given = parameters(row.get("parameters"))
    return " ".join(f"{key}={value}" for key, value in given.items() if key not in IDLE_RANGE)


def _choice_row(tables: Tables, row: Row) -> PyxformRow:
    return {
        _written(tables, "choices", header): text if header in _KEPT_IN_CHOICES else hide_quotes(text)
        for header, text in row.cells.items()
    }


def _written(tables: Tables, sheet: str, header: str) -> str:
    """`label::bg` → `label::Български (bg)`."""
    base, _, code = header.rpartition("::")
    return f"{base}::{tables.language_title(code)}" if base in TRANSLATED[sheet] else header


def straighten_hidden(expression: str) -> str:
    """Straight quotes around texts; those inside travel hidden."""
    return hide_quotes(straighten(expression))


def _translate(tables: Tables, sentence: str) -> Problem:
    """pyxform's error with the author's row and column in place of its own count."""
    matched = _ROW.search(sentence)
    detail = " ".join(_ROW.sub("", sentence, count=1).split())
    if not matched:
        return problem("converter", _named_place(tables, sentence), detail=detail)
    sheets: dict[str, Sheet] = {"choices": tables.choices, "settings": tables.settings}
    sheet = sheets.get(matched[2] or "", tables.survey)
    index = int(matched[1]) - 2
    row = sheet.rows[index] if 0 <= index < len(sheet.rows) else None
    column = _COLUMN.search(sentence)
    return problem("converter", sheet.at(row, _canonical(column[1]) if column else None), detail=detail)


def _canonical(header: str) -> str:
    """`label::Български (bg)` → `label::bg`, as the tables have it."""
    base, separator, title = header.rpartition("::")
    spoken = read_language(title)
    return f"{base}::{spoken.code}" if separator and spoken else header


def _named_place(tables: Tables, sentence: str) -> Place:
    """The row of the question that a sentence without a row speaks about, when it names one."""
    for name in _QUOTED.findall(sentence):
        for sheet, column in ((tables.survey, "name"), (tables.choices, "list_name")):
            row = next((row for row in sheet.rows if row.get(column) == name), None)
            if row is not None:
                return sheet.at(row, column)
    return Place("survey")

"""What a row says beside its expressions: labels, lists, values, file endings."""

import re
from collections.abc import Collection, Iterator, Mapping

from conversations.errors import Problem
from conversations.form import FILE_KINDS, Kind
from conversations.xlsform.columns import translations
from conversations.xlsform.lint.entries import Entry, Survey
from conversations.xlsform.lint.parameters import parameters
from conversations.xlsform.lists import Table, check_file_choices
from conversations.xlsform.messages import closest, problem

YES = frozenset({"yes", "true", "true()"})
NO = frozenset({"no", "false", "false()", ""})
MOST_RANKED = 8
_MIME_OR_ENDING = re.compile(r"^\.[a-z0-9]+$", re.IGNORECASE)


def check_questions(survey: Survey, files: Mapping[str, Table], beside: Collection[str]) -> list[Problem]:
    found: list[Problem] = [*_attached(survey, beside), *_file_rows(survey, files)]
    for entry in survey.entries:
        if entry.is_refused:
            continue
        found += _label(survey, entry)
        if not entry.is_group:
            found += _selects(survey, entry, files, beside)
            found += _values(survey, entry)
            found += _accept(survey, entry)
    return found


def _attached(survey: Survey, beside: Collection[str]) -> Iterator[Problem]:
    for row in survey.attached:
        place, name = survey.tables.survey.at(row, "name"), f"{row.get('name')}.csv"
        if name not in beside:
            yield problem("unknown_file", place, name=name, nearest=closest(name, beside))


def _label(survey: Survey, entry: Entry) -> Iterator[Problem]:
    assert entry.cell.type is not None
    if entry.cell.type.needs_label and not any(translations(entry.row, "label")):
        yield problem("missing_label", survey.tables.survey.at(entry.row, "label"))
    if entry.cell.type.name == "barcode":
        yield problem("barcode_typed", survey.tables.survey.at(entry.row, "type"))


def _selects(survey: Survey, entry: Entry, files: Mapping[str, Table], beside: Collection[str]) -> Iterator[Problem]:
    sheet, cell = survey.tables.survey, entry.cell
    place = sheet.at(entry.row, "type")
    has_filter = bool(entry.row.get("choice_filter"))
    if cell.type is None or not cell.type.select:
        if has_filter:
            yield problem("filter_without_list", sheet.at(entry.row, "choice_filter"))
    elif not cell.list_name:
        yield problem("missing_list", place)
    elif "${" in cell.list_name:
        yield problem("list_from_answers", place)
    elif cell.type.select == "file":
        yield from _file_list(survey, entry, files, beside)
    else:
        if cell.list_name not in survey.lists:
            yield problem("unknown_list", place, name=cell.list_name, nearest=closest(cell.list_name, survey.lists))
        if cell.or_other and cell.type.kind is Kind.RANK:
            yield problem("or_other_rank", place)
        elif cell.or_other and has_filter:
            yield problem("or_other_filter", sheet.at(entry.row, "choice_filter"))
        if cell.type.kind is Kind.RANK and len(survey.lists.get(cell.list_name, ())) > MOST_RANKED:
            yield problem("rank_too_long", place, name=cell.list_name, most=MOST_RANKED)


def _file_list(survey: Survey, entry: Entry, files: Mapping[str, Table], beside: Collection[str]) -> Iterator[Problem]:
    sheet, name = survey.tables.survey, entry.cell.list_name
    place = sheet.at(entry.row, "type")
    if entry.cell.or_other:
        yield problem("or_other_file", place)
    if not name.endswith(".csv"):
        yield problem("file_not_csv", place, name=name)
    elif name not in beside:
        yield problem("unknown_file", place, name=name, nearest=closest(name, beside))
    elif name in files:
        given = parameters(entry.row.get("parameters"))
        for key, usual in (("value", "name"), ("label", "label")):
            column = given.get(key, usual)
            if column not in files[name].columns:
                where = sheet.at(entry.row, "parameters") if key in given else place
                yield problem("file_column", where, name=name, column=column)


def _file_rows(survey: Survey, files: Mapping[str, Table]) -> Iterator[Problem]:
    """The rows of every file that a question offers, once for each pair of columns."""
    offered: dict[tuple[str, str, str], bool] = {}
    for entry in survey.entries:
        if entry.cell.type and entry.cell.type.select == "file" and entry.cell.list_name in files:
            given = parameters(entry.row.get("parameters"))
            key = (entry.cell.list_name, given.get("value", "name"), given.get("label", "label"))
            offered[key] = offered.get(key, False) or entry.cell.type.kind is Kind.SELECT_MULTIPLE
    for (name, value, label), multiple in offered.items():
        yield from check_file_choices(files[name], value, label, multiple)


def _values(survey: Survey, entry: Entry) -> Iterator[Problem]:
    sheet, row = survey.tables.survey, entry.row
    calculated = row.get("calculation") or row.get("default") or row.get("trigger")
    if entry.cell.type and entry.cell.type.name == "calculate" and not calculated:
        yield problem("missing_calculation", sheet.at(row, "calculation"))
    read_only = row.get("read_only").lower()
    if read_only not in YES | NO:
        yield problem("read_only_expression", sheet.at(row, "read_only"))
    elif read_only in YES and row.get("required").lower() not in NO and not calculated:
        yield problem("required_read_only", sheet.at(row, "required"))


def _accept(survey: Survey, entry: Entry) -> Iterator[Problem]:
    if entry.cell.type and entry.cell.type.kind in FILE_KINDS:
        for ending in entry.row.get("body::accept").split(","):
            if ending.strip() and not _MIME_OR_ENDING.match(ending.strip()):
                place = survey.tables.survey.at(entry.row, "body::accept")
                yield problem("bad_accept", place, accept=ending.strip())

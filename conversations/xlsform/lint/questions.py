"""What a row says beside its expressions: lists, labels, defaults, appearances, parameters."""

import re
from collections.abc import Collection, Iterator, Mapping

from conversations.errors import Problem
from conversations.form import FILE_KINDS, SELECT_KINDS, Kind
from conversations.xlsform.columns import translations
from conversations.xlsform.lint.entries import Entry, Survey
from conversations.xlsform.lists import Table, check_file_choices
from conversations.xlsform.messages import closest, problem
from conversations.xlsform.spelling import is_expression

YES = frozenset({"yes", "true", "true()"})
NO = frozenset({"no", "false", "false()", ""})
_REFUSED_APPEARANCES = frozenset({"signature", "annotate", "draw"})
_USED_APPEARANCES = frozenset({"multiline", "numbers", "minimal", "autocomplete", "search", "month-year", "year"})
_SILENT_APPEARANCES = frozenset({
    "likert", "compact", "quick", "horizontal", "columns", "columns-pack", "field-list", "no-calendar", "new",
    "thousands-sep", "masked", "url", "no-buttons",
})  # fmt: skip
_SILENT_PREFIX = re.compile(r"^(w\d+|columns-\d+|quickcompact|horizontal-compact|compact-\d+)$")
_PARAMETER = re.compile(r"([^\s=,;]+)\s*=\s*([^\s=,;]+)")
_MIME_OR_ENDING = re.compile(r"^\.[a-z0-9]+$", re.IGNORECASE)


def parameters(cell: str) -> dict[str, str]:
    """`value=code label=nm` as a mapping."""
    return {key.lower(): value for key, value in _PARAMETER.findall(cell)}


def check_questions(survey: Survey, files: Mapping[str, Table], beside: Collection[str]) -> list[Problem]:
    found: list[Problem] = list(_file_rows(survey, files))
    for entry in survey.entries:
        if entry.is_refused:
            continue
        found += _label(survey, entry)
        found += _appearance(survey, entry)
        if not entry.is_group:
            found += _selects(survey, entry, files, beside)
            found += _parameters(survey, entry)
            found += _values(survey, entry)
            found += _accept(survey, entry)
    return found


def _label(survey: Survey, entry: Entry) -> Iterator[Problem]:
    assert entry.cell.type is not None
    if entry.cell.type.needs_label and not any(translations(entry.row, "label")):
        yield problem("missing_label", survey.tables.survey.at(entry.row, "label"))


def _appearance(survey: Survey, entry: Entry) -> Iterator[Problem]:
    place = survey.tables.survey.at(entry.row, "appearance")
    for word in entry.row.get("appearance").split():
        if word in _REFUSED_APPEARANCES or word.startswith("search("):
            yield problem("refused_appearance", place, appearance=word)
        elif word not in _USED_APPEARANCES | _SILENT_APPEARANCES and not _SILENT_PREFIX.match(word):
            yield problem("ignored_appearance", place, appearance=word, nearest=closest(word, _USED_APPEARANCES, 0.8))


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
        if cell.or_other and has_filter:
            yield problem("or_other_filter", sheet.at(entry.row, "choice_filter"))


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


def _parameters(survey: Survey, entry: Entry) -> Iterator[Problem]:
    text = entry.row.get("parameters")
    if not text:
        return
    kind = entry.cell.type.select if entry.cell.type else ""
    known = {"file": ("value", "label", "randomize", "seed"), "list": ("randomize", "seed")}.get(kind, ())
    if entry.cell.type and entry.cell.type.kind in {Kind.TEXT, Kind.IMAGE}:
        known = ("rows", "max-pixels")
    given = parameters(text)
    if not given or set(given) - set(known) or given.get("randomize", "true") not in {"true", "false"}:
        place = survey.tables.survey.at(entry.row, "parameters")
        yield problem("bad_parameters", place, parameters=text, known=", ".join(known) or "–")


def _values(survey: Survey, entry: Entry) -> Iterator[Problem]:
    sheet, row = survey.tables.survey, entry.row
    calculated = row.get("calculation") or row.get("default")
    if entry.cell.type and entry.cell.type.name == "calculate" and not calculated:
        yield problem("missing_calculation", sheet.at(row, "calculation"))
    read_only = row.get("read_only").lower()
    if read_only not in YES | NO:
        yield problem("read_only_expression", sheet.at(row, "read_only"))
    elif read_only in YES and row.get("required").lower() in YES and not calculated:
        yield problem("required_read_only", sheet.at(row, "required"))
    yield from _default(survey, entry)


def _default(survey: Survey, entry: Entry) -> Iterator[Problem]:
    default = entry.row.get("default")
    kind = entry.cell.type.kind if entry.cell.type else None
    choices = survey.lists.get(entry.cell.list_name)
    if not default or kind not in SELECT_KINDS or choices is None or is_expression(default):
        return
    names = {choice.get("name") for choice in choices} | ({"other"} if entry.cell.or_other else set())
    for name in [default] if kind is Kind.SELECT_ONE else default.split():
        if name not in names:
            place = survey.tables.survey.at(entry.row, "default")
            yield problem("default_not_choice", place, default=name, name=entry.cell.list_name)


def _accept(survey: Survey, entry: Entry) -> Iterator[Problem]:
    if entry.cell.type and entry.cell.type.kind in FILE_KINDS:
        for ending in entry.row.get("body::accept").split(","):
            if ending.strip() and not _MIME_OR_ENDING.match(ending.strip()):
                place = survey.tables.survey.at(entry.row, "body::accept")
                yield problem("bad_accept", place, accept=ending.strip())

"""Publishing or checking a form: from its files to the XForm and the Form, with everything that is wrong on the way."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from conversations.errors import FormError, Problem
from conversations.form import Form
from conversations.xlsform import lint
from conversations.xlsform.attachments import media_files, named_files
from conversations.xlsform.columns import Tables, read_tables
from conversations.xlsform.convert import convert
from conversations.xlsform.desk import DeskSource, read_desk
from conversations.xlsform.desksheet import read_desk_sheet
from conversations.xlsform.formats import read_workbook
from conversations.xlsform.lint.entries import Survey
from conversations.xlsform.lint.reasons import explain
from conversations.xlsform.lists import read_tables_beside
from conversations.xlsform.messages import Place
from conversations.xlsform.source import CALL_FILE, FormSource, check_sizes
from conversations.xlsform.workbook import Workbook
from conversations.xlsform.xform import read_form
from conversations.xlsform.yamlrows import compose, plain_value
from conversations.xpath import ExpressionError


@dataclass(frozen=True, slots=True)
class Compiled:
    """What is kept of a form version (`xform`, `files`, `desk`), the form they give, and what the author is warned of.

    `files` are the CSV texts by name; `desk` is plain data, fit for JSON. `source` is what was compiled, without the
    files beside it that the form does not use. `media` are the files shown with labels, by name, as in `source`.
    """

    xform: str
    files: Mapping[str, str]
    desk: Mapping[str, Any]
    form: Form
    warnings: tuple[Problem, ...]
    source: FormSource
    media: Mapping[str, bytes]


def compile_form(source: FormSource) -> Compiled:
    """Read, check and convert a form. Raises FormError with every problem found, warnings among them."""
    _refuse(check_sizes(FormSource(source.name, source.content, {})))
    workbook = read_workbook(source)
    tables, found = read_tables(workbook)
    used = _in_use(source, tables)
    _refuse(check_sizes(used))
    files, wrong_files = read_tables_beside(used.files)
    survey, wrong_rows = lint.check(tables, files, source.files)
    desk, wrong_desk = desk_source(used, workbook)
    wrong_desk += read_desk(desk, _paths(survey), tables.default_language)[1]
    problems = tuple(sorted((*workbook.found, *found, *wrong_files, *wrong_rows, *wrong_desk), key=_position))
    _refuse(problems)
    try:
        xform = convert(tables)
    except FormError as error:
        raise FormError((*problems, *error.problems)) from error
    texts = {name: used.files[name].decode("utf-8-sig") for name in files}
    media = {name: used.files[name] for name in sorted(media_files(tables))}
    return Compiled(xform, texts, desk.values, _read(xform, texts, desk.values), problems, used, media)


def _read(xform: str, texts: Mapping[str, str], desk: Mapping[str, Any]) -> Form:
    """The form; an expression that only its converted paths make too long or too deep refuses it."""
    try:
        return read_form(xform, texts, desk)
    except ExpressionError as error:
        raise FormError((explain(error, Place("survey")),)) from error


def in_use(source: FormSource) -> FormSource:
    """`source` without the files that the form does not use, as `Compiled.source` is. Raises FormError."""
    _refuse(check_sizes(FormSource(source.name, source.content, {})))
    return _in_use(source, read_tables(read_workbook(source))[0])


def _in_use(source: FormSource, tables: Tables) -> FormSource:
    """The form without what merely lies beside it: a folder may hold other lists, even people's data."""
    named = named_files(tables)
    files = {name: content for name, content in source.files.items() if name in named or name == CALL_FILE}
    return FormSource(source.name, source.content, files)


def _refuse(problems: Iterable[Problem]) -> None:
    found = tuple(problems)
    if any(not problem.is_warning for problem in found):
        raise FormError(tuple(sorted(found, key=_position)))


def _position(problem: Problem) -> tuple[int, str, int]:
    """Sheets in their usual order, then files; rows from the top."""
    sheets = ("settings", "survey", "choices", "desk")
    rank = sheets.index(problem.sheet) if problem.sheet in sheets else len(sheets)
    return rank, problem.sheet, problem.row or 0


def desk_source(source: FormSource, workbook: Workbook) -> tuple[DeskSource, list[Problem]]:
    """The sheet `desk` when the workbook has one, else call.yaml beside the form, else nothing."""
    if workbook.sheet("desk").rows:
        return read_desk_sheet(workbook.sheet("desk"))
    if CALL_FILE not in source.files:
        return DeskSource(), []
    lines: dict[str, int] = {}
    try:
        values = plain_value(compose(CALL_FILE, source.files[CALL_FILE]), (), lines)
    except FormError as error:
        return DeskSource(), list(error.problems)
    return DeskSource(CALL_FILE, values, lines), []


def _paths(survey: Survey) -> dict[str, list[str]]:
    """Names and paths of the questions → the paths they may mean. What is asked entry by entry has no one value."""
    found: dict[str, list[str]] = {}
    for path, entry in survey.by_path.items():
        if not entry.is_group and entry.repeat is None:
            inner = "/".join(path[1:])
            for key in {inner, entry.name}:
                found.setdefault(key, []).append(inner)
    return found

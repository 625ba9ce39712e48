"""Defaults that are plain values: a default stands for an answer, so it has to be one that the question would take."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from conversations.errors import Problem
from conversations.form import FILE_KINDS, Kind
from conversations.xlsform.lint.entries import Entry, Survey
from conversations.xlsform.lint.parameters import bounds, parameters
from conversations.xlsform.lists import Table
from conversations.xlsform.messages import problem
from conversations.xlsform.spelling import is_expression

_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,3})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?")
_LIMITS = (90, 180)
_EXAMPLES: Mapping[Kind | None, str] = {
    Kind.INTEGER: "12",
    Kind.DECIMAL: "12.5",
    Kind.DATE: "2026-12-31",
    Kind.TIME: "14:30",
    Kind.DATETIME: "2026-12-31T14:30",
    Kind.GEOPOINT: "42.7 23.3 0 0",
    Kind.ACKNOWLEDGE: "OK",
}


def check_defaults(survey: Survey, files: Mapping[str, Table]) -> Iterator[Problem]:
    for entry in survey.entries:
        default = entry.row.get("default")
        if default and not entry.is_refused and not entry.is_group and not is_expression(default):
            yield from _static(survey, entry, files, default)


def _static(survey: Survey, entry: Entry, files: Mapping[str, Table], default: str) -> Iterator[Problem]:
    place = survey.tables.survey.at(entry.row, "default")
    names = _names(survey, entry, files)
    if names is not None:
        for name in [default] if entry.kind is Kind.SELECT_ONE else default.split():
            if name not in names:
                yield problem("default_not_choice", place, default=name, name=entry.cell.list_name)
    elif entry.kind in FILE_KINDS:
        yield problem("ignored_default", place)
    elif entry.kind is Kind.RANGE and not _in_range(entry, default):
        yield problem("default_out_of_range", place, default=default)
    elif entry.kind in _CHECKS and not _CHECKS[entry.kind](default):
        yield problem("bad_default", place, default=default, example=_EXAMPLES[entry.kind])


def _names(survey: Survey, entry: Entry, files: Mapping[str, Table]) -> frozenset[str] | None:
    """The names that may stand in the default; None when it is no select, or its list is not there (told elsewhere)."""
    if entry.cell.list_name in survey.lists:
        names = frozenset(choice.get("name") for choice in survey.lists[entry.cell.list_name])
        return names | {"other"} if entry.cell.or_other else names
    table = files.get(entry.cell.list_name)
    value = parameters(entry.row.get("parameters")).get("value", "name")
    if table is None or value not in table.columns:
        return None
    at = table.columns.index(value)
    return frozenset(row[at] for row in table.rows if len(row) > at)


def _in_range(entry: Entry, default: str) -> bool:
    found = bounds(parameters(entry.row.get("parameters")))
    if found is None or not _DECIMAL.fullmatch(default):
        return found is None
    start, end, step = found
    value = Decimal(default)
    return start <= value <= end and (value - start) % step == 0


def _is_day(text: str) -> bool:
    try:
        return bool(_DAY.fullmatch(text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _is_moment(text: str) -> bool:
    day, _, hour = text.replace(" ", "T", 1).partition("T")
    return _is_day(day) and bool(_HOUR.fullmatch(hour))


def _is_place(text: str) -> bool:
    parts = text.split()
    if not 2 <= len(parts) <= 4 or not all(_DECIMAL.fullmatch(part) for part in parts):
        return False
    return all(abs(Decimal(part)) <= limit for part, limit in zip(parts, _LIMITS, strict=False))


_CHECKS: Mapping[Kind | None, Callable[[str], object]] = {
    Kind.INTEGER: _INTEGER.fullmatch,
    Kind.DECIMAL: _DECIMAL.fullmatch,
    Kind.DATE: _is_day,
    Kind.TIME: _HOUR.fullmatch,
    Kind.DATETIME: _is_moment,
    Kind.GEOPOINT: _is_place,
    Kind.ACKNOWLEDGE: "OK".__eq__,
}

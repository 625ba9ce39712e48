"""Dates and times of the form's own zone. What is no date gives blank."""

from datetime import datetime, time

from conversations.xpath.dates import (
    format_moment,
    fraction_of_day,
    moment_of_days,
    moment_text,
    read_clock,
    read_moment,
)
from conversations.xpath.functions.signature import Function, Literals, Table
from conversations.xpath.numbers import NAN, read_number
from conversations.xpath.runtime import Run
from conversations.xpath.values import Value, to_number, to_text


def _moment(run: Run, value: Value) -> datetime | None:
    """A date (at its midnight), a moment, or a number of days, also one kept as text; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return moment_of_days(value, run.zone)
    text = to_text(value)
    found = read_moment(text, run.zone)
    if found is None:
        return moment_of_days(read_number(text), run.zone)
    return found if isinstance(found, datetime) else datetime.combine(found, time(), run.zone)


def _now(run: Run) -> datetime:
    return run.environment.now.astimezone(run.zone)


def _date(run: Run, value: Value) -> Value:
    moment = _moment(run, value)
    return "" if moment is None else moment.date().isoformat()


def _date_time(run: Run, value: Value) -> Value:
    moment = _moment(run, value)
    return "" if moment is None else moment_text(moment)


def _decimal_date_time(run: Run, value: Value) -> Value:
    return to_number(value, run.zone)


def _decimal_time(run: Run, value: Value) -> Value:
    """The fraction of the day that a time, or the time of a moment, stands at."""
    clock = read_clock(to_text(value))
    if clock is not None:
        return clock
    moment = _moment(run, value)
    return NAN if moment is None else fraction_of_day(moment.time())


def _format(run: Run, value: Value, pattern: Value) -> Value:
    moment = _moment(run, value)
    return "" if moment is None else format_moment(moment, to_text(pattern), run.environment.language)


def _check_format(literals: Literals) -> None:
    if literals[1] is not None:
        format_moment(datetime(2000, 1, 1), literals[1], "en")


TABLE: Table = {
    "today": Function(0, 0, lambda run: _now(run).date().isoformat()),
    "now": Function(0, 0, lambda run: moment_text(_now(run))),
    "date": Function(1, 1, _date),
    "date-time": Function(1, 1, _date_time),
    "decimal-date-time": Function(1, 1, _decimal_date_time),
    "decimal-time": Function(1, 1, _decimal_time),
    "format-date": Function(2, 2, _format, check=_check_format),
    "format-date-time": Function(2, 2, _format, check=_check_format),
}

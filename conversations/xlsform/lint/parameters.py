"""The column parameters: `key=value` pairs, known ones for each type of question.

Source: https://xlsform.org/en/#range, #randomize-choices and pyxform's enumerations of parameters.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from conversations.errors import Problem
from conversations.form import Kind
from conversations.xlsform.lint.entries import Entry, Survey
from conversations.xlsform.lint.texts import reference_problems
from conversations.xlsform.messages import Place, problem

_PARAMETER = re.compile(r"([^\s=,;]+)\s*=\s*([^\s=,;]+)")
_RANGE = {"start": "1", "end": "10", "step": "1"}
"""What pyxform takes for a bound that is not given."""


@dataclass(frozen=True, slots=True)
class _Known:
    """Parameters that we follow, and those that mean nothing in a chat."""

    used: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()


_BY_SELECT = {
    "file": _Known(("value", "label", "randomize", "seed")),
    "list": _Known(("randomize", "seed")),
}
IDLE_RANGE = ("tick_interval", "placeholder", "tick_labelset")
_BY_KIND = {
    Kind.RANGE: _Known(tuple(_RANGE), IDLE_RANGE),
    Kind.TEXT: _Known((), ("rows",)),
    Kind.IMAGE: _Known((), ("max-pixels", "app")),
    Kind.AUDIO: _Known((), ("quality",)),
    Kind.GEOPOINT: _Known((), ("capture-accuracy", "warning-accuracy", "allow-mock-accuracy")),
}


def parameters(cell: str) -> dict[str, str]:
    """`value=code label=nm` as a mapping."""
    return {key.lower(): value for key, value in _PARAMETER.findall(cell)}


def bounds(given: Mapping[str, str]) -> tuple[Decimal, Decimal, Decimal] | None:
    """A range's start, end and step, with what is usual for those not given. None when they make no range."""
    try:
        start, end, step = (Decimal(given.get(key, usual)) for key, usual in _RANGE.items())
    except InvalidOperation:
        return None
    if not all(number.is_finite() for number in (start, end, step)):
        return None
    return (start, end, step) if start < end and 0 < step <= end - start else None


def check_parameters(survey: Survey) -> Iterator[Problem]:
    for entry in survey.entries:
        if not entry.is_refused and entry.row.get("parameters"):
            yield from _entry(survey, entry, survey.tables.survey.at(entry.row, "parameters"))


def _entry(survey: Survey, entry: Entry, place: Place) -> Iterator[Problem]:
    cell = entry.row.get("parameters")
    given, known = parameters(cell), _known(entry)
    leftover = _PARAMETER.sub("", cell).strip(" ,;")
    is_known = set(given) <= {*known.used, *known.idle}
    if leftover or not is_known or given.get("randomize", "true").lower() not in {"true", "false"}:
        shown = ", ".join((*known.used, *known.idle)) or "–"
        yield problem("bad_parameters", place, parameters=cell, known=shown)
        return
    for key in known.idle:
        if key in given:
            yield problem("ignored_parameter", place, parameter=key)
    if entry.kind is Kind.RANGE and bounds(given) is None:
        yield problem("bad_range", place, parameters=cell)
    yield from reference_problems(survey, cell, place)


def _known(entry: Entry) -> _Known:
    type_ = entry.cell.type
    if type_ is None or type_.kind is None:
        return _Known()
    return _BY_SELECT.get(type_.select) or _BY_KIND.get(type_.kind, _Known())

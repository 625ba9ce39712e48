"""Texts. `substr` and `selected-at` count from 0, `substring` from 1."""

import math
from functools import lru_cache
from typing import Any

import re2

from conversations.xpath.errors import ExpressionError
from conversations.xpath.functions.signature import Function, Literals, Table
from conversations.xpath.numbers import round_half_up
from conversations.xpath.runtime import Run, bounded
from conversations.xpath.values import Value, flatten, to_number, to_text


def _all_texts(values: tuple[Value, ...]) -> list[str]:
    return [to_text(item) for value in values for item in flatten(value)]


def _concat(run: Run, *values: Value) -> Value:
    return bounded("".join(_all_texts(values)))


def _join(run: Run, separator: Value, *values: Value) -> Value:
    return bounded(to_text(separator).join(_all_texts(values)))


def _substr(run: Run, value: Value, start: Value, end: Value | None = None) -> Value:
    """From `start` up to, not including, `end`; both count from 0, negative ones from the end of the text."""
    text = to_text(value)
    first = to_number(start, run.zone)
    last = float(len(text)) if end is None else to_number(end, run.zone)
    if math.isnan(first) or math.isnan(last):
        return ""
    return text[_place(first, text) : _place(last, text)]


def _place(number: float, text: str) -> int:
    return int(max(-len(text), min(number, len(text))))


def _substring(run: Run, value: Value, start: Value, length: Value = math.inf) -> Value:
    """XPath 1.0, section 4.2: the characters at places p with start ≤ p < start + length, after rounding."""
    text = to_text(value)
    first = round_half_up(to_number(start, run.zone))
    end = first + round_half_up(to_number(length, run.zone))
    if math.isnan(first) or math.isnan(end):
        return ""
    return text[int(min(max(first, 1.0), len(text) + 1.0)) - 1 : int(min(max(end, 1.0), len(text) + 1.0)) - 1]


def _substring_after(run: Run, value: Value, mark: Value) -> Value:
    _, found, rest = _partition(to_text(value), to_text(mark))
    return rest if found else ""


def _substring_before(run: Run, value: Value, mark: Value) -> Value:
    before, found, _ = _partition(to_text(value), to_text(mark))
    return before if found else ""


def _partition(text: str, mark: str) -> tuple[str, bool, str]:
    """A blank mark is found before the first character."""
    if not mark:
        return "", True, text
    before, found, rest = text.partition(mark)
    return before, bool(found), rest


def _translate(run: Run, value: Value, signs: Value, replacements: Value) -> Value:
    """Each of `signs` becomes the one at its place in `replacements`, or goes when there is none."""
    into = to_text(replacements)
    table: dict[int, str | None] = {}
    for place, sign in enumerate(to_text(signs)):
        table.setdefault(ord(sign), into[place] if place < len(into) else None)
    return to_text(value).translate(table)


@lru_cache(maxsize=512)
def _pattern(pattern: str) -> Any:
    """A compiled RE2 pattern (the package has no type hints)."""
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0]
        text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise ExpressionError("pattern", pattern=pattern, reason=text) from None


def _regex(run: Run, value: Value, pattern: Value) -> Value:
    """Whether the pattern matches the whole text. Raises ExpressionError (`pattern`) when it does not compile."""
    return _pattern(to_text(pattern)).fullmatch(to_text(value)) is not None


def _check_pattern(literals: Literals) -> None:
    if literals[1] is not None:
        _pattern(literals[1])


TABLE: Table = {
    "string": Function(0, 1, lambda run, value: to_text(value), or_here=True),
    "concat": Function(1, None, _concat),
    "join": Function(2, None, _join),
    "substr": Function(2, 3, _substr),
    "substring": Function(2, 3, _substring),
    "substring-before": Function(2, 2, _substring_before),
    "substring-after": Function(2, 2, _substring_after),
    "string-length": Function(0, 1, lambda run, value: float(len(to_text(value))), or_here=True),
    "contains": Function(2, 2, lambda run, value, part: to_text(part) in to_text(value)),
    "starts-with": Function(2, 2, lambda run, value, part: to_text(value).startswith(to_text(part))),
    "ends-with": Function(2, 2, lambda run, value, part: to_text(value).endswith(to_text(part))),
    "translate": Function(3, 3, _translate),
    "normalize-space": Function(0, 1, lambda run, value: " ".join(to_text(value).split()), or_here=True),
    "regex": Function(2, 2, _regex, check=_check_pattern),
}

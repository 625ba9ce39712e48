"""The four kinds of value, how one becomes another, and how two compare. Source: XLSForm in chat, Values."""

from collections.abc import Callable, Iterator
from datetime import tzinfo

from conversations.xpath.dates import read_clock, read_days
from conversations.xpath.nodes import Node
from conversations.xpath.numbers import NAN, number_text, read_number

Value = str | float | bool | list[Node]
"""Text (dates are text), number (NaN is blank), truth, or nodes in document order."""


def to_text(value: Value) -> str:
    """The value as text; of nodes the first one's. NaN and no nodes are blank."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return value[0].text if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value)


def to_number(value: Value, zone: tzinfo | None = None) -> float:
    """The value as a number; a date as days since 1970-01-01; blank and other text as NaN.

    `zone` is the form's; without it a date with a time counts by the clock as it is written.
    """
    if isinstance(value, float):
        return value
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    return text_to_number(value if isinstance(value, str) else to_text(value), zone)


def text_to_number(text: str, zone: tzinfo | None) -> float:
    if not text:
        return NAN
    number = read_number(text)
    if number == number:
        return number
    days = read_days(text, zone)
    return NAN if days is None else days


def to_boolean(value: Value) -> bool:
    """Non-blank text, a number other than 0 and NaN, or any node (even a blank one) is true."""
    if isinstance(value, float):
        return value == value and value != 0
    return bool(value)


def flatten(value: Value) -> Iterator[str | float | bool]:
    """The texts of all nodes, or the one plain value."""
    if isinstance(value, list):
        for node in value:
            yield node.text
    else:
        yield value


def same_text(left: str, right: str, zone: tzinfo | None) -> bool:
    """Whether two texts are equal as text or, when both look like dates, as dates."""
    if left == right:
        return True
    if len(left) < 10 or len(right) < 10 or left[4] != "-" or right[4] != "-":
        return False
    days = read_days(left, zone)
    return days is not None and days == read_days(right, zone)


Plain = str | float | bool
Compare = Callable[[Plain, Plain, tzinfo | None], bool]


def _equal(left: Plain, right: Plain, zone: tzinfo | None) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return to_boolean(left) == to_boolean(right)
    if isinstance(left, str) and isinstance(right, str):
        return same_text(left, right, zone)
    return to_number(left, zone) == to_number(right, zone)


def _unequal(left: Plain, right: Plain, zone: tzinfo | None) -> bool:
    return not _equal(left, right, zone)


def _numbers(left: Plain, right: Plain, zone: tzinfo | None) -> tuple[float, float]:
    """Both sides as numbers; two times of day as fractions of the day."""
    first, second = to_number(left, zone), to_number(right, zone)
    if first != first and second != second and isinstance(left, str) and isinstance(right, str):
        earlier, later = read_clock(left), read_clock(right)
        if earlier is not None and later is not None:
            return earlier, later
    return first, second


def _less(left: Plain, right: Plain, zone: tzinfo | None) -> bool:
    first, second = _numbers(left, right, zone)
    return first < second


def _less_or_equal(left: Plain, right: Plain, zone: tzinfo | None) -> bool:
    first, second = _numbers(left, right, zone)
    return first <= second


COMPARISONS: dict[str, Compare] = {
    "=": _equal,
    "!=": _unequal,
    "<": _less,
    "<=": _less_or_equal,
    ">": lambda left, right, zone: _less(right, left, zone),
    ">=": lambda left, right, zone: _less_or_equal(right, left, zone),
}


def compare(test: Compare, left: Value, right: Value, zone: tzinfo | None) -> bool:
    """Compare as XPath 1.0 does: nodes when any of them does; beside a truth value they are one themselves.

    `test` is one of COMPARISONS.
    """
    if isinstance(left, list) and (len(left) == 1 or isinstance(right, bool)):
        left = bool(left) if isinstance(right, bool) else left[0].text
    if isinstance(right, list) and (len(right) == 1 or isinstance(left, bool)):
        right = bool(right) if isinstance(left, bool) else right[0].text
    if not isinstance(left, list) and not isinstance(right, list):
        return test(left, right, zone)
    return any(test(one, other, zone) for one in flatten(left) for other in flatten(right))

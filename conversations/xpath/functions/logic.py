"""Truth, choosing between values, and keeping one."""

from conversations.xpath.functions.signature import Function, Table
from conversations.xpath.nodes import Node
from conversations.xpath.runtime import Closure, Run
from conversations.xpath.values import Value, flatten, to_boolean, to_number, to_text


def _if(condition: Closure, then: Closure, otherwise: Closure) -> Closure:
    def choose(node: Node, run: Run) -> Value:
        return then(node, run) if to_boolean(condition(node, run)) else otherwise(node, run)

    return choose


def _coalesce(*options: Closure) -> Closure:
    """The first value that is not blank (NaN is), else blank."""

    def first(node: Node, run: Run) -> Value:
        for option in options:
            value = option(node, run)
            if to_text(value):
                return value
        return ""

    return first


def _once(option: Closure) -> Closure:
    """What the current node already holds; only when that is blank, the argument's value."""

    def keep(node: Node, run: Run) -> Value:
        return run.current.text or option(node, run)

    return keep


def _position_in_filter() -> Closure:
    return lambda node, run: float(run.position)


def _position_among_siblings(nodes: Closure) -> Closure:
    def position(node: Node, run: Run) -> Value:
        found = nodes(node, run)
        if not isinstance(found, list) or not found:
            return 0.0
        place = found[0].position()
        run.spend(place)
        return float(place)

    return position


def _position(*nodes: Closure) -> Closure:
    return _position_among_siblings(*nodes) if nodes else _position_in_filter()


def _last() -> Closure:
    return lambda node, run: float(run.size)


def _boolean_from_string(run: Run, value: Value) -> Value:
    return value if isinstance(value, bool) else to_text(value).strip().lower() in ("true", "1")


def _is_ticked(value: str | float | bool) -> bool:
    """A truth as it is, a number above 0; other text when it is not blank."""
    if isinstance(value, bool):
        return value
    number = to_number(value)
    return number > 0 if number == number else to_boolean(value)


def _within(total: float, least: Value, most: Value, run: Run) -> bool:
    """-1 as a bound means that there is none."""
    low, high = to_number(least, run.zone), to_number(most, run.zone)
    return (low == -1 or total >= low) and (high == -1 or total <= high)


def _checklist(run: Run, least: Value, most: Value, *values: Value) -> Value:
    ticked = sum(_is_ticked(item) for value in values for item in flatten(value))
    return _within(ticked, least, most, run)


def _weighted_checklist(run: Run, least: Value, most: Value, *values: Value) -> Value:
    """Pairs of value and weight; of two node lists, each node goes with the weight at its place."""
    total = 0.0
    for value, weight in zip(values[::2], values[1::2], strict=True):
        weights = list(flatten(weight))
        for place, item in enumerate(flatten(value)):
            if _is_ticked(item) and weights:
                total += to_number(weights[min(place, len(weights) - 1)], run.zone)
    return _within(total, least, most, run)


TABLE: Table = {
    "if": Function(3, 3, build=_if),
    "coalesce": Function(2, None, build=_coalesce),
    "once": Function(1, 1, build=_once),
    "position": Function(0, 1, build=_position, nodes=(0,)),
    "last": Function(0, 0, build=_last),
    "true": Function(0, 0, lambda run: True),
    "false": Function(0, 0, lambda run: False),
    "not": Function(1, 1, lambda run, value: not to_boolean(value)),
    "boolean": Function(1, 1, lambda run, value: to_boolean(value)),
    "boolean-from-string": Function(1, 1, _boolean_from_string),
    "checklist": Function(3, None, _checklist),
    "weighted-checklist": Function(4, None, _weighted_checklist, step=2),
}

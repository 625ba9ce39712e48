"""Several values at once: nodes of a repeat, and texts that are names with spaces between."""

import math
from collections.abc import Callable, Iterator, Sequence

from conversations.xpath.functions.signature import Function, Table
from conversations.xpath.nodes import Node
from conversations.xpath.numbers import NAN
from conversations.xpath.runtime import Run
from conversations.xpath.values import Value, flatten, to_number, to_text


def _numbers(run: Run, values: tuple[Value, ...]) -> Iterator[float]:
    """The numbers among the values, blanks passed over; text that is no number counts as NaN."""
    for value in values:
        if isinstance(value, list):
            run.spend(len(value))
        for item in flatten(value):
            number = to_number(item, run.zone)
            if number == number or (isinstance(item, str) and item):
                yield number


def _extreme(choose: Callable[[Sequence[float]], float]) -> Callable[..., Value]:
    """The largest or smallest number; NaN when there is none, or when one of the values is no number."""

    def call(run: Run, *values: Value) -> Value:
        numbers = list(_numbers(run, values))
        return NAN if not numbers or any(map(math.isnan, numbers)) else choose(numbers)

    return call


def _sum(run: Run, *values: Value) -> Value:
    return sum(_numbers(run, values), 0.0)


def _count(run: Run, nodes: Value) -> Value:
    return float(len(nodes)) if isinstance(nodes, list) else 0.0


def _count_non_empty(run: Run, nodes: Value) -> Value:
    return float(sum(1 for text in flatten(nodes) if text != ""))


def _names(value: Value) -> list[str]:
    return to_text(value).split()


def _selected(run: Run, names: Value, name: Value) -> Value:
    return to_text(name).strip() in _names(names)


def _selected_at(run: Run, names: Value, place: Value) -> Value:
    """The name at `place`, counted from 0; blank when there is none."""
    found = _names(names)
    number = to_number(place, run.zone)
    return found[int(number)] if 0 <= number < len(found) else ""


def _is_inside(node: Node, ancestor: Node) -> bool:
    step: Node | None = node
    while step is not None:
        if step is ancestor:
            return True
        step = step.parent
    return False


def _indexed_repeat(run: Run, nodes: Value, *pairs: Value) -> Value:
    """The nodes that stand in the repeat entry named by pairs of (repeat, number from 1), outermost first."""
    found = nodes if isinstance(nodes, list) else []
    within: Node | None = None
    for repeat, number in zip(pairs[::2], pairs[1::2], strict=True):
        nodes_of_repeat = repeat if isinstance(repeat, list) else []
        entries = [entry for entry in nodes_of_repeat if within is None or _is_inside(entry, within)]
        run.spend(len(entries) + len(found))
        place = to_number(number, run.zone)
        if not 1 <= place < len(entries) + 1:
            return []
        entry = within = entries[int(place) - 1]
        found = [node for node in found if _is_inside(node, entry)]
    return found


TABLE: Table = {
    "count": Function(1, 1, _count, nodes=(0,)),
    "count-non-empty": Function(1, 1, _count_non_empty, nodes=(0,)),
    "count-selected": Function(1, 1, lambda run, names: float(len(_names(names)))),
    "selected": Function(2, 2, _selected),
    "selected-at": Function(2, 2, _selected_at),
    "sum": Function(1, 1, _sum),
    "max": Function(1, None, _extreme(max)),
    "min": Function(1, None, _extreme(min)),
    "indexed-repeat": Function(3, 7, _indexed_repeat, nodes=(0, 1, 3, 5), step=2),
}

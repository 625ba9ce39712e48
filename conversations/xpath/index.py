"""Looking up the items of a list by the text or number in one column, without walking the list."""

from conversations.xpath.dates import looks_like_date
from conversations.xpath.nodes import Node
from conversations.xpath.numbers import read_number
from conversations.xpath.values import Value


class ColumnIndex:
    """The children of one name, by what stands in one of their columns. Built once, in one walk."""

    __slots__ = ("by_number", "by_text", "has_dates")

    def __init__(self, items: list[Node], column: str) -> None:
        self.by_text: dict[str, list[Node]] = {}
        self.by_number: dict[float, list[Node]] = {}
        self.has_dates = False
        for item in items:
            for text in item.texts(column):
                self._add(item, text)

    def _add(self, item: Node, text: str) -> None:
        _append_once(self.by_text.setdefault(text, []), item)
        number = read_number(text)
        if number == number:
            _append_once(self.by_number.setdefault(number, []), item)
        elif looks_like_date(text):
            self.has_dates = True


def _append_once(items: list[Node], item: Node) -> None:
    if not items or items[-1] is not item:
        items.append(item)


def column_index(parent: Node, name: str, column: str) -> ColumnIndex:
    """The index over `parent`'s children called `name` by their `column`, built at the first call."""
    if parent.columns is None:
        parent.columns = {}
    index = parent.columns.get((name, column))
    if index is None:
        index = parent.columns[(name, column)] = ColumnIndex(parent.step(name), column)
    return index


def items_where(parent: Node, name: str, column: str, value: Value) -> list[Node] | None:
    """What the predicate `[column = value]` leaves of `parent`'s children called `name`, in their order.

    None when the index cannot tell: several nodes, a truth value, or dates, where different texts may be equal.
    """
    index = column_index(parent, name, column)
    if isinstance(value, list):
        if len(value) != 1:
            return None if value else []
        value = value[0].text
    if isinstance(value, str):
        return None if index.has_dates and looks_like_date(value) else index.by_text.get(value, [])
    if isinstance(value, bool) or index.has_dates:
        return None
    return index.by_number.get(value, [])

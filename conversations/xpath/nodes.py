"""The tree that expressions look at: the answers of one draft, or the rows of a list."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conversations.xpath.index import ColumnIndex

_NOTHING: "list[Node]" = []


class Node:
    """A question, group, repeat entry, list item or column.

    A leaf's value is its `text`, which may be changed at any time. Children are added by `append`, `sow` or
    `insert_after` and taken away by `remove` only, because these keep the look-up by name honest. The top of a draft's
    tree is the node of the form's root (`data`) and has no parent.
    """

    __slots__ = ("_by_name", "children", "columns", "name", "parent", "text")

    def __init__(self, name: str, text: str = "") -> None:
        self.name = name
        self.text = text
        self.children: list[Node] = []
        self.parent: Node | None = None
        self._by_name: dict[str, list[Node]] | None = None
        self.columns: dict[tuple[str, str], ColumnIndex] | None = None

    def __repr__(self) -> str:
        return f"Node({self.path()!r}, {len(self.children)} children)"

    def append(self, child: "Node") -> "Node":
        """Add `child` as the last one and return it."""
        child.parent = self
        self.children.append(child)
        self._by_name = self.columns = None
        return child

    def insert_after(self, sibling: "Node", child: "Node") -> "Node":
        """Add `child` right behind `sibling` and return it. Raises ValueError when `sibling` is not here."""
        child.parent = self
        self.children.insert(self.children.index(sibling) + 1, child)
        self._by_name = self.columns = None
        return child

    def add(self, name: str, text: str = "") -> "Node":
        """Make a child named `name`, add it as the last one and return it."""
        return self.append(Node(name, text))

    def sow(self, names: Iterable[str]) -> "list[Node]":
        """Add blank children of these names as the last ones and return them."""
        sown = [Node(name) for name in names]
        for child in sown:
            child.parent = self
        self.children += sown
        self._by_name = self.columns = None
        return sown

    def remove(self, child: "Node") -> None:
        """Take `child` away. Raises ValueError when it is not here."""
        self.children.remove(child)
        child.parent = None
        self._by_name = self.columns = None

    def child(self, name: str) -> "Node | None":
        """The first child named `name`."""
        found = self.step(name)
        return found[0] if found else None

    def step(self, name: str) -> "list[Node]":
        """All children named `name`, in order. The list belongs to the node: look, do not change."""
        by_name = self._by_name
        if by_name is None:
            by_name = {}
            for child in self.children:
                by_name.setdefault(child.name, []).append(child)
            self._by_name = by_name
        return by_name.get(name, _NOTHING)

    def texts(self, name: str) -> Sequence[str]:
        """What the children named `name` hold, in order."""
        return [child.text for child in self.step(name)]

    def top(self) -> "Node":
        node = self
        while node.parent is not None:
            node = node.parent
        return node

    def position(self) -> int:
        """1-based place among the siblings of the same name."""
        return 1 if self.parent is None else self.parent.step(self.name).index(self) + 1

    def names(self) -> tuple[str, ...]:
        """The names from the top down to this node."""
        node: Node | None = self
        found: list[str] = []
        while node is not None:
            found.append(node.name)
            node = node.parent
        return tuple(reversed(found))

    def path(self) -> str:
        """`/data[1]/member[2]/name[1]`: unlike any other node's of the same tree."""
        node: Node | None = self
        found: list[str] = []
        while node is not None:
            found.append(f"/{node.name}[{node.position()}]")
            node = node.parent
        return "".join(reversed(found))


class ListItem(Node):
    """One row of a list. Its columns become nodes when an expression first walks to them: most rows never see that."""

    __slots__ = ("_row",)

    def __init__(self, parent: Node, row: Mapping[str, str]) -> None:
        self.name = "item"
        self.text = ""
        self.parent = parent
        self._by_name = self.columns = None
        self._row = row

    def __getattr__(self, name: str) -> "list[Node]":
        """The children, as long as they are not made: afterwards Python finds them by itself."""
        if name != "children":
            raise AttributeError(name)
        self.children = []
        for column, value in self._row.items():
            self.add(column, value)
        return self.children

    def texts(self, name: str) -> Sequence[str]:
        return (self._row[name],) if name in self._row else ()


def list_node(name: str, rows: Iterable[Mapping[str, str]]) -> Node:
    """A list as `instance('name')` gives it: the node returned holds `root`, which holds one `item` for each row.

    The rows are kept and must not change: look-ups by column are indexed.
    """
    top = Node(name)
    root = top.add("root")
    root.children.extend(ListItem(root, row) for row in rows)
    return top

"""What the parser makes of an expression's text. Spans and positions are 0-based characters of that text."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto


@dataclass(frozen=True, slots=True)
class Literal:
    value: str | float


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: tuple["Tree", ...]
    position: int


class Axis(Enum):
    CHILD = auto()
    PARENT = auto()
    SELF = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """`name` None takes every name (`*`, `node()`, `.`, `..`)."""

    axis: Axis
    name: str | None
    predicates: tuple["Tree", ...] = ()


class Start(Enum):
    ROOT = auto()
    """An absolute path: the draft's own tree, also inside a filter on a list."""
    HERE = auto()


@dataclass(frozen=True, slots=True)
class Path:
    start: "Start | Tree"
    steps: tuple[Step, ...]
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Filtered:
    """`(nodes)[predicate]`, `instance('x')[predicate]`."""

    operand: "Tree"
    predicates: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Union:
    operands: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Negative:
    operand: "Tree"


@dataclass(frozen=True, slots=True)
class Chain:
    """`first`, then operator and operand as often as they follow, from left to right (no nesting, however long)."""

    first: "Tree"
    rest: tuple[tuple[str, "Tree"], ...]


@dataclass(frozen=True, slots=True)
class Arithmetic(Chain):
    """+ - * div mod"""


@dataclass(frozen=True, slots=True)
class Comparison(Chain):
    """= != < <= > >="""


@dataclass(frozen=True, slots=True)
class Logical:
    """`and` / `or` over all operands."""

    operator: str
    operands: tuple["Tree", ...]


Tree = Literal | Call | Path | Filtered | Union | Negative | Arithmetic | Comparison | Logical

_NODE_FUNCTIONS = frozenset({"current", "instance", "randomize", "indexed-repeat"})


def is_nodes(tree: Tree) -> bool:
    """Whether the value is nodes, whatever the data."""
    if isinstance(tree, Call):
        return tree.name in _NODE_FUNCTIONS
    return isinstance(tree, Path | Filtered | Union)


def parts(tree: Tree) -> tuple[Tree, ...]:
    """The expressions directly inside this one, predicates included."""
    match tree:
        case Call(arguments=inner) | Union(operands=inner) | Logical(operands=inner):
            return inner
        case Negative(operand=operand):
            return (operand,)
        case Filtered(operand=operand, predicates=predicates):
            return (operand, *predicates)
        case Arithmetic(first=first, rest=rest) | Comparison(first=first, rest=rest):
            return (first, *(operand for _, operand in rest))
        case Path(start=start, steps=steps):
            predicates = tuple(predicate for step in steps for predicate in step.predicates)
            return predicates if isinstance(start, Start) else (start, *predicates)
    return ()


def walk(tree: Tree) -> Iterator[Tree]:
    """This expression and all inside it."""
    yield tree
    for part in parts(tree):
        yield from walk(part)


_OF_THE_ITEM = frozenset({"position", "last", "once", "random", "uuid"})
_ITEM_BY_DEFAULT = frozenset({"string", "number", "normalize-space", "string-length"})


def depends_on_item(tree: Tree) -> bool:
    """Whether a value inside a predicate may differ from one filtered node to the next.

    What stands in predicates of an inner path looks at that path's nodes, not at ours. A draw by chance differs.
    """
    match tree:
        case Path(start=start):
            return start is Start.HERE if isinstance(start, Start) else depends_on_item(start)
        case Filtered(operand=operand):
            return depends_on_item(operand)
        case Call(name=name, arguments=arguments):
            if name in _OF_THE_ITEM or (name in _ITEM_BY_DEFAULT and not arguments):
                return True
            if name == "randomize" and len(arguments) == 1:
                return True
    return any(depends_on_item(part) for part in parts(tree))


def asks_position(tree: Tree) -> bool:
    """Whether position() or last(), of the filtered nodes themselves, is asked anywhere in the expression."""
    return any(
        isinstance(part, Call) and part.name in ("position", "last") and not part.arguments for part in walk(tree)
    )

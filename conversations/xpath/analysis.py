"""What an expression reads, found without evaluating it: for the order of evaluation and for the form's lint."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from conversations.xpath.tree import Axis, Call, Filtered, Literal, Logical, Path, Start, Step, Tree, Union, parts, walk

Names = tuple[str, ...]
_ITEM: Names = ("root", "item")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where nodes stand: in the draft's tree (`list_name` None) or in a list. `vague`: somewhere below `names`."""

    names: Names
    list_name: str | None = None
    vague: bool = False


@dataclass(slots=True)
class _Reading:
    """One walk through an expression compiled for the node `current`."""

    current: _Place
    paths: set[Names] = field(default_factory=set)
    counted: set[Names] = field(default_factory=set)
    columns: dict[str, set[str]] = field(default_factory=dict)

    def read(self, tree: Tree, here: _Place) -> None:
        """Note everything that evaluating `tree` at `here` reads."""
        for place in self.locate(tree, here):
            if place.list_name is None and place.names:
                self.paths.add(place.names)

    def locate(self, tree: Tree, here: _Place) -> list[_Place]:
        """Where the nodes of `tree` stand. Notes what is read on the way there, not the nodes themselves."""
        match tree:
            case Path(start=start, steps=steps):
                return self._walk_steps(self._starts(start, here), steps)
            case Filtered(operand=operand, predicates=predicates):
                return self._filtered(self.locate(operand, here), predicates)
            case Union(operands=operands):
                return [place for operand in operands for place in self.locate(operand, here)]
            case Call():
                return self._call(tree, here)
        for part in parts(tree):
            self.read(part, here)
        return []

    def _starts(self, start: Start | Tree, here: _Place) -> list[_Place]:
        if start is Start.ROOT:
            return [_Place(())]
        if start is Start.HERE:
            return [here]
        assert not isinstance(start, Start)
        return self.locate(start, here)

    def _call(self, call: Call, here: _Place) -> list[_Place]:
        first, *others = call.arguments or (None,)
        if call.name == "current":
            return [self.current]
        if call.name == "instance" and isinstance(first, Literal):
            return [_Place((), list_name=str(first.value))]
        if call.name in ("randomize", "position") and first is not None:
            for other in others:
                self.read(other, here)
            found = self.locate(first, here)
            # position(..) looks at where a node stands, not at what it holds.
            return found if call.name == "randomize" else []
        for place, argument in enumerate(call.arguments):
            if call.name == "count" or (call.name == "indexed-repeat" and place % 2):
                self._count(argument, here)
            else:
                self.read(argument, here)
        return []

    def _count(self, tree: Tree, here: _Place) -> None:
        """How many nodes there are is asked, or which of them: not what they hold."""
        self.counted.update(place.names for place in self.locate(tree, here) if place.list_name is None and place.names)

    def _filtered(self, places: list[_Place], predicates: tuple[Tree, ...]) -> list[_Place]:
        for place in places:
            for predicate in predicates:
                self.read(predicate, place)
        return places

    def _walk_steps(self, places: list[_Place], steps: tuple[Step, ...]) -> list[_Place]:
        for step in steps:
            places = self._filtered([self._next(place, step) for place in places], step.predicates)
        return places

    def _next(self, place: _Place, step: Step) -> _Place:
        if place.vague or step.axis is Axis.SELF:
            return place
        if step.axis is Axis.PARENT:
            return replace(place, names=place.names[:-1])
        if step.name is None:
            return replace(place, vague=True)
        if place.list_name is not None and place.names == _ITEM:
            self.columns.setdefault(place.list_name, set()).add(step.name)
        return replace(place, names=(*place.names, step.name))


def references(tree: Tree, context: Names) -> frozenset[Names]:
    """Absolute paths (root included) of the draft's nodes that the expression reads, compiled for the node `context`.

    A path with a wildcard counts as the part before it.
    """
    reading = _read_all(tree, context)
    return frozenset(reading.paths | reading.counted)


def only_counted(tree: Tree, context: Names) -> frozenset[Names]:
    """Those of `references` that are asked only how many they are (`count(..)`), or which one is meant."""
    reading = _read_all(tree, context)
    return frozenset(reading.counted - reading.paths)


def _read_all(tree: Tree, context: Names) -> _Reading:
    reading = _Reading(_Place(context))
    reading.read(tree, reading.current)
    return reading


def columns_by_list(tree: Tree) -> Mapping[str, frozenset[str]]:
    """List id → names used as columns of its items: in filters, after them, and in pulldata."""
    reading = _Reading(_Place(()))
    reading.read(tree, reading.current)
    found = reading.columns
    for call in _calls(tree):
        if call.name == "pulldata":
            name, *columns = [argument.value if isinstance(argument, Literal) else None for argument in call.arguments]
            if isinstance(name, str):
                found.setdefault(name, set()).update(column for column in columns[:2] if isinstance(column, str))
    return {name: frozenset(columns) for name, columns in found.items()}


def _calls(tree: Tree) -> list[Call]:
    return [part for part in walk(tree) if isinstance(part, Call)]


def functions_called(tree: Tree) -> frozenset[str]:
    return frozenset(call.name for call in _calls(tree))


def lists_named(tree: Tree) -> frozenset[str]:
    """List ids written as literals in instance() and pulldata()."""
    firsts = [call.arguments[0] for call in _calls(tree) if call.name in ("instance", "pulldata")]
    return frozenset(first.value for first in firsts if isinstance(first, Literal) and isinstance(first.value, str))


def draws_anew(tree: Tree) -> bool:
    """Whether chance (random, uuid, randomize without a seed) stands outside of once()."""
    if isinstance(tree, Call):
        if tree.name == "once":
            return False
        if tree.name in ("random", "uuid") or (tree.name == "randomize" and len(tree.arguments) == 1):
            return True
    return any(draws_anew(part) for part in parts(tree))


def paths_as_conditions(tree: Tree) -> tuple[Path, ...]:
    """Paths that stand where a condition is expected inside the expression, outside of filters."""
    found: list[Path] = []
    for part in walk(tree):
        conditions: tuple[Tree, ...] = ()
        if isinstance(part, Logical):
            conditions = part.operands
        elif isinstance(part, Call) and part.name in ("if", "not", "boolean"):
            conditions = part.arguments[:1]
        found += [condition for condition in conditions if isinstance(condition, Path)]
    return tuple(found)

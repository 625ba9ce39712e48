"""In which order a form is computed: whatever an expression reads comes before it."""

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush

from conversations.xpath import Expression

Path = tuple[str, ...]
"""Absolute, root included."""


class Circle(ValueError):
    """Expressions that read each other; `paths` go round, each reading the next, the last reading the first."""

    def __init__(self, paths: tuple[Path, ...]) -> None:
        super().__init__(" → ".join("/".join(path) for path in paths))
        self.paths = paths


def contents(paths: Iterable[Path]) -> dict[Path, list[Path]]:
    """Group → everything inside it, at any depth."""
    found: dict[Path, list[Path]] = {}
    for path in paths:
        for length in range(2, len(path)):
            found.setdefault(path[:length], []).append(path)
    return found


def needs(path: Path, expressions: Iterable[Expression], inside: Mapping[Path, Iterable[Path]]) -> set[Path]:
    """What has to be computed before `path`: its groups, and all that its expressions read.

    An expression that reads a group reads everything `inside` it, unless it only counts it (`count(${members})`).
    An expression that reads its own question is told as a need of itself.
    """
    found = {path[:length] for length in range(2, len(path))}
    for expression in expressions:
        counted = expression.only_counted(path)
        for read in expression.references(path):
            if len(read) > 1:
                found.add(read)
                held = () if read in counted else inside.get(read, ())
                found.update(each for each in held if each != path)
    return found


def evaluation_order(needed: Mapping[Path, Iterable[Path]]) -> tuple[Path, ...]:
    """All paths of `needed` so that each follows what it needs, otherwise in the given order. Raises Circle."""
    rank = {path: index for index, path in enumerate(needed)}
    sorter = TopologicalSorter({path: [each for each in before if each in rank] for path, before in needed.items()})
    try:
        sorter.prepare()
    except CycleError as error:
        raise Circle(_as_read(error.args[1])) from None
    ordered: list[Path] = []
    waiting: list[int] = []
    paths = list(needed)
    while sorter.is_active():
        for path in sorter.get_ready():
            heappush(waiting, rank[path])
        ordered.append(paths[heappop(waiting)])
        sorter.done(ordered[-1])
    return tuple(ordered)


def _as_read(cycle: Sequence[Path]) -> tuple[Path, ...]:
    """graphlib names each node after the one it precedes, and the first one twice."""
    return tuple(reversed(cycle[1:]))

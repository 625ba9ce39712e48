"""A measurement: a name, what it took, and the bar it is held to."""

import time
from collections.abc import Callable
from dataclasses import dataclass

_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))


@dataclass(frozen=True, slots=True)
class Measured:
    """`seconds` is the best of several runs: what the work costs when nothing else disturbs it."""

    name: str
    seconds: float
    bar_seconds: float

    @property
    def holds(self) -> bool:
        return self.seconds < self.bar_seconds


def measure(name: str, bar_seconds: float, work: Callable[[], object], *, rounds: int, times: int = 1) -> Measured:
    """`work` done `times` times in each of `rounds`; one call of the best round counts."""
    best = min(_seconds(work, times) for _ in range(rounds))
    return Measured(name, best / times, bar_seconds)


def _seconds(work: Callable[[], object], times: int) -> float:
    began = time.perf_counter()
    for _ in range(times):
        work()
    return time.perf_counter() - began


def table(measured: list[Measured]) -> str:
    """Value, bar and verdict in columns."""
    rows = [("measured", "value", "bar", "verdict")]
    rows += [(each.name, shown(each.seconds), f"< {shown(each.bar_seconds)}", verdict(each)) for each in measured]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def shown(seconds: float) -> str:
    """In the largest unit that leaves a whole number before the point."""
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= size), _UNITS[-1])
    return f"{seconds / size:.3g} {unit}"


def verdict(each: Measured) -> str:
    return "holds" if each.holds else "MISSED"

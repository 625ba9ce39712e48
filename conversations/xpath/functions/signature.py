"""How a function of the language is described."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from conversations.xpath.errors import ExpressionError
from conversations.xpath.runtime import Closure
from conversations.xpath.values import Value

Literals = Sequence[str | None]
"""The text of each argument that is a literal text, None for the others."""


@dataclass(frozen=True, slots=True)
class Function:
    """`least` to `most` arguments (None: any number), in steps of `step` above `least`.

    `call(run, *values)` computes the value from the arguments' values; a `build(*closures)` instead makes the whole
    closure, for functions that do not always evaluate every argument or look at the context. With `or_here` a missing
    argument is the context node. `nodes`: which arguments must be paths. `check` may refuse literal arguments by
    raising ExpressionError when the expression is compiled.
    """

    least: int
    most: int | None
    call: Callable[..., Value] | None = None
    build: Callable[..., Closure] | None = None
    or_here: bool = False
    nodes: tuple[int, ...] = ()
    step: int = 1
    check: Callable[[Literals], None] | None = None

    def refuse_wrong_count(self, name: str, given: int, position: int) -> None:
        """Raises ExpressionError (`arguments`) when the function does not take that many."""
        fits = given >= self.least and (self.most is None or given <= self.most)
        if not fits or (given - self.least) % self.step:
            raise ExpressionError("arguments", position, name=name, expected=self._expected(), given=given)

    def _expected(self) -> str:
        if self.step > 1:
            counts = (str(self.least + self.step * times) for times in range(3))
            return ", ".join(counts) + ("" if self.most else " …")
        if self.most is None:
            return f"{self.least}+"
        return str(self.least) if self.least == self.most else f"{self.least}–{self.most}"


Table = Mapping[str, Function]

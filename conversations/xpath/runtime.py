"""What an evaluation is handed from outside, and what it carries along while it runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from conversations.xpath.errors import EvaluationLimit, ExpressionError
from conversations.xpath.nodes import Node
from conversations.xpath.values import Value

MOST_STEPS = 200_000
"""Nodes that one evaluation may visit in filters, loops and node comparisons."""
MOST_TEXT = 1_000_000
"""Characters of one text that an evaluation may make."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The world as one turn sees it.

    `now`: aware; `zone`: the form's time zone; `seed`: the draft's own, everything drawn by chance follows from it.
    `lists`: list id → the node that `instance('id')` gives, whose child is `root` (see `list_node`).
    `choice_label(value, path)`: the label of a choice, `path` being the question's without the root (`group/name`).
    `itext(id)`: the text of an `jr:itext` id. `language`: for the names of months and days in format-date.
    """

    now: datetime
    zone: tzinfo
    seed: int
    lists: Mapping[str, Node]
    choice_label: Callable[[str, str], str]
    itext: Callable[[str], str]
    language: str = "en"

    def list_named(self, name: str) -> Node:
        """Raises ExpressionError (`unknown_list`) when there is none."""
        try:
            return self.lists[name]
        except KeyError:
            raise ExpressionError("unknown_list", name=name) from None


class Run:
    """One evaluation under way. `position` and `size` belong to the predicate being tested (both 1 outside of any)."""

    __slots__ = ("_top", "current", "draws", "environment", "position", "size", "steps_left", "text", "zone")

    def __init__(self, environment: Environment, current: Node, text: str) -> None:
        self.environment = environment
        self.zone = environment.zone
        self.current = current
        self.text = text
        self.position = 1
        self.size = 1
        self.draws = 0
        self.steps_left = MOST_STEPS
        self._top: Node | None = None

    def top(self) -> Node:
        """The top of the tree that the current node stands in."""
        if self._top is None:
            self._top = self.current.top()
        return self._top

    def spend(self, steps: int) -> None:
        """Raises EvaluationLimit when the budget is used up."""
        self.steps_left -= steps
        if self.steps_left < 0:
            raise EvaluationLimit("too_many_steps", most=MOST_STEPS)


Closure = Callable[[Node, Run], Value]
"""A compiled expression: the context node and the run in, the value out."""


def bounded(text: str) -> str:
    """`text` itself. Raises EvaluationLimit when it is too long: calculations that double a text would never end."""
    if len(text) > MOST_TEXT:
        raise EvaluationLimit("text_too_long", most=MOST_TEXT)
    return text

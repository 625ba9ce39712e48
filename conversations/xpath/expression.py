"""A compiled expression, and the one way to evaluate it."""

from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache

from conversations.xpath import analysis
from conversations.xpath.compiler import compile_tree
from conversations.xpath.errors import EvaluationLimit, ExpressionError
from conversations.xpath.nodes import Node
from conversations.xpath.parsing import MOST_NESTING, parse
from conversations.xpath.runtime import Closure, Environment, Run
from conversations.xpath.tree import Path, Tree
from conversations.xpath.values import Value

KEPT = 512
"""A form says the same again and again: two of three expressions have been compiled when they are met."""


class Expression:
    """An expression that was compiled once and may be evaluated as often as one likes. Equal when the texts are.

    Made by `compile_expression`; evaluated by `evaluate`. The properties tell the form's lint what it reads.
    """

    def __init__(self, text: str, tree: Tree, closure: Closure) -> None:
        self.text = text
        self._tree = tree
        self.closure = closure

    @property
    def tree(self) -> Tree:
        """What the parser made of the text: to say the expression in words."""
        return self._tree

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __reduce__(self) -> tuple[Callable[[str], "Expression"], tuple[str]]:
        return compile_expression, (self.text,)

    def references(self, context: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
        """Absolute paths, root included (`("data", "g", "nm")`), of the nodes read when compiled for `context`.

        Relative paths, `.` and current() count from `context`, also inside filters on lists; a wildcard counts as
        the path before it. What once() keeps and what position(…) counts are not reads.
        """
        return analysis.references(self._tree, context)

    def only_counted(self, context: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
        """Those of `references` that are asked only how many they are, not what they hold: `count(${repeat})`."""
        return analysis.only_counted(self._tree, context)

    @cached_property
    def functions(self) -> frozenset[str]:
        """Names of the functions called."""
        return analysis.functions_called(self._tree)

    @cached_property
    def instances(self) -> frozenset[str]:
        """Ids of lists named literally in instance() or pulldata()."""
        return analysis.lists_named(self._tree)

    @cached_property
    def relative_names(self) -> Mapping[str, frozenset[str]]:
        """List id → names used as columns of its items, in filters, after them, and in pulldata."""
        return analysis.columns_by_list(self._tree)

    @cached_property
    def unwrapped_random(self) -> bool:
        """Whether chance stands outside of once()."""
        return analysis.draws_anew(self._tree)

    @cached_property
    def bare_paths_as_condition(self) -> tuple[str, ...]:
        """Paths, as written, used as conditions in and, or, not(), if(), boolean(); see also `is_bare_path`."""
        return tuple(self.text[slice(*path.span)].strip() for path in analysis.paths_as_conditions(self._tree))

    @cached_property
    def is_bare_path(self) -> bool:
        """Whether the whole expression is one path: as a condition it asks only whether the node exists."""
        return isinstance(self._tree, Path)


@lru_cache(maxsize=KEPT)
def compile_expression(text: str) -> Expression:
    """Compile the text of an expression, as pyxform writes it.

    Raises ExpressionError: not an expression, longer than 5,000 characters, deeper than 50, an unknown function, a
    wrong number of arguments, a pattern that RE2 refuses. Source: XLSForm in chat, „Refused when the form is loaded“.
    """
    try:
        tree = parse(text)
        return Expression(text, tree, compile_tree(tree))
    except RecursionError:
        # Fifty brackets with every operator of the language inside each make a deeper tree than Python's stack.
        raise ExpressionError("too_deep", most=MOST_NESTING) from None


def evaluate(expression: Expression, context: Node, environment: Environment) -> Value:
    """The expression's value at the node `context` of a draft's tree. Nodes in the result must not be changed.

    Raises EvaluationLimit when it costs too much, and ExpressionError when it asks for a list that is not there or
    makes up a pattern that does not compile.
    """
    try:
        return expression.closure(context, Run(environment, context, expression.text))
    except RecursionError:
        raise EvaluationLimit("too_deep", most=MOST_NESTING) from None

"""From an expression's tree to one closure; here the author's mistakes beyond grammar are found."""

import difflib
from collections.abc import Callable

from conversations.xpath.errors import ExpressionError
from conversations.xpath.functions import FUNCTIONS, UNSUPPORTED
from conversations.xpath.functions.signature import Function
from conversations.xpath.nodes import Node
from conversations.xpath.operators import compile_arithmetic, compile_comparison, compile_logical, compile_negative
from conversations.xpath.paths import compile_filtered, compile_path, compile_union
from conversations.xpath.runtime import Closure, Run
from conversations.xpath.tree import (
    Arithmetic,
    Call,
    Comparison,
    Filtered,
    Literal,
    Logical,
    Negative,
    Path,
    Start,
    Tree,
    Union,
    is_nodes,
)
from conversations.xpath.values import Value


def compile_tree(tree: Tree) -> Closure:
    """Raises ExpressionError for an unknown function, wrong arguments, or a filter on what is no path."""
    return _Compiler().compile(tree)


class _Compiler:
    """Compiles each part of one tree once, also a filter that is wanted both whole and by an index."""

    def __init__(self) -> None:
        self._done: dict[int, tuple[Tree, Closure]] = {}
        """By the part's id; the part is kept with it, so that its id stays its own."""

    def compile(self, tree: Tree) -> Closure:
        done = self._done.get(id(tree))
        if done is None:
            done = self._done[id(tree)] = (tree, self._closure(tree))
        return done[1]

    def _closure(self, tree: Tree) -> Closure:
        match tree:
            case Literal(value=value):
                return lambda node, run: value
            case Path():
                if not isinstance(tree.start, Start):
                    _refuse_plain(tree.start, "A “/” step", tree.span[0])
                return compile_path(tree, self.compile)
            case Call():
                return self._call(tree)
            case Comparison():
                return compile_comparison(tree, self.compile)
            case Logical():
                return compile_logical(tree, self.compile)
            case Arithmetic():
                return compile_arithmetic(tree, self.compile)
            case Negative(operand=operand):
                return compile_negative(self.compile(operand))
            case Filtered():
                _refuse_plain(tree.operand, "A filter in […]", None)
                return compile_filtered(tree, self.compile)
            case Union(operands=operands):
                for operand in operands:
                    _refuse_plain(operand, "The operator |", None)
                return compile_union(tree, self.compile)

    def _call(self, call: Call) -> Closure:
        function = _function(call)
        _check_arguments(function, call)
        arguments = tuple(self.compile(argument) for argument in call.arguments)
        if function.build is not None:
            return function.build(*arguments)
        assert function.call is not None
        return _applied(function.call, arguments or ((_here,) if function.or_here else ()))


def _refuse_plain(tree: Tree, name: str, position: int | None) -> None:
    if not is_nodes(tree):
        raise ExpressionError("needs_path", position, name=name)


def _check_arguments(function: Function, call: Call) -> None:
    given = len(call.arguments)
    function.refuse_wrong_count(call.name, given, call.position)
    for place in function.nodes:
        if place < given:
            _refuse_plain(call.arguments[place], f"{call.name}()", call.position)
    if function.check is not None:
        try:
            function.check([_literal_text(argument) for argument in call.arguments])
        except ExpressionError as error:
            raise error.at(call.position) from None


def _function(call: Call) -> Function:
    function = FUNCTIONS.get(call.name)
    if function is not None:
        return function
    if call.name in UNSUPPORTED:
        raise ExpressionError("unsupported_function", call.position, name=call.name)
    near = difflib.get_close_matches(call.name.lower(), FUNCTIONS, n=1)
    if near:
        raise ExpressionError("misspelt_function", call.position, name=call.name, nearest=near[0])
    raise ExpressionError("unknown_function", call.position, name=call.name)


def _literal_text(tree: Tree) -> str | None:
    return tree.value if isinstance(tree, Literal) and isinstance(tree.value, str) else None


def _here(node: Node, run: Run) -> Value:
    return [node]


def _applied(call: Callable[..., Value], arguments: tuple[Closure, ...]) -> Closure:
    """One closure per number of arguments: calling with few is much cheaper than unpacking many."""
    match arguments:
        case ():
            return lambda node, run: call(run)
        case (only,):
            return lambda node, run: call(run, only(node, run))
        case (first, second):
            return lambda node, run: call(run, first(node, run), second(node, run))
    return lambda node, run: call(run, *[argument(node, run) for argument in arguments])

"""Arithmetic, comparisons and logic as closures."""

import math
from collections.abc import Callable

from conversations.xpath.dates import looks_like_date
from conversations.xpath.nodes import Node
from conversations.xpath.numbers import NAN
from conversations.xpath.runtime import Closure, Run
from conversations.xpath.tree import Arithmetic, Comparison, Literal, Logical, Tree, is_nodes
from conversations.xpath.values import COMPARISONS, Value, compare, to_boolean, to_number

Compile = Callable[[Tree], Closure]


def _divide(left: float, right: float) -> float:
    if right:
        return left / right
    if not left or left != left:
        return NAN
    return math.copysign(math.inf, left) * math.copysign(1, right)


def _modulo(left: float, right: float) -> float:
    """What remains after division towards zero; its sign is the left number's."""
    return math.fmod(left, right) if right and math.isfinite(left) else NAN


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "div": _divide,
    "mod": _modulo,
}


def compile_arithmetic(chain: Arithmetic, compile_tree: Compile) -> Closure:
    first = compile_tree(chain.first)
    rest = tuple((_ARITHMETIC[operator], compile_tree(operand)) for operator, operand in chain.rest)

    def reckon(node: Node, run: Run) -> Value:
        total = to_number(first(node, run), run.zone)
        for apply, operand in rest:
            total = apply(total, to_number(operand(node, run), run.zone))
        return total

    return reckon


def compile_negative(operand: Closure) -> Closure:
    return lambda node, run: -to_number(operand(node, run), run.zone)


def compile_comparison(chain: Comparison, compile_tree: Compile) -> Closure:
    if len(chain.rest) == 1:
        ((operator, right),) = chain.rest
        plain = _text_comparison(operator, chain.first, right, compile_tree)
        return plain or _compared(operator, compile_tree(chain.first), compile_tree(right))
    closure = compile_tree(chain.first)
    steps = tuple((COMPARISONS[operator], compile_tree(operand)) for operator, operand in chain.rest)

    def in_turn(node: Node, run: Run) -> Value:
        value = closure(node, run)
        for test, operand in steps:
            value = compare(test, value, operand(node, run), run.zone)
        return value

    return in_turn


def _compared(operator: str, left: Closure, right: Closure) -> Closure:
    test = COMPARISONS[operator]

    def whether(node: Node, run: Run) -> Value:
        one, other = left(node, run), right(node, run)
        if isinstance(one, list) and isinstance(other, list):
            run.spend(len(one) * len(other))
        return compare(test, one, other, run.zone)

    return whether


def _text_comparison(operator: str, left: Tree, right: Tree, compile_tree: Compile) -> Closure | None:
    """`path = 'text'` or `!=`, the most frequent condition, where the text is no date; None for any other."""
    if isinstance(left, Literal):
        left, right = right, left
    if operator not in ("=", "!=") or not isinstance(right, Literal) or not is_nodes(left):
        return None
    text, nodes = right.value, compile_tree(left)
    if not isinstance(text, str) or looks_like_date(text):
        return None
    equal = operator == "="

    def whether(node: Node, run: Run) -> Value:
        found = nodes(node, run)
        return isinstance(found, list) and any((one.text == text) is equal for one in found)

    return whether


def compile_logical(logical: Logical, compile_tree: Compile) -> Closure:
    """Stops at the first operand that decides."""
    operands = tuple(compile_tree(operand) for operand in logical.operands)
    decisive = logical.operator == "or"

    def whether(node: Node, run: Run) -> Value:
        for operand in operands:
            if to_boolean(operand(node, run)) is decisive:
                return decisive
        return not decisive

    return whether

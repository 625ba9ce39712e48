"""From the text of an expression to its tree."""

import re
from functools import cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedEOF, UnexpectedInput, UnexpectedToken, VisitError
from lark.tree import Meta

from conversations.xpath.errors import ExpressionError
from conversations.xpath.tree import (
    Arithmetic,
    Axis,
    Call,
    Comparison,
    Filtered,
    Literal,
    Logical,
    Negative,
    Path,
    Start,
    Step,
    Tree,
    Union,
)

MOST_CHARACTERS = 5_000
MOST_NESTING = 50
_BRACKETS = re.compile(r""""[^"]*"|'[^']*'|[(\[]|[)\]]""")
_AFTER_NAME = re.compile(r"\W.*", re.DOTALL)
_CURLY_QUOTES = "“”„‟‘’‚‛«»"
_AXES = {"child": Axis.CHILD, "parent": Axis.PARENT, "self": Axis.SELF}
_SHOWN_CHARACTERS = 20


def parse(text: str) -> Tree:
    """The tree of `text`. Raises ExpressionError when it is no expression, or too long or too deep to be one."""
    if not text.strip():
        raise ExpressionError("empty", 0)
    if len(text) > MOST_CHARACTERS:
        raise ExpressionError("too_long", MOST_CHARACTERS, length=len(text), most=MOST_CHARACTERS)
    _refuse_deep(text)
    try:
        return _Build().transform(_parser().parse(text))
    except UnexpectedInput as error:
        raise _explain(text, error) from None
    except VisitError as error:
        if isinstance(error.orig_exc, ExpressionError):
            raise error.orig_exc from None
        raise


def _refuse_deep(text: str) -> None:
    depth = 0
    for found in _BRACKETS.finditer(text):
        if found[0] in "([":
            depth += 1
            if depth > MOST_NESTING:
                raise ExpressionError("too_deep", found.start(), most=MOST_NESTING)
        elif found[0] in ")]":
            depth -= 1


def _explain(text: str, error: UnexpectedInput) -> ExpressionError:
    at_end = isinstance(error, UnexpectedEOF) or (isinstance(error, UnexpectedToken) and error.token.type == "$END")
    position = error.pos_in_stream
    if at_end or position is None or position < 0:
        return ExpressionError("unfinished", len(text))
    sign = text[position]
    if sign in _CURLY_QUOTES:
        return ExpressionError("curly_quotes", position, near=sign)
    if sign in "'\"":
        return ExpressionError("unclosed_quote", position, near=sign)
    if sign == "$":
        return ExpressionError("variable", position, name=_AFTER_NAME.sub("", text[position + 1 :]) or "{…}")
    if sign == "@":
        return ExpressionError("attribute", position)
    if sign == "/" and (text[position - 1 : position] == "/" or text[position + 1 : position + 2] == "/"):
        return ExpressionError("descendant", position)
    return ExpressionError("syntax", position, near=text[position : position + _SHOWN_CHARACTERS])


@cache
def _parser() -> Lark:
    grammar = (files("conversations.xpath") / "grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=False)


Items = list[Any]
"""A rule's children as lark hands them over: tokens, and what the methods below made of inner rules."""


def _chain(items: Items) -> tuple[Tree, tuple[tuple[str, Tree], ...]]:
    """First operand and the (operator, operand) pairs after it, from a flat run of operands and operator tokens."""
    pairs = zip(items[1::2], items[2::2], strict=True)
    return items[0], tuple((str(operator), operand) for operator, operand in pairs)


class _Build(Transformer[Token, Tree]):
    """Builds our tree from lark's; a rule with one child and `?` before its name never comes here."""

    def text(self, items: Items) -> Literal:
        return Literal(items[0][1:-1])

    def number(self, items: Items) -> Literal:
        return Literal(float(items[0]))

    def call(self, items: Items) -> Call:
        name, *arguments = items
        return Call(str(name), tuple(arguments), name.start_pos or 0)

    def filtered(self, items: Items) -> Filtered:
        operand, *predicates = items
        return Filtered(operand, tuple(predicates))

    def test(self, items: Items) -> str | None:
        return str(items[0]) if items[0].type == "NAME" else None

    def dots(self, items: Items) -> Step:
        return Step(Axis.PARENT if items[0] == ".." else Axis.SELF, None)

    def child_step(self, items: Items) -> Step:
        name, *predicates = items
        return Step(Axis.CHILD, name, tuple(predicates))

    def axis_step(self, items: Items) -> Step:
        axis, name, *predicates = items
        named = axis.rstrip(":").strip()
        if named not in _AXES:
            raise ExpressionError("axis", axis.start_pos, axis=named)
        return Step(_AXES[named], name, tuple(predicates))

    @v_args(meta=True)
    def absolute(self, meta: Meta, items: Items) -> Path:
        return Path(Start.ROOT, tuple(items), (meta.start_pos, meta.end_pos))

    @v_args(meta=True)
    def relative(self, meta: Meta, items: Items) -> Path:
        return Path(Start.HERE, tuple(items), (meta.start_pos, meta.end_pos))

    @v_args(meta=True)
    def continued(self, meta: Meta, items: Items) -> Path:
        start, *steps = items
        return Path(start, tuple(steps), (meta.start_pos, meta.end_pos))

    def union(self, items: Items) -> Union:
        return Union(tuple(items))

    def signed(self, items: Items) -> Tree:
        operand: Tree = items[-1]
        return Negative(operand if len(items) % 2 == 0 else Negative(operand))

    def sum(self, items: Items) -> Arithmetic:
        return Arithmetic(*_chain(items))

    product = sum

    def relation(self, items: Items) -> Comparison:
        return Comparison(*_chain(items))

    equality = relation

    def conjunction(self, items: Items) -> Logical:
        return Logical("and", tuple(items))

    def expression(self, items: Items) -> Logical:
        return Logical("or", tuple(items))

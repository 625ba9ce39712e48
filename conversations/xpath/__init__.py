"""The expression language of forms: XPath 1.0 with the OpenRosa functions, compiled once, evaluated often.

    expression = compile_expression("/data/age >= 18 and selected(/data/roles, 'teacher')")
    to_boolean(evaluate(expression, node, environment))

What each value and function means: XLSForm in chat, „Values“ and „Functions supported“.
"""

from conversations.xpath.errors import EvaluationLimit, ExpressionError
from conversations.xpath.expression import Expression, compile_expression, evaluate
from conversations.xpath.nodes import Node, list_node
from conversations.xpath.runtime import Environment
from conversations.xpath.values import Value, to_boolean, to_number, to_text

__all__ = [
    "Environment",
    "EvaluationLimit",
    "Expression",
    "ExpressionError",
    "Node",
    "Value",
    "compile_expression",
    "evaluate",
    "list_node",
    "to_boolean",
    "to_number",
    "to_text",
]

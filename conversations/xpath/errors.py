"""What can be wrong with an expression.

    ExpressionError          the text cannot be compiled, or (rarely) its value cannot be computed
    └── EvaluationLimit      the computation was stopped: too many steps, or a text that grows without end

Each error has a `code` (the key into MESSAGES) and `params`, so that a caller can say it in another language.
"""

from typing import Self

_PATTERN_REMEDY = "Check its brackets; no look-around, no back reference, no more than 1,000 repetitions."

MESSAGES: dict[str, tuple[str, str]] = {
    "empty": ("The expression is empty.", "Write an expression, or leave the cell blank."),
    "too_long": ("The expression has {length} characters; at most {most} are allowed.", "Split it into calculations."),
    "too_deep": ("The expression nests deeper than {most} brackets.", "Split it into calculations."),
    "syntax": ("The expression cannot be read from “{near}”.", "Check brackets, quotes, commas and operators."),
    "unfinished": ("The expression ends too early.", "Check for a missing bracket, quote or operand."),
    "curly_quotes": ("The quote “{near}” is typographic.", "Use straight quotes: ' or \"."),
    "unclosed_quote": ("The quote {near} is never closed.", "Close it with the same sign."),
    "variable": ("Variables such as ${name} are not supported.", "Write ${{question}} to refer to a question."),
    "attribute": ("Attributes (@) are not supported.", "Refer to a question or to a column of a list."),
    "descendant": ("Searching at any depth (//) is not supported.", "Write the whole path."),
    "axis": ("The axis {axis}:: is not supported.", "Use a path, “.” or “..”."),
    "unknown_function": ("There is no function {name}().", "See the list of functions."),
    "misspelt_function": ("There is no function {name}().", "Perhaps {nearest}()?"),
    "unsupported_function": ("The function {name}() is not supported.", "Ask for the value in another way."),
    "arguments": ("{name}() takes {expected} arguments, not {given}.", "Check commas and brackets."),
    "needs_path": ("{name} needs a path to questions or list items.", "Put a question or an instance(…) path there."),
    "pattern": ("The pattern {pattern} cannot be used: {reason}.", _PATTERN_REMEDY),
    "date_format": ("The date format has no sign {token}.", "Use %Y %y %m %n %b %B %d %e %a %A %H %h %M %S %3."),
    "digest": ("digest() does not know {name}.", "Use MD5, SHA-1, SHA-256, SHA-384 or SHA-512; base64 or hex."),
    "unknown_list": ("There is no list {name}.", "Check the name of the list or of its file."),
    "too_many_steps": ("The expression takes more than {most} steps.", "Filter the list by one of its columns."),
    "text_too_long": ("The expression makes a text longer than {most} characters.", "Join fewer texts."),
}
"""Code → English message and remedy, with the names of the parameters in braces."""


class ExpressionError(Exception):
    """An expression that cannot be used.

    `str(error)` is the English message, `remedy` what the author can do, `position` the 0-based character where it
    goes wrong (None: the whole expression).
    """

    def __init__(self, code: str, position: int | None = None, **params: str | int) -> None:
        message, remedy = MESSAGES[code]
        self.code = code
        self.params = params
        self.position = position
        self.message = message.format(**params)
        self.remedy = remedy.format(**params)
        super().__init__(self.message)

    def at(self, position: int) -> Self:
        """The same error, with its place in the text."""
        return type(self)(self.code, position, **self.params)


class EvaluationLimit(ExpressionError):
    """The evaluation was stopped because it costs too much."""

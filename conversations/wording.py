"""Expressions in words: `${school} = 'none'` → „въпрос 2 = „Моето училище не е в списъка““.

For people who read a form rather than write it: questions stand by their numbers, choices by their labels. A function
without words of its own is shown as a call, `name(a; b)`; a look into a list, as it is written.
"""

from collections.abc import Mapping

from conversations.form import Form, Kind, Question, Text
from conversations.phrases import say
from conversations.xpath import Expression
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
    Tree,
    Union,
)

_SIGNS = {"!=": "≠", "<=": "≤", ">=": "≥", "*": "×", "div": "÷", "-": "−"}
_JOINED_BY = {"and": "words_and", "or": "words_or"}
_TRANSPARENT = frozenset({"once", "number", "string"})
_CALLS = {
    ("true", 0): "words_true",
    ("false", 0): "words_false",
    ("today", 0): "words_today",
    ("now", 0): "words_now",
    ("not", 1): "words_not",
    ("if", 3): "words_if",
    ("coalesce", 2): "words_coalesce",
    ("regex", 2): "words_pattern",
    ("starts-with", 2): "words_starts_with",
    ("contains", 2): "words_contains",
    ("count", 1): "words_count",
    ("sum", 1): "words_sum",
    ("pulldata", 4): "words_lookup",
}
_MEASURES = {"string-length": "words_length", "count-selected": "words_ticks"}

KIND_WORDS = {
    Kind.TEXT: "kind_text",
    Kind.INTEGER: "kind_integer",
    Kind.DECIMAL: "kind_decimal",
    Kind.DATE: "kind_date",
    Kind.TIME: "kind_time",
    Kind.DATETIME: "kind_datetime",
    Kind.RANGE: "kind_range",
    Kind.RANK: "kind_rank",
    Kind.GEOPOINT: "kind_geopoint",
    Kind.AUDIO: "kind_audio",
    Kind.VIDEO: "kind_video",
    Kind.SELECT_ONE: "kind_select_one",
    Kind.SELECT_MULTIPLE: "kind_select_multiple",
    Kind.NOTE: "outline_note",
    Kind.ACKNOWLEDGE: "kind_acknowledge",
    Kind.FILE: "kind_file",
    Kind.IMAGE: "kind_image",
}
"""What a person gives in answer to each kind of question: the phrase that says it."""


class Wording:
    """Says the expressions and texts of a form in one language. Questions that are asked count from 1, in form order.

    `language` is the reader's; the form's own texts come in its default language when it does not speak that one.
    """

    def __init__(self, form: Form, language: str) -> None:
        self.form = form
        self.language = language
        self._spoken = form.language_or_default(language)
        asked = (question for question in form.questions if question.is_asked)
        self.numbers: Mapping[str, int] = {question.path: number for number, question in enumerate(asked, start=1)}

    def text(self, text: Text | None, path: str = "") -> str:
        """A label, hint or message as Markdown; what stands in it by expression is in square brackets."""
        if text is None:
            return ""
        parts = text.in_language(self._spoken, self.form.default_language)
        return "".join(part if isinstance(part, str) else f"[{self.say(part, path)}]" for part in parts).strip()

    def plain(self, text: Text) -> str:
        """A choice's label, on one line."""
        return text.fixed(self._spoken, self.form.default_language)

    def say(self, expression: Expression, path: str) -> str:
        """The expression in the place of the question or group at `path`, as plain text on one line."""
        return _Saying(self, expression, path).words(expression.tree)

    def filters(self, expression: Expression, path: str) -> str:
        """The conditions of `instance('list')/root/item[…]`, in words; '' when there are none."""
        steps = expression.tree.steps if isinstance(expression.tree, Path) else ()
        saying = _Saying(self, expression, path)
        conditions = [saying.words(predicate) for step in steps for predicate in step.predicates]
        return f" {say('words_and', self.language)} ".join(conditions)

    def name(self, path: str) -> str:
        """„въпрос 12“ for what is asked, a group by its label; the bare name for anything else."""
        if path in self.numbers:
            return say("words_question", self.language, n=self.numbers[path])
        group = self.form.groups.get(path)
        label = self.plain(group.label) if group and group.label else ""
        return self.quoted(label) if label else path.rpartition("/")[2]

    def quoted(self, value: str, question: Question | None = None) -> str:
        """A value in quotes: that of a select by its choice's label."""
        choices = self.form.lists.get(question.choices) if question and question.choices else None
        choice = choices.by_name.get(value) if choices else None
        return say("words_quoted", self.language, text=self.plain(choice.label) if choice else value)


class _Saying:
    """One expression being said in the place of `path`."""

    def __init__(self, wording: Wording, expression: Expression, path: str) -> None:
        self.wording = wording
        self.source = expression.text
        self.here = (wording.form.root, *path.split("/")) if path else (wording.form.root,)

    def words(self, tree: Tree) -> str:
        if (behind := self._behind(tree)) is not None:
            saying, condition = behind
            return saying.words(condition)
        match tree:
            case Literal(value=value):
                return self.wording.quoted(value) if isinstance(value, str) else f"{value:.15g}"
            case Logical(operator=operator, operands=operands):
                return f" {self._phrase(_JOINED_BY[operator])} ".join(map(self._operand, operands))
            case Comparison(first=first, rest=((sign, second),)):
                return self._compared(first, sign, second)
            case Arithmetic(first=first, rest=rest) | Comparison(first=first, rest=rest):
                return self._chain(first, rest)
            case Negative(operand=operand):
                return f"−{self._bracketed(operand)}"
            case Call():
                return self._called(tree)
            case Path():
                return self._path(tree)
            case Union(operands=operands):
                return " | ".join(map(self.words, operands))
            case Filtered(operand=operand, predicates=predicates):
                return self.words(operand) + "".join(f"[{self.words(each)}]" for each in predicates)
        raise AssertionError(tree)

    def _phrase(self, key: str, **values: object) -> str:
        return say(key, self.wording.language, **values)

    def _operand(self, tree: Tree) -> str:
        _, shown = self._behind(tree) or (self, tree)
        return f"({self.words(tree)})" if isinstance(shown, Logical) else self.words(tree)

    def _bracketed(self, tree: Tree) -> str:
        chooses = isinstance(tree, Call) and tree.name == "if"
        joined = chooses or isinstance(tree, Logical | Comparison | Arithmetic)
        return f"({self.words(tree)})" if joined else self.words(tree)

    def _chain(self, first: Tree, rest: tuple[tuple[str, Tree], ...]) -> str:
        return self._bracketed(first) + "".join(f" {_SIGNS.get(s, s)} {self._bracketed(each)}" for s, each in rest)

    def _compared(self, first: Tree, sign: str, second: Tree) -> str:
        """`${x} = ''` is „x has no answer“; a choice stands by its label."""
        if not (isinstance(second, Literal) and isinstance(second.value, str) and sign in {"=", "!="}):
            return self._chain(first, ((sign, second),))
        if not second.value:
            return self._phrase("words_blank" if sign == "=" else "words_answered", a=self.words(first))
        return f"{self.words(first)} {_SIGNS.get(sign, sign)} {self._value_of(first, second)}"

    def _behind(self, tree: Tree) -> "tuple[_Saying, Tree] | None":
        """For `${x} = 'yes'` where x is calculated as `if(condition, 'yes', 'no')`: that condition."""
        match tree:
            case Comparison(first=Path() as first, rest=(("=", Literal(value=str() as value)),)):
                question = self._question(first)
                if question is not None and question.calculation is not None and not question.is_asked:
                    condition = _condition_for(value, question.calculation.tree)
                    if condition is not None:
                        return _Saying(self.wording, question.calculation, question.path), condition
        return None

    def _called(self, call: Call) -> str:
        first = call.arguments[0] if call.arguments else None
        if first is not None and call.name in _TRANSPARENT:
            return self.words(first)
        if first is not None and call.name in _MEASURES:
            measure = self._phrase(_MEASURES[call.name])
            return measure if _is_here(first) else f"{measure} ({self.words(first)})"
        if first is not None and call.name == "jr:choice-name":
            return self._phrase("words_choice_name", a=self.words(first))
        if first is not None and call.name == "selected":
            return self._phrase("words_selected", a=self.words(first), b=self._value_of(first, call.arguments[1]))
        arguments = [self.words(argument) for argument in call.arguments]
        phrase = _CALLS.get((call.name, len(arguments)))
        if phrase is None:
            return f"{call.name}({'; '.join(arguments)})"
        return self._phrase(phrase, **dict(zip("abcd", arguments, strict=False)))

    def _value_of(self, answer: Tree, value: Tree) -> str:
        if isinstance(value, Literal) and isinstance(value.value, str):
            return self.wording.quoted(value.value, self._question(answer))
        return self.words(value)

    def _path(self, path: Path) -> str:
        if _is_here(path):
            return self._phrase("words_answer")
        names = self._names(path)
        if names is None:
            return self.source[slice(*path.span)].strip().replace(f"/{self.wording.form.root}/", "")
        return self.wording.name("/".join(names[1:]))

    def _question(self, tree: Tree) -> Question | None:
        """The question whose value the expression is; `.` is the one it stands with."""
        names = self._names(tree) if isinstance(tree, Path) else None
        return self.wording.form.by_path.get("/".join(names[1:])) if names else None

    def _names(self, path: Path) -> tuple[str, ...] | None:
        """Where a path leads in the draft, root first; None when it goes through a list or a filter."""
        from_here = path.start is Start.HERE or (isinstance(path.start, Call) and path.start.name == "current")
        if not (from_here or path.start is Start.ROOT) or any(step.predicates for step in path.steps):
            return None
        names = self.here if from_here else ()
        for step in path.steps:
            if step.axis is Axis.PARENT:
                names = names[:-1]
            elif step.name is not None:
                names = (*names, step.name)
        return names


def _condition_for(value: str, calculation: Tree) -> Tree | None:
    """The condition under which `if(condition, 'yes', 'no')` gives `value`, its first outcome."""
    match calculation:
        case Call(name="if", arguments=(condition, Literal(value=first), Literal(value=second))):
            return condition if first == value != second else None
    return None


def _is_here(tree: Tree) -> bool:
    return isinstance(tree, Path) and tree.start is Start.HERE and all(step.axis is Axis.SELF for step in tree.steps)

"""Where a draft stands in its form: what is relevant, what every value is, which question comes next.

Everything is computed anew from form + answers at each turn; nothing here is stored. Rules: relevance is a
question's own condition and all its groups'; what is irrelevant keeps its answer in the draft but reads as blank.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from conversations import markdown
from conversations.draft import Answer, Draft, State
from conversations.form import SELECT_KINDS, Choice, Form, Group, Kind, Question, Text
from conversations.showing import show_inserted
from conversations.xpath import Environment, Expression, Node, evaluate, to_boolean, to_text

LONGEST_TRIGGER_CHAIN = 50


@dataclass(frozen=True, slots=True)
class Refusal:
    """A wrong answer: what to tell the person, in Markdown. It is a value, shown once, and changes nothing."""

    text: str


class Journey:
    """A form with one draft's answers laid over it, at one moment.

    `now` is aware and in the form's time zone: its date is `today()`.
    """

    def __init__(self, form: Form, draft: Draft, now: datetime) -> None:
        self.form = form
        self.draft = draft
        self.now = now
        self._language = form.language_or_default(draft.language)
        if now.tzinfo is None:
            raise ValueError("a moment without a time zone has no date in the form's zone")
        self._environment = Environment(
            now=now,
            zone=now.tzinfo,
            seed=draft.seed,
            lists={name: choices.node for name, choices in form.lists.items()},
            choice_label=self._choice_label,
            itext=lambda _id: "",
            language=self._language,
        )
        self._relevant: dict[str, bool] = {}
        self._nodes = _plant(form)
        for path in form.order:
            self._settle(path)

    # --- values and relevance

    def is_relevant(self, path: str) -> bool:
        return self._relevant[path]

    def value(self, path: str) -> str:
        """The value as XLSForm stores it; '' when blank or irrelevant."""
        return self._nodes[path].text

    def ask(self, expression: Expression, path: str) -> str:
        """The text value of an expression in the place of the question at `path` ('' = the form's root)."""
        return to_text(evaluate(expression, self._nodes[path], self._environment))

    def holds(self, expression: Expression, path: str) -> bool:
        return to_boolean(evaluate(expression, self._nodes[path], self._environment))

    def is_required(self, question: Question) -> bool:
        return question.required is not None and self.holds(question.required, question.path)

    def refusal(self, question: Question, value: str) -> bool:
        """Whether the constraint refuses `value` (never a blank one)."""
        if question.constraint is None or not value:
            return False
        node = self._nodes[question.path]
        before, node.text = node.text, value
        try:
            return not self.holds(question.constraint, question.path)
        finally:
            node.text = before

    def choices(self, question: Question) -> tuple[Choice, ...]:
        """The choices on offer, after the filter, in list order."""
        if question.choices is None:
            return ()
        choices = self.form.lists[question.choices]
        if question.itemset is None:
            return choices.choices
        found = evaluate(question.itemset, self._nodes[question.path], self._environment)
        if not isinstance(found, list):
            return ()
        names = (_column(item, choices.value_column) for item in found)
        return tuple(choices.by_name[name] for name in names if name in choices.by_name)

    def render(self, text: Text, path: str = "") -> str:
        """A label, hint or message as Markdown in the draft's language, its `${…}` filled with escaped values."""
        parts = text.in_language(self._language, self.form.default_language)
        return "".join(
            part if isinstance(part, str) else markdown.escape(show_inserted(self.ask(part, path), self._language))
            for part in parts
        ).strip()

    # --- the way through the form

    @cached_property
    def asked(self) -> tuple[Question, ...]:
        """The relevant questions a person is asked, in form order; one that has no choice to offer is passed over."""
        return tuple(question for question in self.form.questions if question.is_asked and self._can_be_asked(question))

    @cached_property
    def unanswered(self) -> tuple[Question, ...]:
        return tuple(question for question in self.asked if not self.draft.has_answer(question.path))

    @property
    def current(self) -> Question | None:
        """The first relevant question without an answer; None when the form is complete."""
        return self.unanswered[0] if self.unanswered else None

    def before(self, question: Question) -> Question | None:
        """The question asked before this one."""
        place = self.place(question)
        return self.asked[place - 1] if place > 0 else None

    def place(self, question: Question) -> int:
        """How many questions are asked before this one."""
        return self.asked.index(question)

    def notes_before(self, question: Question | None) -> Iterator[Question]:
        """The relevant notes and read-only questions between the question before and this one (None = the end)."""
        found: list[Question] = []
        asked = {other.path for other in self.asked}
        for item in self.form.questions:
            if item == question:
                break
            if item.path in asked:
                found.clear()
            elif item.is_shown and self._relevant[item.path]:
                found.append(item)
        yield from found

    def section(self, question: Question) -> Group | None:
        """The innermost group with a label around the question."""
        for path in reversed(question.groups):
            if self.form.groups[path].label is not None:
                return self.form.groups[path]
        return None

    def refused_again(self) -> Iterator[Question]:
        """The answered questions whose answer no longer stands: a constraint, a requirement or a filter fails now."""
        for question in self.asked:
            value = self.value(question.path)
            blank_but_required = not value and self.is_required(question)
            if blank_but_required or self.refusal(question, value) or self.off_list(question):
                yield question

    def off_list(self, question: Question) -> bool:
        """Whether a chosen value is no longer among the choices on offer."""
        if question.kind not in SELECT_KINDS or question.itemset is None:
            return False
        chosen = self.value(question.path).split()
        return bool(chosen) and not set(chosen) <= {choice.name for choice in self.choices(question)}

    # --- how it is computed

    def _can_be_asked(self, question: Question) -> bool:
        if not self._relevant[question.path]:
            return False
        if question.itemset is None or self.value(question.path):
            return True
        return bool(self.choices(question))

    def _settle(self, path: str) -> None:
        """Decide relevance and value of one group or question; all it depends on is settled before it."""
        item = self._item(path)
        above = path.rpartition("/")[0]
        relevant = (not above or self._relevant[above]) and (item.relevant is None or self.holds(item.relevant, path))
        self._relevant[path] = relevant
        if isinstance(item, Question) and relevant:
            self._nodes[path].text = self._value_of(item)

    def _item(self, path: str) -> Question | Group:
        return self.form.by_path.get(path) or self.form.groups[path]

    def _value_of(self, question: Question) -> str:
        answer = self.draft.answers.get(question.path)
        if question.preload:
            return self._preloaded(question.preload)
        if question.calculation is not None and (question.kind is Kind.QUIET or question.read_only or answer is None):
            return self.ask(question.calculation, question.path)
        return answer.value if answer else ""

    def _preloaded(self, what: str) -> str:
        moments = {"start": self.draft.began.astimezone(self.now.tzinfo).isoformat(), "end": self.now.isoformat()}
        return {**moments, "today": self.now.date().isoformat(), "deviceid": self.draft.tag}.get(what, "")

    def _choice_label(self, value: str, path: str) -> str:
        question = self.form.by_path.get(path)
        if question is None or question.choices is None:
            return value
        choice = self.form.lists[question.choices].by_name.get(value)
        return choice.label.fixed(self._language, self.form.default_language) if choice else value


def begin(form: Form, *, tag: str, form_version: int, language: str, seed: int, now: datetime) -> Draft:
    """A new draft with the form's defaults in it: static ones, then expressions, evaluated once, here."""
    defaults = {q.path: Answer(q.default, State.PREFILLED) for q in form.questions if q.default}
    draft = Draft(tag, form_version, language, seed, now, answers=defaults)
    for question in form.questions:
        if question.first_default is not None:
            value = Journey(form, draft, now).ask(question.first_default, question.path)
            if value:
                draft = draft.with_answer(question.path, Answer(value, State.PREFILLED))
    return draft


def record(form: Form, draft: Draft, path: str, answer: Answer, now: datetime) -> Draft:
    """The draft with one answer taken in and everything that follows from it: triggered calculations run, and
    choices that a filter no longer offers are cleared."""
    old = draft.answers.get(path)
    changed = old is None or old.value != answer.value
    draft = draft.with_answer(path, answer)
    if changed:
        draft = _run_triggers(form, draft, path, now, LONGEST_TRIGGER_CHAIN)
    return _clear_off_list(form, draft, now)


def _run_triggers(form: Form, draft: Draft, source: str, now: datetime, left: int) -> Draft:
    for question, trigger in form.triggered_by.get(source, ()):
        value = Journey(form, draft, now).ask(trigger.calculation, question.path)
        old = draft.answers.get(question.path)
        if value and not _may_hold(form, question, value):
            value = ""
        draft = (
            draft.with_answer(question.path, Answer(value, State.PREFILLED))
            if value
            else draft.without_answers({question.path})
        )
        if left and (old is None or old.value != value):
            draft = _run_triggers(form, draft, question.path, now, left - 1)
    return draft


def _may_hold(form: Form, question: Question, value: str) -> bool:
    if question.choices is None:
        return True
    return all(name in form.lists[question.choices].by_name for name in value.split())


def _clear_off_list(form: Form, draft: Draft, now: datetime) -> Draft:
    """Clearing one answer may empty the filter of another: repeat until nothing more falls away."""
    while True:
        journey = Journey(form, draft, now)
        fallen = {q.path for q in form.questions if q.itemset and journey.is_relevant(q.path) and journey.off_list(q)}
        if not fallen:
            return draft
        draft = replace(draft.without_answers(fallen), open=tuple(path for path in draft.open if path not in fallen))


def _plant(form: Form) -> Mapping[str, Node]:
    """A tree of blank nodes for the form's groups and questions, by path; '' is the root."""
    root = Node(form.root)
    nodes = {"": root}
    for item in form.items:
        above, _, name = item.path.rpartition("/")
        nodes[item.path] = nodes[above].append(Node(name))
    return nodes


def _column(item: Node, name: str) -> str:
    found = item.child(name)
    return found.text if found is not None else ""

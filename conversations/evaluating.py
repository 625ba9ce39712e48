"""The values of a form under one draft at one moment: what is relevant, what every question holds, which entries exist.

Everything is computed anew from form + answers; nothing here is stored. Rules: relevance is a question's own condition
and all its groups'; what is irrelevant keeps its answer in the draft but reads as blank.

An expression that fails while it runs (too expensive, a list that is not there, a made-up pattern that does not
compile) must not trap a person: its value is blank. So a calculation and a part of a label are blank, a question whose
relevance fails is passed over, a requirement does not hold, a repeat has no entries, a filter offers nothing; a
constraint that fails refuses nothing. The paths are in `failed`, for staff.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from conversations import markdown
from conversations.draft import Draft, State
from conversations.entries import MOST_ENTRIES, another_path, entry_of, leftover_path
from conversations.form import ENTRY_KINDS, Choice, Entry, Form, Group, Kind, Question, Text
from conversations.showing import show_inserted
from conversations.xpath import (
    Environment,
    Expression,
    ExpressionError,
    Node,
    Value,
    evaluate,
    to_boolean,
    to_number,
    to_text,
)

YES, NO = "yes", "no"


class Evaluation:
    """A form with one draft's answers laid over it, at one moment.

    `now` is aware and in the form's time zone: its date is `today()`. `failed` are the paths whose expressions failed.
    """

    def __init__(self, form: Form, draft: Draft, now: datetime) -> None:
        self.form = form
        self.draft = draft
        self.now = now
        self.failed: set[str] = set()
        self._language = form.language_or_default(draft.language)
        if now.tzinfo is None:
            raise ValueError("a moment without a time zone has no date in the form's zone")
        self._environment = Environment(
            now=now,
            zone=now.tzinfo,
            seed=draft.seed,
            lists={name: choices.node for name, choices in form.lists.items()},
            choice_label=self._choice_label,
            itext=self._itext,
            language=self._language,
        )
        self._relevant = dict(form.certain)
        self._entries: dict[str, Sequence[Entry]] = {}
        self._offered: dict[str, tuple[Choice, ...]] = {}
        self._nodes = _plant(form)
        self._fill_in_plain()
        for item, repeat in form.plan:
            if repeat:
                for entry in self._entries[repeat]:
                    self._settle(entry.by_template[item.path])
            elif isinstance(item, Group) and item.repeat is not None:
                self._begin_entries(item)
            else:
                self._settle(item)

    def is_relevant(self, path: str) -> bool:
        """False, too, for what is in no entry: one that is gone, or a repeat's template."""
        return self._relevant.get(path, False)

    def value(self, path: str) -> str:
        """The value as XLSForm stores it; '' when blank or irrelevant."""
        node = self._nodes.get(path)
        if node is not None:
            return node.text
        answer = self.draft.answers.get(path)
        return answer.value if answer and self.is_relevant(path) else ""

    def entries(self, repeat: str) -> Sequence[Entry]:
        """The entries that exist now, from 1; none when the repeat is irrelevant."""
        return self._entries[repeat]

    def ask(self, expression: Expression, path: str) -> str:
        """The text value of an expression in the place of the question at `path` ('' = the form's root)."""
        value = self._evaluate(expression, path)
        return "" if value is None else to_text(value)

    def holds(self, expression: Expression, path: str) -> bool:
        value = self._evaluate(expression, path)
        return value is not None and to_boolean(value)

    def is_required(self, question: Question) -> bool:
        if question.kind in ENTRY_KINDS:
            return True
        return question.required is not None and self.holds(question.required, question.path)

    def refusal(self, question: Question, value: str) -> bool:
        """Whether the constraint refuses `value` (never a blank one)."""
        if question.constraint is None or not value:
            return False
        node = self._nodes[question.path]
        before, node.text = node.text, value
        try:
            verdict = self._evaluate(question.constraint, question.path)
        finally:
            node.text = before
        return verdict is not None and not to_boolean(verdict)

    def choices(self, question: Question) -> tuple[Choice, ...]:
        """The choices on offer, after the filter; in list order unless the form shuffles them."""
        if question.choices is None:
            return ()
        if question.itemset is None:
            return self.form.lists[question.choices].choices
        if question.path not in self._offered:
            self._offered[question.path] = self._filtered(question, question.itemset, question.choices)
        return self._offered[question.path]

    def render(self, text: Text, path: str = "") -> str:
        """A label, hint or message as Markdown in the draft's language, its `${…}` filled with escaped values."""
        parts = text.in_language(self._language, self.form.default_language)
        return "".join(
            part if isinstance(part, str) else markdown.escape(show_inserted(self.ask(part, path), self._language))
            for part in parts
        ).strip()

    # --- how it is computed

    def _evaluate(self, expression: Expression, path: str) -> Value | None:
        """None when it failed."""
        try:
            return evaluate(expression, self._nodes[path], self._environment)
        except ExpressionError:
            self.failed.add(path)
            return None

    def _filtered(self, question: Question, itemset: Expression, name: str) -> tuple[Choice, ...]:
        choices = self.form.lists[name]
        found = self._evaluate(itemset, question.path)
        if not isinstance(found, list):
            return ()
        names = (_column(item, choices.value_column) for item in found)
        return tuple(choices.by_name[name] for name in names if name in choices.by_name)

    def _fill_in_plain(self) -> None:
        """The answers that stand for themselves, before all that has to be worked out."""
        for path, answer in self.draft.answers.items():
            if path in self.form.plain:
                self._nodes[path].text = answer.value

    def _settle(self, item: Question | Group) -> None:
        """Decide relevance and value of one group or question; all it depends on is settled before it."""
        path = item.path
        relevant = self._is_relevant_now(item)
        self._relevant[path] = relevant
        if relevant and isinstance(item, Question):
            self._nodes[path].text = self._value_of(item)

    def _is_relevant_now(self, item: Question | Group) -> bool:
        """Whether its own condition and all its groups' hold."""
        path = item.path
        above = path.rpartition("/")[0]
        if above and not self._relevant[above]:
            return False
        return item.relevant is None or self.holds(item.relevant, path)

    def _begin_entries(self, group: Group) -> None:
        """Plant as many entries as there are now where the tree had one blank node for the repeat."""
        path = group.path
        relevant = self._is_relevant_now(group)
        number = self._number_of_entries(group) if relevant else 0
        entries = self.form.entries[path]
        self._relevant[path] = self._relevant[leftover_path(path)] = relevant
        self._relevant[entries[0].another.path] = relevant
        self._entries[path] = entries[1 : number + 1]
        blank = last = self._nodes[path]
        above = blank.parent
        if above is None:
            raise ValueError(f"the repeat {path} stands outside of the form's root")
        for entry in self._entries[path]:
            self._relevant[entry.path] = self._relevant[entry.another.path] = True
            last = self._nodes[entry.path] = above.insert_after(last, Node(blank.name))
            _plant_items(self._nodes, entry.items[1:])
        above.remove(blank)
        self._nodes[path] = above

    def _number_of_entries(self, group: Group) -> int:
        if group.repeat is not None and group.repeat.count is not None:
            count = self._evaluate(group.repeat.count, group.path)
            number = 0.0 if count is None else to_number(count)
            return int(min(max(number, 0), MOST_ENTRIES)) if number == number else 0
        if self.may_be_none(group) and self._says_of(another_path(group.path, 0)) == NO:
            return 0
        number = 1
        while number < MOST_ENTRIES and self._says_of(another_path(group.path, number)) == YES:
            number += 1
        return number

    def may_be_none(self, group: Group) -> bool:
        """Whether a repeat without a count may stay without any entry: nothing inside is required."""
        inside = f"{group.path}/"
        return not any(q.required for q in self.form.questions if q.path.startswith(inside))

    def _says_of(self, path: str) -> str:
        answer = self.draft.answers.get(path)
        return answer.value if answer else ""

    def leftovers(self, group: Group) -> tuple[int, ...]:
        """The numbers of entries that hold answers of the person but exist no longer."""
        here = len(self._entries[group.path])
        found = set()
        for path, answer in self.draft.answers.items():
            place = entry_of(path)
            if place and place[0] == group.path and place[1] > here and self._is_theirs(path, answer.state):
                found.add(place[1])
        return tuple(sorted(found))

    def _is_theirs(self, path: str, state: State) -> bool:
        return state is not State.PREFILLED and bool(self._says_of(path)) and not path.endswith("/+")

    def _value_of(self, question: Question) -> str:
        answer = self.draft.answers.get(question.path)
        if question.preload:
            return self._preloaded(question.preload)
        if question.calculation is not None and (question.kind is Kind.QUIET or question.read_only or answer is None):
            # once() looks at what the node holds: a draft keeps that value (see `record`).
            self._nodes[question.path].text = answer.value if answer else ""
            return self.ask(question.calculation, question.path)
        return answer.value if answer else ""

    def _preloaded(self, what: str) -> str:
        moments = {"start": self.draft.began.astimezone(self.now.tzinfo).isoformat(), "end": self.now.isoformat()}
        return {**moments, "today": self.now.date().isoformat(), "deviceid": self.draft.tag}.get(what, "")

    def _choice_label(self, value: str, path: str) -> str:
        question = self.form.by_path.get(path)
        if question is None or question.choices is None:
            return value
        by_name = self.form.lists[question.choices].by_name
        names = [value] if value in by_name else value.split()
        return ", ".join(self._label_of(by_name[name]) if name in by_name else name for name in names)

    def _itext(self, identifier: str) -> str:
        text = self.form.texts.get(identifier)
        return "" if text is None else text.fixed(self._language, self.form.default_language)

    def _label_of(self, choice: Choice) -> str:
        return choice.label.fixed(self._language, self.form.default_language)


def _plant(form: Form) -> dict[str, Node]:
    """A tree of blank nodes for the form's groups and questions, by path ('' is the root); a repeat is one node."""
    nodes = {"": Node(form.root)}
    for bed in form.beds:
        nodes.update(zip(bed.paths, nodes[bed.above].sow(bed.names), strict=True))
    return nodes


def _plant_items(nodes: dict[str, Node], items: Iterable[Question | Group]) -> None:
    for item in items:
        above, _, name = item.path.rpartition("/")
        nodes[item.path] = nodes[above].append(Node(name))


def _column(item: Node, name: str) -> str:
    return next(iter(item.texts(name)), "")

"""Where a draft stands in its form: which questions are asked, which comes next, and what an answer changes.

Position is computed from form + answers at each turn (evaluating.py); nothing here is stored. A repeat's questions are
here once for each entry, under the entry's path, with our own questions about further entries between them.
"""

import copy
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from conversations.buttons import question_key
from conversations.draft import Answer, Draft, State
from conversations.entries import MOST_ENTRIES, entry_of, in_entry, leftover_path, template_of
from conversations.evaluating import Evaluation
from conversations.form import ENTRY_KINDS, SELECT_KINDS, Form, Group, Kind, Question, Trigger

LONGEST_TRIGGER_CHAIN = 50


@dataclass(frozen=True, slots=True)
class Refusal:
    """A wrong answer: what to tell the person, in Markdown. It is a value, shown once, and changes nothing."""

    text: str


class Journey(Evaluation):
    """The way through a form with one draft's answers in it, at one moment."""

    def under(self, draft: Draft) -> "Journey":
        """The journey of another draft of the same form at the same moment; shared where the answers are the same."""
        ours = self.draft
        if (draft.language, draft.seed, draft.tag, draft.began) != (ours.language, ours.seed, ours.tag, ours.began):
            return Journey(self.form, draft, self.now)
        if draft.answers is not ours.answers and draft.answers != ours.answers:
            return Journey(self.form, draft, self.now)
        shared = copy.copy(self)
        shared.draft = draft
        return shared

    # --- what there is

    @cached_property
    def items(self) -> tuple[Question | Group, ...]:
        """Questions and groups in form order, each entry's its own; nothing of entries that do not exist."""
        if not self.form.entries:
            return self.form.items
        found: list[Question | Group] = []
        for item, inside in self.form.sown:
            if isinstance(item, Group) and item.repeat is not None:
                found += self._entries_of(item)
            elif not inside:
                found.append(item)
        return tuple(found)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        if not self.form.entries:
            return self.form.questions
        return tuple(item for item in self.items if isinstance(item, Question))

    @cached_property
    def askable(self) -> tuple[Question, ...]:
        """Those that a person is asked, relevance aside."""
        if not self.form.entries:
            return self.form.askable
        return tuple(question for question in self.questions if question.is_asked)

    @cached_property
    def filtered(self) -> tuple[Question, ...]:
        """Those whose choices depend on other answers."""
        if not self.form.entries:
            return self.form.filtered
        return tuple(question for question in self.questions if question.itemset is not None)

    @cached_property
    def groups(self) -> Mapping[str, Group]:
        if not self.form.entries:
            return self.form.groups
        return {item.path: item for item in self.items if isinstance(item, Group)}

    @cached_property
    def by_path(self) -> Mapping[str, Question]:
        return {question.path: question for question in self.questions} if self.form.entries else self.form.by_path

    @cached_property
    def by_key(self) -> Mapping[str, Question]:
        """By the short key that buttons carry."""
        if not self.form.entries:
            return self.form.by_key
        return {question_key(question.path): question for question in self.questions}

    def _entries_of(self, group: Group) -> Iterator[Question | Group]:
        if not self.is_relevant(group.path):
            return
        is_free = group.repeat is not None and group.repeat.count is None
        if is_free and self.may_be_none(group):
            yield self.form.entries[group.path][0].another
        for entry in self.entries(group.path):
            yield from entry.items
            if is_free and entry.number < MOST_ENTRIES:
                yield entry.another
        if self.leftovers(group):
            yield Question(leftover_path(group.path), Kind.LEFTOVER)

    # --- the way through the form

    @cached_property
    def asked(self) -> tuple[Question, ...]:
        """The relevant questions a person is asked, in form order; one that has no choice to offer is passed over."""
        return tuple(question for question in self.askable if self._can_be_asked(question))

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Path of each question asked → how many are asked before it."""
        return {question.path: place for place, question in enumerate(self.asked)}

    @cached_property
    def unanswered(self) -> tuple[Question, ...]:
        return tuple(question for question in self.asked if not self.draft.has_answer(question.path))

    @cached_property
    def stuck(self) -> tuple[Question, ...]:
        """Required questions that the walk has passed over all the same, for they have no choice to offer."""
        empty = [q for q in self.filtered if q.is_asked and self.is_relevant(q.path) and q.path not in self.places]
        if not empty:
            return ()
        current = self.current
        walked = itertools.takewhile(lambda question: current is None or question.path != current.path, self.questions)
        passed = {question.path for question in walked}
        return tuple(q for q in empty if q.path in passed and self.is_required(q))

    @cached_property
    def current(self) -> Question | None:
        """The first relevant question without an answer; None when the form is complete."""
        return next((question for question in self.asked if not self.draft.has_answer(question.path)), None)

    def is_asked(self, question: Question) -> bool:
        return question.path in self.places

    def before(self, question: Question) -> Question | None:
        """The question asked before this one."""
        place = self.place(question)
        return self.asked[place - 1] if place > 0 else None

    def place(self, question: Question) -> int:
        """How many questions are asked before this one. Raises KeyError when it is not asked."""
        return self.places[question.path]

    def notes_before(self, question: Question | None) -> Iterator[Question]:
        """The relevant notes and read-only questions between the question before and this one (None = the end)."""
        found: list[Question] = []
        for item in self.questions:
            if question is not None and item.path == question.path:
                break
            if item.path in self.places:
                found.clear()
            elif item.is_shown and self.is_relevant(item.path):
                found.append(item)
        yield from found

    def section(self, question: Question) -> Group | None:
        """The innermost group around the question that has a heading: a label, or the entry of a repeat."""
        return next((group for group in reversed(self.sections(question))), None)

    def sections(self, question: Question) -> tuple[Group, ...]:
        """All the groups around the question that have a heading, outermost first."""
        around = (self.groups[path] for path in question.groups if path in self.groups)
        return tuple(group for group in around if group.label is not None or group.repeat is not None)

    def refused_again(self) -> Iterator[Question]:
        """The answered questions whose answer no longer stands: a constraint, a requirement or a filter fails now."""
        for question in self.asked:
            value = self.value(question.path)
            blank_but_required = not value and self.is_required(question)
            if blank_but_required or self.refusal(question, value) or self.off_list(question):
                yield question

    def off_list(self, question: Question) -> bool:
        """Whether a chosen value is no longer among the choices on offer; an order must have all of them."""
        if question.itemset is None or question.kind not in (*SELECT_KINDS, Kind.RANK):
            return False
        chosen = set(self.value(question.path).split())
        offered = {choice.name for choice in self.choices(question)} if chosen else set()
        return bool(chosen) and (chosen != offered if question.kind is Kind.RANK else not chosen <= offered)

    def _can_be_asked(self, question: Question) -> bool:
        if not self._relevant.get(question.path, False) and question.kind not in ENTRY_KINDS:
            return False
        if question.itemset is None or self.value(question.path):
            return True
        return bool(self.choices(question))

    def count_source(self, group: Group) -> Question | None:
        """The question whose answer decides how many entries a counted repeat has, if one does."""
        seen: set[str] = set()
        waiting = [(group.path, group.repeat.count)] if group.repeat and group.repeat.count else []
        while waiting:
            path, expression = waiting.pop()
            for names in sorted(expression.references((self.form.root, *path.split("/")))):
                question = self.by_path.get("/".join(names[1:]))
                if question is not None and self.is_asked(question):
                    return question
                if question is not None and question.calculation is not None and question.path not in seen:
                    seen.add(question.path)
                    waiting.append((question.path, question.calculation))
        return None


def begin(form: Form, *, tag: str, form_version: int, language: str, seed: int, now: datetime) -> Draft:
    """A new draft with the form's defaults in it: static ones, then expressions, evaluated once, here."""
    journey = Journey(form, Draft(tag, form_version, language, seed, now), now)
    return _keep_drawn(_with_defaults(journey, journey.questions)).draft


def record(journey: Journey, path: str, answer: Answer) -> Journey:
    """The journey after one answer was taken in, with everything that follows from it.

    Triggered calculations run, entries that begin get their defaults, choices that a filter no longer offers are
    cleared, and what once() has drawn is kept.
    """
    old = journey.draft.answers.get(path)
    after = journey.under(journey.draft.with_answer(path, answer))
    if old is None or old.value != answer.value:
        after = _run_triggers(after, path, LONGEST_TRIGGER_CHAIN)
    return follow_up(journey, after)


def follow_up(before: Journey, after: Journey) -> Journey:
    """What every change of answers brings about; `after` is the journey with the change, `before` without."""
    return _keep_drawn(_clear_off_list(_begin_entries(before, after)))


def _begin_entries(before: Journey, after: Journey) -> Journey:
    """An entry that was not there before begins: its defaults are evaluated, once."""
    if not after.form.entries:
        return after
    begun = [
        item
        for repeat in after.form.entries
        for entry in after.entries(repeat)[len(before.entries(repeat)) :]
        for item in entry.items
        if isinstance(item, Question)
    ]
    return _with_defaults(after, begun)


def _with_defaults(journey: Journey, questions: tuple[Question, ...] | list[Question]) -> Journey:
    """Prefill those that have no answer yet: static values, then expressions, each seeing those before it."""
    answers = journey.draft.answers
    fresh = [question for question in questions if question.path not in answers]
    static = {q.path: Answer(q.default, State.PREFILLED) for q in fresh if q.default}
    if static:
        journey = journey.under(replace(journey.draft, answers={**answers, **static}))
    for question in fresh:
        if question.first_default is not None:
            value = journey.ask(question.first_default, question.path)
            if value:
                journey = journey.under(journey.draft.with_answer(question.path, Answer(value, State.PREFILLED)))
    return journey


def _keep_drawn(journey: Journey) -> Journey:
    """The values of calculations with once(), in the draft: at the next turn once() finds them there."""
    drawn = {
        question.path: Answer(journey.value(question.path), State.PREFILLED)
        for question in (journey.questions if journey.form.entries else journey.form.drawn)
        if question.is_drawn and question.path not in journey.draft.answers and journey.value(question.path)
    }
    if not drawn:
        return journey
    return journey.under(replace(journey.draft, answers={**journey.draft.answers, **drawn}))


def _run_triggers(journey: Journey, source: str, left: int) -> Journey:
    for question, trigger in _triggered_by(journey, source):
        value = journey.ask(trigger.calculation, question.path)
        draft = journey.draft
        old = draft.answers.get(question.path)
        if value and not _may_hold(journey.form, question, value):
            value = ""
        journey = journey.under(
            draft.with_answer(question.path, Answer(value, State.PREFILLED))
            if value
            else draft.without_answers({question.path})
        )
        if left and (old is None or old.value != value):
            journey = _run_triggers(journey, question.path, left - 1)
    return journey


def _triggered_by(journey: Journey, source: str) -> Iterator[tuple[Question, Trigger]]:
    """What `source` sets off: in its own entry, or in every entry when it stands outside of the target's repeat."""
    place = entry_of(source)
    for target, trigger in journey.form.triggered_by.get(template_of(source), ()):
        own = place and journey.by_path.get(in_entry(target.path, *place))
        if own:
            yield own, trigger
        else:
            yield from ((q, trigger) for q in journey.questions if q.template == target.path)


def _may_hold(form: Form, question: Question, value: str) -> bool:
    if question.choices is None:
        return True
    return all(name in form.lists[question.choices].by_name for name in value.split())


def _clear_off_list(journey: Journey) -> Journey:
    """Clearing one answer may empty the filter of another: repeat until nothing more falls away."""
    while True:
        fallen = {q.path for q in journey.filtered if journey.is_relevant(q.path) and journey.off_list(q)}
        if not fallen:
            return journey
        draft = journey.draft.without_answers(fallen)
        journey = journey.under(replace(draft, open=tuple(path for path in draft.open if path not in fallen)))

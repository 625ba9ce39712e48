"""Walking the walks: each step is done, and the first that does not come out as written ends its walk."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time

from conversations import markdown
from conversations.form import FILE_KINDS, Form, Kind, Question
from conversations.phrases import count, say
from conversations.walks.person import Person
from conversations.walks.script import Action, Walk, read_walks
from conversations.wording import Wording
from conversations.xlsform.messages import closest

LONGEST_QUOTE = 300
_OF_SEVERAL = frozenset({Kind.SELECT_MULTIPLE, Kind.RANK})
_NUMBER = re.compile(r"\[\d+\]")
_LANGUAGES = ("bg", "en")

Why = Mapping[str, str]
"""Language code → a sentence."""


@dataclass(frozen=True, slots=True)
class WalkResult:
    """`steps` were done as written. When the walk failed, `line` is the step that did not, and `why` tells in words."""

    name: str
    steps: int
    line: int | None = None
    why: Why = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return self.line is None

    def in_language(self, language: str) -> str:
        """One line for a person; any language but Bulgarian is told in English."""
        spoken = language if language in _LANGUAGES else "en"
        if self.line is None:
            return count("walk_passed", spoken, self.steps, name=self.name)
        return say("walk_failed", spoken, name=self.name, line=self.line, why=self.why[spoken])


class _Mismatch(Exception):
    """A step that did not come out as written."""

    def __init__(self, key: str, **values: str) -> None:
        super().__init__(key)
        self.why = {language: say(key, language, **values) for language in _LANGUAGES}


def run_walks(form: Form, text: str, now: datetime) -> list[WalkResult]:
    """Walk every walk in `text` (YAML, see the package) through `form`.

    `now` is aware and in the form's zone: the day of walks without a date. Raises FormError when the text is no file
    of walks.
    """
    return [_Walking(form, walk, now).result() for walk in read_walks(text)]


class _Walking:
    def __init__(self, form: Form, walk: Walk, now: datetime) -> None:
        self.form = form
        self.walk = walk
        on = now if walk.on is None else datetime.combine(walk.on, time(12), now.tzinfo)
        self.wording = Wording(form, walk.language or form.default_language)
        self.person = Person(form, walk.language, on)
        self._do: dict[str, Callable[[Action], None]] = {
            "answers": self._answers, "asked": self._asked, "says": self._says, "taps": self._taps,
            "hears": self._hears, "does_not_hear": self._does_not_hear, "offers": self._offers, "sends": self._sends,
            "then": self._then,
        }  # fmt: skip

    def result(self) -> WalkResult:
        for done, action in enumerate(self.walk.actions):
            try:
                self._do[action.verb](action)
            except _Mismatch as mismatch:
                return WalkResult(self.walk.name, done, action.line, mismatch.why)
        return WalkResult(self.walk.name, len(self.walk.actions))

    # --- what a step says

    def _asked(self, action: Action) -> None:
        for name in action.values:
            self._expect(name)

    def _answers(self, action: Action) -> None:
        question = self._expect(action.question)
        if question.kind in _OF_SEVERAL and action.values:
            for value in action.values:
                self._choose(question, value)
            if self.person.question == question:
                self.person.taps(say("done", self.person.draft.language))
        elif not action.values:
            self.person.says(say("skip", self.person.draft.language))
        elif question.kind in FILE_KINDS:
            self.person.sends(action.values[0])
        else:
            self._choose(question, action.values[0])
        if self.person.question == question:
            self._refuse(question, ", ".join(action.values))

    def _says(self, action: Action) -> None:
        for value in action.values:
            self.person.says(value)

    def _taps(self, action: Action) -> None:
        for label in action.values:
            if not self.person.taps(label):
                there = ", ".join(button.label for button in self.person.buttons)
                raise _Mismatch("walk_no_button", label=label, buttons=there or "–")

    def _sends(self, action: Action) -> None:
        for name in action.values:
            self.person.sends(name)

    def _hears(self, action: Action) -> None:
        for text in action.values:
            if not self._is_seen(text):
                raise _Mismatch("walk_not_heard", text=text, heard=_short(self.person.text))

    def _does_not_hear(self, action: Action) -> None:
        for text in action.values:
            if self._is_seen(text):
                raise _Mismatch("walk_heard", text=text)

    def _offers(self, action: Action) -> None:
        found = [button.label.lstrip("☐☑ ") for button in self.person.choices]
        if found != list(action.values):
            raise _Mismatch("walk_offers", found=", ".join(found) or "–", wanted=", ".join(action.values))

    def _then(self, action: Action) -> None:
        """`review`: nothing is left to ask. `submitted`: the application goes out from there."""
        if action.values == ("submitted",) and self.person.is_reviewing:
            self.person.submits()
        reached = self.person.submitted if action.values == ("submitted",) else self.person.is_reviewing
        if not reached:
            question = self.person.question
            found = self._named(question) if question else _short(self.person.text)
            raise _Mismatch("walk_unfinished", found=found)

    # --- how it is done

    def _is_seen(self, text: str) -> bool:
        """Whether `text` is part of what the last turn said, buttons included."""
        seen = (self.person.text, *(button.label for button in self.person.buttons))
        return any(_plain(text) in _plain(each) for each in seen)

    def _expect(self, name: str) -> Question:
        """The question asked now, which must be the one called `name`: its name, its path, or that of one entry."""
        question = self.person.question
        if question is not None and name in (question.name, question.path, _unnumbered(question.path)):
            return question
        asked = {key: each for each in self.form.questions if each.is_asked for key in (each.name, each.path)}
        wanted = asked.get(_unnumbered(name))
        if wanted is None:
            raise _Mismatch("walk_unknown_question", name=name, nearest=closest(name, asked) or "–")
        told = self._named(wanted) if name in asked else f"{name} ({self._label(wanted)})"
        if question is None:
            raise _Mismatch("walk_nothing_asked", wanted=told)
        raise _Mismatch("walk_asked", wanted=told, found=self._named(question))

    def _choose(self, question: Question, value: str) -> None:
        """Type the answer; of what a search found take the one that reads like it, or the only one."""
        if question.kind is Kind.RANK and self.person.taps(value):
            return
        self.person.says(value)
        if self.person.question != question or question.choices is None or question.kind in _OF_SEVERAL:
            return
        if not self.person.taps(value) and len(self.person.hits) == 1:
            self.person.taps(self.person.hits[0].label)
        elif len(self.person.hits) > 1 and self.person.question == question and self.person.is_searching:
            found = "; ".join(button.label for button in self.person.hits)
            raise _Mismatch("walk_several", text=value, found=found)

    def _refuse(self, question: Question, text: str) -> None:
        told = {"question": self._named(question), "said": _short(self.person.text)}
        raise _Mismatch("walk_not_taken", text=text or "–", **told)

    def _named(self, question: Question) -> str:
        """Its name and label; a question of the desk's own, which has neither in the form, by what is said."""
        name = question.path if _unnumbered(question.path) != question.path else question.name
        label = self._label(question) or _short(self.person.text)
        return f"{name} ({label})" if label else name

    def _label(self, question: Question) -> str:
        return _short(" ".join(markdown.plain(self.wording.text(question.label, question.path)).split()))


def _unnumbered(path: str) -> str:
    """`members[2]/name` → `members/name`."""
    return _NUMBER.sub("", path)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1].rstrip() + "…"

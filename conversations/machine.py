"""The state machine: `step(form, draft, input, now)` gives a new draft and what to say. Nothing else changes.

    consent ──► asking ──► reviewing ──► submitted
                 ▲  │        ▲  │
                 │  ▼        │  ▼
                editing ─────┘ correcting

The position inside `asking` is computed (journey.py); what a button does is in taps.py.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from conversations import inputs, reading
from conversations.answers import Doubtful, check, misread, read_typed
from conversations.buttons import Verb
from conversations.call import ALWAYS, Window
from conversations.draft import Draft, Mode
from conversations.form import FILE_KINDS, Form, Kind, Question
from conversations.greeting import closed, greet, offer_to_continue, submitted_already
from conversations.journey import Refusal
from conversations.kinds import places
from conversations.languages import choose_language
from conversations.phrases import say
from conversations.review import line_meant
from conversations.saying import answer_with, hold, navigation_word
from conversations.talk import Outcome, Talk
from conversations.taps import press
from conversations.uploads import file_ready, file_refused, file_sent, is_awaited
from conversations.walking import ask_again, present, show_review, take_answer


def step(form: Form, draft: Draft, said: inputs.Input, now: datetime, window: Window = ALWAYS) -> Outcome:
    """One input answered.

    `draft` is pinned to `form`; `now` is aware and in the call's time zone; `window` is when the call is open.
    The old draft is unchanged. Never raises on anything a person can send: a wrong answer is a reply.
    """
    talk = Talk(form, draft, now, window)
    if isinstance(said, inputs.FileReady | inputs.FileRefused) and not is_awaited(draft, said.attachment):
        return talk.says()
    if isinstance(said, inputs.LanguageChosen):
        return choose_language(talk, said.language)
    if isinstance(said, inputs.Tapped):
        return press(talk, said.button)
    if draft.mode is Mode.SUBMITTED:
        return submitted_already(talk)
    if not window.is_open(now):
        may_read = isinstance(said, inputs.ReviewAsked) and draft.consent is not None
        return show_review(talk) if may_read else closed(talk)
    if draft.consent is None:
        return greet(talk)
    return HANDLERS[type(said)](talk, said)


def _start(talk: Talk, said: inputs.Started) -> Outcome:
    begun = any(talk.draft.has_answer(question.path) for question in talk.journey.asked)
    return offer_to_continue(talk) if begun else present(talk)


def _continue(talk: Talk, said: inputs.Continued) -> Outcome:
    return present(talk)


def _review(talk: Talk, said: inputs.ReviewAsked) -> Outcome:
    return show_review(talk)


def _say(talk: Talk, said: inputs.Said) -> Outcome:
    question = talk.open_question
    if question is None:
        line = line_meant(talk.journey, said.text)
        return show_review(talk) if line is None else press(talk, talk.button(Verb.EDIT, line))
    verb = navigation_word(said.text)
    if verb is not None:
        return press(talk, talk.button(verb, question))
    if said.early and said.text.strip():
        doubtful = isinstance(read_typed(talk.journey, question, said.text), Doubtful)
        return hold(talk, question, said.text, "looks_personal" if doubtful else "too_early")
    return answer_with(talk, question, said.text)


def _contact(talk: Talk, said: inputs.SharedContact) -> Outcome:
    question = talk.open_question
    if question is None or not question.wants_phone:
        return _unreadable(talk, inputs.Unreadable("contact"))
    return _take_shared(talk, question, reading.read_phone(said.phone))


def _take_shared(talk: Talk, question: Question, shared: str | reading.Misread) -> Outcome:
    if isinstance(shared, reading.Misread):
        return ask_again(talk, question, misread(talk.journey, question, shared))
    value = check(talk.journey, question, shared)
    return ask_again(talk, question, value) if isinstance(value, Refusal) else take_answer(talk, question, value)


def _location(talk: Talk, said: inputs.SharedLocation) -> Outcome:
    question = talk.open_question
    if question is None or question.kind is not Kind.GEOPOINT:
        return _unreadable(talk, inputs.Unreadable("location"))
    return _take_shared(talk, question, places.shared(said.latitude, said.longitude))


def _file(talk: Talk, said: inputs.SentFile) -> Outcome:
    """What somebody speaks into the chat is a recording where one is asked for; elsewhere it is no answer."""
    question = talk.open_question
    if said.what and (question is None or question.kind is not Kind.AUDIO):
        return _unreadable(talk, inputs.Unreadable(said.what))
    return file_sent(talk, said)


def _unreadable(talk: Talk, said: inputs.Unreadable) -> Outcome:
    question = talk.open_question
    if question is None:
        return show_review(talk)
    awaited = "file" if question.kind in FILE_KINDS and said.what != "edited" else said.what
    return ask_again(talk, question, Refusal(say(f"unreadable_{awaited}", talk.language)))


HANDLERS: dict[type[inputs.Input], Callable[[Talk, Any], Outcome]] = {
    inputs.Started: _start,
    inputs.Continued: _continue,
    inputs.ReviewAsked: _review,
    inputs.Said: _say,
    inputs.SharedContact: _contact,
    inputs.SharedLocation: _location,
    inputs.SentFile: _file,
    inputs.FileReady: file_ready,
    inputs.FileRefused: file_refused,
    inputs.Unreadable: _unreadable,
}

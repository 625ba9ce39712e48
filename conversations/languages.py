"""Changing the language at any question: stored values stay, labels change."""

from conversations.buttons import Verb
from conversations.draft import Mode
from conversations.greeting import closed, greet, language_name, submitted_already
from conversations.phrases import say
from conversations.replies import Awaits, Button, Reply
from conversations.talk import Outcome, Talk
from conversations.walking import present


def choose_language(talk: Talk, code: str | None) -> Outcome:
    """Switch to the language `code` and show again where we are; None or one the form lacks: offer those it has."""
    wanted = (code or "").strip().casefold()
    named = {language_name(talk.form, known).casefold(): known for known in talk.form.languages}
    chosen = wanted if wanted in talk.form.languages else named.get(wanted)
    if chosen is None:
        return _offer(talk)
    switched = talk.change(language=chosen)
    if switched.draft.mode is Mode.SUBMITTED:
        return submitted_already(switched)
    if not talk.window.is_open(talk.now):
        return closed(switched)
    return greet(switched) if switched.draft.consent is None else present(switched)


def _offer(talk: Talk) -> Outcome:
    rows = tuple(
        (Button(talk.button(Verb.LANGUAGE, argument=code), f"🌐 {language_name(talk.form, code)}"),)
        for code in talk.form.languages
    )
    return talk.says(Reply(say("which_language", talk.language), rows, Awaits.CHOICE))

"""Somebody who talks with the desk as a channel would let them: types, taps what is on the screen, sends files."""

from dataclasses import replace
from datetime import datetime

import orjson

from conversations import inputs, markdown
from conversations.buttons import Verb, read_button
from conversations.call import ALWAYS
from conversations.draft import Draft, Mode, read_draft, write_draft
from conversations.form import WAYS_OUT, Form, Question
from conversations.journey import begin
from conversations.machine import step
from conversations.phrases import plain_word
from conversations.replies import Awaits, Button, Reply, button_meant, numbered, read_reply, write_reply
from conversations.talk import Talk

SEED = 7
FILE_BYTES = 20_000


class Person:
    """One conversation from its beginning, the privacy notice already tapped away. Nothing is kept or sent anywhere.

    Between any two turns draft and replies pass through JSON, as they do in the bot. `now` is aware.
    """

    def __init__(self, form: Form, language: str, now: datetime) -> None:
        self.form = form
        self.now = now
        self.drafts = 0
        self.files = 0
        self.submitted = False
        self.heard: tuple[Reply, ...] = ()
        self.screen: Reply | None = None
        self.draft = self._new_draft(form.language_or_default(language or form.default_language))
        self._does(inputs.Started())
        if self.draft.consent is None:
            self._tap(Verb.CONSENT)

    # --- what they do

    def says(self, text: str) -> None:
        button = button_meant(self.screen, text) if self.screen else None
        self._does(inputs.Tapped(button.id) if button else inputs.Said(text))

    def taps(self, label: str) -> bool:
        """Whether there was such a button."""
        found = [button for button in self.buttons if _reads(button, label)]
        if found:
            self._does(inputs.Tapped(found[0].id))
        return bool(found)

    def sends(self, name: str) -> None:
        """A file, judged by the ending of its name."""
        self.files += 1
        attachment = f"walk{self.files}"
        self._does(inputs.SentFile(attachment))
        on_its_way = self.heard
        self._does(inputs.FileReady(attachment, name.rpartition(".")[2].lower(), FILE_BYTES))
        self.heard = (*on_its_way, *self.heard)

    def submits(self) -> None:
        self._tap(Verb.SUBMIT)

    # --- what they see

    @property
    def question(self) -> Question | None:
        """The question an answer would go to now."""
        return Talk(self.form, self.draft, self.now, ALWAYS).open_question

    @property
    def is_reviewing(self) -> bool:
        return self.draft.mode is Mode.REVIEWING

    @property
    def text(self) -> str:
        """All that was said in the last turn, on one line."""
        return " ".join(word for reply in self.heard for word in _words(reply))

    @property
    def buttons(self) -> list[Button]:
        """Those under what the last turn said, the newest message first."""
        return [button for reply in reversed(self.heard) for row in reply.rows for button in row]

    @property
    def choices(self) -> list[Button]:
        """The buttons of the newest message that answer its question."""
        return list(numbered(self.screen)) if self.screen else []

    @property
    def is_searching(self) -> bool:
        return self.screen is not None and self.screen.awaits is Awaits.SEARCH

    @property
    def hits(self) -> list[Button]:
        """The choices without the ways out of a search."""
        return [button for button in self.choices if _argument(button) not in WAYS_OUT]

    # --- one turn

    def _tap(self, verb: Verb) -> None:
        found = [button for button in self.buttons if (press := read_button(button.id)) and press.verb is verb]
        if found:
            self._does(inputs.Tapped(found[0].id))

    def _does(self, said: inputs.Input) -> None:
        outcome = step(self.form, self.draft, said, self.now)
        if outcome.begin_anew:
            self.draft = replace(self._new_draft(self.draft.language), consent=self.draft.consent)
            outcome = step(self.form, self.draft, inputs.Continued(), self.now)
        self.submitted = self.submitted or outcome.submission is not None
        self.draft = read_draft(write_draft(outcome.draft))
        self.heard = tuple(read_reply(orjson.loads(write_reply(reply))) for reply in outcome.replies)
        self.screen = next((reply for reply in reversed(self.heard) if not reply.only_in_place), self.screen)

    def _new_draft(self, language: str) -> Draft:
        self.drafts += 1
        return begin(self.form, tag=f"w{self.drafts}", form_version=1, language=language, seed=SEED, now=self.now)


def _words(reply: Reply) -> list[str]:
    return [word for line in reply.text.split("\n") for word in markdown.plain(line).split()]


def _reads(button: Button, label: str) -> bool:
    word = plain_word(label)
    return button.label == label or (word != "" and plain_word(button.label) == word)


def _argument(button: Button) -> str:
    press = read_button(button.id)
    return press.argument if press else ""

"""The chat test language: a person talks with the desk and one reads along.

    chat = Chat(FORM).begins()
    chat.hears("Как се казвате?").says("Мария").hears("На колко години сте?", choices=["до 18", "над 18"])
    chat.taps("над 18").taps_old("✏️ Промени", of="Как се казвате?")

A form is a markdown table in Bulgarian (or a Form). What the bot does around a step is done here, too: a typed label
or number of the last message is a tap on it, a reply with `replaces` redraws its message, a submission gets a
reference and a receipt. Between any two turns the draft and the replies travel through JSON.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from conversations import inputs
from conversations.call import ALWAYS, Window
from conversations.draft import Draft, read_draft, write_draft
from conversations.form import Form
from conversations.greeting import notice_version, receipt
from conversations.journey import Journey, begin
from conversations.machine import step
from conversations.replies import Reply, button_meant, numbered, read_reply, write_reply
from conversations.submission import Submission, read_submission, write_submission
from conversations.talk import Talk
from tests.forms import form_of
from tests.screen import Screen, find_button, plain

SOFIA = ZoneInfo("Europe/Sofia")
NOON = datetime(2026, 1, 15, 12, 0, tzinfo=SOFIA)
AGREE = "✔ Прочетох, да започваме"
COMMANDS = {"/start": inputs.Started(), "/continue": inputs.Continued(), "/review": inputs.ReviewAsked()}


@dataclass
class Chat:
    """One person's chat. `now` may be set between turns; `person` makes the tags of their drafts."""

    form: str | Form
    now: datetime = NOON
    window: Window = ALWAYS
    language: str = "bg"
    person: str = "m"
    files: dict[str, str] = field(default_factory=dict)
    screen: Screen = field(default_factory=Screen)
    heard: list[Reply] = field(default_factory=list)
    submissions: list[Submission] = field(default_factory=list)
    stuck: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    drafts: int = 0
    sent_files: int = 0
    last_tap: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.form, str):
            self.form = form_of(self.form, tuple(self.files.items()))
        self.draft = self._new_draft(self.form.language_or_default(self.language))

    # --- what the person does

    def begins(self) -> "Chat":
        """/start and the one tap under the privacy notice."""
        return self.says("/start").taps(AGREE)

    def says(self, text: str, *, early: bool = False) -> "Chat":
        """A typed text or command. `early`: written before the open question had arrived."""
        word, _, argument = text.partition(" ")
        if word == "/language":
            return self.does(inputs.LanguageChosen(argument or None))
        button = None if early or not self.screen.messages else button_meant(self.screen.newest, text)
        if button is not None:
            return self.taps_id(button.id)
        return self.does(COMMANDS.get(text) or inputs.Said(text, early))

    def taps(self, label: str, of: str = "") -> "Chat":
        """The newest button on the screen with that label; `of` is a text of the message it stands in."""
        return self.taps_id(find_button(self.screen.visible, label, of).id)

    def taps_old(self, label: str, of: str = "") -> "Chat":
        """A button of an earlier message, even one that was redrawn since."""
        earlier = [reply for reply in self.screen.ever if reply not in self.heard]
        return self.taps_id(find_button(earlier, label, of).id)

    def taps_again(self) -> "Chat":
        """The second half of a double tap."""
        return self.taps_id(self.last_tap)

    def taps_id(self, button: str) -> "Chat":
        self.last_tap = button
        return self.does(inputs.Tapped(button))

    def sends_file(self, what: str = "") -> "Chat":
        """A file, or a `voice` message, arrives; it is still to be fetched."""
        self.sent_files += 1
        return self.does(inputs.SentFile(self.attachment, what))

    def file_ready(self, type: str = "pdf", size: int = 20_000, attachment: str = "") -> "Chat":
        return self.does(inputs.FileReady(attachment or self.attachment, type, size))

    def file_refused(self, reason: str, attachment: str = "") -> "Chat":
        return self.does(inputs.FileRefused(attachment or self.attachment, reason))

    def shares_contact(self, phone: str) -> "Chat":
        return self.does(inputs.SharedContact(phone))

    def shares_location(self, latitude: float, longitude: float) -> "Chat":
        return self.does(inputs.SharedLocation(latitude, longitude))

    def sends(self, what: str) -> "Chat":
        """A `sticker`, `voice`, `forwarded`, `edited` or `other` message."""
        return self.does(inputs.Unreadable(what))

    def waits(self, **time: float) -> "Chat":
        self.now += timedelta(**time)
        return self

    def does(self, said: inputs.Input) -> "Chat":
        """One turn."""
        outcome = step(self.form, self.draft, said, self.now, self.window)
        if outcome.begin_anew:
            consent = self.draft.consent
            self.draft = replace(self._new_draft(self.draft.language), consent=consent)
            assert consent is None or consent.version == notice_version(self.form)
            outcome = step(self.form, self.draft, inputs.Continued(), self.now, self.window)
        draft, replies = outcome.draft, outcome.replies
        self.stuck, self.failed = outcome.stuck, outcome.failed
        if outcome.submission is not None:
            self.submissions.append(read_submission(write_submission(outcome.submission)))
            draft = replace(draft, reference=f"{self.form.desk.prefix}-2026-0001")
            replies = (*replies, receipt(draft, draft.reference, self.now))
        self.draft = read_draft(write_draft(draft))
        assert self.draft == draft
        self.heard = [read_reply(json.loads(write_reply(reply))) for reply in replies]
        for reply in self.heard:
            self.screen.show(reply)
        return self

    # --- what the person sees

    def hears(self, *texts: str, choices: list[str] | None = None, buttons: list[str] | None = None) -> "Chat":
        """Asserts that this turn's replies say all of `texts`, and what the newest one's buttons are.

        `choices` are those that answer, `buttons` all of them; both whole and in order.
        """
        said = self.text
        for text in texts:
            assert text in said, f"{text!r} was not said. Heard:\n{said}"
        if choices is not None:
            assert [button.label for button in numbered(self.heard[-1])] == choices
        if buttons is not None:
            assert self.buttons == buttons
        return self

    def does_not_hear(self, text: str) -> "Chat":
        assert text not in self.text, f"{text!r} was said:\n{self.text}"
        return self

    def hears_nothing(self) -> "Chat":
        assert self.heard == []
        return self

    @property
    def text(self) -> str:
        """All that was said in the last turn, plain; messages are parted by an empty line."""
        return "\n\n".join(plain(reply.text) for reply in self.heard)

    @property
    def buttons(self) -> list[str]:
        """The labels under the newest message."""
        return [button.label for row in self.heard[-1].rows for button in row] if self.heard else []

    # --- what is behind it

    @property
    def attachment(self) -> str:
        return f"file{self.sent_files}"

    @property
    def submission(self) -> Submission | None:
        return self.submissions[-1] if self.submissions else None

    @property
    def journey(self) -> Journey:
        return Journey(self.form, self.draft, self.now)

    @property
    def open_question(self) -> str | None:
        question = Talk(self.form, self.draft, self.now, self.window).open_question
        return question.path if question else None

    @property
    def answers(self) -> dict[str, str]:
        """What the person has dealt with, by path; a skipped question is ''."""
        return {path: answer.value for path, answer in self.draft.answers.items() if self.draft.has_answer(path)}

    def _new_draft(self, language: str) -> Draft:
        self.drafts += 1
        tag = f"{self.person}{self.drafts}"
        return begin(self.form, tag=tag, form_version=1, language=language, seed=7, now=self.now)

"""One step in the making: the form, the draft and the moment that every handler works on, and what comes out."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from conversations.buttons import Verb, write_button
from conversations.call import Window
from conversations.draft import Draft, Mode
from conversations.form import Form, Question
from conversations.journey import Journey
from conversations.replies import Reply
from conversations.submission import Submission


@dataclass(frozen=True, slots=True)
class Outcome:
    """`submission` is set once, when the applicant confirms; `begin_anew`: they want a new draft instead.

    For staff and the log: `stuck` are paths of required questions that this step passed over for want of any choice
    (the person was told and goes on); `failed` are paths whose expressions failed while they ran.
    """

    draft: Draft
    replies: tuple[Reply, ...] = ()
    submission: Submission | None = None
    begin_anew: bool = False
    stuck: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Talk:
    """`now` is aware and in the call's zone."""

    form: Form
    draft: Draft
    now: datetime
    window: Window

    @cached_property
    def journey(self) -> Journey:
        return Journey(self.form, self.draft, self.now)

    @property
    def language(self) -> str:
        return self.draft.language

    @cached_property
    def open_question(self) -> Question | None:
        """The question an answer would go to now; None while reviewing, after submission or before consent."""
        draft = self.draft
        if draft.consent is None or draft.mode in (Mode.REVIEWING, Mode.SUBMITTED):
            return None
        reopened = next((path for path in draft.open if path in self.journey.places), None)
        return self.journey.by_path[reopened] if reopened is not None else self.journey.current

    def with_draft(self, draft: Draft) -> "Talk":
        """The talk with another draft; what was computed is shared as far as the answers are the same."""
        if draft == self.draft:
            return self
        return self.at(self.journey.under(draft)) if "journey" in self.__dict__ else replace(self, draft=draft)

    def at(self, journey: Journey) -> "Talk":
        """The talk with a journey's draft, and the journey itself."""
        talk = replace(self, draft=journey.draft)
        talk.__dict__["journey"] = journey
        return talk

    def change(self, **fields: object) -> "Talk":
        if all(getattr(self.draft, name) == value for name, value in fields.items()):
            return self
        return self.with_draft(replace(self.draft, **fields))  # type: ignore[arg-type]

    def button(self, verb: Verb, question: Question | None = None, argument: str = "") -> str:
        return write_button(self.draft.tag, verb, question.path if question else "", argument)

    def says(self, *replies: Reply | None) -> Outcome:
        failed = tuple(sorted(self.journey.failed)) if "journey" in self.__dict__ else ()
        return Outcome(self.draft, tuple(reply for reply in replies if reply is not None), failed=failed)

"""A person's draft on the table: loaded with the form version it is pinned to, and put back changed."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.channels.base import File, Update
from bot.house import House
from conversations import inputs
from conversations.draft import Draft, Mode, read_draft, write_draft
from conversations.form import Form
from conversations.greeting import notice_version
from conversations.journey import begin
from storage import attachments, drafts, forms, people
from storage.drafts import DraftRow
from storage.people import Visitor


@dataclass(frozen=True)
class Sitting:
    """`row` None: the draft is new and stands in no table yet. `is_rehearsal`: it never becomes an application."""

    form: Form
    form_row: int
    draft: Draft
    row: DraftRow | None
    is_rehearsal: bool = False

    def draft_id(self, conn: Connection, visitor: Visitor, call_id: int, now: datetime) -> int:
        """The draft's row; a new draft is stored as it is."""
        if self.row is not None:
            return self.row.id
        return drafts.create(
            conn,
            person_id=visitor.person_id,
            chat_id=visitor.chat_id,
            call_id=call_id,
            form_row=self.form_row,
            body=write_draft(self.draft),
            now=now,
            state="rehearsal" if self.is_rehearsal else "open",
        )

    def save(
        self,
        conn: Connection,
        visitor: Visitor,
        update: Update,
        said: inputs.Input,
        draft: Draft,
        call_id: int,
        now: datetime,
    ) -> int:
        """Store what a step changed: the draft, the chat's language, and the file it now waits for. Its row."""
        if self.row is not None and draft == self.draft:
            return self.row.id
        draft_id = self.draft_id(conn, visitor, call_id, now)
        body = write_draft(draft)
        if draft.mode is Mode.SUBMITTED:
            if self.draft.mode is not Mode.SUBMITTED or draft != self.draft:
                drafts.finish(conn, draft_id, "rehearsed" if self.is_rehearsal else "submitted", body, now)
        else:
            drafts.save(conn, draft_id, body, now, visitor.chat_id)
        if draft.language != visitor.language:
            people.set_language(conn, visitor.chat_id, draft.language)
        if isinstance(said, inputs.SentFile) and isinstance(update.content, File):
            _await_file(conn, visitor, update.channel, update.content, said, draft, draft_id, now)
        return draft_id


def sit_down(conn: Connection, house: House, visitor: Visitor, now: datetime) -> Sitting:
    """An admin's rehearsal, else the person's own draft. `now` is in the call's zone."""
    rehearsal = drafts.rehearsal(conn, visitor.person_id) if visitor.role == "admin" else None
    if rehearsal is None:
        return sit_down_in_earnest(conn, house, visitor, now)
    form = house.forms.get(conn, rehearsal.form_row)
    return Sitting(form, rehearsal.form_row, read_draft(rehearsal.body), rehearsal, is_rehearsal=True)


def sit_down_in_earnest(conn: Connection, house: House, visitor: Visitor, now: datetime) -> Sitting:
    """The person's open draft, else the one they submitted last, else a new one on the published form."""
    row = drafts.open_draft(conn, visitor.person_id) or drafts.last_submitted(conn, visitor.person_id)
    if row is None:
        return _begin(conn, house, visitor.language or house.language, now)
    return Sitting(house.forms.get(conn, row.form_row), row.form_row, read_draft(row.body), row)


def sit_down_anew(conn: Connection, house: House, visitor: Visitor, old: Sitting, now: datetime) -> Sitting:
    """A new draft in place of `old`, which is put away; a notice that was read once need not be read again."""
    if old.row is not None and old.draft.mode is not Mode.SUBMITTED:
        drafts.finish(conn, old.row.id, "rehearsed" if old.is_rehearsal else "discarded", old.row.body, now)
    if old.is_rehearsal:
        new = begin_rehearsal(house, old.form, old.form_row, old.draft.language, now)
    else:
        new = _begin(conn, house, old.draft.language, now)
    consent = old.draft.consent
    if consent is None or consent.version != notice_version(new.form):
        return new
    return replace(new, draft=replace(new.draft, consent=consent))


def begin_rehearsal(house: House, form: Form, form_row: int, language: str, now: datetime) -> Sitting:
    """A new draft of any version, that is kept apart from the real ones."""
    return Sitting(form, form_row, _new_draft(house, form, form_row, language, now), None, is_rehearsal=True)


def _begin(conn: Connection, house: House, language: str, now: datetime) -> Sitting:
    form_row = forms.current(conn)
    if form_row is None:
        raise LookupError("no form is published")
    form = house.forms.get(conn, form_row)
    return Sitting(form, form_row, _new_draft(house, form, form_row, language, now), None)


def _new_draft(house: House, form: Form, form_row: int, language: str, now: datetime) -> Draft:
    return begin(
        form,
        tag=house.tag(),
        form_version=form_row,
        language=form.language_or_default(language),
        seed=house.seed(),
        now=now,
    )


def _await_file(
    conn: Connection,
    visitor: Visitor,
    channel: str,
    file: File,
    said: inputs.SentFile,
    draft: Draft,
    draft_id: int,
    now: datetime,
) -> None:
    if draft.waiting_file is None or draft.waiting_file[1] != said.attachment:
        return
    attachments.add_pending(
        conn,
        id=said.attachment,
        draft_id=draft_id,
        channel=channel,
        chat_id=visitor.chat_id,
        file_id=file.file_id,
        name=file.name,
        question=draft.waiting_file[0],
        now=now,
    )

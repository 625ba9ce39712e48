"""Drafts: what people have answered so far. The body is JSON that `conversations` writes and reads."""

from dataclasses import dataclass
from datetime import datetime
from itertools import starmap

from sqlalchemy import Connection, bindparam, func, insert, select, update

from storage.prepared import Prepared
from storage.tables import attachments, drafts, literal_state


@dataclass(frozen=True, slots=True)
class DraftRow:
    """`form_row` is the form version it is pinned to, `chat_id` where it was last worked on, `state` one of
    `open`, `submitted`, `discarded`. A rehearsal by staff is `rehearsal`, then `rehearsed`: it is in no count."""

    id: int
    form_row: int
    body: str
    chat_id: int
    updated_at: datetime
    person_id: int
    call_id: int
    state: str


_DRAFT = select(
    drafts.c.id,
    drafts.c.form_row,
    drafts.c.body,
    drafts.c.chat_id,
    drafts.c.updated_at,
    drafts.c.person_id,
    drafts.c.call_id,
    drafts.c.state,
)
_IS_OPEN = drafts.c.state == literal_state("open")
_OPEN = Prepared(_DRAFT.where(drafts.c.person_id == bindparam("person"), _IS_OPEN))
_LAST_SUBMITTED = Prepared(
    _DRAFT.where(drafts.c.person_id == bindparam("person"), drafts.c.state == "submitted")
    .order_by(drafts.c.id.desc())
    .limit(1)
)
_BY_ATTACHMENT = _DRAFT.join(attachments, attachments.c.draft_id == drafts.c.id).where(
    attachments.c.id == bindparam("attachment")
)
_REHEARSAL = _DRAFT.where(drafts.c.person_id == bindparam("person"), drafts.c.state == literal_state("rehearsal"))
_ALL_OPEN = _DRAFT.where(_IS_OPEN).order_by(drafts.c.id)
_LEFT_BEHIND = (
    _DRAFT.where(_IS_OPEN, drafts.c.form_row != bindparam("row"), drafts.c.id > bindparam("after"))
    .order_by(drafts.c.id)
    .limit(bindparam("limit"))
)
_LOAD = _DRAFT.where(drafts.c.id == bindparam("draft"))
_GIVEN = ("person_id", "chat_id", "call_id", "form_row", "body", "state", "created_at", "updated_at")
_CREATE = Prepared(insert(drafts).returning(drafts.c.id), _GIVEN)
_UPDATE = update(drafts).where(drafts.c.id == bindparam("draft"))
_SAVE = Prepared(_UPDATE.values(body=bindparam("body"), updated_at=bindparam("now"), chat_id=bindparam("chat")))
_MOVE = _UPDATE.values(body=bindparam("body"), form_row=bindparam("row"))
_FINISH = Prepared(_UPDATE.values(body=bindparam("body"), updated_at=bindparam("now"), state=bindparam("becomes")))
_COUNT_OPEN = select(func.count()).select_from(drafts).where(_IS_OPEN)


def open_draft(conn: Connection, person_id: int) -> DraftRow | None:
    """The person's open draft; there is never more than one."""
    row = _OPEN.first(conn, person=person_id)
    return None if row is None else DraftRow(*row)


def rehearsal(conn: Connection, person_id: int) -> DraftRow | None:
    """The rehearsal that the person is in; there is never more than one."""
    row = conn.execute(_REHEARSAL, {"person": person_id}).first()
    return None if row is None else DraftRow(*row)


def all_open(conn: Connection) -> list[DraftRow]:
    """Every open draft, oldest first."""
    return list(starmap(DraftRow, conn.execute(_ALL_OPEN)))


def left_behind(conn: Connection, form_row: int, after: int, limit: int) -> list[DraftRow]:
    """Open drafts that are pinned to another version than `form_row`, with ids above `after`, in their order."""
    wanted = {"row": form_row, "after": after, "limit": limit}
    return list(starmap(DraftRow, conn.execute(_LEFT_BEHIND, wanted)))


def last_submitted(conn: Connection, person_id: int) -> DraftRow | None:
    """The draft behind the person's newest submission."""
    row = _LAST_SUBMITTED.first(conn, person=person_id)
    return None if row is None else DraftRow(*row)


def by_attachment(conn: Connection, attachment_id: str) -> DraftRow | None:
    """The draft that the file was sent for, in whatever state it is by now."""
    row = conn.execute(_BY_ATTACHMENT, {"attachment": attachment_id}).first()
    return None if row is None else DraftRow(*row)


def load(conn: Connection, draft_id: int) -> DraftRow | None:
    row = conn.execute(_LOAD, {"draft": draft_id}).first()
    return None if row is None else DraftRow(*row)


def create(
    conn: Connection,
    *,
    person_id: int,
    chat_id: int,
    call_id: int,
    form_row: int,
    body: str,
    now: datetime,
    state: str = "open",
) -> int:
    """Begin a draft and return its id; `state` is `open` or `rehearsal`.

    Raises sqlalchemy.exc.IntegrityError beside another one of the person in the same state.
    """
    (draft_id,) = _CREATE.one(
        conn,
        person_id=person_id,
        chat_id=chat_id,
        call_id=call_id,
        form_row=form_row,
        body=body,
        state=state,
        created_at=now,
        updated_at=now,
    )
    return int(draft_id)


def save(conn: Connection, draft_id: int, body: str, now: datetime, chat_id: int) -> None:
    """Replace the body; `chat_id` is where the person is working on it now."""
    _SAVE.run(conn, draft=draft_id, body=body, now=now, chat=chat_id)


def move(conn: Connection, draft_id: int, form_row: int, body: str) -> None:
    """Pin the draft to another form version, with the body that fits it; the person's last work stays when it was."""
    conn.execute(_MOVE, {"draft": draft_id, "row": form_row, "body": body})


def finish(conn: Connection, draft_id: int, state: str, body: str, now: datetime) -> None:
    """End the draft as `submitted` or `discarded`, a rehearsal as `rehearsed`."""
    _FINISH.run(conn, draft=draft_id, becomes=state, body=body, now=now)


def count_open(conn: Connection) -> int:
    return conn.execute(_COUNT_OPEN).scalar_one()

"""Drafts: what people have answered so far. The body is JSON that `conversations` writes and reads."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from storage.tables import attachments, drafts, literal_state


@dataclass(frozen=True, slots=True)
class DraftRow:
    """`form_row` is the form version it is pinned to, `chat_id` where it was last worked on, `state` one of
    `open`, `submitted`, `discarded`."""

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
_OPEN = _DRAFT.where(drafts.c.person_id == bindparam("person"), _IS_OPEN)
_LAST_SUBMITTED = (
    _DRAFT.where(drafts.c.person_id == bindparam("person"), drafts.c.state == "submitted")
    .order_by(drafts.c.id.desc())
    .limit(1)
)
_BY_ATTACHMENT = _DRAFT.join(attachments, attachments.c.draft_id == drafts.c.id).where(
    attachments.c.id == bindparam("attachment")
)
_CREATE = insert(drafts).returning(drafts.c.id)
_UPDATE = update(drafts).where(drafts.c.id == bindparam("draft"))
_SAVE = _UPDATE.values(body=bindparam("body"), updated_at=bindparam("now"), chat_id=bindparam("chat"))
_FINISH = _UPDATE.values(body=bindparam("body"), updated_at=bindparam("now"), state=bindparam("state"))
_COUNT_OPEN = select(func.count()).select_from(drafts).where(_IS_OPEN)


def open_draft(conn: Connection, person_id: int) -> DraftRow | None:
    """The person's open draft; there is never more than one."""
    row = conn.execute(_OPEN, {"person": person_id}).first()
    return None if row is None else DraftRow(*row)


def last_submitted(conn: Connection, person_id: int) -> DraftRow | None:
    """The draft behind the person's newest submission."""
    row = conn.execute(_LAST_SUBMITTED, {"person": person_id}).first()
    return None if row is None else DraftRow(*row)


def by_attachment(conn: Connection, attachment_id: str) -> DraftRow | None:
    """The draft that the file was sent for, in whatever state it is by now."""
    row = conn.execute(_BY_ATTACHMENT, {"attachment": attachment_id}).first()
    return None if row is None else DraftRow(*row)


def create(
    conn: Connection, *, person_id: int, chat_id: int, call_id: int, form_row: int, body: str, now: datetime
) -> int:
    """Begin an open draft and return its id. Raises sqlalchemy.exc.IntegrityError beside another open one."""
    row = {
        "person_id": person_id,
        "chat_id": chat_id,
        "call_id": call_id,
        "form_row": form_row,
        "body": body,
        "state": "open",
        "created_at": now,
        "updated_at": now,
    }
    return int(conn.execute(_CREATE, row).scalar_one())


def save(conn: Connection, draft_id: int, body: str, now: datetime, chat_id: int) -> None:
    """Replace the body; `chat_id` is where the person is working on it now."""
    conn.execute(_SAVE, {"draft": draft_id, "body": body, "now": now, "chat": chat_id})


def finish(conn: Connection, draft_id: int, state: str, body: str, now: datetime) -> None:
    """End the draft as `submitted` or `discarded`."""
    conn.execute(_FINISH, {"draft": draft_id, "state": state, "body": body, "now": now})


def count_open(conn: Connection) -> int:
    return conn.execute(_COUNT_OPEN).scalar_one()

"""What a chat was told: its stream of messages, the newest answers, and whether anything is still on its way."""

from dataclasses import dataclass
from datetime import datetime
from itertools import starmap

from sqlalchemy import Connection, and_, bindparam, exists, or_, select

from storage.outbox import INTERACTIVE, ROW, WAITING, OutboxRow
from storage.prepared import Prepared
from storage.tables import attachments, literal_state, outbox


@dataclass(frozen=True, slots=True)
class StreamRow:
    """A message of a chat as its history shows it. `sent_at` None: not sent (yet)."""

    id: int
    body: str
    key: str
    replaces_id: int | None
    state: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class LastReply:
    """What a chat was last told. `is_out`: its sending has at least begun."""

    id: int
    body: str
    key: str
    replaces_id: int | None
    created_at: datetime
    is_out: bool


_HELD = outbox.c.state == literal_state("held")
_earlier = outbox.alias("earlier")
_NEWEST_ANSWER_AT = (
    select(_earlier.c.created_at)
    .where(_earlier.c.chat_id == bindparam("chat"), _earlier.c.priority == INTERACTIVE)
    .order_by(_earlier.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_LAST_ANSWERS = ROW.where(
    outbox.c.chat_id == bindparam("chat"),
    outbox.c.priority == INTERACTIVE,
    outbox.c.created_at == _NEWEST_ANSWER_AT,
).order_by(outbox.c.id)
_STREAM = (
    select(
        outbox.c.id,
        outbox.c.body,
        outbox.c.key,
        outbox.c.replaces_id,
        outbox.c.state,
        outbox.c.created_at,
        outbox.c.sent_at,
    )
    .where(outbox.c.chat_id == bindparam("chat"), outbox.c.id > bindparam("after"))
    .order_by(outbox.c.id.desc())
    .limit(bindparam("limit"))
)
_LAST_REPLY = Prepared(
    select(
        outbox.c.id,
        outbox.c.body,
        outbox.c.key,
        outbox.c.replaces_id,
        outbox.c.created_at,
        and_(~_HELD, or_(~WAITING, outbox.c.claimed_until.is_not(None))),
    )
    .where(outbox.c.chat_id == bindparam("chat"), outbox.c.priority == INTERACTIVE)
    .order_by(outbox.c.id.desc())
    .limit(1)
)
_UNSETTLED = select(
    or_(
        exists().where(outbox.c.chat_id == bindparam("chat"), WAITING),
        exists().where(attachments.c.chat_id == bindparam("chat"), attachments.c.state == literal_state("pending")),
    )
)


def last_answers(conn: Connection, chat_id: int) -> list[OutboxRow]:
    """The messages of the turn that answered in the chat last, in order, as sending them again needs them."""
    return list(starmap(OutboxRow, conn.execute(_LAST_ANSWERS, {"chat": chat_id})))


def stream(conn: Connection, chat_id: int, after_id: int, limit: int) -> list[StreamRow]:
    """The newest `limit` messages of the chat with ids above `after_id`, in whatever state, oldest first."""
    rows = conn.execute(_STREAM, {"chat": chat_id, "after": after_id, "limit": limit}).all()
    return list(starmap(StreamRow, reversed(rows)))


def last_reply(conn: Connection, chat_id: int) -> LastReply | None:
    """The newest message that answered somebody in the chat; None when there is none."""
    row = _LAST_REPLY.first(conn, chat=chat_id)
    return None if row is None else LastReply(*row)


def is_settled(conn: Connection, chat_id: int) -> bool:
    """Whether nothing is on its way to the chat: no message waits, no file is being fetched."""
    return not conn.execute(_UNSETTLED, {"chat": chat_id}).scalar_one()

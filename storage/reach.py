"""Whether a chat can be written to: the person's last word, what became of our messages, and what is held for them.

A platform's events come in any order and more than once, so what is older than what we know changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, func, or_, select, update
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.schema import Column

from storage.tables import chats, literal_state, outbox


@dataclass(frozen=True, slots=True)
class Reach:
    """`reachable_at`: since when that is so, None from the beginning. `held` messages wait for the person to write.

    `delivered_at`, `seen_at` and `failed_at` are the newest of each that the platform told, None when it told none;
    `failed_why` is its word for the failure.
    """

    reachable: bool
    reachable_at: datetime | None
    delivered_at: datetime | None
    seen_at: datetime | None
    failed_at: datetime | None
    failed_why: str
    held: int

    @property
    def has_failed_last(self) -> bool:
        """Whether a message failed after the last one that arrived."""
        arrived = [at for at in (self.delivered_at, self.seen_at) if at is not None]
        return self.failed_at is not None and all(at < self.failed_at for at in arrived)


def _older(column: Column[datetime]) -> ColumnElement[bool]:
    return or_(column.is_(None), column < bindparam("at"))


_THIS = chats.c.id == bindparam("chat")
_UPDATE = update(chats).where(_THIS)
_HEARD = _UPDATE.values(
    heard_at=case((_older(chats.c.heard_at), bindparam("at")), else_=chats.c.heard_at),
    reachable_at=case((chats.c.reachable, chats.c.reachable_at), else_=bindparam("at")),
    reachable=True,
    held_told_at=None,
)
_LEFT = _UPDATE.where(_older(chats.c.heard_at)).values(reachable=False, reachable_at=bindparam("at"))
_TOLD = _UPDATE.where(chats.c.held_told_at.is_(None)).values(held_told_at=bindparam("at")).returning(chats.c.id)
_DELIVERED = _UPDATE.where(_older(chats.c.delivered_at)).values(delivered_at=bindparam("at"))
_SEEN = _UPDATE.where(_older(chats.c.seen_at)).values(seen_at=bindparam("at"))
_FAILED = _UPDATE.where(_older(chats.c.failed_at)).values(failed_at=bindparam("at"), failed_why=bindparam("reason"))
_UNDO_SENT = (
    update(outbox)
    .where(
        outbox.c.chat_id == bindparam("chat"),
        outbox.c.platform_id == bindparam("message"),
        outbox.c.state == literal_state("sent"),
    )
    .values(state="given_up", why=bindparam("reason"), failed_at=bindparam("at"))
)
_HELD = (
    select(func.count())
    .select_from(outbox)
    .where(outbox.c.chat_id == chats.c.id, outbox.c.state == literal_state("held"))
    .scalar_subquery()
)
_REACH = select(
    chats.c.reachable,
    chats.c.reachable_at,
    chats.c.delivered_at,
    chats.c.seen_at,
    chats.c.failed_at,
    chats.c.failed_why,
    _HELD,
).where(_THIS)
_SOURCE = _UPDATE.values(source=bindparam("came_by"))


def hear(conn: Connection, chat_id: int, at: datetime) -> None:
    """The person wrote at `at`: the chat can be reached, and a new spell of silence begins."""
    conn.execute(_HEARD, {"chat": chat_id, "at": at})


def leave(conn: Connection, chat_id: int, at: datetime) -> None:
    """The person went away at `at`; nothing when they have written since."""
    conn.execute(_LEFT, {"chat": chat_id, "at": at})


def note_delivered(conn: Connection, chat_id: int, at: datetime) -> None:
    conn.execute(_DELIVERED, {"chat": chat_id, "at": at})


def note_seen(conn: Connection, chat_id: int, at: datetime) -> None:
    conn.execute(_SEEN, {"chat": chat_id, "at": at})


def note_failed(conn: Connection, chat_id: int, message: str, why: str, at: datetime) -> None:
    """The platform took `message` (its id of it) and then did not show it: it was not sent after all."""
    conn.execute(_FAILED, {"chat": chat_id, "reason": why, "at": at})
    if message:
        conn.execute(_UNDO_SENT, {"chat": chat_id, "message": message, "reason": why, "at": at})


def claim_telling(conn: Connection, chat_id: int, at: datetime) -> bool:
    """Whether it is now time to tell that messages to this chat are held: once until the person writes."""
    return conn.execute(_TOLD, {"chat": chat_id, "at": at}).first() is not None


def reach_of(conn: Connection, chat_id: int) -> Reach:
    """Raises sqlalchemy.exc.NoResultFound for a chat that is not ours."""
    return Reach(*conn.execute(_REACH, {"chat": chat_id}).one())


def set_source(conn: Connection, chat_id: int, source: str) -> None:
    """Where the person came from."""
    conn.execute(_SOURCE, {"chat": chat_id, "came_by": source})

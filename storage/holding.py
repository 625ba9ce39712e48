"""Messages that wait until their person writes: held, with a reason, until somebody lets them go."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, or_, select, update

from storage import people
from storage.outbox import WAITING, OutboxRow, unclaim
from storage.tables import chats, literal_state, outbox

_HELD = outbox.c.state == literal_state("held")
# What waits for its next attempt goes with it: the platform's reason to wait may be over with the person's word.
# From here on its age counts anew: it is given up for being refused too long, not for having been held.
_LET_GO = (
    update(outbox)
    .where(
        outbox.c.chat_id == bindparam("chat"),
        or_(_HELD, WAITING & outbox.c.claimed_until.is_(None) & (outbox.c.next_at > bindparam("now"))),
    )
    .values(state="waiting", next_at=bindparam("now"), created_at=bindparam("now"), attempts=0, why="")
)
# The chat stays locked while one of its rows is held, so that a word that comes in just now lets that row go, too.
_SILENT_SINCE = (
    select(chats.c.id)
    .where(
        chats.c.id == bindparam("chat"),
        chats.c.reachable == bindparam("reachable"),
        chats.c.heard_at.is_not_distinct_from(bindparam("heard", type_=chats.c.heard_at.type)),
    )
    .with_for_update(key_share=True)
)
_HOLD = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"), WAITING)
    .values(state="held", why=bindparam("reason"), claimed_until=None)
)
_HOLD_ALL = (
    update(outbox)
    .where(outbox.c.chat_id == bindparam("chat"), WAITING)
    .values(state="held", why=bindparam("reason"), claimed_until=None)
)


def hold(conn: Connection, row: OutboxRow, why: str) -> bool:
    """Keep a claimed message until its person writes; False when they just did, and it goes back untried."""
    is_silent = _is_silent_since(conn, row)
    if is_silent:
        conn.execute(_HOLD, {"row": row.id, "reason": why})
    else:
        unclaim(conn, row.id)
    return is_silent


def hold_chat(conn: Connection, row: OutboxRow, now: datetime) -> bool:
    """The platform says that the chat of a claimed message is gone: it is unreachable, and all that waits is held.

    False when the person wrote in the meantime, and the message goes back to be tried again.
    """
    is_silent = _is_silent_since(conn, row)
    if not is_silent:
        unclaim(conn, row.id)
        return False
    people.set_reachable(conn, row.chat_id, False, now)
    conn.execute(_HOLD_ALL, {"chat": row.chat_id, "reason": "blocked"})
    return True


def release_held(conn: Connection, chat_id: int, now: datetime) -> None:
    """The person is there: what was held for them goes out now, in its order, before all that comes after."""
    conn.execute(_LET_GO, {"chat": chat_id, "now": now})


def _is_silent_since(conn: Connection, row: OutboxRow) -> bool:
    """Whether the chat is as it was when the message was claimed."""
    wanted = {"chat": row.chat_id, "reachable": row.reachable, "heard": row.heard_at}
    return conn.execute(_SILENT_SINCE, wanted).first() is not None

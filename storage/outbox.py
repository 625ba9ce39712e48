"""Messages on their way out. Every row ends as `sent`, `given_up` or `blocked`; until then it is `waiting`, or `held`
until its person writes.

The order within a chat and a priority is the order of ids: a later row is never handed out while an earlier one
waits, also when that one waits for its next attempt. Delivery is at least once: a row whose process was killed
between sending and `mark_sent` is sent again. The rows of one chat become visible in the order of their ids, also when
several processes put them at once.
"""

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import starmap

from sqlalchemy import Connection, Select, bindparam, case, exists, func, insert, null, or_, select, update
from sqlalchemy.sql.dml import ReturningInsert

from storage import people
from storage.news import telling
from storage.prepared import Prepared
from storage.tables import chats, literal_state, outbox

INTERACTIVE, NOTIFICATION, BULK = 0, 1, 2
CLAIM_SECONDS = 8
"""How long a claimed row is left to its sender; a killed process' rows come back after that."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A claimed message. `chat` is the platform's id, `body` a reply as JSON, `language` None when not chosen.

    `replaces_platform_id` is the platform's id of the message to change in place; None when there is none, or when
    it never arrived. `replaces_body` is that message's reply as JSON, None when there is none. `attempts` counts this
    one too. `reachable` and `heard_at` (the person's last word, None where none is kept) are the chat's.
    """

    id: int
    chat_id: int
    channel: str
    chat: str
    in_group: bool
    language: str | None
    body: str
    key: str
    replaces_id: int | None
    replaces_platform_id: str | None
    replaces_body: str | None
    priority: int
    attempts: int
    created_at: datetime
    reachable: bool
    heard_at: datetime | None


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """`retrying` are those of the waiting that have been tried before; `oldest` is when the oldest waiting was put.

    `held` wait for their person to write.
    """

    waiting: int
    retrying: int
    oldest: datetime | None
    held: int = 0


WAITING = outbox.c.state == literal_state("waiting")
_REPLACED = (
    select(outbox.c.id)
    .where(outbox.c.chat_id == bindparam("chat"), outbox.c.key == bindparam("replaces"))
    .order_by(outbox.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_GIVEN = ("chat_id", "body", "key", "priority", "state", "attempts", "next_at", "why", "created_at")
_PUT = insert(outbox).values({name: bindparam(f"its_{name}") for name in _GIVEN}).returning(outbox.c.id)
_PUT_REPLACING = _PUT.values(replaces_id=_REPLACED)


def _and_tell(put: ReturningInsert[tuple[int]]) -> Select[tuple[int, None]]:
    """The same in one statement with the word to other processes: somebody's stream or the sender may be there."""
    row = put.returning(outbox.c.chat_id).cte("put")
    told = telling(chats.c.channel + " " + chats.c.platform_id)
    return select(row.c.id, told).join_from(row, chats, chats.c.id == row.c.chat_id)


_PUTS = {
    "sqlite": (Prepared(_PUT), Prepared(_PUT_REPLACING)),
    "postgresql": (Prepared(_and_tell(_PUT)), Prepared(_and_tell(_PUT_REPLACING))),
}

_earlier = outbox.alias("earlier")
_held = outbox.alias("held_rows")
_replaced = outbox.alias("replaced")
ROW = (
    select(
        outbox.c.id,
        outbox.c.chat_id,
        chats.c.channel,
        chats.c.platform_id,
        chats.c.in_group,
        chats.c.language,
        outbox.c.body,
        outbox.c.key,
        outbox.c.replaces_id,
        _replaced.c.platform_id,
        _replaced.c.body,
        outbox.c.priority,
        outbox.c.attempts + 1,
        outbox.c.created_at,
        chats.c.reachable,
        chats.c.heard_at,
    )
    .join(chats, chats.c.id == outbox.c.chat_id)
    .outerjoin(_replaced, _replaced.c.id == outbox.c.replaces_id)
)
_DUE = (
    ROW.where(
        WAITING,
        outbox.c.priority.between(bindparam("first"), bindparam("last")),
        outbox.c.next_at <= bindparam("now"),
        or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= bindparam("now")),
        ~exists().where(
            _earlier.c.state == literal_state("waiting"),
            _earlier.c.chat_id == outbox.c.chat_id,
            _earlier.c.priority == outbox.c.priority,
            _earlier.c.id < outbox.c.id,
        ),
        outbox.c.chat_id.not_in(bindparam("exclude", expanding=True)),
        # Hidden from its index: SQLite would go through all chats of the channel to find the few that wait.
        func.coalesce(chats.c.channel, "").in_(bindparam("channels", expanding=True)),
    )
    .order_by(outbox.c.priority, outbox.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True, of=outbox)
)
_CLAIM = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(claimed_until=bindparam("until"), attempts=outbox.c.attempts + 1)
)
_UPDATE = update(outbox).where(outbox.c.id == bindparam("row"))
_CLAIM_ONE = Prepared(_UPDATE.values(claimed_until=bindparam("until"), attempts=outbox.c.attempts + 1))
_SENT = Prepared(
    _UPDATE.values(
        state="sent", platform_id=bindparam("platform"), sent_at=bindparam("now"), claimed_until=None, why=""
    )
)
_RETRY = _UPDATE.values(next_at=bindparam("at"), why=bindparam("reason"), claimed_until=None)
_UNCLAIM = _UPDATE.values(claimed_until=None, attempts=outbox.c.attempts - 1)
_GIVE_UP = _UPDATE.values(state="given_up", why=bindparam("reason"), failed_at=bindparam("now"), claimed_until=None)
_BLOCK = (
    update(outbox)
    .where(outbox.c.chat_id == bindparam("chat"), WAITING)
    .values(state="blocked", why="blocked", failed_at=bindparam("now"), claimed_until=None)
)
# For update, because the sender may be claiming the same rows: whoever comes second sees that they are taken.
_ANSWERS = (
    ROW.where(
        outbox.c.chat_id == bindparam("chat"),
        outbox.c.priority == INTERACTIVE,
        WAITING,
        or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= bindparam("now")),
    )
    .order_by(outbox.c.id)
    .with_for_update(of=outbox)
)
_UNSENT_ANSWERS = Prepared(
    ROW.add_columns(outbox.c.next_at, outbox.c.claimed_until)
    .where(
        chats.c.channel == bindparam("channel"),
        chats.c.platform_id == bindparam("chat"),
        outbox.c.priority == INTERACTIVE,
        WAITING,
    )
    .order_by(outbox.c.id)
    .with_for_update(of=outbox)
)
_THESE = ROW.where(outbox.c.id.in_(bindparam("ids", expanding=True))).order_by(outbox.c.id)
_ANSWERED = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(state="sent", sent_at=bindparam("now"), attempts=outbox.c.attempts + 1, claimed_until=None, why="")
)
_OF_CHANNELS = exists().where(
    chats.c.id == outbox.c.chat_id, chats.c.channel.in_(bindparam("channels", expanding=True))
)
_RELEASE = update(outbox).where(WAITING, outbox.c.claimed_until.is_not(None), _OF_CHANNELS).values(claimed_until=None)
_AT_ONCE = update(outbox).where(WAITING, outbox.c.next_at > bindparam("now")).values(next_at=bindparam("now"))
_SHORTEN = (
    update(outbox)
    .where(WAITING, outbox.c.claimed_until > bindparam("longest"))
    .values(claimed_until=bindparam("longest"))
)
_FROM_THE_FUTURE = select(exists().where(WAITING, outbox.c.created_at > bindparam("now")))
_COUNTS = select(
    func.count(),
    func.count(case((outbox.c.attempts > 0, 1), else_=null())),
    func.min(outbox.c.created_at),
    select(func.count()).select_from(_held).where(_held.c.state == literal_state("held")).scalar_subquery(),
).where(WAITING)


def put(conn: Connection, *, chat_id: int, body: str, key: str, replaces: str, priority: int, now: datetime) -> int:
    """Queue a message and return its row id.

    `body` is a reply as JSON, `key` its key ('' without one). `replaces` is the key of the message to change in
    place: the newest row of this chat that has it is looked up now. `priority` is INTERACTIVE, NOTIFICATION or BULK.
    On PostgreSQL an INTERACTIVE one belongs to the chat whose turn this is, which is locked already; for any other the
    chat is locked until the transaction ends, as by a turn of its own. Other processes hear of the message.
    """
    if priority != INTERACTIVE:
        people.lock_chat(conn, chat_id)
    row = {
        "its_chat_id": chat_id,
        "its_body": body,
        "its_key": key,
        "its_priority": priority,
        "its_state": "waiting",
        "its_attempts": 0,
        "its_next_at": now,
        "its_why": "",
        "its_created_at": now,
    }
    put_new, put_replacing = _PUTS[conn.dialect.name]
    what = {"chat": chat_id, "replaces": replaces} if replaces else {}
    made = (put_replacing if replaces else put_new).first(conn, **row, **what)
    assert made is not None
    return int(made[0])


def due(
    conn: Connection,
    now: datetime,
    limit: int,
    *,
    channels: Collection[str],
    exclude_chats: Set[int] = frozenset(),
    priorities: tuple[int, int] = (INTERACTIVE, BULK),
) -> list[OutboxRow]:
    """Claim messages of these channels to send now: interactive before bulk, the first of each chat and priority.

    Nobody else gets them for CLAIM_SECONDS. `exclude_chats` are ids of chats to leave alone this time; `priorities`
    are the first and the last that count.
    """
    first, last = priorities
    wanted = {"now": now, "limit": limit, "exclude": list(exclude_chats), "channels": list(channels)}
    found = conn.execute(_DUE, {**wanted, "first": first, "last": last})
    rows = list(starmap(OutboxRow, found))
    if rows:
        conn.execute(_CLAIM, {"ids": [row.id for row in rows], "until": now + timedelta(seconds=CLAIM_SECONDS)})
    return rows


def claim_answers(conn: Connection, channel: str, chat: str, now: datetime) -> list[OutboxRow]:
    """Claim the chat's waiting answers, in order: for the turn that has just put them, when its process is the sender.

    They come after what the sender has under way for this chat. Empty when one of them waits for its next attempt: the
    rest wait with it. `chat` is the platform's id.
    """
    rows = []
    for *row, next_at, claimed_until in _UNSENT_ANSWERS.rows(conn, channel=channel, chat=chat):
        if next_at > now:
            return []
        if claimed_until is None or claimed_until <= now:
            rows.append(OutboxRow(*row))
    for each in rows:
        _CLAIM_ONE.run(conn, row=each.id, until=now + timedelta(seconds=CLAIM_SECONDS))
    return rows


def look_again(conn: Connection, rows: Sequence[OutboxRow]) -> list[OutboxRow]:
    """Claimed messages as they are now, in their order: what they replace may have arrived meanwhile."""
    claims = {row.id: row for row in rows}
    found = starmap(OutboxRow, conn.execute(_THESE, {"ids": list(claims)}))
    return [replace(row, attempts=claims[row.id].attempts) for row in found]


def mark_sent(conn: Connection, row_id: int, platform_id: str, now: datetime) -> None:
    """`platform_id` is what the platform calls the message, '' when it has no name for it."""
    _SENT.run(conn, row=row_id, platform=platform_id or None, now=now)


def retry_at(conn: Connection, row_id: int, at: datetime, why: str) -> None:
    """Let go of a claimed message until `at`; later ones of its chat and priority wait with it."""
    conn.execute(_RETRY, {"row": row_id, "at": at, "reason": why})


def unclaim(conn: Connection, row_id: int) -> None:
    """Give a claimed message back untried."""
    conn.execute(_UNCLAIM, {"row": row_id})


def give_up(conn: Connection, row_id: int, why: str, now: datetime) -> None:
    """This message will never be taken; the next one of the chat may go."""
    conn.execute(_GIVE_UP, {"row": row_id, "reason": why, "now": now})


def block_chat(conn: Connection, chat_id: int, now: datetime) -> None:
    """The person stopped the bot or the chat is gone: nothing that waits goes out, and the chat is unreachable."""
    people.set_reachable(conn, chat_id, False, now)  # The chat before its messages, as a turn locks them.
    conn.execute(_BLOCK, {"chat": chat_id, "now": now})


def answer_now(conn: Connection, chat_id: int, now: datetime) -> list[OutboxRow]:
    """Take the chat's waiting answers, in order, and mark them sent: they travel in the reply to its update."""
    rows = list(starmap(OutboxRow, conn.execute(_ANSWERS, {"chat": chat_id, "now": now})))
    if rows:
        conn.execute(_ANSWERED, {"ids": [row.id for row in rows], "now": now})
    return rows


def release_claims(conn: Connection, channels: Collection[str]) -> None:
    """Give back what a killed process had claimed for these channels, so that it goes out at once.

    For the one process that sends there: the only one on SQLite, on PostgreSQL the one that has just got the lease.
    """
    conn.execute(_RELEASE, {"channels": list(channels)})


def is_from_the_future(conn: Connection, now: datetime) -> bool:
    """Whether a waiting message was put later than now: the clock has been set back since."""
    return bool(conn.execute(_FROM_THE_FUTURE, {"now": now}).scalar_one())


def forget_waits(conn: Connection, now: datetime) -> None:
    """After the clock was set back: nothing waits for a time by the old clock, no claim lasts beyond CLAIM_SECONDS."""
    conn.execute(_AT_ONCE, {"now": now})
    conn.execute(_SHORTEN, {"longest": now + timedelta(seconds=CLAIM_SECONDS)})


def counts(conn: Connection) -> OutboxCounts:
    return OutboxCounts(*conn.execute(_COUNTS).one())

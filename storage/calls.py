"""Calls: the time in which applications are taken. The newest one is the current one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from storage.locks import Lock, hold
from storage.prepared import Prepared
from storage.tables import calls


@dataclass(frozen=True, slots=True)
class Call:
    """`opens` None: open since ever; `closes` None: no deadline. `closed_at`: when the desk has closed it."""

    id: int
    opens: datetime | None
    closes: datetime | None
    closed_at: datetime | None
    title: str


_CURRENT = Prepared(
    select(calls.c.id, calls.c.opens, calls.c.closes, calls.c.closed_at, calls.c.title)
    .order_by(calls.c.id.desc())
    .limit(1)
)
_OPEN = insert(calls).returning(calls.c.id)
_CALL = update(calls).where(calls.c.id == bindparam("call"))
_CHANGE = _CALL.values(
    opens=bindparam("opens"), closes=bindparam("closes"), closed_at=None, updated_at=bindparam("now")
)
_CLOSE = _CALL.values(closed_at=bindparam("now"), updated_at=bindparam("now"))


def open_first(conn: Connection, *, opens: datetime | None, closes: datetime | None, title: str, now: datetime) -> Call:
    """Make the first call; when there is a call already it stays as it is and is returned."""
    hold(conn, Lock.FIRST_CALL)
    existing = find_current(conn)
    if existing is not None:
        return existing
    row = {"opens": opens, "closes": closes, "title": title, "created_at": now, "updated_at": now}
    return Call(conn.execute(_OPEN, row).scalar_one(), opens, closes, None, title)


def current(conn: Connection) -> Call:
    """The current call. Raises LookupError before `open_first`."""
    call = find_current(conn)
    if call is None:
        raise LookupError("there is no call yet")
    return call


def find_current(conn: Connection) -> Call | None:
    """The current call, None before `open_first`."""
    row = _CURRENT.first(conn)
    return None if row is None else Call(*row)


def change(conn: Connection, call_id: int, *, opens: datetime | None, closes: datetime | None, now: datetime) -> None:
    """Set both times; a call that was closed is open again within them."""
    conn.execute(_CHANGE, {"call": call_id, "opens": opens, "closes": closes, "now": now})


def close(conn: Connection, call_id: int, now: datetime) -> None:
    """Note that the desk has closed the call."""
    conn.execute(_CLOSE, {"call": call_id, "now": now})

"""Jobs that only one process may do at a time (polling, rate-limited sending, moving drafts).

The time is the database server's own, so that hosts whose clocks differ agree. SQLite has one process, and every lease
is its own there.
"""

from sqlalchemy import Connection, Float, bindparam, func, or_
from sqlalchemy.dialects.postgresql import insert

from storage.tables import leases

_SECONDS = bindparam("seconds", type_=Float())
_FURTHEST = func.make_interval(0, 0, 0, 0, 0, 0, 2 * _SECONDS)
_row = insert(leases).values(
    name=bindparam("name"),
    holder=bindparam("holder"),
    until=func.now() + func.make_interval(0, 0, 0, 0, 0, 0, _SECONDS),
)
# A lease that lasts longer than anybody takes one for was taken before the server's clock was set back.
_TAKE = _row.on_conflict_do_update(
    index_elements=[leases.c.name],
    set_={"holder": _row.excluded.holder, "until": _row.excluded.until},
    where=or_(
        leases.c.holder == _row.excluded.holder,
        leases.c.until <= func.now(),
        leases.c.until > func.now() + _FURTHEST,
    ),
).returning(leases.c.name)
_RELEASE = leases.delete().where(leases.c.name == bindparam("job"), leases.c.holder == bindparam("who"))


def take(conn: Connection, name: str, holder: str, seconds: float) -> bool:
    """Take or prolong the lease, for so many seconds from the beginning of this transaction.

    False while another holder's has not run out. All who want a lease take it for about the same time.
    """
    if conn.dialect.name == "sqlite":
        return True
    return conn.execute(_TAKE, {"name": name, "holder": holder, "seconds": seconds}).first() is not None


def release(conn: Connection, name: str, holder: str) -> None:
    """Give the lease back; nothing happens when it is another's by now."""
    if conn.dialect.name == "postgresql":
        conn.execute(_RELEASE, {"job": name, "who": holder})

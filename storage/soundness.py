"""Whether a database is whole, and takes what is written."""

from datetime import datetime

from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from storage.tables import INSERTS, leases

PROBE = "health"


def is_sound(conn: Connection) -> bool:
    """SQLite reads its whole file for it (https://sqlite.org/pragma.html#pragma_quick_check); a PostgreSQL server
    looks after its own.
    """
    if conn.dialect.name != "sqlite":
        return True
    try:
        return bool(conn.execute(text("PRAGMA quick_check(1)")).scalar() == "ok")
    except DatabaseError:  # too damaged even to be looked through
        return False


def write_something(conn: Connection, now: datetime) -> None:
    """Change a row of our own: a statement that changes nothing would not miss a full disk."""
    row = INSERTS[conn.dialect.name](leases).values(name=PROBE, holder=PROBE, until=now)
    conn.execute(row.on_conflict_do_update(index_elements=[leases.c.name], set_={"until": now}))

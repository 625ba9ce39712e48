"""Whether a database file is whole."""

from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError


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

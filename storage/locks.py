"""Locks that several processes share: PostgreSQL's advisory ones. SQLite has one writer, so there they cost nothing.

A lock is held until the transaction ends. https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
"""

from enum import IntEnum

from sqlalchemy import Connection, text

_HOLD = text("SELECT pg_advisory_xact_lock(:lock)")


class Lock(IntEnum):
    """The numbers are arbitrary, and the same in every process."""

    MIGRATIONS = 7_305_118
    FIRST_CALL = 7_305_119
    SUBMISSIONS = 7_305_120
    PUBLISHING = 7_305_121


def hold(conn: Connection, lock: Lock) -> None:
    """Wait until nobody else holds the lock, then hold it until this transaction ends."""
    if conn.dialect.name == "postgresql":
        conn.execute(_HOLD, {"lock": int(lock)})

"""One process at a time serves an SQLite file: two of them would send everything twice.

The lock is SQLite's own, on an empty file beside the database, and it goes with the process, however that ends:
https://www.sqlite.org/lockingv3.html. Who only looks, or publishes a form, needs none.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

TRY_EVERY_SECONDS = 0.1
_ENDING = "-serving"


class Served(Exception):
    """Another process serves this database."""


@contextmanager
def alone(database: Path, wait_seconds: float, when_waiting: Callable[[], None]) -> Iterator[None]:
    """Nobody else may serve `database` within. Raises Served when the one who does has not ended after so long.

    `when_waiting` is called once before that. A place that cannot hold the lock cannot hold the database either, which
    will tell better what is wrong.
    """
    try:
        lock = sqlite3.connect(f"{database.resolve()}{_ENDING}", timeout=0, isolation_level=None)
    except sqlite3.OperationalError:
        yield
        return
    with closing(lock):
        give_up_at = time.monotonic() + wait_seconds
        if not _taken(lock):
            when_waiting()
            while not _taken(lock):
                if time.monotonic() >= give_up_at:
                    raise Served
                time.sleep(TRY_EVERY_SECONDS)
        yield


def _taken(lock: sqlite3.Connection) -> bool:
    try:
        lock.execute("PRAGMA journal_mode=MEMORY")  # a killed process leaves no second file
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as failure:
        return failure.sqlite_errorcode != sqlite3.SQLITE_BUSY
    return True

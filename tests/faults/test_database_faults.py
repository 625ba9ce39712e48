"""The database is locked, restarted or full while people talk: they wait, /health says why, and nothing is lost."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import Connection, make_url

from tests.faults.scene import Scene, scene
from tests.postgres import PostgresServer, running_postgres

AWAY_SECONDS = 3.0
QUICK = {"storage.sqlite.BUSY_TIMEOUT_MILLISECONDS": 1000}
FULL_DISK = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$
"""
FILL = "CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON {} FOR EACH ROW EXECUTE FUNCTION full_disk()"
NO_ROOM_FOR = ("updates", "outbox", "leases", "attachments")


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A server that no other test needs."""
    with running_postgres() as server:
        yield server


async def health(at: Scene) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(f"{at.bot.url}/health") as answer:
        return answer.status, await answer.json()


async def post(at: Scene) -> tuple[int, str]:
    """What a page hears that sends a text."""
    own = {"Origin": at.bot.url}
    async with aiohttp.ClientSession(at.bot.url, headers=own, cookie_jar=aiohttp.CookieJar(unsafe=True)) as visitor:
        async with visitor.get("/") as page:
            await page.read()
        async with visitor.post("/chat/send", json={"update_id": "update-0001", "text": "12"}) as answer:
            return answer.status, await answer.text()


@asynccontextmanager
async def talking(at: Scene) -> AsyncIterator[None]:
    """People are in the middle of their talks; at the end all of them get through."""
    at.crowd.enough = True
    talks = asyncio.create_task(at.crowd.talk())
    await at.server.until(lambda: len(at.server.sent) > 40)
    yield
    await talks


async def recovers(at: Scene) -> None:
    async with asyncio.timeout(60):
        while (await health(at))[0] != 200:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def refuses(at: Scene, reason: str) -> None:
    """Both /health and the web page say so; `reason` is in the words of the first."""
    (status, said), answer = await asyncio.gather(health(at), post(at))
    assert status == 503
    assert reason in said["database"] or "no answer" in said["database"]
    assert answer == (503, '{"error":"try_again"}')


async def is_whole(at: Scene, done: str) -> None:
    """Nothing is lost and nothing repeated."""
    report = await at.report(done, 1)
    assert (report.lost, report.unnotified, report.applications) == (0, 0, len(at.crowd.people))
    assert report.repeated <= 1


async def test_while_another_program_holds_the_write_lock_everybody_waits(sqlite_url: str, tmp_path: Path):
    async with scene(sqlite_url, tmp_path, seconds=QUICK) as at:
        async with talking(at):
            holder = sqlite3.connect(make_url(sqlite_url).database or "", isolation_level=None)
            holder.execute("BEGIN IMMEDIATE")
            await refuses(at, "another program keeps it locked")
            await asyncio.sleep(AWAY_SECONDS)
            holder.close()
            await recovers(at)
        await is_whole(at, "database locked for some seconds")


async def test_postgresql_is_restarted_in_the_middle(own_postgres: PostgresServer, tmp_path: Path):
    async with scene(own_postgres.fresh(), tmp_path) as at:
        async with talking(at):
            await asyncio.to_thread(own_postgres.stop)
            await refuses(at, "")
            await asyncio.to_thread(own_postgres.start)
            await recovers(at)
        await is_whole(at, "database server stopped and started")


def fill_the_disk(conn: Connection) -> None:
    """The server answers as it does on a full disk, with the very code."""
    conn.exec_driver_sql(FULL_DISK)
    for table in NO_ROOM_FOR:
        conn.exec_driver_sql(FILL.format(table))


async def test_a_full_disk_under_postgresql_is_told_and_waited_for(postgres_url: str, tmp_path: Path):
    async with scene(postgres_url, tmp_path) as at:
        async with talking(at):
            await at.database.write(fill_the_disk)
            await refuses(at, "No space left on device")
            await asyncio.sleep(AWAY_SECONDS)
            await at.database.write(lambda conn: conn.exec_driver_sql("DROP FUNCTION full_disk CASCADE"))
            await recovers(at)
        await is_whole(at, "disk full under the server")


async def test_a_full_disk_under_sqlite_is_told_and_waited_for(sqlite_url: str, tmp_path: Path):
    """No file of the bot may grow: to SQLite that is a disk on which nothing can be written."""
    async with scene(sqlite_url, tmp_path, seconds=QUICK) as at:
        async with talking(at):
            at.bot.limit_files(4096)
            await refuses(at, "disk")
            await asyncio.sleep(AWAY_SECONDS)
            at.bot.limit_files(-1)
            await recovers(at)
        await is_whole(at, "disk full under the file")

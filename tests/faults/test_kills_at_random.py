"""kill -9 at random moments while many people talk, over and over: no answer is lost, and no notification."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from storage.database import Database
from storage.tables import attachments, leases, outbox
from tests.bot.desk import Desk
from tests.bot.telegram_server import TOKEN
from tests.faults.people import FORM, Crowd
from tests.faults.plugin import REPORTS
from tests.faults.program import Program
from tests.faults.server import FaultyServer

LONGEST_LIFE_SECONDS = 1.2


@asynccontextmanager
async def beside(url: str) -> AsyncIterator[Database]:
    """The database, seen from beside the bot."""
    database = Database(url)
    await database.open()
    yield database
    await database.close()


def let_claims_run_out(conn: Connection) -> None:
    """What a killed process had claimed comes back after a while, which passes here at once."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    for table in (outbox, attachments):
        conn.execute(table.update().where(table.c.claimed_until.is_not(None)).values(claimed_until=past))
    conn.execute(leases.update().values(until=past))


async def test_killed_at_random_moments_nothing_that_was_said_is_lost(
    database_url: str, tmp_path: Path, request: pytest.FixtureRequest
):
    kills, chance = request.config.getoption("--kills"), random.Random(5)
    async with FaultyServer() as server, beside(database_url) as database:
        await Desk(database, now=datetime.now(UTC) - timedelta(minutes=5)).open(FORM)
        boss = server.person("Вера")
        settings = {"DATABASE_URL": database_url, "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": server.url}
        bot = Program(tmp_path, {**settings, "ADMINS": f"telegram:{boss.chat.id}"})
        bot.start()
        await bot.wait()
        crowd = Crowd(server, chance)
        talking = asyncio.create_task(crowd.talk())
        for _ in range(kills):
            await asyncio.sleep(chance.uniform(0, LONGEST_LIFE_SECONDS))
            await bot.kill()
            await database.write(let_claims_run_out)
            bot.start()
        await bot.wait()
        crowd.enough = True
        await talking
        await server.until(lambda: len({shown for shown in boss.screen() if "ПЧ-" in shown}) == len(crowd.people))
        await bot.stop()
        refused = bot.log.count("turn refused")
        report = await crowd.report(database, boss, "kill -9 at a random moment", kills, refused)
    REPORTS.append(report)
    assert (report.lost, report.unnotified, report.applications) == (0, 0, len(crowd.people))
    # One message is on its way to a chat at a time, so that a kill repeats at most one to each who talks just then.
    assert report.repeated <= kills * crowd.at_once

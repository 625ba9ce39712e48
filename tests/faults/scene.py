"""A desk with its form, the real program, the platform, a crowd of applicants and a boss who hears of all of them."""

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from storage.database import Database
from storage.tables import attachments, leases, outbox
from tests.bot.desk import Desk
from tests.bot.telegram_server import TOKEN
from tests.bot.telegram_server import Person as Phone
from tests.faults.people import FORM, Crowd
from tests.faults.plugin import REPORTS
from tests.faults.program import Program
from tests.faults.report import FaultReport
from tests.faults.server import FaultyServer


@dataclass
class Scene:
    """`database` is seen from beside the bot."""

    server: FaultyServer
    database: Database
    bot: Program
    crowd: Crowd
    boss: Phone

    async def restart(self) -> None:
        """kill -9, and begin to start again."""
        await self.bot.kill()
        self.server.life += 1
        await self.database.write(let_claims_run_out)
        self.bot.start()

    async def report(self, done: str, times: int) -> FaultReport:
        """When all cards have arrived and the bot has stopped: the row for the table, where it is kept, too."""
        people = self.crowd.people
        await self.server.until(lambda: len({card for card in self.boss.screen() if "ПЧ-" in card}) == len(people))
        await self.bot.stop()
        refused = self.server.refused + self.bot.log.count("telegram_turn_failed")
        report = await self.crowd.report(self.database, self.boss, done, times, refused)
        REPORTS.append(report)
        return report


@asynccontextmanager
async def scene(
    url: str,
    folder: Path,
    *,
    webhook: bool = False,
    at_once: int = 8,
    patience: float = 4.0,
    seconds: Mapping[str, float] | None = None,
) -> AsyncIterator[Scene]:
    """A running bot. `url` is its database, `seconds` see Program."""
    database = Database(url)
    await database.open()
    async with FaultyServer() as server:
        await Desk(database, now=datetime.now(UTC) - timedelta(minutes=5)).open(FORM)
        boss = server.person("Вера")
        server.spared.add(boss.chat.id)
        settings = {"DATABASE_URL": url, "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": server.url}
        bot = Program(folder, {**settings, "ADMINS": f"telegram:{boss.chat.id}"}, seconds)
        if webhook:
            bot.settings["PUBLIC_URL"] = bot.url
        bot.start()
        try:
            await bot.wait()
            yield Scene(server, database, bot, Crowd(server, random.Random(5), at_once, patience), boss)
        finally:
            await bot.kill()
    await database.close()


def let_claims_run_out(conn: Connection) -> None:
    """What a killed process had claimed comes back after a while, which passes here at once."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    for table in (outbox, attachments):
        conn.execute(table.update().where(table.c.claimed_until.is_not(None)).values(claimed_until=past))
    conn.execute(leases.update().values(until=past))

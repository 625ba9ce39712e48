"""kill -9 of the real program at every moment of a turn, and a restart: nobody loses an answer, nothing is unsent.

A turn is killed before its commit, between the commit and the sending, between the sending and the mark that it was
sent, and while a file is fetched. A message may come twice at the last but one, and then only that one.
"""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import Connection, make_url

from storage.database import Database
from storage.outbox import CLAIM_SECONDS
from storage.tables import applications, attachments, leases, outbox
from tests.bot.desk import AGREE, ANSWERED, SUBMIT, Desk
from tests.bot.running import RunningBot
from tests.bot.telegram_server import TOKEN, Fault, TelegramServer
from tests.bot.telegram_server import Person as Phone

PDF = b"%PDF-1.7\n" + b"decision " * 100
TEXT, FILE, REVIEW = "text", "file", "review"
ANSWERS_BEFORE = {TEXT: ANSWERED[:1], FILE: ANSWERED[:5], REVIEW: ANSWERED}
NEXT_QUESTION = {TEXT: "Какъв е медът?", FILE: "Моля, прегледайте отговорите си."}
# Each case starts the program two times or more, so only what differs there is tried on PostgreSQL, too.
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
AN_ANSWER = pytest.mark.parametrize(
    ("database_url", "kind"), [("sqlite", TEXT), ("sqlite", FILE), ("postgresql", TEXT)], indirect=["database_url"]
)
AFTER_THE_COMMIT = pytest.mark.parametrize("after", [False, True], ids=["not yet sent", "sent and not marked"])
HELP = "Ето какво може да направите тук:"


@dataclass
class Scene:
    """A bot on the test server, and Anna at a question. `url` is the database, seen from beside the bot."""

    bot: RunningBot
    server: TelegramServer
    anna: Phone
    boss: Phone
    url: str

    async def kill(self) -> None:
        await asyncio.to_thread(self.bot.kill)

    async def start_again(self) -> None:
        """Also lets the time pass for which a killed process' rows and leases are kept from others on PostgreSQL."""
        await asyncio.to_thread(self.bot.process.wait)
        async with beside(self.url) as database:
            await database.write(_a_claim_ago)
        await asyncio.to_thread(self.bot.start, False)

    async def answers(self, kind: str) -> None:
        """Anna answers her question."""
        if kind == TEXT:
            await self.says("12")
        elif kind == FILE:
            await self.anna.sends_file("решение.pdf", PDF)
        else:
            await self.says(SUBMIT)

    async def says(self, text: str) -> None:
        """Anna writes now: what is older than a question does not answer it."""
        await self.anna.says(text, date=int(datetime.now(UTC).timestamp()))

    async def hears(self, said: str, whom: Phone | None = None) -> None:
        """Wait until the message is on the screen, and then until nothing older is on its way.

        The order within a chat is kept: what stood before the answer to /help has arrived when that has.
        """
        phone = whom or self.anna
        await self.server.until(lambda: any(said in shown for shown in phone.screen()))
        helped = sum(HELP in shown for shown in phone.screen())
        await phone.says("/help")
        await self.server.until(lambda: sum(HELP in shown for shown in phone.screen()) > helped)

    def times(self, phone: Phone) -> Counter[str]:
        """How often each message is on the screen."""
        return Counter(phone.screen())


def _a_claim_ago(conn: Connection) -> None:
    past = datetime.now(UTC) - timedelta(seconds=CLAIM_SECONDS)
    for table in (outbox, attachments):
        conn.execute(table.update().where(table.c.claimed_until.is_not(None)).values(claimed_until=past))
    conn.execute(leases.update().values(until=past))


@asynccontextmanager
async def beside(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def scene_at(database_url: str, tmp_path: Path) -> AsyncIterator[object]:
    """Makes a scene: the desk is prepared beside the bot, so that the bot starts with Anna at her question."""
    async with TelegramServer() as server:
        anna, boss = server.person("Анна", "Иванова"), server.person("Вера")
        settings = {
            "DATABASE_URL": database_url,
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_API_URL": server.url,
            "ADMINS": f"telegram:{boss.chat.id}",
            "LOG_LEVEL": "debug",
        }
        bot = RunningBot(tmp_path / "data", settings)

        async def make(kind: str) -> Scene:
            async with beside(database_url) as database:
                desk = await Desk(database, now=datetime.now(UTC) - timedelta(minutes=5)).open()
                person = desk.person("Анна Иванова", chat=str(anna.chat.id))
                await person.says("/start")
                await person.taps(AGREE)
                await person.says(*ANSWERS_BEFORE[kind])
            await asyncio.to_thread(bot.start, False)
            return Scene(bot, server, anna, boss, database_url)

        yield make
        if bot.process.poll() is None:
            await asyncio.to_thread(bot.stop)


@asynccontextmanager
async def nobody_can_write(url: str) -> AsyncIterator[None]:
    """The test holds what every turn needs, so that a turn waits in the middle."""
    if url.startswith("sqlite"):
        holder = sqlite3.connect(make_url(url).database or "", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            holder.close()
    else:
        place = make_url(url)
        connection = await asyncpg.connect(user=place.username, host=str(place.query["host"]), database=place.database)
        try:
            async with connection.transaction():
                await connection.execute("LOCK TABLE updates IN ACCESS EXCLUSIVE MODE")
                yield
        finally:
            await connection.close()


async def begins_a_turn(scene: Scene, kind: str) -> None:
    """Anna answers; returns when the bot has her update in hand and waits for the database.

    Updates of one poll are handed over together, and a tap is answered before its turn: Boris' tap, sent with Anna's
    answer, tells that the poll has arrived.
    """
    boris = scene.server.person("Борис")
    await scene.answers(kind)
    await boris.sends_tap("x", boris.message(text="?"))
    await scene.server.until(lambda: bool(scene.server.asked("answerCallbackQuery")))


@AN_ANSWER
async def test_killed_before_the_commit_the_update_is_fetched_again(scene_at, kind: str):
    scene = await scene_at(kind)
    async with nobody_can_write(scene.url):
        await begins_a_turn(scene, kind)
        await scene.kill()
    assert scene.anna.screen() == []
    await scene.start_again()
    await scene.hears(NEXT_QUESTION[kind])
    assert set(scene.times(scene.anna).values()) == {1}


@AFTER_THE_COMMIT
@AN_ANSWER
async def test_killed_after_the_commit_the_reply_is_sent_again(scene_at, kind: str, after: bool):
    scene = await scene_at(kind)
    scene.server.faults["sendMessage"] = [Fault(drop=True, after=after, meanwhile=scene.kill)]
    await scene.answers(kind)
    await scene.start_again()
    await scene.hears(NEXT_QUESTION[kind])
    repeated = [message for message, times in scene.times(scene.anna).items() if times > 1]
    assert len(repeated) == (1 if after else 0)
    assert max(scene.times(scene.anna).values()) == (2 if after else 1)


@ON_SQLITE
async def test_killed_while_a_file_is_on_its_way_it_is_fetched_again(scene_at):
    scene = await scene_at(FILE)
    scene.server.faults["getFile"] = [Fault(drop=True, after=True, meanwhile=scene.kill)]
    await scene.answers(FILE)
    await scene.start_again()
    await scene.hears(NEXT_QUESTION[FILE])
    async with beside(scene.url) as database:
        rows = await Desk(database).rows(attachments)
    assert [(row["state"], row["size"]) for row in rows] == [("ready", len(PDF))]


@AFTER_THE_COMMIT
async def test_killed_at_the_submission_neither_receipt_nor_card_is_lost(scene_at, after: bool):
    scene = await scene_at(REVIEW)
    scene.server.faults["sendMessage"] = [Fault(drop=True, after=after, meanwhile=scene.kill)]
    await scene.answers(REVIEW)
    await scene.start_again()
    await scene.hears("входящ №")
    await scene.hears("Ново заявление", scene.boss)
    shown = scene.times(scene.anna) + scene.times(scene.boss)
    assert sum(shown.values()) - len(shown) <= (1 if after else 0)
    async with beside(scene.url) as database:
        assert len(await Desk(database).rows(applications)) == 1


@ON_SQLITE
async def test_killed_three_times_in_one_walk_the_application_still_arrives(scene_at):
    scene = await scene_at(TEXT)
    walk = {"12": "Какъв е медът?", "Липа": "С какво да помогнем?", "Пропусни": "Приложете разрешителното."}
    for answer, question in walk.items():
        scene.server.faults["sendMessage"] = [Fault(drop=True, after=True, meanwhile=scene.kill)]
        await scene.says(answer)
        await scene.start_again()
        await scene.hears(question)
    await scene.says("Пропусни")
    await scene.hears("Моля, прегледайте отговорите си.")
    await scene.anna.taps(SUBMIT)
    await scene.hears("входящ №")
    async with beside(scene.url) as database:
        assert len(await Desk(database).rows(applications)) == 1

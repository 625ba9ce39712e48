"""The system's clock is set back an hour or forward a day: nobody waits for it, and no answer passes for an old one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.channels.base import RetryLater
from bot.fetcher import Fetcher
from bot.outbox import Sender
from bot.stored_files import StoredFiles
from storage import outbox as messages
from storage.database import Database
from storage.tables import attachments, outbox
from tests.bot.desk import AGREE, ANSWERED, NOON, Desk
from tests.bot.post import Post, running

PDF = b"%PDF-1.7\n" + b"decision " * 100
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
FIRST_TRY_FAILS = 0.05


class House:
    """A desk at which nothing counts as delivered before the sender has sent it; `ahead` is what the clock is wrong."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.desk = Desk(database, now=NOON, delivers=False)
        self.post, self.files = Post(), StoredFiles(folder)
        self.ahead = timedelta()

    def clock(self) -> datetime:
        return self.desk.now + self.ahead

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """A sender and a fetcher."""
        channels, desk = {"telegram": self.post}, self.desk
        sender = Sender(desk.database, channels, self.files, self.clock, "bg")
        fetcher = Fetcher(desk.database, desk.house, channels, self.files, self.clock, sender.wake)
        async with AsyncExitStack() as stack:
            for job in (sender.run(), fetcher.run()):
                await stack.enter_async_context(running(asyncio.create_task(job)))
            yield

    async def shows(self, text: str) -> None:
        await self.post.until(lambda: any(text in message.text for message in self.post.sent))


@pytest.fixture
async def house(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr("bot.outbox.FIRST_RETRY_SECONDS", FIRST_TRY_FAILS)
    monkeypatch.setattr("bot.outbox.LONGEST_SLEEP_SECONDS", FIRST_TRY_FAILS)
    monkeypatch.setattr("bot.fetcher.SLEEP_SECONDS", FIRST_TRY_FAILS)
    house = House(database, tmp_path)
    await house.desk.open()
    return house


async def test_a_message_that_waited_for_its_next_try_does_not_wait_for_the_old_hour(house: House):
    house.post.fails = [RetryLater("timeout")]
    await house.desk.person("Анна").says("/start")
    async with house.at_work():
        await house.post.until(lambda: not house.post.fails)
        house.ahead = -AN_HOUR
        await house.shows("Отговорите Ви се съхраняват")


async def test_what_was_put_before_the_clock_went_back_goes_out_at_the_next_start(house: House):
    await house.desk.person("Анна").says("/start")
    house.ahead = -AN_HOUR
    async with house.at_work():
        await house.shows("Отговорите Ви се съхраняват")


async def test_a_claim_by_the_old_clock_lasts_no_longer_than_a_claim_lasts(house: House):
    await house.desk.person("Анна").says("/start")

    def claimed_and_set_back(conn: Connection) -> None:
        messages.due(conn, house.desk.now, 10, channels=["telegram"])
        messages.forget_waits(conn, house.desk.now - AN_HOUR)

    await house.desk.database.write(claimed_and_set_back)
    until = {row["claimed_until"] for row in await house.desk.rows(outbox)} - {None}
    assert until == {house.desk.now - AN_HOUR + timedelta(seconds=messages.CLAIM_SECONDS)}


async def test_a_file_on_its_way_does_not_wait_for_the_old_hour(house: House):
    house.desk.delivers = True
    anna = house.desk.person("Анна")
    await anna.says("/start")
    await anna.taps(AGREE)
    await anna.says(*ANSWERED[:5])
    house.desk.delivers = False
    house.post.files["f1"] = RetryLater("timeout")
    attachment = await anna.sends_file()
    async with house.at_work():
        await house.post.until(lambda: len(house.post.asked) == 1)
        house.post.files["f1"] = PDF
        house.ahead = -AN_HOUR
        await house.shows("Моля, прегледайте")
    (row,) = await house.desk.rows(attachments, id=attachment)
    assert row["state"] == "ready"


async def test_a_day_ahead_no_answer_is_taken_for_one_that_is_older_than_its_question(house: House):
    """The platform goes on to tell the right time of each text."""
    house.desk.delivers = True
    anna = house.desk.person("Анна")
    await anna.says("/start")
    await anna.taps(AGREE)
    right = house.desk.now
    house.desk.now += A_DAY + timedelta(minutes=1)
    await anna.says("Пчелин „Изгрев“", sent_at=right)
    await anna.says("12", sent_at=right)
    anna.hears("Какъв е медът?")


async def test_what_waits_when_the_clock_jumps_forward_goes_out_once(house: House):
    async with house.at_work():
        for ahead, name in ((timedelta(), "Анна"), (A_DAY, "Борис"), (timedelta(), "Вера")):
            house.ahead = ahead
            chat = (await house.desk.person(name).says("/start")).chat
            await house.post.until(lambda chat=chat: any(message.chat == chat for message in house.post.sent))
    assert len({message.id for message in house.post.sent}) == len(house.post.sent)

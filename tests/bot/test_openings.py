"""A chat that was only opened: one answer in the response, nothing more before the person writes; and the bill."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot import metrics
from bot.app import App
from bot.channels.base import Command, Content, Tap, Update
from bot.settings import Settings
from storage.database import Database
from storage.tables import chats, drafts, outbox
from storage.tallies import Tally
from tests.bot.desk import AGREE, Desk
from tests.bot.post import Post
from tests.chat import plain

DAY = timedelta(hours=24)


class Office:
    """An App with one channel that has sessions, on a database that a desk has prepared."""

    def __init__(self, desk: Desk, app: App) -> None:
        self.desk, self.app = desk, app
        self.post = Post("viber", edits=False, session=DAY)

    def opening(self, id: str, payload: str = "") -> Update:
        return Update("viber", id, "abc=", "abc=", Command("start", payload), name="Анна", only_opened=True)

    async def opens(self, id: str, payload: str = "") -> list[str]:
        return [plain(message.text) for message in await self.app.answer_opening(self.opening(id, payload))]

    async def says(self, id: str, content: Content) -> None:
        self.desk.now += timedelta(seconds=1)
        await self.app.take(Update("viber", id, "abc=", "abc=", content, name="Анна", opens_session=True))

    async def chat(self) -> dict[str, object]:
        (chat,) = await self.desk.rows(chats)
        return chat


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    database = Database(database_url)
    await database.open()
    desk = await Desk(database).open()
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", database_url=database_url)
    app = App(settings, clock=lambda: desk.now, house=desk.house)
    office = Office(desk, app)
    await app.open()
    await app.run_channels({"viber": office.post})
    yield office
    await app.stop()
    await database.close()


async def test_an_opening_is_answered_in_its_response_and_nothing_is_sent(office: Office):
    welcome, notice = await office.app.answer_opening(office.opening("o1"))
    assert "Здравейте!" in plain(welcome.text)
    assert "Отговорите Ви се съхраняват" in plain(notice.text)
    assert next(button.label for row in notice.rows for button in row) == AGREE
    assert [row["state"] for row in await office.desk.rows(outbox)] == ["sent", "sent"]
    chat = await office.chat()
    assert (office.post.begun, chat["reachable"], chat["heard_at"]) == ([], False, None)


async def test_a_repeated_opening_is_answered_once_more_and_changes_nothing(office: Office):
    first = await office.app.answer_opening(office.opening("o1"))
    rows = await office.desk.rows(outbox)
    again = await office.app.answer_opening(office.opening("o1"))
    assert again == first
    assert await office.desk.rows(outbox) == rows


async def test_with_the_first_word_the_conversation_goes_on_through_the_outbox(office: Office):
    answers = await office.app.answer_opening(office.opening("o1"))
    await office.says("m1", Tap(answers[-1].rows[0][0].id))
    await office.post.until(lambda: any("Как се казва пчелинът?" in message.text for message in office.post.sent))
    chat = await office.chat()
    assert (chat["reachable"], chat["heard_at"]) == (True, office.desk.now)


async def test_opening_a_chat_again_keeps_it_reachable_and_is_no_word(office: Office):
    await office.says("m1", Command("start"))
    heard = office.desk.now
    office.desk.now += DAY
    assert await office.opens("o1")
    chat = await office.chat()
    assert (chat["reachable"], chat["heard_at"]) == (True, heard)


async def test_openings_of_one_person_are_answered_one_after_the_other(office: Office):
    answers = await asyncio.gather(*(office.opens(f"o{number}") for number in range(4)))
    assert [len(answer) for answer in answers] == [2, 2, 2, 2]
    assert len(await office.desk.rows(chats)) == 1


async def test_an_opening_that_fails_is_apologised_for_in_its_response(office: Office):
    await office.opens("o1")
    await office.desk.database.write(lambda conn: conn.execute(drafts.update().values(body="{}")))
    (answer,) = await office.opens("o2")
    assert "Извинете, при нас нещо се обърка." in answer
    assert (office.post.begun, (await office.chat())["reachable"]) == ([], False)


async def test_a_payload_of_a_language_is_answered_in_it_and_another_is_where_they_came_from(office: Office):
    await office.opens("o1", "poster-7")
    assert (await office.chat())["source"] == "poster-7"
    assert len(await office.opens("o2", "lang-bg")) > 0
    assert (await office.chat())["source"] == "poster-7"
    await office.opens("o3", "invite-unknown")
    assert (await office.chat())["source"] == "invite"


async def test_health_tells_what_is_held_and_what_messages_cost_this_month(office: Office):
    def counted(kind: str) -> float:
        return metrics.REGISTRY.get_sample_value("desk_messages_total", {"channel": "viber", "kind": kind}) or 0

    before = [counted("free"), counted("paid")]
    for free, paid in ((1, 0), (1, 0), (0, 1)):
        await office.app.bill("viber", free, paid)
    health = await office.app.health()
    assert (health.held, health.messages) == (0, {"viber": Tally("2026-01", 2, 1)})
    office.desk.now += 30 * DAY
    assert (await office.app.health()).messages == {"viber": Tally("2026-02")}
    assert [counted("free") - before[0], counted("paid") - before[1]] == [2, 1]

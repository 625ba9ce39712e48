"""The whole house with a platform that is a list: a bug costs no answer, and what is said arrives."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.app import App
from bot.channels.base import Command, Content, File, Message, Tap, Text, Update
from bot.settings import Settings
from storage.database import Database
from storage.tables import applications, drafts, forms, outbox, updates
from tests.bot.desk import AGREE, ANSWERED, NOON, SUBMIT, Desk, apply
from tests.bot.post import Post
from tests.chat import plain

PDF = b"%PDF-1.7\n" + b"decision " * 100
SORRY = "Извинете, при нас нещо се обърка."


class Office:
    """An App on a database that a desk has prepared; `desk` looks on."""

    def __init__(self, desk: Desk, app: App) -> None:
        self.desk, self.app = desk, app
        self.post = Post()
        self.count = 0

    async def hears(self, content: Content, chat: str = "1", **more: object) -> str:
        """One update; returns the last message that it brings, once it has arrived."""
        self.count += 1
        await self.app.take(Update("telegram", f"a{self.count}", chat, chat, content, name="Анна", **more))
        newest = (await self.desk.rows(outbox))[-1]["id"]
        await self.post.until(lambda: any(message.id == newest for message in self.post.sent))
        return plain(self.shown(chat)[-1].text)

    def shown(self, chat: str) -> list[Message]:
        return [message for message in self.post.sent if message.chat == chat and not message.only_in_place]

    async def break_the_form(self) -> int:
        """Publish a version that cannot be read; returns its row."""
        (form,) = await self.desk.rows(forms)
        del form["id"]
        broken = {**form, "xform": "<broken", "published_at": NOON + timedelta(days=1)}
        new = insert(forms).returning(forms.c.id)
        return await self.desk.database.write(lambda conn: conn.execute(new, broken).scalar_one())


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    database = Database(database_url)
    await database.open()
    desk = await Desk(database).open()
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", database_url=database_url)
    app = App(settings, clock=lambda: desk.now, house=desk.house)
    office = Office(desk, app)
    await app.open()
    await app.run_channels({"telegram": office.post})
    yield office
    await app.stop()
    await database.close()


async def test_a_conversation_goes_through_the_whole_house(office: Office):
    assert "Отговорите Ви се съхраняват" in await office.hears(Command("start"))
    consent = office.shown("1")[-1].rows[0][0]
    assert "Как се казва пчелинът?" in await office.hears(Tap(consent.id))
    assert "Колко кошера имате?" in await office.hears(Text("Пчелин „Изгрев“"))
    assert "Какъв е медът?" in await office.hears(Text("12"))
    assert "С какво да помогнем?" in await office.hears(Text("Липа"))
    assert "Приложете разрешителното." in await office.hears(Text("Пропусни"))
    office.post.files["f1"] = PDF
    assert "Получих файла" in await office.hears(File("f1", "решение.pdf"))
    await office.post.until(lambda: "Моля, прегледайте" in office.shown("1")[-1].text)
    assert "A-2026-0001" in await office.hears(Text(SUBMIT))


async def test_staff_get_the_card_although_the_sender_looks_for_messages_once_a_day(office: Office, monkeypatch):
    monkeypatch.setattr("bot.outbox.LONGEST_SLEEP_SECONDS", 86_400.0)
    vera, anna = await office.desk.staff("Вера"), office.desk.person("Анна", chat="1")
    await anna.says("/start")
    await anna.taps(AGREE)
    await anna.says(*ANSWERED)
    await office.hears(Tap(anna.button(SUBMIT).id))
    await office.post.until(lambda: any("2026" in message.text for message in office.shown(vera.chat)))


async def test_a_form_that_cannot_be_read_costs_no_answer(office: Office):
    """A bug in the middle of a walk: rolled back, seen once, apologised for, and mended later it goes on."""
    anna = office.desk.person("Анна", chat="1")
    await anna.says("/start")
    await anna.taps(AGREE)
    await anna.says("Пчелин „Изгрев“")
    (before,) = await office.desk.rows(drafts)
    broken = await office.break_the_form()
    await office.desk.database.write(lambda conn: conn.execute(drafts.update().values(form_row=broken)))
    assert SORRY in await office.hears(Text("12"))
    (after,) = await office.desk.rows(drafts)
    assert {**after, "form_row": before["form_row"]} == before
    assert await office.desk.rows(updates, update_id="a1")
    await office.desk.database.write(lambda conn: conn.execute(drafts.update().values(form_row=before["form_row"])))
    assert "Какъв е медът?" in await office.hears(Text("12"))


async def test_a_submission_that_the_database_refuses_can_be_sent_again(office: Office):
    await apply(office.desk.person("Друг"))
    anna = office.desk.person("Анна", chat="1")
    await anna.says("/start")
    await anna.taps(AGREE)
    await anna.says(*ANSWERED)
    (row,) = await office.desk.rows(applications)
    del row["id"]
    wrong = {**row, "prefix": "X", "reference": "A-2026-0002"}
    await office.desk.database.write(lambda conn: conn.execute(insert(applications), wrong))
    tap = Tap(anna.button(SUBMIT).id)
    assert SORRY in await office.hears(tap)
    assert [row["state"] for row in await office.desk.rows(drafts)] == ["submitted", "open"]
    mended = applications.delete().where(applications.c.prefix == "X")
    await office.desk.database.write(lambda conn: conn.execute(mended))
    assert "A-2026-0002" in await office.hears(tap)


async def test_an_update_that_failed_is_not_tried_again(office: Office):
    anna = office.desk.person("Анна", chat="1")
    await anna.says("/start")
    await office.desk.database.write(lambda conn: conn.execute(drafts.update().values(body="{}")))
    update = Update("telegram", "same", "1", "1", Text("12"))
    await office.app.take(update)
    await office.post.until(lambda: len(office.shown("1")) == 1)
    rows = await office.desk.rows(outbox)
    await office.app.take(update)
    assert [row["id"] for row in await office.desk.rows(outbox)] == [row["id"] for row in rows]


async def test_a_bug_in_a_group_is_not_apologised_for(office: Office):
    await office.break_the_form()
    await office.app.take(Update("telegram", "g1", "-5", "1", Command("about"), in_group=True))
    assert SORRY in await office.hears(Command("about"))
    assert office.shown("-5") == []


async def test_one_persons_updates_keep_their_order(office: Office):
    """Handed in at once, each after the first is early: it waits for a tap, and the answer is the first one's."""
    for chat in ("1", "2"):
        await office.hears(Command("start"), chat)
        await office.hears(Tap(office.shown(chat)[-1].rows[0][0].id), chat)
    crowd = [Update("telegram", f"o{n}{chat}", chat, chat, Text(f"Пчелин {n}")) for n in range(5) for chat in "12"]
    await asyncio.gather(*map(office.app.take, crowd))
    bodies = [row["body"] for row in await office.desk.rows(drafts)]
    assert ['"apiary":["Пчелин 0","given"]' in body for body in bodies] == [True, True]
    assert await office.desk.rows(updates, update_id="o41")


async def test_health_says_what_moves(office: Office):
    await office.hears(Command("help"))
    health = await office.app.health()
    assert (health.is_well, health.database, health.sender, health.channels) == (True, "ok", "ok", {"telegram": "ok"})

"""Viber from end to end: people on the test server, the real application behind the channel, nothing in between."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from storage.tables import applications, attachments, chats, drafts, outbox
from tests.bot.desk import AGREE, SETTINGS, SUBMIT
from tests.bot.open_desk import PATIENCE_SECONDS, OpenDesk
from tests.bot.viber_desk import Naps, settled, viber_desk
from tests.bot.viber_people import Person, Shown
from tests.bot.viber_server import Delivery, Fault, ViberServer

FORM = f"""
| survey |
|        | type                | name   | label                  | required |
|        | text                | apiary | Как се казва пчелинът? | yes      |
|        | text                | phone  | На кой телефон?        | yes      |
|        | geopoint            | place  | Къде е?                | yes      |
|        | select_one honey    | honey  | Какъв е медът?         | yes      |
|        | select_multiple aid | aid    | С какво да помогнем?   | yes      |
|        | file                | permit | Приложете решението.   |          |
| choices |
|         | list_name | name   | label   |
|         | honey     | acacia | Акация  |
|         | honey     | linden | Липа    |
|         | aid       | jars   | Буркани |
|         | aid       | advice | Съвети  |
{SETTINGS}"""
PDF = b"%PDF-1.7\n" + b"decision " * 100
NAME, PHONE, PLACE, HONEY = "Как се казва пчелинът?", "На кой телефон?", "Къде е?", "Какъв е медът?"


@dataclass
class Scene:
    server: ViberServer
    desk: OpenDesk
    naps: Naps
    anna: Person
    read: int = 0

    async def hears(self, *texts: str) -> list[Shown]:
        """Everything that came since the last look, when nothing is on its way: it says all of `texts`."""
        await settled(self.server, self.desk, self.anna)
        heard, self.read = self.anna.screen[self.read :], len(self.anna.screen)
        said = "\n\n".join(shown.text for shown in heard)
        for text in texts:
            assert text in said, f"{text!r} was not said but:\n{said}"
        return heard

    async def rows(self, column: Any) -> list[Any]:
        return await self.desk.database.read(lambda conn: list(conn.execute(select(column)).scalars()))

    async def begins(self) -> "Scene":
        """Up to the first question."""
        await self.anna.opens()
        await self.anna.taps(AGREE)
        await self.hears(NAME)
        return self


@asynccontextmanager
async def open_scene(url: str, folder: Path, **options: Any) -> AsyncIterator[Scene]:
    async with viber_desk(url, folder, form=FORM, **options) as (server, desk, naps):
        yield Scene(server, desk, naps, server.person("Анна"))


@pytest.fixture
async def scene(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_scene(sqlite_url, tmp_path) as opened:
        yield opened


# ---------- arriving ----------


async def test_the_welcome_is_in_the_answer_and_nothing_else_comes_before_a_word(scene: Scene):
    await scene.anna.opens()
    (welcome,) = await scene.hears("Здравейте!", "Отговорите Ви се съхраняват")
    assert welcome.is_welcome
    assert scene.anna.labels[0] == AGREE
    assert scene.server.asked("send_message") == []


async def test_whoever_writes_without_having_opened_the_chat_is_welcomed_too(scene: Scene):
    await scene.anna.says("Добър ден!")
    assert not any(shown.is_welcome for shown in await scene.hears("Здравейте!"))
    assert scene.anna.labels[0] == AGREE


@pytest.mark.parametrize("order", ["before", "after"])
async def test_a_subscription_that_comes_with_the_first_word_greets_nobody_twice(scene: Scene, order: str):
    scene.server.first_message_subscribes = order
    await scene.anna.opens()
    await scene.anna.taps(AGREE)
    heard = await scene.hears(NAME)
    assert sum("Здравейте!" in shown.text for shown in heard) == 1


async def test_subscribing_alone_says_nothing(scene: Scene):
    await scene.anna.subscribes()
    assert await scene.hears() == []
    await scene.anna.opens()
    assert [shown.is_welcome for shown in await scene.hears("Здравейте!")] == [True]


async def test_a_welcome_whose_answer_was_lost_comes_with_the_repeat(scene: Scene):
    scene.server.loses_answers = 1
    told = await scene.anna.opens()
    assert told.statuses == [200, 200]
    assert [shown.is_welcome for shown in await scene.hears("Здравейте!")] == [True]


async def test_opening_the_chat_again_in_mid_form_offers_to_go_on(scene: Scene):
    await scene.begins()
    await scene.anna.says("Изгрев")
    await scene.hears(PHONE)
    await scene.anna.opens()
    await scene.hears("Имате започнато заявление. Записани отговори: 1 от 6.")
    await scene.anna.taps("▶ Продължи")
    await scene.hears(PHONE)
    assert len(await scene.rows(drafts.c.id)) == 1


# ---------- answering ----------


async def test_an_application_is_made_with_everything_that_viber_has(scene: Scene):
    await scene.begins()
    await scene.anna.says("Изгрев")
    await scene.hears(PHONE)
    await scene.anna.shares_phone()
    await scene.hears(PLACE)
    await scene.anna.shares_location(42.5, 25.25)
    await scene.hears(HONEY)
    await scene.anna.taps("Липа")
    await scene.hears("С какво да помогнем?")
    await scene.anna.taps("☐ Буркани")
    await scene.hears()
    assert scene.anna.labels[:3] == ["☑ Буркани", "☐ Съвети", "✅ Готово"]
    await scene.anna.taps("✅ Готово")
    await scene.hears("Приложете решението.")
    await scene.anna.sends_file("решение.pdf", PDF)
    await scene.hears("Изгрев", "+359888123456", "42.5, 25.25", "Липа", "Буркани")
    await scene.anna.taps(SUBMIT)
    await scene.hears("входящ №")
    assert await scene.rows(applications.c.state) == ["submitted"]


async def test_no_message_repeats_what_did_not_change(scene: Scene):
    await scene.begins()
    for answer in ("Изгрев", "0888 123 456", "42,5; 25,25", "Липа"):
        await scene.anna.says(answer)
        await scene.hears()
    await scene.anna.taps("☐ Буркани")
    assert "С какво да помогнем?" not in "".join(shown.text for shown in await scene.hears())


async def test_a_number_that_a_desktop_does_not_share_is_asked_for_in_words(scene: Scene):
    scene.anna.desktop = True
    await scene.begins()
    await scene.anna.says("Изгрев")
    await scene.hears(PHONE)
    await scene.anna.shares_phone()
    await scene.hears(PHONE)
    await scene.anna.says("0888 123 456")
    await scene.hears(PLACE)


async def test_an_old_phone_gets_no_button_that_it_does_not_know(scene: Scene):
    scene.anna.api_version = 1
    await scene.begins()
    await scene.anna.says("Изгрев")
    await scene.hears(PHONE)
    assert "share-phone" not in {button["ActionType"] for button in scene.anna.keyboard}


async def test_an_old_keyboard_opens_its_own_question(scene: Scene):
    await scene.begins()
    for answer in ("Изгрев", "0888 123 456", "42,5; 25,25", "Липа"):
        await scene.anna.says(answer)
        await scene.hears()
    await scene.anna.taps_old("Акация")
    await scene.hears(HONEY)
    await scene.anna.taps("✔ Остави")
    await scene.hears("С какво да помогнем?")


async def test_the_body_of_a_button_typed_by_hand_is_the_button_and_a_made_up_one_is_refused(scene: Scene):
    await scene.begins()
    for answer in ("Изгрев", "0888 123 456", "42,5; 25,25"):
        await scene.anna.says(answer)
        await scene.hears()
    (linden,) = [button["ActionBody"] for button in scene.anna.keyboard if button["Text"] == "Липа"]
    await scene.anna.says(linden.replace("linden", "gold")[:-1] + "9")
    await scene.hears()
    assert await scene.rows(applications.c.state) == []
    await scene.anna.says(linden)
    await scene.hears("С какво да помогнем?")


async def test_a_sticker_or_a_link_is_no_answer(scene: Scene):
    await scene.begins()
    await scene.anna.sends(type="sticker", sticker_id=46105)
    await scene.hears(NAME)
    await scene.anna.says("Изгрев")
    await scene.hears(PHONE)


async def test_a_file_is_fetched_and_one_that_is_gone_is_asked_for_again(scene: Scene):
    await scene.begins()
    for answer in ("Изгрев", "0888 123 456", "42,5; 25,25", "Липа", "Буркани", "✅ Готово"):
        await scene.anna.says(answer)
        await scene.hears()
    await scene.anna.sends(type="file", media=f"{scene.server.url}/gone.pdf", file_name="a.pdf", file_size=9)
    await scene.hears("Приложете решението.")
    scene.server.violations.clear()
    await scene.anna.sends_file("решение.pdf", PDF)
    await scene.hears("Моля, прегледайте отговорите си.")
    assert (await scene.rows(attachments.c.state))[-1] == "ready"


# ---------- callbacks ----------


async def test_a_callback_that_comes_twice_counts_once(scene: Scene):
    scene.server.copies = 2
    await scene.begins()
    await scene.anna.says("Изгрев")
    heard = await scene.hears(PHONE)
    assert len(heard) == 1
    scene.server.loses_answers = 2
    await scene.anna.shares_phone()
    assert [shown.text.count(PLACE) for shown in await scene.hears(PLACE)] == [1]


async def test_what_is_forged_replayed_or_nonsense_changes_nothing(scene: Scene):
    await scene.begins()
    told = await scene.anna.says("Изгрев")
    await scene.hears(PHONE)
    before = await scene.rows(drafts.c.body)
    forged = scene.server.sign({**told.event, "message_token": 1}, "another token")
    unsigned = scene.server.sign({**told.event, "message_token": 2})
    unsigned.signature = ""
    spaced = scene.server.sign(told.event)
    spaced.data += b" "
    assert [await scene.server.post(each) for each in (forged, unsigned, spaced)] == [403, 403, 403]
    nonsense = Delivery({}, b"no json", scene.server.signature(b"no json"))
    huge = scene.server.sign({**told.event, "message_token": 3, "more": "x" * 2 * 1024 * 1024})
    assert [await scene.server.post(each) for each in (nonsense, huge)] == [400, 413]
    assert await scene.server.post(told) == 200
    assert await scene.hears() == []
    assert await scene.rows(drafts.c.body) == before


async def test_events_of_unknown_kinds_are_taken_and_ignored(scene: Scene):
    await scene.begins()
    await scene.server.happens("client_status", scene.anna, user=scene.anna.profile, status={"code": 0})
    await scene.server.happens("reaction", scene.anna, user_id=scene.anna.id)
    assert await scene.hears() == []


# ---------- leaving and coming back ----------


async def test_whoever_leaves_in_mid_form_finds_the_open_question_when_back(scene: Scene):
    await scene.begins()
    await scene.anna.says("Изгрев")
    await scene.hears(PHONE)
    await scene.anna.unsubscribes()
    assert await scene.hears() == []
    await scene.anna.says("/continue")
    await scene.hears(PHONE)
    await scene.anna.says("0888 123 456")
    await scene.hears(PLACE)


# ---------- trouble on the platform's side ----------


@pytest.mark.parametrize(
    "fault",
    [Fault(http=503), Fault(drop=True), Fault(garbage=True), Fault(status=12), Fault(status=99)],
    ids=["503", "dropped", "no JSON", "too many", "general error"],
)
async def test_what_was_not_taken_is_sent_again_once(scene: Scene, fault: Fault):
    await scene.begins()
    scene.server.faults["send_message"] = [fault]
    await scene.anna.says("Изгрев")
    await scene.server.until(lambda: not scene.server.faults["send_message"])
    scene.desk.clock.passes(hours=1)
    if fault.status == 12:
        await scene.anna.says("/help")
    assert sum(PHONE in shown.text for shown in await scene.hears(PHONE)) == 1


@pytest.mark.parametrize("status", [3, 4, 11])
async def test_what_is_never_taken_is_given_up_and_the_next_message_goes(scene: Scene, status: int):
    await scene.begins()
    scene.server.faults["send_message"] = [Fault(status=status)]
    await scene.anna.says("Изгрев")
    assert await scene.hears() == []
    assert (await scene.rows(outbox.c.state))[-1] == "given_up"
    await scene.anna.says("/continue")
    await scene.hears(PHONE)


@pytest.mark.parametrize(("status", "times"), [(5, 1), (6, 2)])
async def test_who_cannot_be_written_to_gets_what_was_held_when_they_write(scene: Scene, status: int, times: int):
    await scene.begins()
    scene.server.faults["send_message"] = [Fault(status=status, times=times)]
    await scene.anna.says("Изгрев")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (await scene.desk.app.health()).held:
            scene.naps.end()
    await scene.anna.says("/help")
    await scene.hears(PHONE)


@pytest.mark.parametrize("status", [2, 7, 8, 9, 15, 23, 24])
async def test_what_only_the_operator_can_mend_is_in_the_health_and_nothing_is_lost(scene: Scene, status: int):
    await scene.begins()
    scene.server.faults["send_message"] = [Fault(status=status)]
    await scene.anna.says("Изгрев")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await scene.desk.app.health()).channels["viber"] == "ok":
            await scene.server.reported()
    assert (await scene.desk.app.health()).waiting == 1


async def test_a_hundred_unanswered_messages_are_the_most_and_the_rest_comes_after_a_word(scene: Scene):
    await scene.begins()
    scene.server.faults["send_message"] = [Fault(meanwhile=lambda: _set_unanswered(scene, 100))]
    await scene.anna.says("Изгрев")
    await scene.server.until(lambda: scene.server.violations != [])
    assert scene.server.violations == ["send_message: 12 tooManyRequests"]
    scene.server.violations.clear()
    scene.desk.clock.passes(minutes=2)
    await scene.anna.says("/help")
    await scene.hears(PHONE)


async def test_after_an_hour_without_the_api_every_answer_is_there_and_every_word_arrives(scene: Scene):
    await scene.begins()
    scene.server.is_down = True
    calls = len(scene.server.calls)
    await scene.anna.says("Изгрев")
    await scene.server.until(lambda: len(scene.server.calls) > calls)
    assert scene.anna.texts[-1].count(NAME) == 1
    scene.desk.clock.passes(hours=1)
    scene.server.is_down = False
    await scene.hears(PHONE)
    await scene.anna.says("0888 123 456")
    await scene.hears(PLACE)


async def test_a_message_that_fails_on_the_phone_is_noted_and_the_talk_goes_on(scene: Scene):
    await scene.begins()
    scene.anna.failing = 1
    await scene.anna.says("Изгрев")
    assert await scene.hears() == []
    assert await scene.rows(chats.c.failed_why) == ["message validation failed"]
    await scene.anna.says("/continue")
    await scene.hears(PHONE)


async def test_a_lost_webhook_is_registered_again(scene: Scene):
    await scene.begins()
    scene.server.webhook = ""
    scene.naps.end()
    await scene.server.until(lambda: bool(scene.server.webhook))
    await scene.anna.says("Изгрев")
    await scene.hears(PHONE)


async def _set_unanswered(scene: Scene, count: int) -> None:
    scene.anna.unanswered = count

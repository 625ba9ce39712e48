"""Money and sessions: what goes out, what is held until its person writes, and whom of the staff that is told."""

import asyncio
from collections.abc import Set
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.channels.base import Blocked, Command, Membership, Receipt, Text
from bot.outbox import Sender
from bot.stored_files import StoredFiles
from conversations.replies import Reply, write_reply
from storage import outbox, people
from storage.database import Database
from storage.outbox import BULK, INTERACTIVE, NOTIFICATION
from storage.tables import chats, drafts, updates
from storage.tables import outbox as outbox_table
from tests.bot.desk import AGREE, Desk, Person
from tests.bot.post import Post, running

DAY = timedelta(hours=24)


class Office:
    """A desk on a channel with sessions, a second channel without, and the sender behind both."""

    def __init__(self, desk: Desk, data_dir: Path) -> None:
        self.desk, self.files = desk, StoredFiles(data_dir)
        self.phone = Post("viber", edits=False, session=DAY)
        self.post = Post("telegram")

    async def person(self, name: str, role: str = "") -> Person:
        """Somebody on the channel with sessions who has written just now."""
        person = await self.desk.staff(name, role) if role else self.desk.person(name)
        await person.says("/about", opens_session=True)
        await self.send()
        self.phone.sent.clear()
        return person

    async def colleague(self, name: str = "Ели") -> Person:
        """Somebody of the staff who can always be told."""
        return await Desk(self.desk.database).staff(name)

    async def put(self, person: Person, text: str, priority: int = NOTIFICATION, key: str = "") -> None:
        def work(conn: Connection) -> None:
            chat = people.find_chat(conn, person.desk.channel, person.chat)
            assert chat is not None
            body = write_reply(Reply(text))
            row = {"body": body, "key": key, "replaces": "", "priority": priority, "now": self.desk.now}
            outbox.put(conn, chat_id=chat.id, **row)

        await self.desk.database.write(work)

    async def send(self, may_pay: Set[str] = frozenset()) -> None:
        """Let the sender run until nothing waits."""
        channels = {"viber": self.phone, "telegram": self.post}
        clock = lambda: self.desk.now  # noqa: E731
        sender = Sender(self.desk.database, channels, self.files, clock, "bg", may_pay=may_pay)
        async with running(asyncio.create_task(sender.run())), asyncio.timeout(20):
            while (await self.desk.database.read(outbox.counts)).waiting:
                sender.wake()
            await sender.finish(10)

    async def states(self, **where: Any) -> list[str]:
        return [row["state"] for row in await self.desk.rows(outbox_table, **where)]

    @property
    def arrived(self) -> list[str]:
        return [message.text for message in self.phone.sent]

    @property
    def told(self) -> list[str]:
        return [message.text for message in self.post.sent]


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> Office:
    return Office(await Desk(database, channel="viber", delivers=False).open(), tmp_path)


HELD = (
    "✉️ Съобщение до Анна (Viber) чака, докато човекът пише отново: „Върнато е.“\n\n"
    "Ако е спешно, обадете се по телефона."
)


# ---------- inside and outside a session ----------


async def test_within_a_day_of_the_persons_word_everything_goes(office: Office):
    anna = await office.person("Анна")
    office.desk.now += DAY - timedelta(minutes=5)
    for priority in (INTERACTIVE, NOTIFICATION, BULK):
        await office.put(anna, f"{priority}", priority)
    await office.send()
    assert office.arrived == ["0", "1", "2"]


async def test_after_a_day_a_message_is_held_and_staff_are_told_how_it_begins(office: Office):
    anna = await office.person("Анна")
    await office.colleague()
    office.desk.now += DAY
    await office.put(anna, "\n**Върнато** е.\nВижте бележката.")
    await office.send()
    assert (office.arrived, office.told) == ([], [HELD])


async def test_a_held_message_goes_out_before_the_answer_when_the_person_writes(office: Office):
    anna = await office.person("Анна")
    office.desk.now += DAY
    await office.put(anna, "Върнато е.", INTERACTIVE)
    await office.send()
    await anna.says("/help", opens_session=True)
    await office.send()
    assert office.arrived[0] == "Върнато е."
    assert len(office.arrived) == 2


async def test_a_session_counts_from_when_the_word_was_written_not_from_when_it_came(office: Office):
    anna = office.desk.person("Анна")
    await anna.does(Command("about"), opens_session=True, sent_at=office.desk.now - DAY)
    await office.send()
    assert (office.arrived, await office.states()) == ([], ["held"])


async def test_who_never_wrote_gets_what_was_held_with_their_first_word(office: Office):
    staff = await office.desk.staff("Иво")
    await office.put(staff, "Ново заявление")
    await office.send()
    assert office.arrived == []
    await staff.says("/help", opens_session=True)
    await office.send()
    assert "Ново заявление" in office.arrived


async def test_what_is_sent_to_many_is_held_and_nobody_is_told(office: Office):
    anna = await office.person("Анна")
    await office.colleague()
    office.desk.now += DAY
    await office.put(anna, "До всички", BULK)
    await office.send(may_pay={"viber"})
    assert (office.arrived, office.told, (await office.states())[-1]) == ([], [], "held")


async def test_where_messages_are_paid_for_only_what_is_sent_to_many_and_who_left_is_held(office: Office):
    anna, boris = await office.person("Анна"), await office.person("Борис")
    await boris.does(Membership(reachable=False))
    office.desk.now += DAY
    await office.put(anna, "Върнато е.")
    await office.put(anna, "До всички", BULK)
    await office.put(boris, "Прието е.")
    await office.send(may_pay={"viber"})
    assert (office.arrived, (await office.states())[-3:]) == (["Върнато е."], ["sent", "held", "held"])


async def test_a_channel_without_sessions_knows_nothing_of_all_this(office: Office):
    ely = await office.colleague()
    office.desk.now += 30 * DAY
    await office.put(ely, "Картон")
    await office.send()
    assert office.told == ["Картон"]


# ---------- telling ----------


async def test_staff_are_told_once_until_the_person_writes_again(office: Office):
    anna = await office.person("Анна")
    await office.colleague()
    for _ in range(2):
        office.desk.now += DAY
        for text in ("Върнато е.", "Още нещо."):
            await office.put(anna, text)
            await office.send()
        await anna.says("/help", opens_session=True)
        await office.send()
    assert office.told == [HELD, HELD]


async def test_staff_whose_own_messages_are_held_are_no_way_to_tell(office: Office):
    anna = await office.person("Анна")
    for name in ("Иво", "Рая"):
        await office.person(name, "staff")
    office.desk.now += DAY
    await office.put(anna, "Върнато е.")
    await office.send()
    assert (office.arrived, (await office.states())[-1], len(await office.states(state="held"))) == ([], "held", 1)
    await office.colleague()
    await office.put(anna, "Върнато е.")
    await office.send()
    assert office.told == [HELD]


async def test_a_telling_that_is_held_itself_is_told_to_nobody(office: Office):
    """Everybody's cards are held at once, and so is a telling that found its reader gone: it ends all the same."""
    anna = await office.person("Анна")
    staff = [await office.person(name, "staff") for name in ("Иво", "Рая")]
    await office.colleague()
    await office.put(staff[0], HELD, key="held:1")
    office.desk.now += DAY
    for person in (anna, *staff):
        await office.put(person, "Върнато е.")
    await office.send()
    assert sorted(text.split("(")[0] for text in office.told) == [
        f"✉️ Съобщение до {name} " for name in ("Анна", "Иво", "Рая")
    ]
    assert len(await office.states(state="held")) == 4


async def test_only_a_held_telling_tells_nothing(office: Office):
    ivo = await office.person("Иво", "staff")
    await office.colleague()
    office.desk.now += DAY
    await office.put(ivo, HELD, key="held:1")
    await office.send()
    assert (office.told, (await office.states())[-1]) == ([], "held")


# ---------- coming and going ----------


async def test_who_leaves_in_mid_form_finds_everything_when_they_are_back(office: Office):
    anna = await office.person("Анна")
    await anna.says("/start", AGREE, opens_session=True)
    await office.send()
    before = await office.desk.rows(drafts)
    await anna.says("Пчелин „Изгрев“", opens_session=True)
    await anna.does(Membership(reachable=False))
    await office.put(anna, "Срокът е удължен.")
    office.phone.sent.clear()
    await office.send()
    assert office.arrived == []
    assert len(await office.desk.rows(drafts)) == len(before)
    office.desk.now += 7 * DAY
    await anna.says("/continue", opens_session=True)
    await office.send()
    assert "Срокът е удължен." in office.arrived
    anna.hears("Колко кошера имате?")


async def test_who_subscribes_can_be_reached_and_opens_no_session(office: Office):
    anna = await office.person("Анна")
    await anna.does(Membership(reachable=False))
    await office.put(anna, "Върнато е.")
    await office.send()
    await anna.does(Membership(reachable=True))
    await office.send()
    assert office.arrived == ["Върнато е."]
    office.desk.now += DAY
    await anna.does(Membership(reachable=False))
    await anna.does(Membership(reachable=True))
    await office.put(anna, "Прието е.")
    await office.send()
    assert (office.arrived, (await office.states())[-1]) == (["Върнато е."], "held")


async def test_for_a_person_whom_the_platform_calls_gone_nothing_is_lost(office: Office):
    anna = await office.person("Анна")
    await office.colleague()
    for text in ("Върнато е.", "Прието е."):
        await office.put(anna, text)
    office.phone.fails = [Blocked("not_subscribed")]
    await office.send()
    assert (office.arrived, office.told, (await office.states())[1:]) == ([], [HELD], ["held", "held", "sent"])
    await anna.says("/help", opens_session=True)
    await office.send()
    assert office.arrived[1:] == ["Върнато е.", "Прието е."]


async def test_an_answer_written_to_a_question_that_was_held_is_not_taken_as_its_answer(office: Office):
    anna = await office.person("Анна")
    await anna.says("/start", opens_session=True)
    await office.send()
    await anna.says(AGREE, opens_session=True)
    await anna.does(Membership(reachable=False))
    await office.send()
    office.desk.now += DAY
    await anna.says("Здравейте отново", opens_session=True)
    (draft,) = await office.desk.rows(drafts)
    assert '"apiary"' not in draft["body"]


# ---------- receipts ----------


async def test_a_receipt_is_kept_on_the_chat_and_answered_by_nobody(office: Office):
    anna = await office.person("Анна")
    rows, seen = await office.states(), await office.desk.rows(updates)
    at = office.desk.now
    for what in ("delivered", "seen", "delivered"):
        await anna.does(Receipt(what, "m1"), sent_at=at)
    assert anna.done is not None
    assert anna.done.what == "receipt"
    (chat,) = await office.desk.rows(chats)
    assert (chat["delivered_at"], chat["seen_at"], chat["failed_at"]) == (at, at, None)
    assert (await office.states(), await office.desk.rows(updates)) == (rows, seen)


async def test_a_message_that_failed_on_the_device_counts_as_not_sent(office: Office):
    anna = await office.person("Анна")
    await office.put(anna, "Картинка")
    await office.send()
    sent = (await office.desk.rows(outbox_table))[-1]
    for _ in range(2):
        await anna.does(Receipt("failed", sent["platform_id"], "old client"))
    last = (await office.desk.rows(outbox_table))[-1]
    assert (last["state"], last["why"]) == ("given_up", "old client")


async def test_a_receipt_from_a_stranger_makes_nobody(office: Office):
    await office.desk.person("Никой").does(Receipt("delivered", "m1"))
    assert await office.desk.rows(chats) == []


async def test_a_leaving_that_arrives_after_a_newer_word_is_old_news(office: Office):
    anna = office.desk.person("Анна")
    began: datetime = office.desk.now
    await anna.does(Text("Здравейте"), opens_session=True, sent_at=began)
    await anna.does(Membership(reachable=False), sent_at=began - timedelta(minutes=1))
    (chat,) = await office.desk.rows(chats)
    assert chat["reachable"]

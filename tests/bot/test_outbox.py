"""Sending: the order, who goes first, what each refusal leads to, and that nothing is lost or sent twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels.base import Blocked, Document, GiveUp, Media, RetryLater
from bot.limits import Limiter, Rate, Rates
from bot.outbox import Sender
from bot.stored_files import StoredFiles
from conversations.replies import Enclosed, Reply, write_reply
from storage import attachments, outbox, people
from storage.database import Database
from storage.outbox import BULK, INTERACTIVE, NOTIFICATION
from storage.tables import chats
from storage.tables import outbox as outbox_table
from tests.bot.desk import AGREE, ANSWERED, NOON, Desk
from tests.bot.post import Post, running


class Office:
    """An outbox and the sender behind it. `now` is what the sender takes for the time."""

    def __init__(self, database: Database, data_dir: Path) -> None:
        self.desk = Desk(database)
        self.database = database
        self.files = StoredFiles(data_dir)
        self.now = NOON
        self.post = Post()

    async def put(self, chat: str, text: str, channel: str = "telegram", **given: Any) -> int:
        """Queue a message for a chat that is made when first named; `given` are parts of the reply or of the row."""
        row = {name: given.pop(name) for name in ("priority", "now") if name in given}
        reply = Reply(text, **given)

        def work(conn: Any) -> int:
            visitor = people.arrive(
                conn,
                channel=channel,
                chat=chat,
                person=chat,
                name="",
                language="",
                in_group=chat.startswith("-"),
                now=NOON,
            )
            body = write_reply(reply)
            parts = {"key": reply.key, "replaces": reply.replaces, "priority": INTERACTIVE, "now": NOON, **row}
            return outbox.put(conn, chat_id=visitor.chat_id, body=body, **parts)

        return await self.database.write(work)

    @asynccontextmanager
    async def sending(self, *posts: Post, rates: Rates | None = None) -> AsyncIterator[Sender]:
        """A sender at work; all that it began is ended when the block is left."""
        limiters = {"telegram": Limiter(rates)} if rates else {}
        channels = {post.name: post for post in posts or (self.post,)}
        sender = Sender(self.database, channels, self.files, lambda: self.now, "bg", limiters)
        async with running(asyncio.create_task(sender.run())):
            yield sender
            await sender.finish(10)

    async def row(self, row_id: int) -> dict[str, Any]:
        (row,) = await self.desk.rows(outbox_table, id=row_id)
        return row

    async def states(self) -> list[str]:
        return [row["state"] for row in await self.desk.rows(outbox_table)]


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return Office(database, tmp_path)


# ---------- order ----------


async def test_what_waits_is_sent_and_marked(office: Office):
    row = await office.put("1", "Здравейте", key="k1")
    async with office.sending():
        await office.post.has_sent("Здравейте")
    sent = await office.row(row)
    assert (sent["state"], sent["platform_id"], sent["sent_at"]) == ("sent", f"p{row}", NOON)


async def test_a_chat_gets_its_messages_one_after_another_and_others_need_not_wait(office: Office):
    office.post.gates["1"] = asyncio.Event()
    for chat, text in (("1", "едно"), ("1", "две"), ("1", "три"), ("2", "друго")):
        await office.put(chat, text)
    async with office.sending():
        await office.post.has_sent("друго")
        assert [message.text for message in office.post.begun if message.chat == "1"] == ["едно"]
        office.post.gates["1"].set()
        await office.post.has_sent("друго", "едно", "две", "три")


async def test_an_answer_to_a_person_goes_before_what_answers_nobody(office: Office):
    await office.put("1", "до всички", priority=BULK)
    await office.put("1", "картон", priority=NOTIFICATION)
    await office.put("1", "въпрос")
    async with office.sending():
        await office.post.has_sent("въпрос", "картон", "до всички")


async def test_a_chat_never_has_two_messages_under_way(office: Office):
    office.post.gates["1"] = asyncio.Event()
    await office.put("1", "картон", priority=NOTIFICATION)
    await office.put("1", "въпрос")
    async with office.sending() as sender:
        await office.post.until(lambda: len(office.post.begun) == 1)
        await office.put("2", "друго")
        sender.wake()
        await office.post.has_sent("друго")
        assert [message.text for message in office.post.begun] == ["въпрос", "друго"]
        office.post.gates["1"].set()
        await office.post.has_sent("друго", "въпрос", "картон")


async def test_a_message_is_sent_as_soon_as_the_sender_is_woken(office: Office):
    async with office.sending() as sender:
        await office.put("1", "първо")
        sender.wake()
        await office.post.has_sent("първо")
        await office.put("1", "второ")
        sender.wake()
        await office.post.has_sent("първо", "второ")


async def test_a_crowd_larger_than_one_claim_is_served(office: Office):
    for number in range(80):
        await office.put(str(number), f"до {number}")
    async with office.sending():
        await office.post.until(lambda: len(office.post.sent) == 80)
    assert set(await office.states()) == {"sent"}


async def test_each_channel_gets_its_own(office: Office):
    web = Post("web")
    await office.put("1", "телефон")
    await office.put("1", "браузър", channel="web")
    async with office.sending(office.post, web):
        await office.post.has_sent("телефон")
        await web.has_sent("браузър")


async def test_another_process_channel_is_left_alone(office: Office):
    row = await office.put("1", "вайбър", channel="viber")
    await office.put("1", "телефон")
    async with office.sending():
        await office.post.has_sent("телефон")
    assert (await office.row(row))["state"] == "waiting"


# ---------- refusals ----------


async def test_a_refusal_for_now_is_tried_again_later_and_later(office: Office):
    row = await office.put("1", "Здравейте")
    waits = []
    for _ in range(4):
        office.post.fails = [RetryLater("timeout")]
        begun = len(office.post.begun)
        async with office.sending():
            await office.post.until(lambda begun=begun: len(office.post.begun) > begun)
        left = await office.row(row)
        waits.append((left["next_at"] - office.now).total_seconds())
        assert (left["state"], left["why"]) == ("waiting", "timeout")
        office.now = left["next_at"]
    assert waits == [1, 2, 4, 8]
    async with office.sending():
        await office.post.has_sent("Здравейте")


async def test_the_platforms_own_wait_is_kept_to_the_second(office: Office):
    row = await office.put("1", "Здравейте")
    office.post.fails = [RetryLater("flood", 37)]
    async with office.sending():
        await office.post.until(lambda: bool(office.post.begun))
    assert (await office.row(row))["next_at"] == NOON + timedelta(seconds=37)


async def test_while_one_message_waits_the_chats_next_ones_wait_behind_it(office: Office):
    await office.put("1", "едно")
    await office.put("1", "две")
    office.post.fails = [RetryLater("flood", 0.05)]
    async with office.sending():
        await office.post.until(lambda: bool(office.post.begun))
        office.now += timedelta(seconds=1)
        await office.post.has_sent("едно", "две")


async def test_a_wait_for_everyone_stops_the_platform_and_no_other(office: Office):
    web = Post("web")
    await office.put("1", "едно")
    office.post.fails = [RetryLater("flood", 600, everyone=True)]
    generous = Rate(1000, 1000)
    async with office.sending(office.post, web, rates=Rates(generous, generous, generous)) as sender:
        await office.post.until(lambda: bool(office.post.begun))
        old = await office.put("2", "друг")
        await office.put("2", "промяна", key="k")
        await office.put("3", "браузър", channel="web")
        sender.wake()
        await web.has_sent("браузър")
    assert [message.text for message in office.post.begun] == ["едно"]
    assert (await office.row(old))["attempts"] == 0


async def test_a_wait_for_everyone_counts_for_changes_in_place_too(office: Office):
    web = Post("web")
    await office.put("2", "въпрос", key="k")
    generous = Rate(1000, 1000)
    async with office.sending(office.post, web, rates=Rates(generous, generous, generous)) as sender:
        await office.post.has_sent("въпрос")
        office.post.fails = [RetryLater("flood", 600, everyone=True)]
        await office.put("1", "едно")
        sender.wake()
        await office.post.until(lambda: len(office.post.begun) == 2)
        await office.put("2", "отговор", replaces="k")
        await office.put("3", "браузър", channel="web")
        sender.wake()
        await web.has_sent("браузър")
    assert [message.text for message in office.post.begun] == ["въпрос", "едно"]


async def test_after_three_days_a_message_is_given_up(office: Office):
    row = await office.put("1", "Здравейте")
    office.now += timedelta(days=3, seconds=1)
    office.post.fails = [RetryLater("timeout")]
    async with office.sending():
        await office.post.until(lambda: bool(office.post.begun))
    left = await office.row(row)
    assert (left["state"], left["why"], left["failed_at"]) == ("given_up", "timeout", office.now)


async def test_a_message_that_will_never_be_taken_lets_the_next_one_go(office: Office):
    row = await office.put("1", "едно")
    await office.put("1", "две")
    office.post.fails = [GiveUp("too_long")]
    async with office.sending():
        await office.post.has_sent("две")
    assert ((await office.row(row))["state"], (await office.row(row))["why"]) == ("given_up", "too_long")


async def test_who_blocked_us_is_written_to_no_more(office: Office):
    for text in ("едно", "две"):
        await office.put("1", text)
    await office.put("1", "картон", priority=NOTIFICATION)
    office.post.fails = [Blocked("blocked")]
    async with office.sending() as sender:
        await office.post.until(lambda: len(office.post.begun) == 1)
        await office.put("2", "друго")
        sender.wake()
        await office.post.has_sent("друго")
    assert await office.states() == ["blocked", "blocked", "blocked", "sent"]
    assert [row["reachable"] for row in await office.desk.rows(chats)] == [False, True]


async def test_a_channel_with_a_bug_costs_no_message(office: Office):
    row = await office.put("1", "едно")
    office.post.fails = [ZeroDivisionError("a bug")]
    async with office.sending():
        await office.post.until(lambda: bool(office.post.begun))
    left = await office.row(row)
    assert (left["state"], left["why"], left["claimed_until"]) == ("waiting", "ZeroDivisionError", None)
    office.now = left["next_at"]
    async with office.sending():
        await office.post.has_sent("едно")


async def test_a_row_that_cannot_be_read_holds_nobody_else_up(office: Office):
    bad = await office.put("1", "едно")
    spoil = outbox_table.update().where(outbox_table.c.id == bad).values(body="{}")
    await office.database.write(lambda conn: conn.execute(spoil))
    await office.put("2", "две")
    async with office.sending():
        await office.post.has_sent("две")
    assert (await office.row(bad))["why"] == "KeyError"


async def test_a_wait_of_a_thousand_tries_is_still_five_minutes(office: Office):
    row = await office.put("1", "Здравейте")
    tried = outbox_table.update().values(attempts=5000)
    await office.database.write(lambda conn: conn.execute(tried))
    office.post.fails = [RetryLater("timeout")]
    async with office.sending():
        await office.post.until(lambda: bool(office.post.begun))
    assert (await office.row(row))["next_at"] == NOON + timedelta(minutes=5)


# ---------- limits ----------


async def test_a_chat_over_its_limit_waits_and_others_do_not(office: Office):
    for text in ("едно", "две"):
        await office.put("1", text)
    await office.put("2", "друго")
    slow, generous = Rate(0.001, 1), Rate(1000, 1000)
    async with office.sending(rates=Rates(generous, slow, generous)) as sender:
        await office.post.until(lambda: len(office.post.sent) == 2)
        await office.put("3", "трето")
        sender.wake()
        await office.post.until(lambda: len(office.post.sent) == 3)
    assert [message.text for message in office.post.sent] == ["едно", "друго", "трето"]
    waiting = (await office.desk.rows(outbox_table, state="waiting"))[0]
    assert (waiting["attempts"], waiting["claimed_until"]) == (0, None)


async def test_a_message_that_waited_for_its_turn_goes_out_by_itself(office: Office):
    for text in ("едно", "две", "три"):
        await office.put("1", text)
    quick, generous = Rate(20, 1), Rate(1000, 1000)
    async with office.sending(rates=Rates(generous, quick, generous)):
        await office.post.has_sent("едно", "две", "три")


async def test_bulk_leaves_half_of_the_burst_to_those_who_wait_for_an_answer(office: Office):
    for number in range(5):
        await office.put(f"1{number}", "до всички", priority=BULK)
    generous = Rate(1000, 1000)
    async with office.sending(rates=Rates(Rate(0.001, 4), generous, generous)) as sender:
        await office.post.has_sent("до всички", "до всички")
        for chat in ("2", "3"):
            await office.put(chat, "въпрос")
        sender.wake()
        await office.post.has_sent("до всички", "до всички", "въпрос", "въпрос")
    assert [row["attempts"] for row in await office.desk.rows(outbox_table, state="waiting")] == [0, 0, 0]


async def test_bulk_goes_on_by_itself_as_the_platform_lets_it(office: Office):
    for number in range(5):
        await office.put(str(number), "до всички", priority=BULK)
    generous = Rate(1000, 1000)
    async with office.sending(rates=Rates(Rate(50, 2), generous, generous)):
        await office.post.until(lambda: len(office.post.sent) == 5)


# ---------- changes in place ----------


async def test_a_change_names_the_message_that_it_changes(office: Office):
    first = await office.put("1", "въпрос", key="k")
    await office.put("1", "отговор", key="k", replaces="k", only_in_place=True)
    async with office.sending():
        await office.post.has_sent("въпрос", "отговор")
    assert [(m.replaces, m.only_in_place) for m in office.post.sent] == [("", False), (f"p{first}", True)]
    assert [m.before for m in office.post.sent] == ["", "въпрос"]


async def test_what_may_only_change_a_message_is_never_sent_as_a_new_one(office: Office):
    lost = await office.put("1", "отговор", key="k", replaces="k", only_in_place=True)
    await office.put("1", "следващ")
    async with office.sending():
        await office.post.has_sent("следващ")
    assert (await office.row(lost))["state"] == "sent"


async def test_a_channel_that_cannot_change_messages_says_nothing_instead(office: Office):
    console = Post("console", edits=False)
    await office.put("1", "въпрос", channel="console", key="k")
    await office.put("1", "отговор", channel="console", key="k", replaces="k", only_in_place=True)
    await office.put("1", "следващ", channel="console")
    async with office.sending(console):
        await console.has_sent("въпрос", "следващ")


async def test_a_change_that_takes_long_keeps_no_new_message_waiting(office: Office):
    await office.put("1", "въпрос", key="k")
    async with office.sending():
        await office.post.has_sent("въпрос")
    await office.put("1", "отговор", key="k", replaces="k", only_in_place=True)
    for text in ("преглед", "край"):
        await office.put("1", text)
    changed = office.post.gates["отговор"] = asyncio.Event()
    rows = await office.database.write(lambda conn: outbox.claim_answers(conn, "telegram", "1", NOON))
    async with office.sending() as sender:
        sender.take_over(rows)
        await office.post.has_sent("въпрос", "преглед", "край")
        changed.set()
        await office.post.has_sent("въпрос", "преглед", "край", "отговор")
    assert await office.states() == ["sent"] * 4


async def test_a_change_of_a_message_that_never_arrived_is_a_new_message(office: Office):
    await office.put("1", "въпрос", key="k")
    await office.put("1", "страница 2", key="k", replaces="k")
    office.post.fails = [GiveUp("refused")]
    async with office.sending():
        await office.post.has_sent("страница 2")
    assert (office.post.sent[0].replaces, office.post.sent[0].before) == ("", "")


# ---------- what goes along ----------


async def test_files_go_along_with_their_names_and_types(office: Office, tmp_path: Path):
    desk = await office.desk.open()
    anna = desk.person("Анна")
    await anna.says("/start")
    await anna.taps(AGREE)
    await anna.says(*ANSWERED[:5])
    attachment = await anna.sends_file("../Решение: №1.exe")
    (tmp_path / "here").write_bytes(b"%PDF-1.4")
    sha256, size = office.files.keep(tmp_path / "here")
    await desk.database.write(lambda conn: attachments.ready(conn, attachment, sha256, "pdf", size, NOON))
    await office.put("7", "файлове", attachments=(attachment, "изгубен"))
    async with office.sending():
        await office.post.until(lambda: bool(office.post.sent))
    (document,) = office.post.sent[-1].documents
    assert (document.name, document.type, document.path.read_bytes()) == (
        "Решение №1.pdf", "application/pdf", b"%PDF-1.4",
    )  # fmt: skip


async def test_the_forms_media_go_along_and_one_that_is_not_there_is_left_out(office: Office):
    stored = office.files.keep_media("карта.PNG", b"\x89PNG")
    gone = f"{'0' * 64}.mp3"
    media = (Enclosed("image", stored, "1. Карта"), Enclosed("audio", gone), Enclosed("image", "карта.PNG"))
    await office.put("7", "Къде е?", media=media)
    async with office.sending():
        await office.post.until(lambda: bool(office.post.sent))
    (message,) = office.post.sent
    place = office.files.media_folder / stored
    assert (message.text, message.media) == (
        "Къде е?", (Media(Document(place, "image.png", "image/png"), "image", "1. Карта"),),
    )  # fmt: skip


async def test_a_message_speaks_the_chats_language(office: Office):
    row = await office.put("1", "Hello")
    chat = (await office.row(row))["chat_id"]
    await office.database.write(lambda conn: people.set_language(conn, chat, "en"))
    async with office.sending():
        await office.post.has_sent("Hello")
    assert office.post.sent[0].language == "en"


# ---------- the end ----------


async def test_the_message_under_way_is_ended_and_no_other_begun(office: Office):
    gate = office.post.gates["1"] = asyncio.Event()
    for text in ("едно", "две"):
        await office.put("1", text)
    async with office.sending() as sender:
        await office.post.until(lambda: len(office.post.begun) == 1)
        ending = asyncio.create_task(sender.finish(10))
        await office.put("2", "друго")
        gate.set()
        await ending
    assert await office.states() == ["sent", "waiting", "waiting"]


async def test_a_message_that_hangs_does_not_hold_the_end_up(office: Office):
    office.post.gates["1"] = asyncio.Event()
    await office.put("1", "едно")
    async with office.sending() as sender:
        await office.post.until(lambda: len(office.post.begun) == 1)
        await sender.finish(0.01)
        office.post.gates["1"].set()
    assert len(office.post.begun) == 1


async def test_a_row_whose_sender_was_killed_is_sent_by_the_next_one(office: Office):
    await office.put("1", "едно")
    await office.database.write(lambda conn: outbox.due(conn, NOON, 10, channels=["telegram"]))
    async with office.sending() as sender:
        await office.put("2", "друго")
        sender.wake()
        await office.post.has_sent("друго")
    office.now += timedelta(seconds=outbox.CLAIM_SECONDS)
    async with office.sending():
        await office.post.has_sent("друго", "едно")


async def test_the_sender_says_when_it_last_moved(office: Office):
    async with office.sending() as sender:
        assert sender.moved_at is None
        await office.put("1", "едно")
        await office.post.has_sent("едно")
        assert sender.moved_at == NOON

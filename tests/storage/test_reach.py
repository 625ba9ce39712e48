"""Whether a chat can be written to, what is held for its person, and what the platform told and charged."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from storage import history, holding, outbox, people, reach, tallies
from storage.database import Database
from storage.outbox import BULK, NOTIFICATION, OutboxRow
from storage.tables import outbox as outbox_table
from storage.tallies import Tally
from tests.storage.desk import CHANNELS, NOW, arrive, later, put


async def new_chat(database: Database, chat: str = "5") -> int:
    return (await database.write(lambda conn: arrive(conn, chat))).chat_id


async def queue(database: Database, chat_id: int, **given: Any) -> int:
    return await database.write(lambda conn: put(conn, chat_id, **given))


async def claim(database: Database, at: datetime = NOW) -> list[OutboxRow]:
    return await database.write(lambda conn: outbox.due(conn, at, 10, channels=CHANNELS))


async def hear(database: Database, chat_id: int, at: datetime) -> None:
    """The person writes, as a turn notes it."""

    def work(conn: Connection) -> None:
        reach.hear(conn, chat_id, at)
        holding.release_held(conn, chat_id, at)

    await database.write(work)


async def read(database: Database, chat_id: int) -> reach.Reach:
    return await database.read(lambda conn: reach.reach_of(conn, chat_id))


async def states(database: Database) -> list[str]:
    wanted = select(outbox_table.c.state).order_by(outbox_table.c.id)
    return await database.read(lambda conn: list(conn.execute(wanted).scalars()))


# ---------- held messages ----------


async def test_a_held_message_waits_for_the_persons_word_and_goes_out_before_later_ones(database: Database):
    chat_id = await new_chat(database)
    first = await queue(database, chat_id)
    (row,) = await claim(database)
    assert await database.write(lambda conn: holding.hold(conn, row, "session"))
    second = await queue(database, chat_id)
    assert await states(database) == ["held", "waiting"]
    await hear(database, chat_id, later(60))
    (again,) = await claim(database, later(60))
    assert (again.id, again.attempts, again.heard_at, again.created_at) == (first, 1, later(60), later(60))
    await database.write(lambda conn: outbox.mark_sent(conn, first, "m1", later(61)))
    assert [row.id for row in await claim(database, later(61))] == [second]


async def test_a_word_that_comes_while_a_message_is_to_be_held_lets_it_go(database: Database):
    chat_id = await new_chat(database)
    await queue(database, chat_id)
    (row,) = await claim(database)
    await hear(database, chat_id, later(1))
    assert not await database.write(lambda conn: holding.hold(conn, row, "session"))
    (again,) = await claim(database, later(1))
    assert (again.id, again.attempts, again.heard_at) == (row.id, 1, later(1))


async def test_a_word_and_a_holding_at_the_same_moment_never_lose_the_message(database: Database):
    chat_ids = [await new_chat(database, str(number)) for number in range(8)]
    for chat_id in chat_ids:
        await queue(database, chat_id)
    rows = await claim(database)

    def hold(row: OutboxRow) -> Any:
        return database.write(lambda conn: holding.hold(conn, row, "session"))

    await asyncio.gather(*(work for row in rows for work in (hold(row), hear(database, row.chat_id, later(1)))))
    assert await states(database) == ["waiting"] * 8


async def test_all_that_waits_is_held_for_a_chat_that_is_gone_and_goes_out_in_order_when_it_is_back(database: Database):
    chat_id, other = await new_chat(database), await new_chat(database, "6")
    rows = [await queue(database, chat_id, priority=priority) for priority in (0, NOTIFICATION, BULK)]
    await queue(database, other)
    (row, *_) = await claim(database)
    assert await database.write(lambda conn: holding.hold_chat(conn, row, NOW))
    assert await states(database) == ["held", "held", "held", "waiting"]
    found = await read(database, chat_id)
    assert (found.reachable, found.reachable_at, found.held) == (False, NOW, 3)
    await hear(database, chat_id, later(60))
    assert [row.id for row in await claim(database, later(60)) if row.chat_id == chat_id] == rows
    assert await read(database, chat_id) == replace(found, reachable=True, reachable_at=later(60), held=0)


async def test_a_chat_that_wrote_since_is_not_taken_for_gone(database: Database):
    chat_id = await new_chat(database)
    await queue(database, chat_id)
    (row,) = await claim(database)
    await hear(database, chat_id, later(1))
    assert not await database.write(lambda conn: holding.hold_chat(conn, row, later(2)))
    assert (await read(database, chat_id)).reachable
    assert await states(database) == ["waiting"]


async def test_a_word_lets_what_waits_for_its_next_attempt_go_at_once(database: Database):
    chat_id = await new_chat(database)
    row_id = await queue(database, chat_id)
    await claim(database)
    await database.write(lambda conn: outbox.retry_at(conn, row_id, later(300), "too_many"))
    await hear(database, chat_id, later(5))
    assert [row.id for row in await claim(database, later(5))] == [row_id]


async def test_counts_tell_how_much_is_held(database: Database):
    chat_id = await new_chat(database)
    await queue(database, chat_id)
    (row,) = await claim(database)
    await database.write(lambda conn: holding.hold(conn, row, "session"))
    counted = await database.read(outbox.counts)
    assert (counted.waiting, counted.held, counted.oldest) == (0, 1, None)


async def test_a_held_question_has_not_reached_anybody(database: Database):
    chat_id = await new_chat(database)
    await queue(database, chat_id, key="q1")
    (row,) = await claim(database)
    await database.write(lambda conn: holding.hold(conn, row, "session"))
    last = await database.read(lambda conn: history.last_reply(conn, chat_id))
    assert last is not None
    assert not last.is_out


async def test_staff_are_to_be_told_once_until_the_person_writes(database: Database):
    chat_id = await new_chat(database)

    async def is_time() -> bool:
        return await database.write(lambda conn: reach.claim_telling(conn, chat_id, NOW))

    assert [await is_time(), await is_time()] == [True, False]
    await hear(database, chat_id, later(1))
    assert [await is_time(), await is_time()] == [True, False]


# ---------- answers in the response ----------


async def test_answers_that_travel_in_a_response_are_taken_in_order_and_only_once(database: Database):
    chat_id, other = await new_chat(database), await new_chat(database, "6")
    rows = [await queue(database, chat_id) for _ in range(2)]
    await queue(database, chat_id, priority=NOTIFICATION)
    await queue(database, other)

    async def take() -> list[int]:
        return [row.id for row in await database.write(lambda conn: outbox.answer_now(conn, chat_id, NOW))]

    assert [await take(), await take()] == [rows, []]
    assert await states(database) == ["sent", "sent", "waiting", "waiting"]
    later_row = await queue(database, chat_id, now=later(1))
    assert [row.id for row in await database.read(lambda conn: history.last_answers(conn, chat_id))] == [later_row]


async def test_the_last_answers_are_those_of_one_turn(database: Database):
    chat_id = await new_chat(database)
    await queue(database, chat_id)
    rows = [await queue(database, chat_id, now=later(5)) for _ in range(2)]
    await queue(database, chat_id, priority=NOTIFICATION, now=later(5))
    assert [row.id for row in await database.read(lambda conn: history.last_answers(conn, chat_id))] == rows


async def test_an_answer_that_is_on_its_way_already_does_not_travel_twice(database: Database):
    chat_id = await new_chat(database)
    await queue(database, chat_id)
    await claim(database)
    assert await database.write(lambda conn: outbox.answer_now(conn, chat_id, NOW)) == []


# ---------- what the platform told ----------


async def test_the_newest_receipt_of_each_kind_counts(database: Database):
    chat_id = await new_chat(database)

    def note(conn: Connection) -> None:
        for at in (later(9), later(3)):
            reach.note_delivered(conn, chat_id, at)
            reach.note_seen(conn, chat_id, at)
        reach.note_failed(conn, chat_id, "", "old version", later(9))
        reach.note_failed(conn, chat_id, "", "another", later(3))

    await database.write(note)
    found = await read(database, chat_id)
    assert (found.delivered_at, found.seen_at, found.failed_at) == (later(9), later(9), later(9))
    assert found.failed_why == "old version"


async def test_a_message_that_failed_on_the_device_was_not_sent_after_all(database: Database):
    chat_id, other = await new_chat(database), await new_chat(database, "6")
    rows = [await queue(database, chat) for chat in (chat_id, chat_id, other)]
    for row, name in zip(rows, ("m1", "m2", "m1"), strict=True):
        await database.write(lambda conn, row=row, name=name: outbox.mark_sent(conn, row, name, NOW))
    await database.write(lambda conn: reach.note_failed(conn, chat_id, "m1", "unsupported", later(1)))
    found = await database.read(lambda conn: conn.execute(select(outbox_table).order_by(outbox_table.c.id)).all())
    assert [(row.state, row.why) for row in found] == [("given_up", "unsupported"), ("sent", ""), ("sent", "")]


async def test_a_leaving_that_is_told_late_does_not_undo_a_newer_word(database: Database):
    chat_id = await new_chat(database)
    await hear(database, chat_id, later(10))
    await database.write(lambda conn: reach.leave(conn, chat_id, later(5)))
    assert (await read(database, chat_id)).reachable
    await database.write(lambda conn: reach.leave(conn, chat_id, later(15)))
    assert not (await read(database, chat_id)).reachable


async def test_an_older_word_does_not_shorten_the_session(database: Database):
    chat_id = await new_chat(database)
    await hear(database, chat_id, later(10))
    await hear(database, chat_id, later(5))
    await queue(database, chat_id)
    assert [row.heard_at for row in await claim(database)] == [later(10)]


async def test_staff_chats_tell_when_they_were_heard(database: Database):
    visitor = await database.write(lambda conn: arrive(conn, "5"))
    await database.write(lambda conn: people.set_role(conn, visitor.person_id, "staff", NOW))
    assert [chat.heard_at for chat in await database.read(people.staff_chats)] == [None]
    await hear(database, visitor.chat_id, later(1))
    assert [chat.heard_at for chat in await database.read(people.staff_chats)] == [later(1)]


# ---------- money ----------


async def test_messages_are_counted_by_channel_and_month(database: Database):
    def count(conn: Connection) -> None:
        tallies.add(conn, "viber", "2026-10", 7, 7)
        for free, paid in ((1, 0), (0, 1), (2, 0)):
            tallies.add(conn, "viber", "2026-11", free, paid)
        tallies.add(conn, "other", "2026-11", 1, 0)

    await database.write(count)
    assert await database.read(lambda conn: tallies.of_month(conn, "2026-11")) == {
        "viber": Tally("2026-11", 3, 1),
        "other": Tally("2026-11", 1, 0),
    }
    assert await database.read(lambda conn: tallies.of_month(conn, "2026-12")) == {}

"""The outbox: order per chat, claims, retries, blocked chats, and what a reconnecting screen is shown."""

import asyncio

from sqlalchemy import Connection

from storage import history, outbox, people
from storage.database import Database
from storage.outbox import BULK, CLAIM_SECONDS, INTERACTIVE, NOTIFICATION, OutboxCounts
from tests.storage.desk import CHANNELS, NOW, arrive, later, put


def ids(rows) -> list[int]:
    return [row.id for row in rows]


def due(seconds: float = 0, limit: int = 100, exclude: frozenset[int] = frozenset()):
    return lambda conn: ids(outbox.due(conn, later(seconds), limit, channels=CHANNELS, exclude_chats=exclude))


async def new_chat(database: Database, chat: str = "5") -> int:
    return (await database.write(lambda conn: arrive(conn, chat))).chat_id


async def queue(database: Database, chat_id: int, **given) -> int:
    return await database.write(lambda conn: put(conn, chat_id, **given))


async def test_a_due_message_says_all_that_sending_it_needs(database: Database):
    chat_id = await new_chat(database)
    await database.write(lambda conn: people.set_language(conn, chat_id, "en"))
    row_id = await queue(database, chat_id, body='{"text":"Здравейте"}', key="q1")
    assert await database.write(lambda conn: outbox.due(conn, NOW, 10, channels=CHANNELS)) == [
        outbox.OutboxRow(
            row_id,
            chat_id,
            "telegram",
            "5",
            False,
            "en",
            '{"text":"Здравейте"}',
            "q1",
            None,
            None,
            None,
            INTERACTIVE,
            1,
            NOW,
            True,
            None,
        )
    ]


async def test_a_chat_gets_its_messages_one_after_the_other(database: Database):
    chat_id = await new_chat(database)
    first, second, third = [await queue(database, chat_id) for _ in range(3)]
    assert await database.write(due()) == [first]
    assert await database.write(due()) == []
    await database.write(lambda conn: outbox.mark_sent(conn, first, "m1", NOW))
    assert await database.write(due()) == [second]
    await database.write(lambda conn: outbox.give_up(conn, second, "too_long", NOW))
    assert await database.write(due()) == [third]


async def test_a_message_that_waits_for_its_next_attempt_holds_back_the_later_ones_of_its_chat(database: Database):
    chat_id, other = await new_chat(database), await new_chat(database, "6")
    first = await queue(database, chat_id)
    await queue(database, chat_id)
    elsewhere = await queue(database, other)
    await database.write(due(limit=1))
    await database.write(lambda conn: outbox.retry_at(conn, first, later(30), "flood"))
    assert await database.write(due(29)) == [elsewhere]
    again = await database.write(lambda conn: outbox.due(conn, later(30), 10, channels=CHANNELS))
    assert [(row.id, row.attempts) for row in again] == [(first, 2)]


async def test_interactive_messages_go_before_notifications_before_bulk(database: Database):
    chats = [await new_chat(database, chat) for chat in "567"]
    bulk = await queue(database, chats[0], priority=BULK)
    notification = await queue(database, chats[1], priority=NOTIFICATION)
    interactive = await queue(database, chats[2], priority=INTERACTIVE)
    assert await database.write(due()) == [interactive, notification, bulk]


async def test_an_answer_overtakes_the_bulk_messages_of_the_same_chat(database: Database):
    chat_id = await new_chat(database)
    bulk, more_bulk = [await queue(database, chat_id, priority=BULK) for _ in range(2)]
    interactive = await queue(database, chat_id)
    assert await database.write(due()) == [interactive, bulk]
    await database.write(lambda conn: outbox.mark_sent(conn, bulk, "", NOW))
    assert await database.write(due()) == [more_bulk]


async def test_no_more_are_claimed_than_asked_for_and_chats_can_be_left_out(database: Database):
    chats = [await new_chat(database, chat) for chat in "567"]
    rows = [await queue(database, chat_id) for chat_id in chats]
    assert await database.write(due(limit=1, exclude=frozenset(chats[:1]))) == [rows[1]]
    assert await database.write(due()) == [rows[0], rows[2]]


async def test_senders_side_by_side_never_get_the_same_message(database: Database):
    for chat in range(12):
        await queue(database, await new_chat(database, str(chat)))
    claimed = await asyncio.gather(*(database.write(due(limit=5)) for _ in range(4)))
    everything = [row_id for rows in claimed for row_id in rows]
    everything += await database.write(due())
    assert len(everything) == len(set(everything)) == 12


async def test_what_a_killed_process_had_claimed_comes_back(database: Database):
    row_id = await queue(database, await new_chat(database))
    assert await database.write(due()) == [row_id]
    assert await database.write(due(CLAIM_SECONDS - 1)) == []
    assert await database.write(due(CLAIM_SECONDS)) == [row_id]


async def test_what_the_last_sender_had_claimed_is_given_back_at_once(database: Database):
    row_id = await queue(database, await new_chat(database))
    await database.write(due())
    await database.write(lambda conn: outbox.release_claims(conn, CHANNELS))
    assert await database.write(due(1)) == [row_id]


async def test_a_message_replaces_the_newest_one_with_the_key_in_its_chat(database: Database):
    chat_id, other = await new_chat(database), await new_chat(database, "6")
    for chat, platform_id in ((chat_id, "m1"), (chat_id, "m2"), (other, "m3")):
        row_id = await queue(database, chat, key="q1", body=f"{platform_id}'s")
        await database.write(lambda conn, row_id=row_id, m=platform_id: outbox.mark_sent(conn, row_id, m, NOW))
    edit = await queue(database, chat_id, key="q1", replaces="q1")
    (row,) = await database.write(lambda conn: outbox.due(conn, NOW, 10, channels=CHANNELS))
    assert (row.id, row.replaces_id, row.replaces_platform_id, row.replaces_body) == (edit, edit - 2, "m2", "m2's")


async def test_a_message_whose_predecessor_never_arrived_replaces_nothing_on_the_platform(database: Database):
    chat_id = await new_chat(database)
    first = await queue(database, chat_id, key="q1")
    await database.write(lambda conn: outbox.give_up(conn, first, "", NOW))
    await queue(database, chat_id, replaces="q1")
    await queue(database, await new_chat(database, "6"), replaces="q1")
    rows = await database.write(lambda conn: outbox.due(conn, NOW, 10, channels=CHANNELS))
    assert [(row.replaces_id, row.replaces_platform_id) for row in rows] == [(first, None), (None, None)]


async def test_nothing_more_goes_to_a_chat_that_blocked_us(database: Database):
    chat_id, other = await new_chat(database), await new_chat(database, "6")
    await queue(database, chat_id)
    await queue(database, chat_id, priority=BULK)
    elsewhere = await queue(database, other)
    await database.write(lambda conn: outbox.block_chat(conn, chat_id, NOW))
    assert await database.write(due()) == [elsewhere]
    assert not (await database.read(lambda conn: people.chat(conn, chat_id))).reachable
    told = await database.read(lambda conn: history.stream(conn, chat_id, 0, 10))
    assert [row.state for row in told] == ["blocked", "blocked"]


async def test_a_reconnecting_screen_gets_what_came_after_the_last_it_saw(database: Database):
    chat_id, other = await new_chat(database), await new_chat(database, "6")
    rows = [await queue(database, chat_id, key=f"q{number}") for number in range(4)]
    await queue(database, other)
    edit = await queue(database, chat_id, replaces="q0")

    def stream(after: int, limit: int):
        return lambda conn: [(row.id, row.replaces_id) for row in history.stream(conn, chat_id, after, limit)]

    assert await database.read(stream(rows[1], 10)) == [(rows[2], None), (rows[3], None), (edit, rows[0])]
    assert await database.read(stream(0, 2)) == [(rows[3], None), (edit, rows[0])]
    assert await database.read(stream(edit, 10)) == []


async def test_the_last_reply_is_the_newest_answer_to_a_person_and_tells_whether_it_is_on_its_way(database: Database):
    chat_id = await new_chat(database)

    async def last() -> history.LastReply | None:
        return await database.read(lambda conn: history.last_reply(conn, chat_id))

    assert await last() is None
    row = await queue(database, chat_id, body='{"text":"Въпрос"}', key="q1")
    await queue(database, chat_id, priority=BULK)
    assert await last() == history.LastReply(row, '{"text":"Въпрос"}', "q1", None, NOW, False)
    await database.write(due(limit=1))
    assert await last() == history.LastReply(row, '{"text":"Въпрос"}', "q1", None, NOW, True)
    await database.write(lambda conn: outbox.mark_sent(conn, row, "m", later(3)))
    assert (await last()).is_out


async def test_a_chat_is_settled_when_nothing_waits_for_it(database: Database):
    chat_id = await new_chat(database)

    async def is_settled() -> bool:
        return await database.read(lambda conn: history.is_settled(conn, chat_id))

    assert await is_settled()
    row = await queue(database, chat_id)
    assert not await is_settled()
    await database.write(lambda conn: outbox.mark_sent(conn, row, "", NOW))
    assert await is_settled()


async def test_a_message_given_back_untried_is_due_at_once(database: Database):
    row = await queue(database, await new_chat(database))
    await database.write(due())
    await database.write(lambda conn: outbox.unclaim(conn, row))
    (again,) = await database.write(lambda conn: outbox.due(conn, NOW, 10, channels=CHANNELS))
    assert (again.id, again.attempts) == (row, 1)


async def test_messages_of_a_channel_that_this_process_does_not_serve_are_left_alone(database: Database):
    row = await queue(database, await new_chat(database))
    assert await database.write(lambda conn: outbox.due(conn, NOW, 10, channels=("web",))) == []
    await database.write(due())
    await database.write(lambda conn: outbox.release_claims(conn, ("web",)))
    assert await database.write(due(1)) == []
    assert row in await database.write(due(CLAIM_SECONDS))


async def test_counts_tell_how_much_waits_and_since_when(database: Database):
    assert await database.read(outbox.counts) == OutboxCounts(0, 0, None)
    chat_id = await new_chat(database)
    rows = [await queue(database, chat_id, now=later(seconds)) for seconds in range(3)]
    await database.write(lambda conn: outbox.mark_sent(conn, rows[0], "", NOW))
    await database.write(due(5))
    assert await database.read(outbox.counts) == OutboxCounts(2, 1, later(1))


async def test_the_id_of_an_erased_message_is_not_given_to_another(database: Database):
    chat_id = await new_chat(database)
    erased = await queue(database, chat_id)

    def erase(conn: Connection) -> None:
        conn.exec_driver_sql("DELETE FROM outbox")

    await database.write(erase)
    assert await queue(database, chat_id) > erased

"""Several processes on one PostgreSQL: what they see of each other, and how they get on when they meet."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import await_only

from storage import application_counts, forms, history, news, outbox, people
from storage.application_counts import SHARES
from storage.database import Database
from storage.outbox import NOTIFICATION, OutboxRow
from storage.updates import mark_seen
from tests.storage.desk import CHANNELS, NOW, arrive, arrive_in_group, move, put, set_up

PATIENCE_SECONDS = 10


@pytest.fixture
async def pair(postgres_url: str) -> AsyncIterator[tuple[Database, Database]]:
    """Two processes' doors to one database."""
    one, other = Database(postgres_url), Database(postgres_url)
    await one.open()
    await other.open()
    yield one, other
    await one.close()
    await other.close()


class Held:
    """A write that stops in the middle: `reached` when it is there, and `go` lets it end."""

    def __init__(self, work: Callable[[Connection], object]) -> None:
        self.work = work
        self.reached, self.go = asyncio.Event(), asyncio.Event()

    def __call__(self, conn: Connection) -> object:
        done = self.work(conn)
        self.reached.set()
        await_only(self.go.wait())
        return done


async def is_waiting_for_a_lock(database: Database) -> None:
    """Returns when some connection waits for another's lock."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await database.read(lambda conn: conn.execute(waiting).scalar_one()):
            continue


async def test_a_message_put_by_another_turn_is_never_seen_behind_a_later_one(pair: tuple[Database, Database]):
    """A stream asks for rows after the last one it showed: a lower id that becomes visible later would be lost."""
    one, other = pair
    boss = await one.write(lambda conn: arrive(conn, "7"))
    card = Held(lambda conn: put(conn, boss.chat_id, key="card", priority=NOTIFICATION))
    putting = asyncio.create_task(one.write(card))
    await card.reached.wait()

    def answers(conn: Connection) -> int:
        return put(conn, arrive(conn, "7").chat_id, key="answer")

    answering = asyncio.create_task(other.write(answers))
    await is_waiting_for_a_lock(one)
    card.go.set()
    assert await putting < await answering
    rows = await other.read(lambda conn: history.stream(conn, boss.chat_id, 0, 10))
    assert [row.key for row in rows] == ["card", "answer"]


async def test_who_writes_for_the_first_time_to_two_processes_at_once_is_one_person(pair: tuple[Database, Database]):
    found = await asyncio.gather(
        *(each.write(lambda conn, chat=chat: arrive(conn, chat)) for chat in "123" for each in pair * 2)
    )
    assert len({visitor.person_id for visitor in found}) == 3
    assert sum(visitor.is_new for visitor in found) == 3


async def test_a_group_that_writes_for_the_first_time_to_two_processes_is_one_chat(pair: tuple[Database, Database]):
    found = await asyncio.gather(
        *(each.write(lambda conn, who=who: arrive_in_group(conn, "-5", who)) for who in "123" for each in pair * 2)
    )
    assert len({visitor.chat_id for visitor in found}) == 1
    assert len({visitor.person_id for visitor in found}) == 3


async def test_an_update_delivered_to_two_processes_at_once_is_new_to_one(pair: tuple[Database, Database]):
    one, other = pair
    first = Held(lambda conn: mark_seen(conn, "telegram", "77", NOW))
    taking = asyncio.create_task(one.write(first))
    await first.reached.wait()
    repeated = asyncio.create_task(other.write(lambda conn: mark_seen(conn, "telegram", "77", NOW)))
    await is_waiting_for_a_lock(one)
    first.go.set()
    assert (await taking, await repeated) == (True, False)


async def test_applications_sent_to_two_processes_at_once_are_numbered_without_gaps(pair: tuple[Database, Database]):
    desk = await pair[0].write(set_up)
    sent = await asyncio.gather(
        *(pair[n % 2].write(lambda conn, chat=str(n): desk.submit(conn, chat)) for n in range(12))
    )
    assert sorted(application.number for application in sent) == list(range(1, 13))


def stopped_after_its_first_count(work: Callable[[Connection], object]) -> Held:
    """The write stops when it has counted an application in one place, and goes on when it is let."""

    def watched(conn: Connection) -> object:
        @event.listens_for(conn, "after_cursor_execute")
        def _(conn: Connection, cursor: object, statement: str, *_: object) -> None:
            if "INTO application_counts" in statement and not held.reached.is_set():
                held.reached.set()
                await_only(held.go.wait())

        return work(conn)

    held = Held(watched)
    return held


async def test_two_who_move_applications_to_and_fro_at_once_do_not_hinder_each_other(pair: tuple[Database, Database]):
    one, other = pair
    desk = await one.write(set_up)
    sent = [(await one.write(lambda conn, n=n: desk.submit(conn, str(n)))).id for n in range(SHARES + 1)]
    back, forth = sent[0], sent[-1]
    await one.write(lambda conn: move(conn, back, "submitted", "in_review"))
    tries: list[int] = []

    def moving_back(conn: Connection) -> bool:
        tries.append(back)
        return move(conn, back, "in_review", "submitted")

    first = stopped_after_its_first_count(moving_back)
    both = [asyncio.create_task(one.write(first))]
    await first.reached.wait()

    def moving_forth(conn: Connection) -> bool:
        tries.append(forth)
        return move(conn, forth, "submitted", "in_review")

    both.append(asyncio.create_task(other.write(moving_forth)))
    await is_waiting_for_a_lock(one)
    first.go.set()
    assert await asyncio.gather(*both) == [True, True]
    assert tries == [back, forth], "nobody had to begin again"
    assert await one.read(application_counts.agree)


async def test_who_sends_does_not_wait_for_one_who_decides_and_has_not_ended(pair: tuple[Database, Database]):
    """A turn that waited here would hold the lock of submissions, and the other one may be waiting for its chat."""
    one, other = pair
    desk = await one.write(set_up)
    sent = await one.write(lambda conn: desk.submit(conn, "1"))
    deciding = Held(lambda conn: move(conn, sent.id, "submitted", "in_review"))
    task = asyncio.create_task(one.write(deciding))
    await deciding.reached.wait()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await other.write(lambda conn: desk.submit(conn, "2"))
    deciding.go.set()
    assert await task
    assert await one.read(application_counts.agree)


def claimed_by_a_turn(conn: Connection) -> list[OutboxRow]:
    arrive(conn, "7")
    return outbox.claim_answers(conn, "telegram", "7", NOW)


def taken_into_the_response(conn: Connection) -> list[OutboxRow]:
    return outbox.answer_now(conn, arrive(conn, "7").chat_id, NOW)


@pytest.mark.parametrize("take", [claimed_by_a_turn, taken_into_the_response])
async def test_what_the_sender_is_claiming_is_not_taken_by_a_turn_too(
    pair: tuple[Database, Database], take: Callable[[Connection], list[OutboxRow]]
):
    one, other = pair
    await one.write(lambda conn: put(conn, arrive(conn, "7").chat_id, key="left by a killed process"))
    claiming = Held(lambda conn: outbox.due(conn, NOW, 10, channels=CHANNELS))
    sender = asyncio.create_task(one.write(claiming))
    await claiming.reached.wait()
    turn = asyncio.create_task(other.write(take))
    await is_waiting_for_a_lock(one)
    claiming.go.set()
    assert [row.key for row in await sender] == ["left by a killed process"]
    assert await turn == []


async def test_two_turns_that_want_each_others_chats_are_both_done(pair: tuple[Database, Database]):
    one, other = pair
    anna, boris = await one.write(lambda conn: arrive(conn, "1")), await one.write(lambda conn: arrive(conn, "2"))
    both_began = asyncio.Barrier(2)

    def writes_to(own: str, to: people.Visitor, tries: list[str]) -> Callable[[Connection], int]:
        def turn(conn: Connection) -> int:
            arrive(conn, own)
            tries.append(own)
            if len(tries) == 1:
                await_only(both_began.wait())
            return put(conn, to.chat_id, key=f"from {own}", priority=NOTIFICATION)

        return turn

    tries: tuple[list[str], list[str]] = ([], [])
    await asyncio.gather(one.write(writes_to("1", boris, tries[0])), other.write(writes_to("2", anna, tries[1])))
    assert sorted(len(each) for each in tries) == [1, 2]
    for visitor, key in ((anna, "from 2"), (boris, "from 1")):
        rows = await one.read(lambda conn, chat=visitor.chat_id: history.stream(conn, chat, 0, 10))
        assert [row.key for row in rows] == [key]


async def test_a_write_whose_connection_is_cut_is_done_all_the_same(pair: tuple[Database, Database]):
    one, other = pair
    tries: list[int] = []

    def cut_once(conn: Connection) -> bool:
        own = conn.execute(text("SELECT pg_backend_pid()")).scalar_one()
        tries.append(own)
        if len(tries) == 1:
            conn.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
        return mark_seen(conn, "web", "1", NOW)

    assert await one.write(cut_once)
    assert len(tries) == 2
    assert not await other.write(lambda conn: mark_seen(conn, "web", "1", NOW))


async def test_a_write_that_breaks_a_rule_is_not_tried_again(pair: tuple[Database, Database]):
    tries: list[int] = []

    def wrong(conn: Connection) -> None:
        tries.append(1)
        conn.execute(text("INSERT INTO updates VALUES ('web', NULL, now())"))

    with pytest.raises(DBAPIError):
        await pair[0].write(wrong)
    assert tries == [1]


async def test_after_the_server_ended_every_connection_work_goes_on(pair: tuple[Database, Database]):
    one, other = pair
    everybody = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    await one.write(lambda conn: conn.execute(everybody))
    assert await other.write(lambda conn: mark_seen(conn, "web", "1", NOW))
    assert not await one.write(lambda conn: mark_seen(conn, "web", "1", NOW))


class Listener:
    """Hears the news of one process, in order."""

    def __init__(self, database: Database) -> None:
        self.heard: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self.task = asyncio.create_task(database.listen(lambda *news: self.heard.put_nowait(news)))

    async def next(self) -> tuple[str, str]:
        return await asyncio.wait_for(self.heard.get(), PATIENCE_SECONDS)

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


async def test_another_process_hears_of_what_was_committed_and_of_nothing_else(pair: tuple[Database, Database]):
    one, other = pair
    visitor = await one.write(lambda conn: arrive(conn, "7"))
    own, theirs = Listener(one), Listener(other)
    assert [await own.next(), await theirs.next()] == [(news.EVERYTHING, "")] * 2

    def fails(conn: Connection) -> None:
        put(conn, visitor.chat_id, key="lost")
        raise ArithmeticError("a bug")

    with pytest.raises(ArithmeticError):
        await one.write(fails)
    await one.write(lambda conn: put(conn, visitor.chat_id, key="kept"))
    desk = await one.write(set_up)
    await one.write(lambda conn: forms.publish(conn, desk.form_row, NOW))
    assert [await theirs.next(), await theirs.next()] == [("telegram", "7"), (news.FORM, "")]
    assert own.heard.empty()
    await own.stop()
    await theirs.stop()


async def test_a_listener_that_is_cut_off_says_so(pair: tuple[Database, Database]):
    one, other = pair
    listener = Listener(other)
    await listener.next()
    cut = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
    await one.write(lambda conn: conn.execute(cut))
    await asyncio.wait({listener.task}, timeout=PATIENCE_SECONDS)
    assert listener.task.done()
    await listener.stop()

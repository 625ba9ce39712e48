"""Who does the jobs that only one process may do, when one is frozen, cut off or stopped in order."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Connection, text

from bot.leases import Job, Leases
from storage.database import Database

TTL = 7.0


@dataclass
class Process:
    """One process that wants to poll. `now` is its own monotonic clock, in seconds; `begun` counts its beginnings."""

    database: Database
    now: float = 100.0
    begun: list[str] = field(default_factory=list)
    got: int = 0

    def __post_init__(self) -> None:
        jobs = [Job("polling", lambda conn: self.begun.append("polling"))]
        self.leases = Leases(self.database, jobs, self._count, ttl_seconds=TTL, clock=lambda: self.now)

    @property
    def polls(self) -> bool:
        return self.leases.holds("polling")

    async def beats(self) -> "Process":
        await self.leases.beat()
        return self

    def _count(self) -> None:
        self.got += 1


@pytest.fixture
async def pair(postgres_url: str) -> AsyncIterator[tuple[Process, Process]]:
    one, other = Database(postgres_url), Database(postgres_url)
    await one.open()
    await other.open()
    yield Process(one), Process(other)
    await one.close()
    await other.close()


async def passes_on_the_server(process: Process, seconds: float) -> None:
    earlier = text("UPDATE leases SET until = until - make_interval(secs => :seconds)")
    await process.database.write(lambda conn: conn.execute(earlier, {"seconds": seconds}))


async def test_one_of_two_polls_and_goes_on_polling(pair: tuple[Process, Process]):
    one, other = pair
    await one.beats()
    await other.beats()
    await one.beats()
    assert (one.polls, other.polls) == (True, False)
    assert (one.begun, one.got, other.begun, other.got) == (["polling"], 1, [], 0)


async def test_a_killed_holder_is_replaced_when_its_time_has_run_out(pair: tuple[Process, Process]):
    one, other = pair
    await one.beats()
    await passes_on_the_server(one, TTL - 1)
    assert not (await other.beats()).polls
    await passes_on_the_server(one, 1)
    assert (await other.beats()).polls
    assert (other.begun, other.got) == (["polling"], 1)


async def test_who_was_frozen_knows_at_once_that_it_may_not_go_on(pair: tuple[Process, Process]):
    one, other = pair
    await one.beats()
    one.now += TTL
    await passes_on_the_server(other, TTL)
    await other.beats()
    assert (one.polls, other.polls) == (False, True)
    assert not (await one.beats()).polls


async def test_who_is_cut_off_from_the_database_stops_before_another_begins(pair: tuple[Process, Process]):
    one, _ = pair
    await one.beats()
    one.now += TTL - 1
    assert one.polls
    one.now += 1
    assert not one.polls
    assert (await one.beats()).polls
    assert one.begun == ["polling", "polling"]


async def test_what_is_given_back_another_gets_at_its_next_beat(pair: tuple[Process, Process]):
    one, other = pair
    await one.beats()
    await one.leases.give_back()
    assert not one.polls
    assert (await other.beats()).polls


async def test_a_beginning_that_fails_leaves_the_job_to_others(pair: tuple[Process, Process]):
    one, other = pair

    def fails(conn: Connection) -> None:
        raise ArithmeticError("a bug")

    broken = Leases(one.database, [Job("polling", fails)], lambda: None)
    with pytest.raises(ArithmeticError):
        await broken.beat()
    assert not broken.holds("polling")
    assert (await other.beats()).polls


async def test_the_only_process_on_sqlite_gets_every_job_at_once(sqlite_url: str):
    database = Database(sqlite_url)
    await database.open()
    assert (await Process(database).beats()).polls
    assert (await Process(database).beats()).polls
    await database.close()

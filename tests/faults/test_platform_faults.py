"""A platform that delivers twice, out of order, refuses, hangs or breaks off: nothing is lost, at most one repeated."""

import asyncio
from pathlib import Path

import pytest

from tests.bot.telegram_server import Fault
from tests.faults.scene import scene

EVERY = 9
OFTEN = 6
LONG_RUN_KILLS = 100
READ_TIMEOUT = 0.5
QUICK = {"bot.outbox.FIRST_RETRY_SECONDS": 0.1, "bot.fetcher.FIRST_RETRY_SECONDS": 0.1}
IMPATIENT = {**QUICK, "bot.channels.telegram.request.READ_TIMEOUT_SECONDS": READ_TIMEOUT}
"""Only for calls that hang: on a machine that is busy for so long, any other would be repeated, too."""
HANGING = "a call that hangs beyond the timeout"
KINDS = {
    "429 with retry-after": Fault(status=429, retry_after=1),
    "403": Fault(status=403),
    "400": Fault(status=400),
    "502": Fault(status=502),
    "connection dropped before": Fault(drop=True),
    "connection dropped after": Fault(drop=True, after=True),
    HANGING: Fault(seconds=READ_TIMEOUT * 3),
}
REPEATING = ("connection dropped after", HANGING)


@pytest.mark.parametrize("kind", KINDS)
async def test_every_ninth_call_of_each_method_goes_wrong(
    sqlite_url: str, tmp_path: Path, kind: str, request: pytest.FixtureRequest
):
    if request.config.getoption("--kills") < LONG_RUN_KILLS:
        pytest.skip("each kind by itself belongs to the long run: --kills 100 or more")
    seconds = IMPATIENT if kind == HANGING else QUICK
    async with scene(sqlite_url, tmp_path, patience=1.5, seconds=seconds) as at:
        at.crowd.enough = True
        at.server.every, at.server.troubles = EVERY, (KINDS[kind],)
        await at.crowd.talk()
        at.server.every = 0
        met = at.server.met.total()
        report = await at.report(f"every {EVERY}th call: {kind}", met)
    assert {"sendMessage", "editMessageText", "answerCallbackQuery"} <= set(at.server.met)
    assert (report.lost, report.unnotified, report.applications) == (0, 0, len(at.crowd.people))
    assert report.repeated <= (met if kind in REPEATING else 0)


async def test_a_bit_of_everything_on_every_method(database_url: str, tmp_path: Path):
    async with scene(database_url, tmp_path, patience=1.5, seconds=IMPATIENT) as at:
        at.crowd.enough = True
        at.server.every, at.server.troubles = OFTEN, tuple(KINDS.values())
        await at.crowd.talk()
        at.server.every = 0
        met = at.server.met.total()
        report = await at.report(f"every {OFTEN}th call: one of these in turn", met)
    assert (report.lost, report.unnotified, report.applications) == (0, 0, len(at.crowd.people))
    assert report.repeated <= met


async def test_a_call_that_hangs_for_one_person_holds_up_nobody_else(database_url: str, tmp_path: Path):
    async with scene(database_url, tmp_path) as at:
        at.server.faults["sendMessage"] = [Fault(seconds=30)]
        talks = [asyncio.create_task(at.crowd.newcomer().applies()) for _ in range(4)]
        waiting: set[asyncio.Task[None]] = set(talks)
        while len(waiting) > 1:
            _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        talks[talks.index(*waiting)].cancel()
    held_up = [person for person in at.crowd.people if not person.done]
    assert [person.phone.screen() for person in held_up] == [[]]


async def test_every_update_comes_twice_and_every_fifth_is_overtaken(database_url: str, tmp_path: Path):
    async with scene(database_url, tmp_path, webhook=True) as at:
        at.server.twice, at.server.overtaken = True, 5
        at.crowd.enough = True
        await at.crowd.talk()
        report = await at.report("every update twice, every fifth overtaken (webhook)", at.server.delivered)
    assert (report.lost, report.unnotified, report.applications, report.repeated) == (0, 0, len(at.crowd.people), 0)


async def test_every_update_comes_twice_in_a_poll(database_url: str, tmp_path: Path):
    async with scene(database_url, tmp_path) as at:
        at.server.twice = at.crowd.enough = True
        await at.crowd.talk()
        report = await at.report("every update twice (polling)", at.server.delivered)
    assert (report.lost, report.unnotified, report.applications, report.repeated) == (0, 0, len(at.crowd.people), 0)

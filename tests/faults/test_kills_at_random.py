"""kill -9 at random moments while many people talk, over and over: no answer is lost, and no notification."""

import asyncio
import random
from pathlib import Path

import pytest

from tests.faults.scene import scene

LONGEST_LIFE_SECONDS = 1.2


async def test_killed_at_random_moments_nothing_that_was_said_is_lost(
    database_url: str, tmp_path: Path, request: pytest.FixtureRequest
):
    kills, chance = request.config.getoption("--kills"), random.Random(5)
    async with scene(database_url, tmp_path) as at:
        talking = asyncio.create_task(at.crowd.talk())
        for _ in range(kills):
            await asyncio.sleep(chance.uniform(0, LONGEST_LIFE_SECONDS))
            await at.restart()
        await at.bot.wait()
        at.crowd.enough = True
        await talking
        report = await at.report("kill -9 at a random moment", kills)
    assert (report.lost, report.unnotified, report.applications) == (0, 0, len(at.crowd.people))
    assert report.repeated_at_once <= 1, "a kill repeats at most one message to a person"

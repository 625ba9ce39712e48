"""Where the desk's CPU time goes under load: its largest functions, by themselves and with all they call."""

import asyncio
import json
import signal
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import uvloop

from benchmarks.application import as_xlsform, steps
from benchmarks.contestants import desk_settings
from benchmarks.processes import Process
from benchmarks.server.botapi import BotApi
from benchmarks.server.people import Crowd, closed_loop
from benchmarks.tables import lined_up

READY_SECONDS = 60.0
WARM_UP_SECONDS = 2.0
SHORT_SECONDS, LONG_SECONDS = 8.0, 30.0
PEOPLE = 32
LARGEST, LARGEST_OF_OURS = 10, 30
OURS = ("bot.", "conversations.", "storage.")


def report(long: bool) -> tuple[str, bool]:
    """Two tables; there is no bar."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        turns, seen = runner.run(watch(LONG_SECONDS if long else SHORT_SECONDS, WARM_UP_SECONDS))
    own, within = seen["own"], seen["within"]
    every = sum(own.values())
    ours = {name: spent for name, spent in within.items() if name.startswith(OURS)}
    rooms: dict[str, float] = {}
    for name, spent in own.items():
        package = name.partition(":")[0].partition(".")[0]
        rooms[package] = rooms.get(package, 0.0) + spent
    return "\n\n".join(
        (
            f"{every / turns * 1000:.1f} ms of CPU a turn, {turns} turns, {PEOPLE} people",
            f"The largest frames, by themselves\n\n{_table(own, every, turns, LARGEST)}",
            f"By package\n\n{_table(rooms, every, turns, LARGEST)}",
            f"The largest of ours, with all that they call\n\n{_table(ours, every, turns, LARGEST_OF_OURS)}",
        )
    ), True


def _table(spent: Mapping[str, float], every: float, turns: int, largest: int) -> str:
    rows = sorted(spent.items(), key=lambda item: -item[1])[:largest]
    return lined_up(
        ("function", "share", "µs per turn"),
        [(name, f"{seconds / every:.1%}", f"{seconds / turns * 1e6:.0f}") for name, seconds in rows],
    )


async def watch(seconds: float, warm_up: float) -> tuple[int, Mapping[str, Mapping[str, float]]]:
    """The desk under a closed loop: how many turns it took, and the CPU seconds of each function."""
    with tempfile.TemporaryDirectory(prefix="desk-benchmark-") as name:
        folder = Path(name)
        form, found = folder / "application.md", folder / "profile.json"
        form.write_text(as_xlsform(), encoding="utf-8")
        command = (sys.executable, "-m", "benchmarks.contestants.sampled")
        async with BotApi() as api:
            environment = {**desk_settings(folder, api.url, form), "PROFILE": str(found)}
            async with Process(command, environment, Path.cwd(), folder / "log") as process:
                await process.until(api.receives, READY_SECONDS)
                crowd = Crowd(api, steps())
                load = asyncio.ensure_future(closed_loop(crowd, PEOPLE, warm_up + seconds))
                await asyncio.sleep(warm_up)
                before = len(crowd.turns)
                process.signal(signal.SIGUSR1)
                await load
        return len(crowd.turns) - before, json.loads(found.read_text(encoding="utf-8"))

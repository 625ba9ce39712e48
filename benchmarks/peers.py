"""The desk beside other bots: the same application, the same people, the same durability, one after another.

Each contestant meets each scenario in a fresh process on an empty database. What is printed are ratios to PTB's
ConversationHandler, which is how most bots of this kind are written: only ratios travel from machine to machine.
"""

import asyncio
import socket
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import uvloop

from benchmarks.application import steps
from benchmarks.contestants import DESK, Contestant, contestants
from benchmarks.processes import Process
from benchmarks.server.botapi import BotApi
from benchmarks.server.people import Crowd, closed_loop, open_loop
from benchmarks.tables import lined_up, milliseconds, percentile

READY_SECONDS = 60.0
WARM_UP_SECONDS = 2.0
SHORT_SECONDS, SHORT_ROUNDS = 5.0, 1
LONG_SECONDS, LONG_ROUNDS = 15.0, 3
LONGEST_OWN_SECONDS, LEAST_RATIO = 0.006, 4.0
YARDSTICK = "PTB ConversationHandler"


@dataclass(frozen=True, slots=True)
class Scenario:
    """`offered` turns a second; 0 stands for a closed loop. `people` are under way at a time."""

    name: str
    by_webhook: bool
    round_trip: float
    people: int
    offered: float = 0.0

    @property
    def least_seconds(self) -> float:
        """Until everybody who is offered a turn in time has gone once through the application: not all turns cost the
        same."""
        return self.people * len(steps()) / self.offered if self.offered else 0.0


SCENARIOS = (
    Scenario("as fast as it goes, polling, no round trip", False, 0.0, 32),
    Scenario("as fast as it goes, polling, 50 ms round trip", False, 0.05, 128),
    Scenario("30 turns/s offered, polling, 50 ms round trip", False, 0.05, 20, 30),
    Scenario("30 turns/s offered, webhook, 50 ms round trip", True, 0.05, 20, 30),
)


@dataclass(frozen=True, slots=True)
class Run:
    """One contestant in one scenario. Durations in seconds, memory in megabytes; `waits` are sorted by nothing."""

    turns: int
    seconds: float
    cpu_seconds: float
    waits: tuple[float, ...]
    idle_megabytes: float
    peak_megabytes: float

    @property
    def turns_per_second(self) -> float:
        return self.turns / self.seconds

    @property
    def turns_per_cpu_second(self) -> float:
        return self.turns / self.cpu_seconds if self.cpu_seconds else float("nan")


def report(long: bool) -> tuple[str, bool]:
    """The tables, and whether the bars hold that are ratios: all others depend on the machine."""
    seconds, rounds = (LONG_SECONDS, LONG_ROUNDS) if long else (SHORT_SECONDS, SHORT_ROUNDS)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        races, left_out = runner.run(compare(seconds, WARM_UP_SECONDS, rounds))
    tables = (f"{race.scenario.name}\n\n{table(race)}" for race in races)
    verdicts = [verdict for race in races for verdict in verdicts_of(race)]
    lines = (f"{'holds ' if holds else 'MISSED'} {what}" for what, holds in verdicts)
    return "\n\n".join((*left_out, *tables, "\n".join(lines))), all(holds for _, holds in verdicts)


async def run(contestant: Contestant, scenario: Scenario, seconds: float, warm_up: float) -> Run:
    """Start it, let people apply for `warm_up` and then for `seconds`, of which alone is told, or as long as the
    scenario needs."""
    seconds = max(seconds, scenario.least_seconds)
    with tempfile.TemporaryDirectory(prefix="desk-benchmark-") as name:
        folder = Path(name)
        async with BotApi(scenario.round_trip) as api:
            environment = contestant.environment(folder, api.url, _free_port() if scenario.by_webhook else 0)
            async with Process(contestant.command, environment, Path.cwd(), folder / "log") as process:
                await process.until(api.receives, READY_SECONDS)
                await asyncio.sleep(0.3)
                idle = process.memory.now
                crowd = Crowd(api, steps())
                load = asyncio.ensure_future(_load(crowd, scenario, warm_up + seconds))
                await asyncio.sleep(warm_up)
                done_before, cpu_before, began = len(crowd.turns), process.cpu_seconds, time.perf_counter()
                await load
                cpu, took = process.cpu_seconds - cpu_before, time.perf_counter() - began
                if not crowd.turns:
                    raise RuntimeError(f"{contestant.name} took no turn:\n{process.log_end}")
                waits = tuple(turn.seconds for turn in crowd.turns[done_before:])
                return Run(len(waits), took, cpu, waits, idle, process.memory.peak)


async def _load(crowd: Crowd, scenario: Scenario, seconds: float) -> None:
    if scenario.offered:
        await open_loop(crowd, scenario.people, scenario.offered, seconds)
    else:
        await closed_loop(crowd, scenario.people, seconds)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Race:
    """One scenario: of each contestant the run with its median cost of a turn."""

    scenario: Scenario
    runs: Mapping[str, Run]

    def ratio(self, name: str, to: str = YARDSTICK) -> float:
        """How many times the turns of `to` it takes in a second of CPU; nan when one of them was left out."""
        if name not in self.runs or to not in self.runs:
            return float("nan")
        return self.runs[name].turns_per_cpu_second / self.runs[to].turns_per_cpu_second


async def compare(
    seconds: float, warm_up: float, rounds: int, scenarios: Sequence[Scenario] = SCENARIOS
) -> tuple[list[Race], list[str]]:
    """All scenarios, and a line for each contestant who is left out.

    Rounds are interleaved, so that a busy moment of the machine meets everybody.
    """
    racing, left_out = contestants()
    races = []
    for scenario in scenarios:
        runs: dict[str, list[Run]] = {contestant.name: [] for contestant in racing}
        for _ in range(rounds):
            for contestant in racing:
                runs[contestant.name].append(await run(contestant, scenario, seconds, warm_up))
        races.append(Race(scenario, {name: _middle(of_one) for name, of_one in runs.items()}))
    return races, left_out


def verdicts_of(race: Race) -> list[tuple[str, bool]]:
    """What the desk promises about a race, and whether it held."""
    desk, scenario = race.runs[DESK], race.scenario
    if scenario.offered:
        slowest = percentile(desk.waits, 99)
        bar = f"p99 of our own {milliseconds(slowest)} ≤ {milliseconds(LONGEST_OWN_SECONDS)}"
        return [(f"{scenario.name}: {bar}", slowest <= LONGEST_OWN_SECONDS)] if scenario.by_webhook else []
    rivals = [name for name in race.runs if name.startswith("aiogram")]
    ratios = {f"≥ {LEAST_RATIO:.0f} × {YARDSTICK}": (race.ratio(DESK), LEAST_RATIO)}
    ratios |= {f"ahead of {name}": (race.ratio(DESK, name), 1.0) for name in rivals}
    return [
        (f"{scenario.name}: turns per CPU second {ratio:.1f} ×, {bar}", not ratio < least)
        for bar, (ratio, least) in ratios.items()
    ]


HEAD = (
    "contestant",
    "turns/s",
    "CPU per turn",
    "turns per CPU s",
    "× PTB",
    "p50",
    "p95",
    "p99",
    "idle",
    "peak",
)


def table(race: Race) -> str:
    return lined_up(HEAD, [_row(name, run, race.ratio(name)) for name, run in race.runs.items()])


def _middle(runs: Sequence[Run]) -> Run:
    """The run with the median cost of a turn."""
    middle = median(run.turns_per_cpu_second for run in runs)
    return min(runs, key=lambda run: abs(run.turns_per_cpu_second - middle))


def _row(name: str, run: Run, ratio: float) -> tuple[str, ...]:
    return (
        f"**{name}**" if name == DESK else name,
        f"{run.turns_per_second:.0f}",
        milliseconds(1 / run.turns_per_cpu_second),
        f"{run.turns_per_cpu_second:.0f}",
        f"{ratio:.1f}",
        *(milliseconds(percentile(run.waits, percent)) for percent in (50, 95, 99)),
        f"{run.idle_megabytes:.0f} MB",
        f"{run.peak_megabytes:.0f} MB",
    )

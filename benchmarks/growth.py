"""What a growing database does to the desk: turns, staff's questions, start, memory and size."""

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from statistics import median

import uvloop

from benchmarks.application import QUESTIONS, as_xlsform, steps
from benchmarks.contestants import desk_settings
from benchmarks.multiplying import grow
from benchmarks.processes import Process
from benchmarks.server.botapi import BotApi, Json
from benchmarks.server.people import Crowd, closed_loop, message_of
from benchmarks.tables import lined_up, milliseconds

SIZES = (1_000, 10_000, 100_000, 1_000_000)
SHORT_SIZES = SIZES[:3]
QUESTIONS_ASKED = QUESTIONS[:12]
DESK = (sys.executable, "-m", "benchmarks.contestants.desk")
STAFF_CHAT = 77
PEOPLE = 8
READY_SECONDS, WARM_UP_SECONDS, TURNS_SECONDS = 120.0, 1.5, 5.0
ROUNDS, LONG_ROUNDS = 2, 4
ASKED_TIMES = 5
PATIENCE_SECONDS = 60.0
SLOWEST_ANSWER, SLOWEST_START, MOST_MEGABYTES, DEAREST_TURN = 0.2, 2.0, 120.0, 1.2


@dataclass(frozen=True, slots=True)
class Visit:
    """One start of the desk on a database. Seconds; of commands the slowest answer, `turn_cpu` for one turn."""

    start: float
    idle_megabytes: float
    turn_cpu: float
    status: float
    show: float
    list: float


@dataclass(frozen=True, slots=True)
class Size:
    """The medians of several visits; `turn_ratio` compares with visits to 1,000 applications made in between."""

    applications: int
    megabytes: float
    visit: Visit
    turn_ratio: float


class Staff:
    """Somebody of the staff who asks by a command and waits for the first message of the answer."""

    def __init__(self, api: BotApi) -> None:
        self._api = api
        self._heard = asyncio.Event()
        self._began = self._ended = 0.0
        api.shown = self._hears

    async def ask(self, command: str) -> float:
        """How many seconds it took. Raises TimeoutError when nothing comes."""
        self._heard.clear()
        self._api.happens("message", message_of(STAFF_CHAT, command), self._begins)
        await asyncio.wait_for(self._heard.wait(), PATIENCE_SECONDS)
        return self._ended - self._began

    def _begins(self, at: float) -> None:
        self._began = at

    def _hears(self, message: Json, is_change: bool, at: float) -> None:
        if message["chat"]["id"] == STAFF_CHAT and not self._heard.is_set():
            self._ended = at
            self._heard.set()


def report(long: bool) -> tuple[str, bool]:
    """The table, and whether all bars hold."""
    sizes, rounds = (SIZES, LONG_ROUNDS) if long else (SHORT_SIZES, ROUNDS)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        found = runner.run(measure(sizes, rounds, TURNS_SECONDS))
    verdicts = [verdict for size in found for verdict in verdicts_of(size)]
    lines = (f"{'holds ' if holds else 'MISSED'} {what}" for what, holds in verdicts)
    return "\n\n".join((table(found), "\n".join(lines))), all(holds for _, holds in verdicts)


async def measure(sizes: Sequence[int], rounds: int, seconds: float) -> list[Size]:
    """Grow one database from size to size and visit it, and the first size in between."""
    found = []
    with tempfile.TemporaryDirectory(prefix="desk-benchmark-") as name:
        growing, smallest = Path(name) / "growing", Path(name) / "smallest"
        await _first_application(growing)
        for size in sizes:
            grow(growing / "data" / "bot.db", size)
            if not smallest.exists():
                copytree(growing, smallest)
            visits = [(await visit(smallest, seconds), await visit(growing, seconds)) for _ in range(rounds)]
            ratio = median(large.turn_cpu for _, large in visits) / median(small.turn_cpu for small, _ in visits)
            found.append(Size(size, _megabytes(growing / "data"), _middle([large for _, large in visits]), ratio))
    return found


async def _first_application(folder: Path) -> None:
    """A desk on a new database, and one application made with it."""
    (folder / "form").mkdir(parents=True)
    form = folder / "form" / "application.md"
    form.write_text(as_xlsform(QUESTIONS_ASKED), encoding="utf-8")
    async with BotApi() as api, Process(DESK, _settings(folder, api), Path.cwd(), folder / "log") as process:
        await process.until(api.receives, READY_SECONDS)
        crowd = Crowd(api, steps(QUESTIONS_ASKED))
        done = asyncio.Event()
        crowd.ready = lambda person: crowd.take_turn(person) if person.at else done.set()
        crowd.take_turn(*crowd.come(1))
        await process.until(done, READY_SECONDS)


def _settings(folder: Path, api: BotApi) -> dict[str, str]:
    form = folder / "form" / "application.md"
    return {**desk_settings(folder, api.url, form), "ADMINS": f"telegram:{STAFF_CHAT}"}


async def visit(folder: Path, seconds: float) -> Visit:
    """Start the desk, ask what staff ask, and let people apply for so many seconds."""
    async with BotApi() as api, Process(DESK, _settings(folder, api), Path.cwd(), folder / "log") as process:
        start = await process.until(api.receives, READY_SECONDS)
        await asyncio.sleep(0.5)
        idle = process.memory.now
        staff = Staff(api)
        asked = {
            command: max([await staff.ask(command) for _ in range(ASKED_TIMES)])
            for command in ("/status", "/show 500", "/list")
        }
        crowd = Crowd(api, steps(QUESTIONS_ASKED))
        load = asyncio.ensure_future(closed_loop(crowd, PEOPLE, WARM_UP_SECONDS + seconds))
        await asyncio.sleep(WARM_UP_SECONDS)
        turns, cpu = len(crowd.turns), process.cpu_seconds
        await load
        turn_cpu = (process.cpu_seconds - cpu) / max(1, len(crowd.turns) - turns)
        return Visit(start, idle, turn_cpu, asked["/status"], asked["/show 500"], asked["/list"])


def _middle(visits: Sequence[Visit]) -> Visit:
    columns = Visit.__dataclass_fields__
    return Visit(*(median(getattr(each, column) for each in visits) for column in columns))


def _megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.glob("bot.db*")) / 1024 / 1024


def verdicts_of(size: Size) -> list[tuple[str, bool]]:
    """What the desk promises at every size, and whether it held."""
    found = size.visit
    bars = [
        (f"a turn costs {size.turn_ratio:.2f} × that at 1,000", size.turn_ratio <= DEAREST_TURN),
        (f"/status {milliseconds(found.status)}", found.status <= SLOWEST_ANSWER),
        (f"/show {milliseconds(found.show)}", found.show <= SLOWEST_ANSWER),
        (f"idle {found.idle_megabytes:.0f} MB", found.idle_megabytes <= MOST_MEGABYTES),
        (f"start {milliseconds(found.start)}", found.start <= SLOWEST_START),
    ]
    return [(f"{size.applications:,} applications: {what}", holds) for what, holds in bars]


def table(sizes: Sequence[Size]) -> str:
    head = ("applications", "CPU per turn", "× at 1,000", "/status", "/show", "/list", "start", "idle", "on disk")
    return lined_up(head, [_row(size) for size in sizes])


def _row(size: Size) -> tuple[str, ...]:
    found = size.visit
    return (
        f"{size.applications:,}",
        milliseconds(found.turn_cpu),
        f"{size.turn_ratio:.2f}",
        *(milliseconds(seconds) for seconds in (found.status, found.show, found.list, found.start)),
        f"{found.idle_megabytes:.0f} MB",
        f"{size.megabytes:,.0f} MB",
    )

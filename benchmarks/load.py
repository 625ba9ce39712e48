"""The desk at the platform's limits: a thousand people apply while ten thousand bulk messages wait.

The server refuses what is above Telegram's limits. People come as fast as these allow their replies; what they leave
is for the bulk. Nobody who applies is to notice the bulk, and the platform is never to say no.
"""

import asyncio
import itertools
import random
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import uvloop
from sqlalchemy import Connection

from benchmarks.application import as_xlsform, steps
from benchmarks.contestants import desk_settings
from benchmarks.processes import Process
from benchmarks.server.botapi import BotApi, Json
from benchmarks.server.limits import OVERALL_PER_SECOND, TelegramLimits
from benchmarks.server.people import Crowd, Person
from benchmarks.tables import lined_up, milliseconds, percentile
from conversations.replies import Reply, write_reply
from storage import outbox, people
from storage.database import Database

PEOPLE, BULK_MESSAGES = 1_000, 10_000
ROUND_TRIP_SECONDS = 0.05
REPLIES_PER_SECOND = 20.0
GREETINGS = 2
"""Messages that answer a first word; every other turn is answered by one."""
READING_SECONDS = 2.0
NEWCOMERS = 0.2
READY_SECONDS, WARM_UP_SECONDS = 60.0, 5.0
SHORT_SECONDS, LONG_SECONDS = 20.0, 120.0
SLOWEST_REPLY, LEAST_USED = 0.25, 0.95
FIRST_BULK_CHAT = 5_000_000


@dataclass(frozen=True, slots=True)
class Load:
    """What reached people within `seconds`, and what the platform refused since the start."""

    seconds: float
    turns: int
    replies: int
    bulk: int
    floods: int
    waits: tuple[float, ...]

    @property
    def used(self) -> float:
        """The share of what the replies left of the limit that the bulk took."""
        return self.bulk / (OVERALL_PER_SECOND * self.seconds - self.replies)


def report(long: bool) -> tuple[str, bool]:
    """The table, and whether the bars hold."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        load = runner.run(measure(LONG_SECONDS if long else SHORT_SECONDS, WARM_UP_SECONDS, PEOPLE, BULK_MESSAGES))
    verdicts = verdicts_of(load)
    lines = (f"{'holds ' if holds else 'MISSED'} {what}" for what, holds in verdicts)
    return "\n\n".join((table(load), "\n".join(lines))), all(holds for _, holds in verdicts)


async def measure(seconds: float, warm_up: float, comers: int, bulk: int) -> Load:
    """So many people, and so many bulk messages waiting when the desk starts."""
    with tempfile.TemporaryDirectory(prefix="desk-benchmark-") as name:
        folder = Path(name)
        form = folder / "application.md"
        form.write_text(as_xlsform(), encoding="utf-8")
        await _queue_bulk(folder / "data" / "bot.db", bulk)
        async with BotApi(ROUND_TRIP_SECONDS, TelegramLimits()) as api:
            command = (sys.executable, "-m", "bot")
            async with Process(command, desk_settings(folder, api.url, form), Path.cwd(), folder / "log") as process:
                await process.until(api.receives, READY_SECONDS)
                return await _watch(api, seconds, warm_up, comers)


async def _queue_bulk(path: Path, messages: int) -> None:
    """The same words to so many people, each of whom has written before."""
    database = Database(f"sqlite+aiosqlite:///{path}")
    await database.open()
    body = write_reply(Reply("The network meets in Plovdiv on the tenth of March. Everybody is welcome."))

    def queue(conn: Connection) -> None:
        now = datetime.now(UTC)
        for number in range(messages):
            chat = str(FIRST_BULK_CHAT + number)
            visitor = people.arrive(
                conn, channel="telegram", chat=chat, person=chat, name="", language="en", in_group=False, now=now
            )
            outbox.put(conn, chat_id=visitor.chat_id, body=body, key="", replaces="", priority=outbox.BULK, now=now)

    await database.write(queue)
    await database.close()


async def _watch(api: BotApi, seconds: float, warm_up: float, comers: int) -> Load:
    crowd = Crowd(api, steps())
    counted = {"replies": 0, "bulk": 0}
    hear = api.shown

    def count(message: Json, is_change: bool, at: float) -> None:
        is_bulk = FIRST_BULK_CHAT <= message["chat"]["id"] < FIRST_BULK_CHAT + BULK_MESSAGES
        counted["bulk" if is_bulk else "replies"] += not is_change
        hear(message, is_change, at)

    api.shown = count
    coming = asyncio.ensure_future(_come(crowd, comers))
    await asyncio.sleep(warm_up)
    turns, before, began = len(crowd.turns), dict(counted), time.perf_counter()
    await asyncio.sleep(seconds)
    took = time.perf_counter() - began
    coming.cancel()
    waits = tuple(turn.seconds for turn in crowd.turns[turns:])
    replies, bulk = (counted[kind] - before[kind] for kind in ("replies", "bulk"))
    return Load(took, len(waits), replies, bulk, api.floods, waits)


async def _come(crowd: Crowd, comers: int) -> None:
    """People take turns at the pace that the limit allows; some of them are new until all have come."""
    asked: deque[tuple[float, Person]] = deque()
    crowd.ready = lambda person: asked.append((time.perf_counter() + READING_SECONDS, person))
    due = time.perf_counter()
    for person in _whoever_is_next(crowd, asked, comers):
        if person is not None:
            due += (GREETINGS if person.at == 0 else 1) / REPLIES_PER_SECOND
            crowd.take_turn(person)
        else:
            due += 1 / REPLIES_PER_SECOND
        await asyncio.sleep(max(0.0, due - time.perf_counter()))


def _whoever_is_next(crowd: Crowd, asked: deque[tuple[float, Person]], comers: int) -> Iterator[Person | None]:
    """Who has read the question longest ago, or somebody new; None when nobody is there."""
    chance, come = random.Random(7), 0
    for _ in itertools.count():
        has_read = bool(asked) and asked[0][0] <= time.perf_counter()
        if come < comers and (not has_read or chance.random() < NEWCOMERS):
            come += 1
            yield crowd.come(1)[0]
        else:
            yield asked.popleft()[1] if has_read else None


def verdicts_of(load: Load) -> list[tuple[str, bool]]:
    slowest = percentile(load.waits, 99)
    return [
        (f"p99 of replies {milliseconds(slowest)} ≤ {milliseconds(SLOWEST_REPLY)}", slowest <= SLOWEST_REPLY),
        (f"bulk takes {load.used:.1%} of what replies leave, ≥ {LEAST_USED:.0%}", load.used >= LEAST_USED),
        (f"{load.floods} messages refused by the platform", load.floods == 0),
    ]


def table(load: Load) -> str:
    rates = (load.turns, load.replies, load.bulk, load.replies + load.bulk)
    head = ("turns/s", "replies/s", "bulk/s", "messages/s", "p50", "p95", "p99", "refused")
    waits = (milliseconds(percentile(load.waits, percent)) for percent in (50, 95, 99))
    return lined_up(head, [(*(f"{many / load.seconds:.1f}" for many in rates), *waits, str(load.floods))])

"""What the desk costs before anybody has come: seconds until it serves, and memory when nothing happens.

`python -m bot` as it is delivered, with web chat, Telegram and Viber; first in an empty folder, then on what that start
has made. Both platforms answer every call at once with yes.
"""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import aiohttp

from benchmarks.processes import Process
from benchmarks.server.botapi import TOKEN, BotApi
from benchmarks.server.http import Answer, HttpProtocol, Parameters
from benchmarks.tables import lined_up, milliseconds
from bot.serving import bind

START_BAR_SECONDS = 2.0
IDLE_BAR_MEGABYTES = 120.0
READY_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.01
SETTLE_SECONDS = 2.0
"""Afterwards the indexes of the lists are made and the channels have told who they are."""
_YES: Answer = (200, b'{"status":0,"status_message":"ok","name":"Desk","uri":"desk"}')


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds on the clock and of the processor until `/health` answers; megabytes when idle, and at most before."""

    seconds: float
    cpu_seconds: float
    idle: float
    peak: float


def report(long: bool) -> tuple[str, bool]:
    """The table, and whether both bars hold for each kind of start."""
    with TemporaryDirectory() as folder:
        first, *later = asyncio.run(_starts(Path(folder), 8 if long else 4))
    found = Start(
        median(each.seconds for each in later),
        median(each.cpu_seconds for each in later),
        median(each.idle for each in later),
        median(each.peak for each in later),
    )
    holds = all(start.seconds <= START_BAR_SECONDS and start.idle <= IDLE_BAR_MEGABYTES for start in (first, found))
    bars = ("bar", f"≤ {START_BAR_SECONDS:.0f} s", "", f"≤ {IDLE_BAR_MEGABYTES:.0f} MB", "")
    rows = [_row("in an empty folder", first), _row(f"median of {len(later)} later starts", found), bars]
    told = lined_up(("start", "until it serves", "of the processor", "idle memory", "peak"), rows)
    return f"{told}\n\n{'holds' if holds else 'MISSED'}", holds


async def _starts(folder: Path, times: int) -> list[Start]:
    viber = await asyncio.get_running_loop().create_server(lambda: HttpProtocol(_agree), "127.0.0.1", 0)
    async with BotApi() as telegram, viber:
        settings = {
            "DATA_DIR": str(folder / "data"),
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_API_URL": telegram.url,
            "VIBER_TOKEN": "benchmark-token-of-the-desk",
            "VIBER_API_URL": f"http://127.0.0.1:{viber.sockets[0].getsockname()[1]}/pa",
        }
        return [await _start(settings, folder) for _ in range(times)]


async def _agree(_: str, __: Parameters, ___: float) -> Answer:
    return _YES


async def _start(settings: dict[str, str], folder: Path) -> Start:
    port = _free_port()
    here = {"HTTP_PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    command = ("python", "-m", "bot")
    began = time.perf_counter()
    async with Process(command, settings | here, Path.cwd(), folder / "log") as process:
        while not await _serves(port):
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            if process.has_ended or time.perf_counter() - began > READY_SECONDS:
                raise RuntimeError(f"The desk does not start:\n{process.log_end}")
        took, worked = time.perf_counter() - began, process.cpu_seconds
        await asyncio.sleep(SETTLE_SECONDS)
        memory = process.memory
    return Start(took, worked, memory.now, memory.peak)


async def _serves(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    async with aiohttp.ClientSession() as client, client.get(f"http://127.0.0.1:{port}/health") as answer:
        return answer.status == 200


def _free_port() -> int:
    with bind("127.0.0.1", 0) as listening:
        port: int = listening.getsockname()[1]
        return port


def _row(name: str, start: Start) -> tuple[str, ...]:
    return (
        name,
        milliseconds(start.seconds),
        milliseconds(start.cpu_seconds),
        f"{start.idle:.0f} MB",
        f"{start.peak:.0f} MB",
    )

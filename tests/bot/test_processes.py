"""Two real processes on one PostgreSQL, behind one address: what a kill of one costs those who are writing.

DESK_TALKS sets how many people apply while a process is killed; without it a number that keeps the test run short.
"""

import asyncio
import itertools
import os
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from storage.database import Database
from storage.tables import answers, applications, attachments, outbox
from tests.bot.desk import AGREE, SUBMIT, Desk
from tests.bot.running import RunningBot
from tests.bot.telegram_server import TOKEN, Fault, TelegramServer
from tests.bot.telegram_server import Person as Phone
from tests.bot.test_start import visitor

TALKS = int(os.environ.get("DESK_TALKS", "16"))
REPLACED_WITHIN_SECONDS = 10
WALK_SECONDS = 60 + TALKS
PDF = b"%PDF-1.7\n" + b"decision " * 100


class OneAddress:
    """A load balancer: each request goes to the next process. One that does not answer costs a 502 and gets no more."""

    def __init__(self) -> None:
        self.processes: list[str] = []
        self._next = itertools.count()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["OneAddress"]:
        app = web.Application()
        app.router.add_route("POST", "/{path:.*}", self._pass_on)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with aiohttp.ClientSession() as self._client:
            yield self
        await runner.cleanup()

    async def _pass_on(self, request: web.Request) -> web.Response:
        process = self.processes[next(self._next) % len(self.processes)]
        headers = {name: value for name, value in request.headers.items() if name.lower() != "host"}
        try:
            sent = self._client.post(f"{process}{request.path_qs}", data=await request.read(), headers=headers)
            async with sent as answer:
                return web.Response(status=answer.status, body=await answer.read())
        except aiohttp.ClientError:
            self.processes = [other for other in self.processes if other != process]
            return web.Response(status=502)


class Pair:
    """Two processes with one database and one folder for files; `desk` looks on from beside them."""

    def __init__(self, folder: Path, server: TelegramServer, database: Database, url: str, public_url: str) -> None:
        self.server, self.desk, self.database = server, Desk(database), database
        self.bots = []
        for name in ("one", "other"):
            settings = {
                "DATABASE_URL": url,
                "DATA_DIR": str(folder / "data"),
                "TELEGRAM_TOKEN": TOKEN,
                "TELEGRAM_API_URL": server.url,
                "HTTP_PORT": str(free_port()),
                "PUBLIC_URL": public_url,
            }
            self.bots.append(RunningBot(folder / name, settings))
        self.one, self.other = self.bots

    async def start(self) -> None:
        """The first process has everything to do before the second one comes."""
        await Desk(self.database, now=datetime.now(UTC) - timedelta(minutes=5)).open()
        for bot in self.bots:
            await asyncio.to_thread(bot.start)

    def addresses(self) -> list[str]:
        return [f"http://127.0.0.1:{bot.environment['HTTP_PORT']}" for bot in self.bots]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class CountingServer(TelegramServer):
    """Knows how many polls were ever open side by side; Telegram answers all but one with 409."""

    open_polls = most_open_polls = 0

    async def _getUpdates(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        self.open_polls += 1
        self.most_open_polls = max(self.most_open_polls, self.open_polls)
        try:
            return await super()._getUpdates(given)
        finally:
            self.open_polls -= 1


@pytest.fixture
async def balancer() -> AsyncIterator[OneAddress]:
    async with OneAddress().serving() as address:
        yield address


@pytest.fixture
async def server() -> AsyncIterator[CountingServer]:
    async with CountingServer() as server:
        yield server


@asynccontextmanager
async def running(folder: Path, server: TelegramServer, url: str, public_url: str = "") -> AsyncIterator[Pair]:
    database = Database(url)
    await database.open()
    pair = Pair(folder, server, database, url, public_url)
    try:
        await pair.start()
        yield pair
    finally:
        for bot in pair.bots:
            if bot.process.poll() is None:
                await asyncio.to_thread(bot.stop)
        await database.close()


async def says(phone: Phone, said: str, prompt: str) -> None:
    """Say it, and wait until the bot says what comes next."""
    await phone.says(said, date=int(datetime.now(UTC).timestamp()))
    while not any(prompt in shown for shown in phone.screen()):
        await phone.chat.log.get()


async def applies(phone: Phone, number: int, halfway: asyncio.Semaphore) -> None:
    await says(phone, "/start", "Отговорите Ви се съхраняват")
    await phone.taps(AGREE)
    while not any("Как се казва пчелинът?" in shown for shown in phone.screen()):
        await phone.chat.log.get()
    await says(phone, f"Пчелин {number}", "Колко кошера имате?")
    await says(phone, str(number), "Какъв е медът?")
    halfway.release()
    await says(phone, "Липа", "С какво да помогнем?")
    await says(phone, "Пропусни", "Приложете разрешителното.")
    await says(phone, "Пропусни", "Моля, прегледайте отговорите си.")
    await says(phone, SUBMIT, "входящ №")


async def test_one_of_two_processes_is_killed_amid_many_talks(
    balancer: OneAddress, server: TelegramServer, postgres_url: str, tmp_path: Path
):
    async with running(tmp_path, server, postgres_url, balancer.url) as pair:
        balancer.processes = pair.addresses()
        phones = [server.person(f"Анна {number}") for number in range(1, TALKS + 1)]
        halfway = asyncio.Semaphore(0)
        talks = [asyncio.create_task(applies(phone, number, halfway)) for number, phone in enumerate(phones, 1)]
        async with asyncio.timeout(WALK_SECONDS):
            for _ in range(TALKS // 2):
                await halfway.acquire()
        killed = time.monotonic()
        await asyncio.to_thread(pair.one.kill)
        sent_before = len(server.asked("sendMessage"))
        await server.until(lambda: len(server.asked("sendMessage")) > sent_before)
        assert time.monotonic() - killed < REPLACED_WITHIN_SECONDS
        done, stuck = await asyncio.wait(talks, timeout=WALK_SECONDS)
        assert [phones[talks.index(talk)].screen() for talk in stuck] == []
        await asyncio.gather(*done)
        repeated = [sum(Counter(phone.screen()).values()) - len(set(phone.screen())) for phone in phones]
        assert max(repeated) <= 1
        assert sum(repeated) <= 1
        await _nothing_waits(pair)
        await _what_was_answered_is_stored(pair)


async def _nothing_waits(pair: Pair) -> None:
    async with asyncio.timeout(REPLACED_WITHIN_SECONDS):
        while {row["state"] for row in await pair.desk.rows(outbox)} != {"sent"}:
            continue


async def _what_was_answered_is_stored(pair: Pair) -> None:
    sent = await pair.desk.rows(applications)
    assert sorted(row["number"] for row in sent) == list(range(1, TALKS + 1))
    given: dict[int, list[str]] = {row["id"]: [] for row in sent}
    for row in await pair.desk.rows(answers):
        given[row["application_id"]].append(row["value"])
    expected = [[f"Пчелин {number}", str(number), "linden"] for number in range(1, TALKS + 1)]
    assert sorted(values[:3] for values in given.values()) == sorted(expected)


async def test_one_process_polls_and_when_it_is_killed_the_other_does(
    server: CountingServer, postgres_url: str, tmp_path: Path
):
    async with running(tmp_path, server, postgres_url) as pair:
        anna = server.person("Анна")
        await says(anna, "/help", "Ето какво може да направите тук:")
        assert server.most_open_polls == 1
        assert pair.other.log.count("lease_waited_for") == 3
        await asyncio.to_thread(pair.one.kill)
        killed = time.monotonic()
        await says(anna, "/start", "Отговорите Ви се съхраняват")
        assert time.monotonic() - killed < REPLACED_WITHIN_SECONDS
        assert "telegram_conflict" not in pair.one.log + pair.other.log
        assert pair.other.log.count("lease_waited_for") == 3


async def test_stopped_in_order_a_process_hands_over_at_once(server: TelegramServer, postgres_url: str, tmp_path: Path):
    async with running(tmp_path, server, postgres_url) as pair:
        anna = server.person("Анна")
        assert await asyncio.to_thread(pair.one.stop) == 0
        stopped = time.monotonic()
        await says(anna, "/start", "Отговорите Ви се съхраняват")
        assert time.monotonic() - stopped < 4
        assert pair.other.log.count("lease_taken") == 3


async def test_a_web_page_open_at_one_process_shows_at_once_what_another_answered(
    server: TelegramServer, postgres_url: str, tmp_path: Path
):
    async with running(tmp_path, server, postgres_url) as pair:
        one, other = pair.addresses()
        async with visitor(one) as here, visitor(other) as there:
            there.session.cookie_jar.update_cookies(
                {cookie.key: cookie.value for cookie in here.session.cookie_jar}, aiohttp.client.URL(other)
            )
            async with here.session.get("/chat/stream") as stream:
                while b"event: pause" not in await stream.content.readline():
                    pass
                asked = time.monotonic()
                await there.posts(command={"word": "help", "argument": ""})
                async with asyncio.timeout(5):
                    while b"data: " not in (line := await stream.content.readline()):
                        pass
                assert b"html" in line
                assert time.monotonic() - asked < 2


async def test_the_file_that_a_killed_process_was_fetching_is_fetched_by_the_other(
    server: TelegramServer, postgres_url: str, tmp_path: Path
):
    async with running(tmp_path, server, postgres_url) as pair:
        desk = Desk(pair.database, now=datetime.now(UTC) - timedelta(minutes=4))
        anna = server.person("Анна")
        person = desk.person("Анна", chat=str(anna.chat.id))
        await person.says("/start")
        await person.taps(AGREE)
        await person.says("Пчелин", "12", "Липа", "Пропусни")
        asked = asyncio.Event()

        async def kill() -> None:
            asked.set()
            await asyncio.to_thread(pair.one.kill)

        server.faults["getFile"] = [Fault(drop=True, meanwhile=kill)]
        await anna.sends_file("решение.pdf", PDF)
        await asked.wait()
        killed = time.monotonic()
        while not any("Моля, прегледайте отговорите си." in shown for shown in anna.screen()):
            async with asyncio.timeout(20):
                await anna.chat.log.get()
        assert time.monotonic() - killed < REPLACED_WITHIN_SECONDS + 1
        assert [row["state"] for row in await pair.desk.rows(attachments)] == ["ready"]

"""A few lines of Viber: it answers the bot's calls as it is told to, notes them, and signs what it posts."""

import asyncio
import hmac
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiohttp import web

from bot.channels.base import HttpAnswer, Message, Update
from bot.channels.viber import ViberChannel
from tests.bot.telegram_desk import House

TOKEN = "445da6az1s345z78-dazcczb2542zv51a-e0vc5fva17480im9"
MARIA = "01234567890A/b+c=="
FIRST_TOKEN = 5741311803571721087
PUBLIC_URL = "https://desk.example.org"
HOOK = f"{PUBLIC_URL}/viber/webhook"
PATIENCE_SECONDS = 20.0


class ViberPost:
    """`answers` are given before the usual ones, by endpoint: a dict, or an HTTP status, or None to hang up.

    `calls` holds endpoint, body and headers of what was asked.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any], dict[str, str]]] = []
        self.answers: dict[str, list[dict[str, Any] | int | bytes | None]] = defaultdict(list)
        self.webhook = ""
        self.billing = 0
        self.url = ""
        self._tokens = FIRST_TOKEN
        self._called = asyncio.Condition()

    def asked(self, endpoint: str) -> list[dict[str, Any]]:
        return [body for name, body, _ in self.calls if name == endpoint]

    async def until(self, happened: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), self._called:
            await self._called.wait_for(happened)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        endpoint, body = request.match_info["endpoint"], orjson.loads(await request.read())
        self.calls.append((endpoint, body, dict(request.headers)))
        told = self.answers[endpoint].pop(0) if self.answers[endpoint] else self._usual(endpoint, body)
        async with self._called:
            self._called.notify_all()
        if told is None:
            request.transport.abort()
            return web.Response()
        if isinstance(told, int):
            return web.Response(status=told, text="upstream failure")
        payload = told if isinstance(told, bytes) else orjson.dumps({"status": 0, "status_message": "ok", **told})
        return web.Response(body=payload, content_type="application/json")

    def _usual(self, endpoint: str, body: dict[str, Any]) -> dict[str, Any]:
        if endpoint == "get_account_info":
            return {"name": "Мрежата на училищата и техните приятели", "uri": "deskbot", "webhook": self.webhook}
        if endpoint == "set_webhook":
            self.webhook = body["url"]
            return {"event_types": body["event_types"]}
        self._tokens += 1
        return {"message_token": self._tokens, "billing_status": self.billing}


class Nights:
    """Stands for sleeping: notes how long it would have been, and sleeps until `wake`; short pauses end at once."""

    def __init__(self, short: float = 2.0) -> None:
        self.slept: list[float] = []
        self._short = short
        self._woken = asyncio.Event()
        self._asleep = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        if seconds > self._short:
            self._asleep.set()
            self._woken.clear()
            await self._woken.wait()

    async def fallen_asleep(self) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._asleep.wait()

    def wake(self) -> None:
        self._asleep.clear()
        self._woken.set()


class Counted:
    """Counts for the bill: free and paid messages, unless the database `is_away`."""

    def __init__(self) -> None:
        self.free = self.paid = 0
        self.is_away = False

    async def __call__(self, free: int, paid: int) -> None:
        if self.is_away:
            raise ConnectionError
        self.free += free
        self.paid += paid


class Doorman:
    """Answers opened chats with `says`; `failures` stand for a database that is away."""

    def __init__(self) -> None:
        self.opened: list[Update] = []
        self.says: tuple[Message, ...] = ()
        self.failures = 0

    async def __call__(self, update: Update) -> tuple[Message, ...]:
        if self.failures:
            self.failures -= 1
            raise ConnectionError
        self.opened.append(update)
        return self.says


class Desk:
    """A channel on a ViberPost, and what stands for the rest of the house."""

    def __init__(self, post: ViberPost, data_dir: Path, public_url: str = PUBLIC_URL) -> None:
        self.post = post
        self.house, self.bill, self.door, self.nights = House(), Counted(), Doorman(), Nights()
        self.channel = ViberChannel(
            TOKEN,
            f"{post.url}/pa",
            public_url,
            data_dir=data_dir,
            answer_opening=self.door,
            bill=self.bill,
            pause=self.nights,
        )

    async def hears(self, event: dict[str, Any]) -> HttpAnswer:
        """The channel's answer to an event that Viber posts."""
        body = orjson.dumps(event)
        return await self.channel.handle_webhook(signed(body), body)

    async def start(self) -> None:
        await self.channel.start(self.house.take_turn)


@asynccontextmanager
async def post() -> AsyncIterator[ViberPost]:
    server = ViberPost()
    app = web.Application()
    app.router.add_post("/pa/{endpoint}", server.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()


@asynccontextmanager
async def desk(data_dir: Path, public_url: str = PUBLIC_URL) -> AsyncIterator[Desk]:
    """A started channel that has set its webhook and sleeps until the next look."""
    async with post() as server:
        made = Desk(server, data_dir, public_url)
        await made.start()
        await made.nights.fallen_asleep()
        try:
            yield made
        finally:
            await made.channel.stop()


def signed(body: bytes, token: str = TOKEN) -> dict[str, str]:
    return {"x-viber-content-signature": hmac.new(token.encode(), body, "sha256").hexdigest()}


def profile(**more: Any) -> dict[str, Any]:
    return {"id": MARIA, "name": "Мария", "language": "bg-BG", "country": "BG", "api_version": 10, **more}


def event(kind: str, **more: Any) -> dict[str, Any]:
    return {
        "event": kind,
        "timestamp": 1_706_875_200_250,
        "chat_hostname": "SN-CHAT-01_",
        "message_token": FIRST_TOKEN,
        **more,
    }


def said(**message: Any) -> dict[str, Any]:
    """A `message` event; a text unless `message` says otherwise."""
    return event("message", sender=profile(), message={"type": "text", **message}, silent=False)


def opened(**more: Any) -> dict[str, Any]:
    return event("conversation_started", type="open", user=profile(), subscribed=False, **more)


def message(text: str = "Здравейте", *rows: Any, **more: Any) -> Message:
    return Message(**{"id": 1, "chat": MARIA, "text": text, "rows": rows, **more})


def note_lines(monkeypatch: pytest.MonkeyPatch, *modules: str) -> list[tuple[str, dict[str, Any]]]:
    """Warnings and errors of the channel's modules, as they are told: name and values."""
    lines: list[tuple[str, dict[str, Any]]] = []

    class Noting:
        def info(self, name: str, **values: Any) -> None:
            """Nobody has to act upon it."""

        def error(self, name: str, **values: Any) -> None:
            lines.append((name, values))

        warning = error

    for module in modules:
        monkeypatch.setattr(f"bot.channels.viber.{module}.log", Noting())
    return lines

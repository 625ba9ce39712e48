"""The methods of the Bot API that an application needs, and the network between the platform and a bot.

https://core.telegram.org/bots/api. `round_trip` is what a call takes on the way there and back, half each; an update
posted to a webhook and the answer to a poll are half a round trip on their way.

The clock is read where the bot's own time begins and ends: when an update leaves for its socket, and when a call of its
has arrived at ours. How exact our timers and how long our queues are is not in it.
"""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Protocol

import orjson

from benchmarks.server.http import Answer, HttpProtocol, Parameters
from benchmarks.server.posting import Poster

TOKEN = "123456:benchmark-token_of-the-desk"
BOT = {"id": 123456, "is_bot": True, "first_name": "Desk", "username": "DeskBot"}
UPDATES_IN_A_POLL = 100
_SHOWING = ("sendMessage", "editMessageText")
_OK: Answer = (200, b'{"ok":true,"result":true}')

Json = dict[str, Any]
Shown = Callable[[Json, bool, float], None]
"""The message as it stands, whether it was there before and is changed, and when the bot's call had arrived."""
Begins = Callable[[float], None]
"""Is told the moment from which the bot could have an update."""


def new_numbers() -> Iterator[int]:
    """Numbers that no earlier run has given away: a bot that is started again remembers people and updates."""
    return itertools.count(int(time.time() * 1000))


class Limits(Protocol):
    """Whether the platform takes a message for a chat now: 0, or the seconds after which to try again."""

    def refuse_for(self, chat: int, now: float) -> int: ...


class BotApi:
    """Use as an async context manager. `shown` is told of everything that people get to see.

    `answered` is told the chat of each new message, and the seconds from the call's arrival until the bot had its
    answer: what waits for that waits for the network.
    """

    def __init__(self, round_trip: float = 0.0, limits: Limits | None = None) -> None:
        self.round_trip = round_trip
        self.shown: Shown = lambda message, is_change, at: None
        self.answered: Callable[[int, float], None] = lambda chat, seconds: None
        self.floods = 0
        self.receives = asyncio.Event()
        """Set when the bot polls, or has set its webhook."""
        self.url = ""
        self._limits = limits
        self._messages = itertools.count(1)
        self._updates = new_numbers()
        self._waiting: list[Json] = []
        self._news = asyncio.Event()
        self._poster: Poster | None = None
        self._posting: set[asyncio.Task[None]] = set()
        self._methods = {"getMe": self._get_me, "getUpdates": self._get_updates, "setWebhook": self._set_webhook}
        self._methods |= dict.fromkeys(_SHOWING, self._show)

    async def __aenter__(self) -> "BotApi":
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: HttpProtocol(self._serve), "127.0.0.1", 0, backlog=1024)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._posting:
            task.cancel()
        if self._poster is not None:
            self._poster.close()
        self._server.close()

    def happens(self, kind: str, event: Json, begins: Begins) -> None:
        """Something happens that the bot is to hear of."""
        update = {"update_id": next(self._updates), kind: event}
        if self._poster is not None:
            task = asyncio.ensure_future(self._post(self._poster, orjson.dumps(update), begins))
            self._posting.add(task)
            task.add_done_callback(self._posting.discard)
        else:
            begins(time.perf_counter() + self.round_trip / 2)
            self._waiting.append(update)
            self._news.set()

    async def _post(self, poster: Poster, update: bytes, begins: Begins) -> None:
        await self._travel()
        with suppress(OSError):  # a bot that is being stopped while people still speak
            connection = await poster.connection()
            begins(time.perf_counter())
            await poster.post(connection, update)

    async def _travel(self) -> None:
        if self.round_trip:
            await asyncio.sleep(self.round_trip / 2)

    async def _serve(self, path: str, given: Parameters, arrived: float) -> Answer:
        method = path.partition("?")[0].rsplit("/", 1)[1]
        await self._travel()
        answer = await self._methods[method](given, arrived) if method in self._methods else _OK
        await self._travel()
        if method == "sendMessage":
            self.answered(int(given["chat_id"]), time.perf_counter() - arrived)
        return answer

    async def _get_me(self, _: Parameters, __: float) -> Answer:
        return _result(BOT)

    async def _set_webhook(self, given: Parameters, _: float) -> Answer:
        secret = given.get("secret_token")
        self._poster = Poster(given["url"], {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {})
        self.receives.set()
        return _OK

    async def _get_updates(self, given: Parameters, _: float) -> Answer:
        """Asking for what comes after an update confirms it; the others stay."""
        self.receives.set()
        offset = given.get("offset") or 0
        self._waiting = [update for update in self._waiting if update["update_id"] >= offset]
        if not self._waiting:
            self._news.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), given.get("timeout") or 0)
        return _result(self._waiting[:UPDATES_IN_A_POLL])

    async def _show(self, given: Parameters, arrived: float) -> Answer:
        chat = int(given["chat_id"])
        edited = given.get("message_id")
        if self._limits is not None and not edited and (seconds := self._limits.refuse_for(chat, time.perf_counter())):
            self.floods += 1
            return 429, orjson.dumps(_flood(seconds))
        message = {
            "message_id": edited or next(self._messages),
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private"},
            "from": BOT,
            "text": given["text"],
        }
        if isinstance(given.get("reply_markup"), dict):
            message["reply_markup"] = given["reply_markup"]
        self.shown(message, bool(edited), arrived)
        return _result(message)


def _flood(seconds: int) -> Json:
    words = f"Too Many Requests: retry after {seconds}"
    return {"ok": False, "error_code": 429, "description": words, "parameters": {"retry_after": seconds}}


def _result(result: Any) -> Answer:
    return 200, orjson.dumps({"ok": True, "result": result})

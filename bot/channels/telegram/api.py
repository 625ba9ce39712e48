"""Calls to the Bot API, and what its refusals mean.

https://core.telegram.org/bots/api#making-requests; the descriptions of errors are documented nowhere, those read here
were seen in answers of the real server.
"""

import logging
import re
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from telegram import Bot
from telegram.error import (
    BadRequest,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import BaseRequest

from bot.channels.base import Blocked, GiveUp, RetryLater, SendError
from bot.channels.telegram.request import AiohttpRequest, JsonBody

SENDING_CONNECTIONS = 64
TOKEN_REJECTED_RETRY_SECONDS = 60.0

_CHAT_GONE = (
    "chat not found",
    "user is deactivated",
    "bot was kicked",
    "bot is not a member",
    "peer_id_invalid",
    "chat_write_forbidden",
    "not enough rights to send",
    "have no rights to send",
    "group chat was upgraded",
    "group chat was deleted",
)

# At debug level the library logs each call with its parameters: texts and names of people.
logging.getLogger("telegram").setLevel(logging.INFO)


class Api:
    """The bot's own connection: one pool for sending and one for the long poll, which must not hold a sending slot.

    `api_url` has no path of a bot: `https://api.telegram.org`.
    """

    def __init__(self, token: str, api_url: str) -> None:
        root = api_url.rstrip("/")
        self._sending = AiohttpRequest(SENDING_CONNECTIONS)
        self._polling = AiohttpRequest(connections=1)
        self._methods_url = f"{root}/bot{token}"
        self._files_url = f"{root}/file/bot{token}"
        self.bot = Bot(
            token,
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=self._sending,
            get_updates_request=self._polling,
        )
        self.id = 0
        self.username = ""

    async def connect(self) -> None:
        """Open the pools and ask who we are. Raises TelegramError; the text of InvalidToken holds the token."""
        await self.bot.initialize()
        self.id, self.username = self.bot.id, self.bot.username

    async def close(self) -> None:
        await self.bot.shutdown()

    async def call(self, method: str, parameters: dict[str, Any], *, read_timeout_seconds: float | None = None) -> Any:
        """Call a method by its name in the Bot API and return its bare result. Raises TelegramError.

        The library's request raises its errors; what it builds from results, 80 µs each, nobody would read.
        """
        request = self._polling if method == "getUpdates" else self._sending
        wait = BaseRequest.DEFAULT_NONE if read_timeout_seconds is None else read_timeout_seconds
        body: Any = JsonBody(parameters)
        return await request.post(f"{self._methods_url}/{method}", body, read_timeout=wait)

    async def upload(self, method: str, parameters: dict[str, Any]) -> Any:
        """The same with files among the parameters, which the library attaches."""
        return await self.bot.do_api_request(_untyped(method), parameters)

    async def download(self, file_path: str, into: Path, limit_bytes: int) -> int:
        """Fetch a file by the path that `getFile` told; see AiohttpRequest.download."""
        return await self._sending.download(f"{self._files_url}/{file_path}", into, limit_bytes)


@lru_cache
def _untyped(method: str) -> str:
    """`sendMessage` as `send__message`.

    `do_api_request` returns results as they came (its typed twins build objects nobody reads, 80 µs each), but warns
    at each call when a typed twin bears the name it was given. It joins words at underscores, so this name reaches
    the same method without the warning.
    """
    return re.sub(r"(?=[A-Z])", "__", method).lower()


def send_error(error: TelegramError) -> SendError:
    """What a refused call means for the message. The order matters: BadRequest and TimedOut are NetworkErrors too."""
    if isinstance(error, RetryAfter):
        return RetryLater("flood", wait_seconds(error))
    if isinstance(error, Forbidden):
        return Blocked(reason(error))
    if isinstance(error, BadRequest):
        return _bad_request(error)
    if isinstance(error, InvalidToken | EndPointNotFound):
        return RetryLater("token_rejected", TOKEN_REJECTED_RETRY_SECONDS, everyone=True)
    if isinstance(error, NetworkError) and error.message.startswith("Request Entity Too Large"):
        return GiveUp("too_big")
    return RetryLater(reason(error))


def wait_seconds(error: RetryAfter) -> float:
    after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


def reason(error: TelegramError) -> str:
    """A short cause for logs: the server's own words up to where they quote what was sent."""
    if isinstance(error, BadRequest | Forbidden):
        return re.split(r": |\"| '", error.message.removeprefix("Bad Request: ").removeprefix("Forbidden: "))[0][:80]
    if isinstance(error, TimedOut):
        return "timeout"
    if error.message.isidentifier():  # our own request puts the class of a network error here
        return error.message
    status = re.search(r"\((\d{3})\)", error.message)
    return f"{type(error).__name__} {status[1]}" if status else type(error).__name__


def _bad_request(error: BadRequest) -> SendError:
    text = error.message.lower()
    if any(sign in text for sign in _CHAT_GONE):
        return Blocked(reason(error))
    if "too big" in text:
        return GiveUp("too_big")
    if "temporarily unavailable" in text:
        return RetryLater("file temporarily unavailable")
    return GiveUp(reason(error))

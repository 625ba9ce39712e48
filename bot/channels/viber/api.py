"""Calls to Viber's REST Bot API, and what its refusals mean.

https://developers.viber.com/docs/api/rest-bot-api/#error-codes. An answer with HTTP 200 may be a refusal: its
`status` says so. No text of an exception holds the token, an address, or what was sent: Viber's own
`status_message` quotes the request, so it is never passed on.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from bot.channels.base import Blocked, GiveUp, RetryLater, SendError

CONNECTIONS = 64
CONNECT_TIMEOUT_SECONDS = 10.0
READ_TIMEOUT_SECONDS = 20.0
DOWNLOAD_SECONDS = 300.0
REDIRECTS = 3
CHUNK_BYTES = 256 * 1024
TOO_MANY_REQUESTS_SECONDS = 60.0
ALARM_RETRY_SECONDS = 600.0
WEBHOOK_LOST_SECONDS = 30.0

OK = 0
INVALID_URL = 1
INVALID_TOKEN = 2
NOT_SUBSCRIBED = 6
NO_WEBHOOK = 10
TOO_MANY_REQUESTS = 12
NAMES = {
    1: "invalid url",
    2: "invalid token",
    3: "bad data",
    4: "missing data",
    5: "receiver not registered",
    6: "receiver not subscribed",
    7: "account blocked",
    8: "account not found",
    9: "account suspended",
    10: "no webhook",
    11: "no suitable device",
    12: "too many requests",
    13: "api version not supported",
    14: "needs a higher api version",
    15: "account not authorised",
    16: "inline message not allowed",
    17: "account is not inline",
    18: "no public chat",
    19: "cannot broadcast",
    20: "broadcast not allowed",
    21: "country not supported",
    22: "payments not supported",
    23: "free messages used up",
    24: "no balance",
}
GONE = frozenset({5, NOT_SUBSCRIBED})
WANTS_SIMPLER = frozenset({13, 14})
ALARMS = {
    2: "Viber does not accept VIBER_TOKEN: put the bot's present token there and start again.",
    7: "Viber has blocked this bot: its owner must write to Viber's support.",
    8: "Viber knows no bot with VIBER_TOKEN: put the bot's present token there and start again.",
    9: "Viber has suspended this bot: its owner must write to Viber's support.",
    10: "Viber has no webhook for this bot: PUBLIC_URL must be set and reachable from the internet.",
    15: "Viber has not authorised this bot to send: its owner must settle that with Viber.",
    23: "The free messages of this bot at Viber are used up: its owner must agree on paid ones with Viber.",
    24: "The balance of this bot at Viber is used up: its owner must fill it up.",
}
"""What an operator can mend, in one sentence."""
NEVER = frozenset({INVALID_URL, 3, 4, 11, *WANTS_SIMPLER, *range(16, 23)})
"""A bug of ours, or something that this person or this account can never have."""
NOWHERE = (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, aiohttp.TooManyRedirects)
"""An address that leads to nothing: the one given, or one that it sends us on to."""
_FOR_NOW = frozenset({408, 425, 429})

Json = dict[str, Any]


class ViberError(Exception):
    """A call that was refused or not answered. `status` is Viber's own, None when there was no answer to read."""

    def __init__(self, why: str, status: int | None = None, after_seconds: float | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.after_seconds = after_seconds


class Api:
    """One pool of connections. `api_url` is the address before the endpoint: `https://chatapi.viber.com/pa`."""

    def __init__(self, token: str, api_url: str) -> None:
        self._token = token
        self._root = api_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(
                    total=READ_TIMEOUT_SECONDS + CONNECT_TIMEOUT_SECONDS,
                    sock_connect=CONNECT_TIMEOUT_SECONDS,
                    sock_read=READ_TIMEOUT_SECONDS,
                ),
            )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(self, endpoint: str, body: Json) -> Json:
        """The answer to an accepted call, its 64-bit numbers whole. Raises ViberError."""
        # The token is a header of these calls alone: the same pool downloads from addresses that people give.
        headers = {"X-Viber-Auth-Token": self._token, "Content-Type": "application/json; charset=utf-8"}
        async with self._request(
            "POST", f"{self._root}/{endpoint}", data=orjson.dumps(body), headers=headers, allow_redirects=False
        ) as answer:
            if answer.status >= 500 or answer.status in _FOR_NOW:
                raise ViberError(f"HTTP {answer.status}", after_seconds=_wait_asked(answer))
            return _read(await answer.read(), answer.status)

    async def download(self, url: str, into: Path, limit_bytes: int) -> None:
        """Write what lies at `url` to `into`. Raises SendError, or OSError of the disk; leaves nothing half-written."""
        try:
            await self._download(url, into, limit_bytes)
        except BaseException as error:
            with suppress(OSError):
                await asyncio.to_thread(into.unlink, missing_ok=True)
            if isinstance(error, ViberError):
                raise RetryLater(str(error), error.after_seconds) from None
            raise

    async def _download(self, url: str, into: Path, limit_bytes: int) -> None:
        timeout = aiohttp.ClientTimeout(DOWNLOAD_SECONDS, None, READ_TIMEOUT_SECONDS, CONNECT_TIMEOUT_SECONDS)
        try:
            async with self._request("GET", url, timeout=timeout, max_redirects=REDIRECTS + 1) as answer:
                if answer.status >= 500 or answer.status in _FOR_NOW:
                    raise ViberError(f"download: HTTP {answer.status}", after_seconds=_wait_asked(answer))
                if answer.status != 200:
                    raise GiveUp("unreachable")
                if (answer.content_length or 0) > limit_bytes:
                    raise GiveUp("too_big")
                await _save(answer.content, into, limit_bytes)
        except NOWHERE:
            raise GiveUp("unreachable") from None

    @asynccontextmanager
    async def _request(self, method: str, url: str, **options: Any) -> AsyncIterator[aiohttp.ClientResponse]:
        if self._session is None:
            raise ViberError("the connection pool is closed")
        try:
            async with self._session.request(method, url, **options) as answer:
                yield answer
        except NOWHERE:
            raise
        except (TimeoutError, aiohttp.ClientError) as error:
            raise ViberError(type(error).__name__) from None
        except OSError as error:  # aiohttp wraps those of the network; what is left is the disk's
            if isinstance(error, ConnectionError):
                raise ViberError(type(error).__name__) from None
            raise


def send_error(error: ViberError) -> SendError:
    """What a refused `send_message` means for the message."""
    status = error.status
    if status is None or status == OK:
        return RetryLater(str(error), error.after_seconds)
    if status in GONE:
        return Blocked(str(error))
    if status == TOO_MANY_REQUESTS:  # 100 to one person within an hour; their next word ends it
        return RetryLater(str(error), error.after_seconds or TOO_MANY_REQUESTS_SECONDS)
    if status == NO_WEBHOOK:  # the channel registers it again by itself
        return RetryLater(str(error), WEBHOOK_LOST_SECONDS, everyone=True)
    if status in ALARMS:
        return RetryLater(str(error), ALARM_RETRY_SECONDS, everyone=True)
    if status in NEVER:
        return GiveUp(str(error))
    return RetryLater(str(error))


def _read(payload: bytes, http_status: int) -> Json:
    try:
        answer = orjson.loads(payload)
    except orjson.JSONDecodeError:
        raise ViberError(f"HTTP {http_status}, not JSON") from None
    status = answer.get("status") if isinstance(answer, dict) else None
    if not isinstance(status, int):
        raise ViberError(f"HTTP {http_status}, no status")
    if status != OK:
        raise ViberError(f"status {status} ({NAMES.get(status, 'general error')})", status)
    if http_status >= 400:
        raise ViberError(f"HTTP {http_status}")
    return dict(answer)


def _wait_asked(answer: aiohttp.ClientResponse) -> float | None:
    asked = answer.headers.get("Retry-After", "")
    return float(asked) if asked.isascii() and asked.isdecimal() and int(asked) else None


async def _save(content: aiohttp.StreamReader, into: Path, limit_bytes: int) -> None:
    received = 0
    with await asyncio.to_thread(into.open, "wb") as file:
        async for chunk in content.iter_chunked(CHUNK_BYTES):
            received += len(chunk)
            if received > limit_bytes:
                raise GiveUp("too_big")
            await asyncio.to_thread(file.write, chunk)

"""HTTP for `telegram.Bot`, on aiohttp: several times cheaper per call than the library's own httpx.

Errors carry the class name of what happened and nothing else: aiohttp's texts hold the address, and the address
holds the token.
"""

import asyncio
from functools import lru_cache
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from telegram._utils.types import JSONDict, ODVInput
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECT_TIMEOUT_SECONDS = 10.0
READ_TIMEOUT_SECONDS = 20.0
UPLOAD_TIMEOUT_SECONDS = 120.0
CHUNK_BYTES = 256 * 1024
JSON_HEADERS = {"Content-Type": "application/json"}


class TooBig(Exception):
    """A download grew past its limit."""


class JsonBody:
    """Parameters as one JSON object, which the Bot API takes as well as a form: nothing is escaped twice, and letters
    that are not Latin stay as short as they are. Stands in for the library's RequestData, which is final."""

    __slots__ = ("content",)
    contains_files = False

    def __init__(self, parameters: JSONDict) -> None:
        self.content = orjson.dumps(parameters)


class AiohttpRequest(BaseRequest):
    """One pool of at most `connections` connections, opened by `initialize` and closed by `shutdown`."""

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return READ_TIMEOUT_SECONDS

    async def initialize(self) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    @staticmethod
    def parse_json_payload(payload: bytes) -> JSONDict:
        """Read an answer. Raises TelegramError without its content; the library's own version logs it."""
        try:
            answer = orjson.loads(payload)
        except orjson.JSONDecodeError:
            raise TelegramError("the answer is not JSON") from None
        if not isinstance(answer, dict):
            raise TelegramError("the answer is not an object")
        return answer

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | JsonBody | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One call: status and body. Raises TimedOut or NetworkError."""
        wait = read_timeout if isinstance(read_timeout, int | float) else READ_TIMEOUT_SECONDS
        headers = JSON_HEADERS if isinstance(request_data, JsonBody) else None
        if request_data is not None and request_data.contains_files:
            wait = max(wait, UPLOAD_TIMEOUT_SECONDS)
        try:
            async with self._open().request(
                method, url, data=_body(request_data), headers=headers, timeout=_timeout(wait)
            ) as answer:
                return answer.status, await answer.read()
        except TimeoutError as error:  # first: aiohttp's timeouts are both a TimeoutError and a ClientError
            raise TimedOut(type(error).__name__) from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None

    async def download(self, url: str, into: Path, limit_bytes: int) -> int:
        """Write what lies at `url` to `into` and return the HTTP status; nothing is written unless it is 200.

        Raises TooBig past the limit, TimedOut or NetworkError. What was begun is the caller's to remove.
        """
        try:
            async with self._open().get(url, timeout=_timeout(READ_TIMEOUT_SECONDS, total=None)) as answer:
                if answer.status == 200:
                    await _save(answer.content, into, limit_bytes)
                return answer.status
        except TimeoutError as error:
            raise TimedOut(type(error).__name__) from None
        except aiohttp.ClientError as error:
            raise NetworkError(type(error).__name__) from None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise NetworkError("the connection pool is closed")
        return self._session


@lru_cache
def _timeout(read_seconds: float, total: float | None = 0) -> aiohttp.ClientTimeout:
    """`total` 0 means what reading and connecting may take together, None no limit on the whole."""
    whole = read_seconds + CONNECT_TIMEOUT_SECONDS if total == 0 else total
    return aiohttp.ClientTimeout(total=whole, sock_connect=CONNECT_TIMEOUT_SECONDS, sock_read=read_seconds)


def _body(request_data: RequestData | JsonBody | None) -> Any:
    if request_data is None:
        return None
    if isinstance(request_data, JsonBody):
        return request_data.content
    if not request_data.contains_files:
        return request_data.json_parameters
    form = aiohttp.FormData(quote_fields=False)  # else a Cyrillic file name arrives percent-encoded
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for field, (filename, content, media_type) in request_data.multipart_data.items():
        form.add_field(field, content, filename=filename, content_type=media_type)
    return form


async def _save(content: aiohttp.StreamReader, into: Path, limit_bytes: int) -> None:
    received = 0
    with await asyncio.to_thread(into.open, "wb") as file:
        async for chunk in content.iter_chunked(CHUNK_BYTES):
            received += len(chunk)
            if received > limit_bytes:
                raise TooBig
            await asyncio.to_thread(file.write, chunk)

"""HTTP/1.1 as clients of the Bot API speak it, in one protocol: 20 µs a request, where a framework takes 200.

What a framework takes would be in every contestant's time, and on the processors that they work on.

Knows what the contestants' clients send: POST with Content-Length or chunked, a body in JSON, as a form or in parts,
connections kept open, requests one after another on each. Not for the open network.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, cast
from urllib.parse import parse_qsl

import orjson

Parameters = dict[str, Any]
Answer = tuple[int, bytes]
Serve = Callable[[str, Parameters, float], Awaitable[Answer]]
"""Gets the path, the parameters and the moment, on the clock of `time.perf_counter`, when the call had arrived."""

_REASONS = {200: b"OK", 400: b"Bad Request", 404: b"Not Found", 409: b"Conflict", 429: b"Too Many Requests"}
_LENGTH, _CHUNKED = b"content-length:", b"transfer-encoding: chunked"


class HttpProtocol(asyncio.Protocol):
    """One connection. `serve` returns a status and a JSON body."""

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self._received = b""
        self._transport: asyncio.Transport
        self._under_way: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, _: Exception | None) -> None:
        for task in self._under_way:
            task.cancel()

    def data_received(self, data: bytes) -> None:
        arrived = time.perf_counter()
        self._received += data
        taken = take_message(self._received)
        if taken is None:
            return
        head, body, self._received = taken
        path = head.split(b" ", 2)[1].decode("ascii")
        task = asyncio.ensure_future(self._answer(path, read_parameters(head, body), arrived))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _answer(self, path: str, parameters: Parameters, arrived: float) -> None:
        status, body = await self._serve(path, parameters, arrived)
        head = b"HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        if not self._transport.is_closing():
            self._transport.write(head % (status, _REASONS[status], len(body)) + body)


def take_message(received: bytes) -> tuple[bytes, bytes, bytes] | None:
    """The head and the body of a request or an answer, and what follows it; None while it is not there as a whole."""
    head, found, rest = received.partition(b"\r\n\r\n")
    if not found:
        return None
    body, left = _take_body(head, rest)
    return None if body is None else (head, body, left)


def _take_body(head: bytes, rest: bytes) -> tuple[bytes | None, bytes]:
    """The body and what follows it; None while it has not arrived as a whole."""
    lowered = head.lower()
    if _CHUNKED in lowered:
        return _take_chunks(rest)
    _, found, after = lowered.partition(_LENGTH)
    size = int(after.split(b"\r\n", 1)[0]) if found else 0
    return (None, rest) if len(rest) < size else (rest[:size], rest[size:])


def _take_chunks(rest: bytes) -> tuple[bytes | None, bytes]:
    body = b""
    while True:
        line, found, rest = rest.partition(b"\r\n")
        size = int(line, 16) if found else 0
        if not found or len(rest) < size + 2:
            return None, rest
        if not size:
            return body, rest[2:]
        body, rest = body + rest[:size], rest[size + 2 :]


def read_parameters(head: bytes, body: bytes) -> Parameters:
    """The call's parameters, numbers and nested values as JSON wherever the client wrote them so."""
    lowered = head.lower()
    if b"application/json" in lowered:
        return orjson.loads(body) if body else {}
    if b"multipart/form-data" in lowered:
        return {name: _plain_or_json(value) for name, value in _parts(head, body)}
    return {name: _plain_or_json(value) for name, value in parse_qsl(body.decode())}


def _parts(head: bytes, body: bytes) -> list[tuple[str, str]]:
    fields = head.partition(b"\r\n")[2]
    message = BytesParser(policy=HTTP).parsebytes(fields + b"\r\n\r\n" + body)
    found = (
        (part.get_param("name", header="content-disposition"), part.get_payload()) for part in message.iter_parts()
    )
    return [(str(name), str(value)) for name, value in found]


def _plain_or_json(value: str) -> Any:
    if value[:1] not in "[{-0123456789tf":
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value

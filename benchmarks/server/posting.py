"""Posting JSON in one protocol: connections are kept open, with one request at a time on each.

Knows what the contestants' servers answer, and ours: a Content-Length or chunks. Not for the open network.
"""

import asyncio
from collections.abc import Mapping
from typing import cast
from urllib.parse import urlsplit

from benchmarks.server.http import take_message


class Poster:
    """Posts to one address. Use `close` at the end."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        parts = urlsplit(url)
        self._host, self._port = cast(str, parts.hostname), parts.port or 80
        fields = {"Host": parts.netloc, "Content-Type": "application/json", **(headers or {})}
        lines = (f"POST {parts.path or '/'} HTTP/1.1", *map(": ".join, fields.items()))
        self._head = "".join(f"{line}\r\n" for line in lines).encode("ascii") + b"Content-Length: %d\r\n\r\n"
        self._idle: list[_Connection] = []

    async def connection(self) -> "_Connection":
        """One that is free, or a new one: what comes before the post is then not the receiver's."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed:
                return connection
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(_Connection, self._host, self._port))[1]

    async def post(self, connection: "_Connection", body: bytes) -> tuple[int, bytes]:
        """The status and the body of the answer; (0, b"") when the connection ended without one."""
        status, answer = await connection.ask(self._head % len(body) + body)
        if status:
            self._idle.append(connection)
        return status, answer

    def close(self) -> None:
        for connection in self._idle:
            connection.close()


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self.is_closed = False
        self._received = b""
        self._transport: asyncio.Transport
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def ask(self, request: bytes) -> asyncio.Future[tuple[int, bytes]]:
        """The status and the body of the answer. The request is on its way when this returns."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._received += data
        taken = take_message(self._received)
        if taken is not None:
            head, body, self._received = taken
            self._end(int(head.split(b" ", 2)[1]), body)

    def connection_lost(self, _: Exception | None) -> None:
        self.is_closed = True
        self._end(0, b"")

    def _end(self, status: int, body: bytes) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((status, body))

    def close(self) -> None:
        self._transport.close()

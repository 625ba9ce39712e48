"""The open event streams: each reads its chat's rows after the last one it sent, and sleeps until woken.

Memory is bounded: a stream holds one number, a chat at most `STREAMS_PER_CHAT` streams, the house `MOST_STREAMS`.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

HEARTBEAT_SECONDS = 20.0
# A page that has nothing to show yet gets the end of the conversation; one that comes back gets what it missed.
REPLAYED_ROWS = 60
MOST_MISSED_ROWS = 1000
# Browsers open six connections to a host over HTTP/1.1: five windows of one person still leave one to send on.
STREAMS_PER_CHAT = 5
MOST_STREAMS = 5000


@dataclass(frozen=True, slots=True)
class StreamRow:
    """One outbox row of a chat. `body` is what `replies.write_reply` wrote; `replaces` is the row that showed the
    message until now, None for a new message; `language` is the row's own, '' for the page's."""

    id: int
    body: Mapping[str, Any]
    replaces: int | None = None
    language: str = ""


ReadRows = Callable[[str, int, int], Awaitable[list[StreamRow]]]
"""`(chat, after, limit)` → the newest `limit` rows of the chat whose id is greater than `after`, oldest first."""


@dataclass(eq=False, slots=True)
class OpenStream:
    after: int
    woken: asyncio.Event = field(default_factory=asyncio.Event)


class Streams:
    def __init__(self, read_rows: ReadRows, heartbeat_seconds: float = HEARTBEAT_SECONDS) -> None:
        self._read_rows = read_rows
        self._heartbeat_seconds = heartbeat_seconds
        self._open: dict[str, set[OpenStream]] = {}
        self._count = 0
        self._closing = False

    def has_room(self, chat: str) -> bool:
        return self._count < MOST_STREAMS and len(self._open.get(chat, ())) < STREAMS_PER_CHAT

    def wake(self, chat: str, row: int | None = None) -> None:
        """Let the chat's streams read. `row` is the row there is to see: who has shown it already sleeps on."""
        for stream in self._open.get(chat, ()):
            if row is None or stream.after < row:
                stream.woken.set()

    def wake_all(self) -> None:
        for streams in self._open.values():
            for stream in streams:
                stream.woken.set()

    def shut(self) -> None:
        """End every stream, now and from now on."""
        self._closing = True
        self.wake_all()

    async def follow(self, chat: str, after: int) -> AsyncGenerator[StreamRow | None, None]:
        """The chat's rows after the row `after`, until the house stops; None whenever the line is idle.

        None comes once when the rows that waited have been given, and then at each heartbeat.
        """
        stream = OpenStream(after)
        self._open.setdefault(chat, set()).add(stream)
        self._count += 1
        try:
            idle = True
            while not self._closing:
                stream.woken.clear()
                limit = MOST_MISSED_ROWS if stream.after else REPLAYED_ROWS
                rows = await self._read_rows(chat, stream.after, limit)
                for row in rows:
                    stream.after = row.id
                    yield row
                if idle:
                    yield None
                idle = await self._slept_through(stream)
        finally:
            self._forget(chat, stream)

    async def _slept_through(self, stream: OpenStream) -> bool:
        """Wait to be woken, for one heartbeat at most; whether nothing woke it."""
        try:
            await asyncio.wait_for(stream.woken.wait(), self._heartbeat_seconds)
        except TimeoutError:
            return True
        return False

    def _forget(self, chat: str, stream: OpenStream) -> None:
        self._count -= 1
        self._open[chat].discard(stream)
        if not self._open[chat]:
            del self._open[chat]

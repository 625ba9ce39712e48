"""What stands in for a platform in tests of sending and fetching: a channel that does as it is told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

from bot.channels.base import Message, SendError, TakeTurn

PATIENCE_SECONDS = 10.0


class Post:
    """A platform. `fails` are raised by the next sends, one each; `files` are what it gives, by id.

    `gates`, by chat or by text, are waited for before a message arrives.
    """

    def __init__(self, name: str = "telegram", edits: bool = True, session: timedelta | None = None) -> None:
        self.name, self.edits, self.session = name, edits, session
        self.files_expire = session is not None
        self.begun: list[Message] = []
        self.sent: list[Message] = []
        self.fails: list[Exception] = []
        self.files: dict[str, bytes | SendError] = {}
        self.asked: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}
        self.take_turn: TakeTurn | None = None
        self._news = asyncio.Condition()

    async def start(self, take_turn: TakeTurn) -> None:
        self.take_turn = take_turn

    async def stop(self) -> None:
        self.take_turn = None

    async def send(self, message: Message) -> str:
        self.begun.append(message)
        await self._tell()
        for gate in {message.chat, message.text} & self.gates.keys():
            await self.gates[gate].wait()
        if self.fails:
            raise self.fails.pop(0)
        self.sent.append(message)
        await self._tell()
        return f"p{message.id}"

    async def fetch(self, file_id: str, into: Path, limit_bytes: int) -> None:
        self.asked.append(file_id)
        await self._tell()
        found = self.files[file_id]
        if isinstance(found, SendError):
            raise found
        await asyncio.to_thread(into.write_bytes, found)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for what the desk's calls bring about."""
        async with asyncio.timeout(PATIENCE_SECONDS), self._news:
            await self._news.wait_for(condition)

    async def has_sent(self, *texts: str) -> None:
        """Wait until exactly these went out, in this order."""
        await self.until(lambda: len(self.sent) >= len(texts))
        assert [message.text for message in self.sent] == list(texts)

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()


@asynccontextmanager
async def running(job: asyncio.Task[None]) -> AsyncIterator[None]:
    """A job for as long as the block lasts."""
    try:
        yield
    finally:
        job.cancel()
        with suppress(asyncio.CancelledError):
            await job

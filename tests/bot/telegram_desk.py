"""A Telegram channel on the test server, with a house that only writes down what it is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.channels.base import Message, Update
from bot.channels.telegram import TelegramChannel
from conversations.replies import Button
from tests.bot.telegram_server import PATIENCE_SECONDS, TOKEN, TelegramServer


class House:
    """Takes turns: each is noted, unless `failures` are left, which stand for a database that is away."""

    def __init__(self) -> None:
        self.updates: list[Update] = []
        self.begun = asyncio.Event()
        self.failures = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self._news: asyncio.Queue[Update] = asyncio.Queue()

    async def take_turn(self, update: Update) -> None:
        self.begun.set()
        await self.gate.wait()
        if self.failures:
            self.failures -= 1
            raise ConnectionError
        self.updates.append(update)
        self._news.put_nowait(update)

    async def next(self) -> Update:
        return await asyncio.wait_for(self._news.get(), PATIENCE_SECONDS)


class Pauses(list[float]):
    """Stands for sleeping: notes how long it would have been."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)
        await asyncio.sleep(0)


@asynccontextmanager
async def desk(**options: Any) -> AsyncIterator[tuple[TelegramServer, TelegramChannel, House]]:
    """A started channel that polls; `options` go to its constructor."""
    async with TelegramServer() as server:
        house = House()
        channel = TelegramChannel(TOKEN, server.url, **{"pause": Pauses(), **options})
        await channel.start(house.take_turn)
        try:
            yield server, channel, house
        finally:
            await channel.stop()


def message(chat: int, text: str, *rows: tuple[Button, ...], **more: Any) -> Message:
    return Message(**{"id": 1, "chat": str(chat), "text": text, "rows": rows, **more})

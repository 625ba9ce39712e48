"""The whole desk on the Viber test server: the real application, its channel, and people with phones.

    async with viber_desk(url, folder) as (server, desk, naps):
        anna = server.person("Анна")
        await anna.opens()
        ...

At the end the server must have found nothing wrong with the bot; a test that provokes something clears `violations`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bot.app import App
from bot.channels.viber import ViberChannel
from tests.bot.open_desk import Clock, OpenDesk, open_desk, web_channel
from tests.bot.viber_people import Person
from tests.bot.viber_server import TOKEN, ViberServer


class Naps:
    """Stands for sleeping: it ends when a test says so. `naps` is how long each would have been, in seconds."""

    def __init__(self) -> None:
        self.naps: list[float] = []
        self._over = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.naps.append(seconds)
        await self._over.wait()

    def end(self) -> None:
        """Whoever sleeps now wakes up."""
        self._over.set()
        self._over = asyncio.Event()


@asynccontextmanager
async def viber_desk(
    database_url: str, folder: Path, *, clock: Clock | None = None, **options: Any
) -> AsyncIterator[tuple[ViberServer, OpenDesk, Naps]]:
    """Registered at the server. `options` are those of `open_desk`."""
    clock = clock or Clock()
    naps = Naps()
    async with ViberServer(clock) as server:

        def channels(app: App, address: str) -> dict[str, Any]:
            return {"web": web_channel(app), "viber": viber_channel(app, server, address, naps)}

        async with open_desk(database_url, folder, channels, clock=clock, **options) as desk:
            await server.until(lambda: bool(server.webhook))
            yield server, desk, naps
            await server.reported()
        assert server.violations == []


def viber_channel(app: App, server: ViberServer, address: str, pause: Naps) -> ViberChannel:
    return ViberChannel(
        TOKEN,
        server.url,
        address,
        data_dir=app.settings.data_dir,
        answer_opening=app.answer_opening,
        bill=partial(app.bill, "viber"),
        clock=app.clock,
        pause=pause,
    )


async def settled(server: ViberServer, desk: OpenDesk, person: Person) -> None:
    """Wait until the person sees everything and the bot knows that they do."""
    await desk.settled("viber", person.id)
    await server.reported()

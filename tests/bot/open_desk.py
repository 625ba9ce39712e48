"""The whole desk in this process, on a loopback port: the real application, database, sender, fetcher and pages.

async with open_desk(url, folder, lambda app: {"web": web_channel(app)}) as desk:
    ...                                    # desk.url is where it is served
    await desk.settled("web", chat)        # nothing is on its way to that chat any more
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn

from bot.app import App
from bot.channels.web import WebChannel
from bot.facing import face, find_file, page_texts, read_rows
from bot.serving import bind
from bot.settings import Settings
from bot.web import web_application
from conversations.xlsform import Compiled
from storage import calls, history, people
from storage.database import Database
from tests.bot.desk import BEES, NOON, publish

PATIENCE_SECONDS = 20.0


class Clock:
    """What the desk takes for the time: it runs on from `start`, and leaps when a test says so."""

    def __init__(self, start: datetime = NOON) -> None:
        self._start = start - timedelta(seconds=time.monotonic())

    def __call__(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic())

    def passes(self, **time: float) -> None:
        self._start += timedelta(**time)


@dataclass
class OpenDesk:
    app: App
    channels: Mapping[str, Any]
    url: str
    clock: Clock

    @property
    def database(self) -> Database:
        return self.app.database

    async def settled(self, channel: str, chat: str) -> None:
        """Wait until no message and no file is on its way to or from the chat."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                found = await self.database.read(lambda conn: people.find_chat(conn, channel, chat))
                if found is None or await self.database.read(partial(history.is_settled, chat_id=found.id)):
                    return


@asynccontextmanager
async def open_desk(
    database_url: str,
    data_dir: Path,
    channels: Callable[[App, str], Mapping[str, Any]],
    *,
    form: str | Compiled = BEES,
    clock: Clock | None = None,
    **settings: Any,
) -> AsyncIterator[OpenDesk]:
    """`channels` gets the application and the address at which it is served. The call is open and has no end."""
    clock = clock or Clock()
    listening = bind("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    await _prepare(database_url, form, clock())
    given = {"data_dir": data_dir, "database_url": database_url, "public_url": url, **settings}
    app = App(Settings(_env_file=None, **given), clock)
    await app.open()
    made = channels(app, url)
    served = web_application(
        pages=[route for channel in made.values() for route in getattr(channel, "routes", list)()],
        webhooks={name: channel.handle_webhook for name, channel in made.items() if hasattr(channel, "handle_webhook")},
        health=app.health,
        metrics=_no_metrics,
        stop=app.stop,
    )
    server = uvicorn.Server(uvicorn.Config(served, log_config=None, access_log=False, timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await app.run_channels(made)
        yield OpenDesk(app, made, url, clock)
    finally:
        if "web" in made:
            await made["web"].stop()
        server.should_exit = True
        await serving
        listening.close()


def web_channel(app: App) -> WebChannel:
    return WebChannel(
        stream=read_rows(app.database),
        find_file=find_file(app.database, app.files),
        find_media=app.files.media_document,
        face=face(app),
        texts=page_texts(),
        data_dir=app.settings.data_dir,
    )


async def _prepare(database_url: str, form: str | Compiled, now: datetime) -> None:
    """The form is published and the call open before the desk starts: it finds them made."""
    database = Database(database_url)
    await database.open()

    def work(conn: Any) -> None:
        publish(conn, form, now)
        calls.open_first(conn, opens=None, closes=None, title="", now=now)

    await database.write(work)
    await database.close()


async def _no_metrics() -> str:
    return ""

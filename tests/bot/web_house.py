"""A house for the web channel's tests: rows in memory, a scripted answer to each update, a real server in a thread."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import orjson
import uvicorn
from starlette.applications import Starlette

from bot.channels.base import Document, Message, Update
from bot.channels.web import Face, StreamRow, WebChannel
from conversations.page_phrases import PAGE_PHRASES
from conversations.replies import Reply, write_reply

Script = Callable[["House", Update], list[Reply]]

FACE = Face(
    language="bg",
    languages=(("bg", "Български"), ("en", "English")),
    title={"bg": "Мрежа „Слънчоглед“", "en": "Network “Sunflower”"},
    menu={
        "bg": (("status", "Статус"), ("review", "Прегледай"), ("help", "Помощ")),
        "en": (("status", "Status"), ("review", "Review"), ("help", "Help")),
    },
)


def says_nothing(house: "House", update: Update) -> list[Reply]:
    return []


class House:
    """Takes turns by `script`; a repeated update id is dropped, as the real one does. Rows are counted from 1."""

    def __init__(self, data_dir: Path, script: Script = says_nothing, **options: object) -> None:
        self.data_dir = data_dir
        self.script = script
        self.options = {"face": lambda: FACE, **options}
        self.updates: list[Update] = []
        self.documents: dict[tuple[str, str], Document] = {}
        self.media: dict[str, Document] = {}
        self.language = "bg"
        self.gate: Callable[[], Awaitable[object]] | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self._rows: dict[str, list[StreamRow]] = {}
        self._last_row = 0
        self.channel = self.open_channel()

    def open_channel(self) -> WebChannel:
        self.channel = WebChannel(
            stream=self.read_rows,
            find_file=self.find_file,
            find_media=self.media.get,
            texts=PAGE_PHRASES,
            data_dir=self.data_dir,
            **self.options,  # type: ignore[arg-type]
        )
        return self.channel

    async def take_turn(self, update: Update) -> None:
        if self.gate is not None:
            await self.gate()
        if update.update_id in {known.update_id for known in self.updates}:
            return
        self.updates.append(update)
        for reply in self.script(self, update):
            await self.put(update.chat, reply)

    async def put(self, chat: str, reply: Reply) -> int:
        """Into the outbox and on to the channel; returns the row."""
        row = self.write(chat, reply)
        await self.channel.send(Message(id=row, chat=chat, text=reply.text))
        return row

    def write(self, chat: str, reply: Reply) -> int:
        """Into the outbox only."""
        rows = self._rows.setdefault(chat, [])
        shown = [row.id for row in rows if reply.replaces and row.body["key"] == reply.replaces]
        self._last_row += 1
        body = orjson.loads(write_reply(reply))
        rows.append(StreamRow(self._last_row, body, shown[-1] if shown else None, self.language))
        return self._last_row

    def say(self, chat: str, reply: Reply) -> int:
        """`put` from another thread, finished when it returns."""
        assert self.loop is not None
        return asyncio.run_coroutine_threadsafe(self.put(chat, reply), self.loop).result(10)

    async def read_rows(self, chat: str, after: int, limit: int) -> list[StreamRow]:
        return [row for row in self._rows.get(chat, []) if row.id > after][-limit:]

    async def find_file(self, chat: str, file_id: str) -> Document | None:
        return self.documents.get((chat, file_id))

    @property
    def chat(self) -> str:
        """The one chat that has written so far."""
        (chat,) = {update.chat for update in self.updates}
        return chat

    @property
    def contents(self) -> list[object]:
        return [update.content for update in self.updates]


@dataclass(frozen=True, slots=True)
class Served:
    url: str
    port: int


@contextmanager
def serve(house: House, port: int = 0) -> Iterator[Served]:
    """The channel's routes on a loopback port of the system's choice, or on `port`."""
    up = threading.Event()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        house.loop = asyncio.get_running_loop()
        await house.channel.start(house.take_turn)
        up.set()
        yield

    listening = socket.create_server(("127.0.0.1", port), reuse_port=False)
    app = Starlette(routes=house.channel.routes(), lifespan=lifespan)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    assert up.wait(10), "the server did not start"
    bound = listening.getsockname()[1]
    try:
        yield Served(f"http://127.0.0.1:{bound}", bound)
    finally:
        assert house.loop is not None
        asyncio.run_coroutine_threadsafe(house.channel.stop(), house.loop).result(5)
        server.should_exit = True
        thread.join(10)
        listening.close()


def in_place(reply: Reply, **changes: object) -> Reply:
    """The same message, changed where it stands."""
    return replace(reply, replaces=reply.key, **changes)  # type: ignore[arg-type]

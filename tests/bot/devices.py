"""What a person holds in the hand on each channel: says a line there, really, and reads what comes as plain words.

A label under the newest message is tapped where the channel has buttons, and typed in the terminal.
"""

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any, Protocol
from unittest.mock import patch
from uuid import uuid4

import aiohttp

from bot.app import App
from bot.channels.console import ConsoleChannel
from bot.channels.telegram import TelegramChannel
from bot.limits import Rate, Rates
from conversations.phrases import plain_word, say
from conversations.xlsform import Compiled
from storage.tables import chats
from tests.bot.open_desk import OpenDesk, open_desk, web_channel
from tests.bot.telegram_desk import Pauses
from tests.bot.telegram_server import TOKEN, TelegramServer
from tests.bot.telegram_server import Person as OnTelegram
from tests.bot.viber_desk import settled, viber_desk
from tests.bot.viber_people import Person as OnViber
from tests.bot.viber_server import ViberServer

TAG = re.compile(r"<[^>]+>")
END_OF_LINE = re.compile(r"<br ?/?>|</p>")
FURNITURE_OF_THE_TERMINAL = re.compile(r"^  .*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Heard:
    """One message as plain words. `before`: what it said until now when it was changed in place, '' for a new one."""

    text: str
    before: str = ""


class Device(Protocol):
    async def says(self, line: str) -> list[Heard]:
        """Tap or type it; returns what came, when nothing more is on its way."""

    async def sends_file(self, name: str, content: bytes) -> list[Heard]: ...


Opened = Callable[[str, Path, Compiled], AbstractAsyncContextManager[Device]]
"""A desk with this database, folder and form, and a person's device at it."""


# ---------- web ----------


@dataclass
class Browser:
    """Posts as the page does, and reads the stream of events from where it has read to."""

    desk: OpenDesk
    session: aiohttp.ClientSession
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)

    async def says(self, line: str) -> list[Heard]:
        shown = [row for row in self.rows.values() if any(row["rows"])]
        for button in (button for row in (shown[-1]["rows"] if shown else ()) for button in row):
            if plain_word(button["label"]) == plain_word(line):
                return await self._posts(tap=button["id"])
        word, _, argument = line.partition(" ")
        is_command = line.startswith("/")
        return await self._posts(
            **({"command": {"word": word[1:], "argument": argument}} if is_command else {"text": line})
        )

    async def sends_file(self, name: str, content: bytes) -> list[Heard]:
        form = aiohttp.FormData({"update_id": uuid4().hex, "seen": str(max(self.rows))})
        form.add_field("file", content, filename=name)
        async with self.session.post("/chat/file", data=form) as answer:
            assert answer.status == 204
        return await self._reads()

    async def _posts(self, **content: Any) -> list[Heard]:
        body = {"update_id": uuid4().hex, "seen": max(self.rows, default=None), **content}
        async with self.session.post("/chat/send", json=body) as answer:
            assert answer.status == 204, await answer.text()
        return await self._reads()

    async def _reads(self) -> list[Heard]:
        await self.desk.settled("web", await self._chat())
        heard: list[Heard] = []
        async with self.session.get(
            "/chat/stream", headers={"Last-Event-ID": str(max(self.rows, default=0))}
        ) as stream:
            async for line in stream.content:
                if line == b"event: pause\n":
                    break
                if line.startswith(b"data: "):
                    heard += self._sees(json.loads(line[6:]))
        return heard

    def _sees(self, row: dict[str, Any]) -> list[Heard]:
        old = self.rows.pop(row["replaces"], None) if row["replaces"] else None
        if old is None and row["onlyInPlace"]:
            return []
        self.rows[row["id"]] = row
        return [Heard(_from_html(row["html"]), _from_html(old["html"]) if old else "")]

    async def _chat(self) -> str:

        return await self.desk.database.read(lambda conn: conn.execute(chats.select()).mappings().one()["platform_id"])


@asynccontextmanager
async def on_the_web(url: str, folder: Path, form: Compiled) -> AsyncIterator[Browser]:
    async with open_desk(url, folder, lambda app, _: {"web": web_channel(app)}, form=form) as desk:
        own = {"Origin": desk.url, "Sec-Fetch-Site": "same-origin", "Accept-Language": "bg"}
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(desk.url, headers=own, cookie_jar=jar) as session:
            async with session.get("/") as page:
                assert page.status == 200
            yield Browser(desk, session)


def _from_html(html: str) -> str:
    return unescape(TAG.sub("", END_OF_LINE.sub("\n", html)))


# ---------- the terminal ----------


@dataclass
class Terminal:
    channel: ConsoleChannel
    folder: Path
    shown: list[str]

    async def says(self, line: str) -> list[Heard]:
        self.shown.clear()
        await self.channel.say(line)
        return [Heard(FURNITURE_OF_THE_TERMINAL.sub("", text)) for text in self.shown]

    async def sends_file(self, name: str, content: bytes) -> list[Heard]:
        path = self.folder / name
        path.write_bytes(content)
        return await self.says(f"/file {path}")


@asynccontextmanager
async def in_the_terminal(url: str, folder: Path, form: Compiled) -> AsyncIterator[Terminal]:
    shown: list[str] = []
    opened: list[OpenDesk] = []

    async def settled() -> None:
        await opened[0].settled("console", "me")

    channel = ConsoleChannel("me", shown.append, settled)
    async with open_desk(url, folder, lambda *_: {"console": channel}, form=form) as desk:
        opened.append(desk)
        yield Terminal(channel, folder, shown)


# ---------- Telegram ----------


@dataclass
class TelegramPhone:
    desk: OpenDesk
    server: TelegramServer
    person: OnTelegram
    looks: dict[int, str] = field(default_factory=dict)

    async def says(self, line: str) -> list[Heard]:
        button = self._button(line)
        if button:
            await self.person.taps(button)
        else:
            await self.person.says(line, date=int(self.desk.clock().timestamp()))
        return await self._reads()

    async def sends_file(self, name: str, content: bytes) -> list[Heard]:
        await self.person.sends_file(name, content)
        return await self._reads()

    def _button(self, line: str) -> str:
        markups = [shown["reply_markup"] for shown in self.person.chat.screen.values() if "reply_markup" in shown]
        buttons = [button for row in (markups[-1]["inline_keyboard"] if markups else ()) for button in row]
        return next((button["text"] for button in buttons if plain_word(button["text"]) == plain_word(line)), "")

    async def _reads(self) -> list[Heard]:
        """Everything that came in since the last look; an update is confirmed when its turn is committed."""
        await self.server.until(lambda: not self.server.pending)
        await self.desk.settled("telegram", str(self.person.chat.id))
        heard = []
        while not self.person.chat.log.empty():
            shown = self.person.chat.log.get_nowait()
            before = self.looks.get(shown["message_id"], "")
            self.looks[shown["message_id"]] = shown["text"]
            heard.append(Heard(shown["text"], before))
        return [each for each in heard if each.text != say("share_phone_hint", "bg")]


@asynccontextmanager
async def on_telegram(url: str, folder: Path, form: Compiled) -> AsyncIterator[TelegramPhone]:
    async with TelegramServer() as server:

        def channels(app: App, address: str) -> dict[str, TelegramChannel]:
            return {"telegram": TelegramChannel(TOKEN, server.url, pause=Pauses())}

        # A person may be told one thing a second there, which is no matter of words.
        with patch("bot.app.TELEGRAM_RATES", Rates(*[Rate(1000, 1000)] * 3)):
            async with open_desk(url, folder, channels, form=form) as desk:
                yield TelegramPhone(desk, server, server.person("Мария", "Иванова"))


# ---------- Viber ----------


@dataclass
class ViberPhone:
    desk: OpenDesk
    server: ViberServer
    person: OnViber
    read: int = 0

    async def says(self, line: str) -> list[Heard]:
        """`/start` is what opening the chat does."""
        label = next((label for label in self.person.labels if plain_word(label) == plain_word(line)), "")
        if line == "/start":
            await self.person.opens()
        elif label:
            await self.person.taps(label)
        else:
            await self.person.says(line)
        return await self._reads()

    async def sends_file(self, name: str, content: bytes) -> list[Heard]:
        await self.person.sends_file(name, content)
        return await self._reads()

    async def _reads(self) -> list[Heard]:
        await settled(self.server, self.desk, self.person)
        heard, self.read = self.person.screen[self.read :], len(self.person.screen)
        return [Heard(shown.text) for shown in heard]


@asynccontextmanager
async def on_viber(url: str, folder: Path, form: Compiled) -> AsyncIterator[ViberPhone]:
    async with viber_desk(url, folder, form=form) as (server, desk, _):
        yield ViberPhone(desk, server, server.person("Мария Иванова"))

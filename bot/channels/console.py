"""The terminal: the same conversation, line by line; the talk can be kept as a transcript."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TextIO
from uuid import uuid4

from bot.channels.base import Command, Content, File, GiveUp, Media, Message, TakeTurn, Text, Update
from bot.channels.changes import changed
from bot.channels.markup import to_plain
from conversations.replies import Reply, numbered

SEND_FILE = "/file"
LEAVE = "/quit"


class ConsoleChannel:
    """One person at one terminal. `show` takes a line; `settled` returns when nothing more is on its way to them."""

    name = "console"
    edits = False
    session: timedelta | None = None
    files_expire = False

    def __init__(self, person: str, show: Callable[[str], None], settled: Callable[[], Awaitable[None]]) -> None:
        self.person = person
        self._show = show
        self._settled = settled
        self._take_turn: TakeTurn | None = None
        self._seen = 0

    async def start(self, take_turn: TakeTurn) -> None:
        self._take_turn = take_turn

    async def stop(self) -> None:
        self._take_turn = None

    async def send(self, message: Message) -> str:
        shown = render(message)
        if shown:
            self._show(shown)
        self._seen = message.id
        return str(message.id)

    async def fetch(self, file_id: str, into: Path, limit_bytes: int) -> None:
        await asyncio.to_thread(_copy, Path(file_id), into, limit_bytes)

    async def say(self, line: str) -> None:
        """One line as the person typed it; returns when everything that follows from it was shown."""
        if self._take_turn is None:
            raise RuntimeError("the channel is not started")
        update = Update(self.name, uuid4().hex, self.person, self.person, _content(line), seen=self._seen)
        await self._take_turn(update)
        await self._settled()


async def converse(channel: ConsoleChannel, source: TextIO, prompt: Callable[[], None], begin: str = "/start") -> None:
    """Read lines until the end of input or `/quit`; `begin` is said first."""
    await channel.say(begin)
    while True:
        prompt()
        line = await asyncio.to_thread(source.readline)
        if not line or line.strip() == LEAVE:
            return
        if line.strip():
            await channel.say(line.rstrip("\n"))


def render(message: Message) -> str:
    """A message as lines of a terminal: choices are numbered, other buttons stand in brackets, to be typed as words.

    What takes the place of another says only what is new, and all that can be chosen now; '' if that is nothing.
    """
    lines = [f"  🖼 {_shown(media)}" for media in message.media]
    text = changed(message.before, message.text)
    lines += [to_plain(text)] if text else []
    reply = Reply(message.text, message.rows, message.awaits)
    numbers = {button.id: number for number, button in enumerate(numbered(reply), start=1)}
    for row in message.rows:
        choices = [f"  {numbers[button.id]}) {button.label}" for button in row if button.id in numbers]
        links = [f"  {button.label}: {button.url}" for button in row if button.url]
        words = "   ".join(f"[{button.label}]" for button in row if not button.url and button.id not in numbers)
        lines += [*choices, *links, *([f"  {words}"] if words else [])]
    lines += [f"  📎 {document.name} ({document.type}): {document.path}" for document in message.documents]
    return "\n".join(lines)


def _shown(media: Media) -> str:
    """A picture, sound or film as what it is called, if anything, and where it lies."""
    caption = f"{media.caption} " if media.caption else ""
    return f"{caption}({media.document.type}): {media.document.path}"


def _copy(source: Path, into: Path, limit_bytes: int) -> None:
    if not source.is_file():
        raise GiveUp("unreachable")
    if source.stat().st_size > limit_bytes:
        raise GiveUp("too_big")
    shutil.copyfile(source, into)


def _content(line: str) -> Content:
    word, _, rest = line.strip().partition(" ")
    if word == SEND_FILE:
        path = Path(rest.strip())
        return File(str(path), path.name, path.stat().st_size if path.is_file() else None)
    if word.startswith("/") and len(word) > 1:
        return Command(word[1:].casefold(), rest.strip())
    return Text(line)

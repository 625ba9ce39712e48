"""`python -m bot chat` and `invite`: the commands that work on the database without serving anything."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from bot.app import App
from bot.channels.console import ConsoleChannel, converse
from bot.settings import Settings
from conversations.phrases import say
from storage import history, people

SETTLE_SECONDS = 0.02
PROMPT = "> "


async def talk(settings: Settings, person: str, save: Path | None) -> None:
    """Talk until the end of input. `save` gets everything that was said, by both sides."""
    app = App(settings)
    with ExitStack() as open_files:
        transcript = open_files.enter_context(save.open("w", encoding="utf-8")) if save else None

        def show(text: str) -> None:
            print(f"\n{text}\n", flush=True)
            if transcript is not None:
                transcript.write(f"{text}\n\n")

        try:
            await app.open()
            channel = RecordedConsole(person, show, lambda: _settled(app, person))
            channel.record = (lambda line: transcript.write(f"{PROMPT}{line}\n\n")) if transcript else None
            await app.run_channels({"console": channel})
            await converse(channel, sys.stdin, lambda: print(PROMPT, end="", flush=True))
        finally:
            await app.stop()


class RecordedConsole(ConsoleChannel):
    """Also keeps what the person said."""

    record: Callable[[str], object] | None = None

    async def say(self, line: str) -> None:
        if self.record is not None:
            self.record(line)
        await super().say(line)


async def _settled(app: App, person: str) -> None:
    """Wait until nothing is on its way to this person: no message, no file."""
    while True:
        chat = await app.database.read(lambda conn: people.find_chat(conn, "console", person))
        if chat is None or await app.database.read(partial(history.is_settled, chat_id=chat.id)):
            return
        await asyncio.sleep(SETTLE_SECONDS)


async def print_invite(settings: Settings, role: str) -> None:
    """Print a one-time link for the web chat, and for Telegram when a bot runs there."""
    app = App(settings)
    try:
        await app.open()
        payload = await app.invite(role)
        print(f"{settings.web_address}/start/{payload}")
        print(say("invite_elsewhere", settings.language, payload=payload))
    finally:
        await app.stop()

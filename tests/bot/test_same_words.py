"""The same talk on every channel: a transcript's lines are played on each for real, and all of them say the same words.

The rule of comparison: a message that takes the place of another counts as the lines that the other did not have,
whether the channel changes it in place or says it anew, and the mark under an answered question (✔, ▷), numbers,
buttons and hints how to share are furniture.
"""

from functools import lru_cache
from pathlib import Path

import pytest

from conversations.replies import Reply
from conversations.xlsform import Compiled, compile_form, shipped_source
from tests.bot.devices import Device, Heard, Opened, in_the_terminal, on_telegram, on_the_web, on_viber
from tests.chat import Chat
from tests.conversations.test_transcripts import FILE_READY, FILE_SENT, FOLDER, show
from tests.screen import plain

TALKS = ("network-renewal", "network-new")
CHANNELS = {"web": on_the_web, "console": in_the_terminal, "telegram": on_telegram, "viber": on_viber}
PDF = b"%PDF-1.7\n" + b"decision " * 1000
MARKS = ("✔ ", "▷ ")

Talk = list[tuple[str, list[str]]]
"""What the person said, and the lines they heard then."""


@lru_cache
def shipped() -> Compiled:
    return compile_form(shipped_source())


@pytest.mark.parametrize("talk", TALKS)
@pytest.mark.parametrize("channel", CHANNELS)
async def test_every_channel_says_the_words_of_the_transcript(channel: str, talk: str, sqlite_url: str, tmp_path: Path):
    written = written_talk(talk)
    assert await played(CHANNELS[channel], sqlite_url, tmp_path, [said for said, _ in written]) == written


def written_talk(name: str) -> Talk:
    """The golden transcript, turn by turn; the file says the same, or its own test fails.

    What follows the sending of a file and its check are one turn here: elsewhere the check is not the person's.
    """
    chat, screen, talk = Chat(shipped().form), {}, []
    text = (FOLDER / f"{name}.txt").read_text()
    for said in (line[2:] for line in text.splitlines() if line.startswith("> ")):
        if said == FILE_SENT:
            chat.sends_file()
        elif said == FILE_READY:
            chat.file_ready("pdf")
        else:
            chat.says(said)
        heard = [_golden(reply, screen) for reply in chat.heard if not reply.only_in_place]
        assert all(show(reply) in text for reply in chat.heard if not reply.only_in_place)
        if said == FILE_READY:
            talk[-1] = (FILE_SENT, talk[-1][1] + words(heard))
        else:
            talk.append((said, words(heard)))
    return talk


def _golden(reply: Reply, screen: dict[str, str]) -> Heard:
    before = screen.get(reply.replaces, "") if reply.replaces else ""
    screen[reply.key] = plain(reply.text)
    return Heard(plain(reply.text), before)


async def played(opened: Opened, url: str, folder: Path, lines: list[str]) -> Talk:
    async with opened(url, folder, shipped()) as device:
        return [(said, words(await _does(device, said))) for said in lines]


async def _does(device: Device, said: str) -> list[Heard]:
    return await (device.sends_file("решение.pdf", PDF) if said == FILE_SENT else device.says(said))


def words(heard: list[Heard]) -> list[str]:
    """The lines that are new. How they are gathered into messages is the channel's affair: each has its own limit."""
    said: list[str] = []
    for message in heard:
        known = {_folded(line) for line in message.before.splitlines()}
        lines = [_folded(line) for line in message.text.splitlines()]
        said += [line for line in lines if line and line not in known and not line.startswith(MARKS)]
    return said


def _folded(line: str) -> str:
    return " ".join(line.split())

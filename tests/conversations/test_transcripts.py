"""Golden transcripts: whole talks as plain text, replayed line by line.

A person's lines begin with `> `; everything else is what they hear. To write the answers anew after a change:

    UPDATE_TRANSCRIPTS=1 pytest tests/conversations/test_transcripts.py

Then read the difference before accepting it.
"""

import os
from pathlib import Path

import pytest

from conversations.replies import Reply, numbered
from tests.chat import Chat
from tests.forms import network_form
from tests.screen import plain

FOLDER = Path(__file__).parents[1] / "transcripts"
UPDATE = "UPDATE_TRANSCRIPTS"
FILE_SENT = "(файл)"
FILE_READY = "(файлът е проверен)"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("network-*.txt")), ids=lambda path: path.stem)
def test_the_talk_goes_as_written(path):
    written = path.read_text()
    told = tell(written)
    if os.environ.get(UPDATE):
        path.write_text(told)
    assert told == path.read_text()


def test_there_are_transcripts_of_both_ways_into_the_network():
    assert {"network-new", "network-renewal"} <= {path.stem for path in FOLDER.glob("*.txt")}


def tell(written: str) -> str:
    """The talk that the person's lines of a transcript give, under its own first lines (`# `)."""
    lines = written.splitlines()
    chat = Chat(network_form())
    told = ["\n".join(line for line in lines if line.startswith("# "))]
    for said in said_in(written):
        hear(chat, said)
        told += [f"> {said}", *(show(reply) for reply in chat.heard if not reply.only_in_place)]
    return "\n\n".join(told) + "\n"


def said_in(written: str) -> list[str]:
    """The person's lines of a transcript."""
    return [line[2:] for line in written.splitlines() if line.startswith("> ")]


def hear(chat: Chat, said: str) -> None:
    """One line of a person's."""
    if said == FILE_SENT:
        chat.sends_file()
    elif said == FILE_READY:
        chat.file_ready("pdf")
    else:
        chat.says(said)


def show(reply: Reply) -> str:
    """A message as plain text: choices are numbered, other buttons stand in brackets."""
    numbers = {button.id: number for number, button in enumerate(numbered(reply), start=1)}
    lines = [plain(reply.text)]
    for row in reply.rows:
        lines += [f"  {numbers[button.id]}) {button.label}" for button in row if button.id in numbers]
        words = [f"[{button.label}]" for button in row if button.id not in numbers]
        lines += ["  " + " ".join(words)] if words else []
    return "\n".join(lines)

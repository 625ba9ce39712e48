"""The golden transcript of a form that is published while somebody is applying: both chats, as plain text.

A line `Анна> …` or `Админ> …` is theirs: a button's label is a tap on it, a name in brackets is one of FILES. A line in
brackets alone is what happens behind the chats; the rest is what they hear. To write it anew after a change:

    UPDATE_TRANSCRIPTS=1 pytest tests/bot/test_publishing_transcript.py

Then read the difference before accepting it.
"""

import os
import re
from pathlib import Path

from bot.channels.base import Tap
from conversations.replies import Reply
from storage.database import Database
from tests.bot.desk import Person
from tests.bot.test_publishing import BROKEN, FORM, SECOND, Workshop
from tests.conversations.test_transcripts import FOLDER, UPDATE, show

TRANSCRIPT = FOLDER / "publishing.txt"
FILES = {"(сгрешената таблица)": BROKEN, "(поправената таблица)": SECOND}
EXPORTED = "(таблицата е готова)"
CHECKED = "(таблицата е проверена)"
MOVED = "(черновите се преместват)"
LINE = re.compile(r"(Анна|Админ)> (.+)")


async def test_the_publishing_goes_as_written(database: Database, tmp_path: Path):
    workshop = Workshop(database, tmp_path)
    await workshop.desk.open(FORM)
    people = {"Админ": await workshop.desk.staff("Админ", "admin"), "Анна": workshop.desk.person("Анна")}
    told = await tell(workshop, people, TRANSCRIPT.read_text())
    if os.environ.get(UPDATE):
        TRANSCRIPT.write_text(told)
    assert told == TRANSCRIPT.read_text()


async def tell(workshop: Workshop, people: dict[str, Person], written: str) -> str:
    """The talk that the people's lines of a transcript give, under its own first lines (`# `)."""
    lines = written.splitlines()
    told = ["\n".join(line for line in lines if line.startswith("# "))]
    for line in lines:
        if said := LINE.fullmatch(line):
            person = people[said[1]]
            await _does(workshop, person, said[2])
            told += [line, *(_shown(reply) for reply in person.heard if not reply.only_in_place)]
        elif line in (EXPORTED, CHECKED, MOVED):
            await (workshop.moves() if line == MOVED else workshop.one_turn())
            told.append(line)
            for name, person in people.items():
                await person.looks()
                told += [f"{name} чува:\n{_shown(reply)}" for reply in person.heard if not reply.only_in_place]
    return "\n\n".join(told) + "\n"


async def _does(workshop: Workshop, person: Person, said: str) -> None:
    labels = {button.label for _, reply in person.screen for row in reply.rows for button in row}
    if said in FILES:
        workshop.post.files[said] = FILES[said].encode()
        await person.sends_file("form.md", said)
    elif said in labels:
        await person.does(Tap(person.button(said).id))
    else:
        await person.says(said)


def _shown(reply: Reply) -> str:
    return "\n".join((show(reply), *("  (файл)" for _ in reply.attachments)))

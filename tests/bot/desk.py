"""A desk for the bot's tests: real turns in a real database, and people who talk with it; no channel, no sending.

    anna = desk.person("Анна")
    await anna.says("/start", "✔ Прочетох, да започваме")
    anna.hears("Как се казва пчелинът?")

What people hear is read from the outbox, where it counts as delivered unless `desk.delivers` is False.
"""

import itertools
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, Table, select

from bot.channels.base import Command, Content, File, Outcome, Tap, Text, Update
from bot.house import House
from bot.shelf import FormShelf
from bot.turn import INTERNAL, TurnDone, take_turn
from conversations.phrases import plain_word
from conversations.replies import Button, Reply, read_reply
from conversations.xlsform import Compiled, FormSource, compile_form, write_bundle
from storage import attachments, calls, forms, history, outbox, people, tables
from storage.database import Database
from storage.tables import applications, drafts, events
from tests.chat import plain

NOON = datetime(2026, 1, 15, 10, 0, tzinfo=UTC)
AGREE = "✔ Прочетох, да започваме"
SUBMIT = "📨 Подай заявлението"
SETTINGS = "| settings |\n| | default_language |\n| | Български (bg) |\n"
BEES = f"""
| survey |
|        | type               | name   | label                     | required | constraint | constraint_message       |
|        | text               | apiary | Как се казва пчелинът?    | yes      |            |                          |
|        | integer            | hives  | Колко кошера имате?       | yes      | . > 0      | Трябва да има поне един. |
|        | select_one honey   | honey  | Какъв е медът?            | yes      |            |                          |
|        | select_multiple aid| aid    | С какво да помогнем?      |          |            |                          |
|        | file               | permit | Приложете разрешителното. |          |            |                          |
| choices |
|         | list_name | name   | label   |
|         | honey     | acacia | Акация  |
|         | honey     | linden | Липа    |
|         | aid       | jars   | Буркани |
|         | aid       | advice | Съвети  |
{SETTINGS}"""
ANSWERED = ("Пчелин „Изгрев“", "12", "Липа", "Буркани", "✅ Готово", "Пропусни ▶")
"""From the first question to the review of BEES."""
REGISTER = f"""
| survey |
|        | type            | name   | label           | required |
|        | text            | number | Регистров номер | yes      |
|        | select_one area | area   | Област          | yes      |
| choices |
|         | list_name | name | label  |
|         | area      | vt   | Търново |
|         | area      | bs   | Бургас |
| desk |
|      | key             | value  |
|      | prefix          | ПЧ     |
|      | latin_prefix    | PCH    |
|      | title_question  | number |
|      | region_question | area   |
|      | key_question    | number |
|      | card_questions  | area   |
{SETTINGS}"""


@lru_cache
def compiled(table: str) -> Compiled:
    """A form that is a markdown table; each is compiled once in a test run."""
    return compile_form(FormSource("form.md", table.encode(), {}))


def publish(conn: Connection, form: str | Compiled, now: datetime = NOON) -> int:
    """Store the form, a markdown table or a compiled one, as the first start does; returns its row."""
    found = compiled(form) if isinstance(form, str) else form
    row = forms.add(
        conn,
        form_id=found.form.id,
        version=found.form.version,
        title=found.form.title,
        source=write_bundle(found.source),
        xform=found.xform,
        files=json.dumps(found.files),
        desk=json.dumps(found.desk),
        now=now,
    )
    forms.publish(conn, row, now)
    return row


@dataclass
class Desk:
    """`now` moves a second with each turn."""

    database: Database
    channel: str = "telegram"
    now: datetime = NOON
    delivers: bool = True
    house: House = field(init=False)
    form_row: int = 0
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        tags, secrets = (f"t{n}" for n in itertools.count(1)), (f"secret{n}" for n in itertools.count(1))
        self.house = House(
            FormShelf(),
            ZoneInfo("Europe/Sofia"),
            "bg",
            tag=lambda: next(tags),
            seed=lambda: 7,
            secret=lambda: next(secrets),
        )

    async def open(self, form: str | Compiled = BEES, closes: datetime | None = None) -> "Desk":
        """Publish the form and open the call."""

        def work(conn: Connection) -> None:
            found = compiled(form) if isinstance(form, str) else form
            self.form_row = publish(conn, found)
            self.house.forms.put(self.form_row, found.form)
            calls.open_first(conn, opens=None, closes=closes, title="", now=NOON)

        await self.database.write(work)
        return self

    def person(self, name: str, chat: str = "", language: str = "bg") -> "Person":
        return Person(self, name, chat or f"{100 + next(self._numbers)}", language)

    async def staff(self, name: str, role: str = "staff") -> "Person":
        """Somebody who has a role already."""
        person = self.person(name)
        await self.database.write(lambda conn: _give_role(conn, self.channel, person.chat, role))
        return person

    def update(self, person: "Person", content: Content, **more: Any) -> Update:
        given = {"name": person.name, "language": person.language, "update_id": f"u{next(self._numbers)}", **more}
        chat = given.pop("chat", person.chat)
        return Update(channel=self.channel, chat=chat, person=person.chat, content=content, **given)

    async def take(self, update: Update) -> TurnDone:
        """One turn; what it puts into the outbox is delivered at once."""
        self.now += timedelta(seconds=1)

        def turn(conn: Connection) -> TurnDone:
            done = take_turn(conn, self.house, update, self.now)
            if self.delivers:
                deliver(conn, self.channel, self.now)
            return done

        return await self.database.write(turn)

    async def rows(self, table: Table, **where: object) -> list[dict[str, Any]]:
        """Rows of a table as dicts, by their first column."""
        wanted: Select[Any] = select(table).order_by(*table.primary_key.columns)
        for name, value in where.items():
            wanted = wanted.where(table.c[name] == value)
        return await self.database.read(lambda conn: [dict(row) for row in conn.execute(wanted).mappings()])

    async def state(self) -> tuple[list[dict[str, Any]], ...]:
        """Everything that a turn may change, except which updates were seen."""
        return tuple([await self.rows(table) for table in (drafts, applications, events, tables.outbox)])


class Person:
    """Somebody with one private chat. `screen` is all they were sent; `heard` is what the last step brought."""

    def __init__(self, desk: Desk, name: str, chat: str, language: str) -> None:
        self.desk, self.name, self.chat, self.language = desk, name, chat, language
        self.screen: list[tuple[int, Reply]] = []
        self.heard: list[Reply] = []
        self.done: TurnDone | None = None

    async def says(self, *texts: str, **more: Any) -> "Person":
        """Texts one after another; `/word rest` is a command, and a button's label is typed, not tapped."""
        for text in texts:
            word, _, rest = text.partition(" ")
            content = Command(word[1:], rest.strip()) if text.startswith("/") else Text(text)
            await self.does(content, **more)
        return self

    async def taps(self, *labels: str) -> "Person":
        """The newest button of each label."""
        for label in labels:
            await self.does(Tap(self.button(label).id))
        return self

    async def sends_file(self, name: str = "решение.pdf", file_id: str = "f1") -> str:
        """Returns the attachment's id; the file waits to be fetched."""
        await self.does(File(file_id, name))
        (row,) = await self.desk.rows(tables.attachments, file_id=file_id)
        return str(row["id"])

    async def file_is_ready(self, attachment: str, type: str = "pdf") -> "Person":
        """What the fetcher does when it has stored the file."""

        def settle(conn: Connection) -> None:
            attachments.ready(conn, attachment, "0" * 64, type, 1000, self.desk.now)

        await self.desk.database.write(settle)
        (row,) = await self.desk.rows(tables.attachments, id=attachment)
        (draft,) = await self.desk.rows(drafts, id=row["draft_id"])
        content = Outcome(attachment, type=type, size=1000)
        chat, person = str(row["chat_id"]), str(draft["person_id"])
        self.done = await self.desk.take(Update(INTERNAL, f"file:{attachment}", chat, person, content))
        return await self.looks()

    async def does(self, content: Content, **more: Any) -> "Person":
        self.done = await self.desk.take(self.desk.update(self, content, **more))
        return await self.looks(more.get("chat", self.chat))

    async def looks(self, chat: str = "") -> "Person":
        """Read what has come in since the last look, in the own chat or in a group's."""
        platform_id = chat or self.chat

        def read(conn: Connection) -> list[history.StreamRow]:
            found = people.find_chat(conn, self.desk.channel, platform_id)
            last = self.screen[-1][0] if self.screen else 0
            return [] if found is None else history.stream(conn, found.id, last, 1000)

        rows = await self.desk.database.read(read)
        fresh = [(row.id, read_reply(json.loads(row.body))) for row in rows]
        self.screen += fresh
        self.heard = [reply for _, reply in fresh]
        return self

    def button(self, label: str) -> Button:
        word = plain_word(label)
        for _, reply in reversed(self.screen):
            for button in (button for row in reply.rows for button in row):
                if button.label == label or (word and plain_word(button.label) == word):
                    return button
        raise AssertionError(f"no button {label!r} on the screen:\n{self.text}")

    def hears(self, *texts: str) -> "Person":
        for text in texts:
            assert text in self.text, f"{text!r} was not said. Heard:\n{self.text}"
        return self

    def hears_nothing(self) -> "Person":
        assert self.heard == []
        return self

    @property
    def text(self) -> str:
        """All that the last step brought, plain."""
        return "\n\n".join(plain(reply.text) for reply in self.heard)

    @property
    def labels(self) -> list[str]:
        """The buttons under the newest message."""
        return [button.label for row in self.heard[-1].rows for button in row] if self.heard else []


async def apply(person: Person, *answers: str) -> Person:
    """From /start to the registration number."""
    await person.says("/start")
    await person.taps(AGREE)
    await person.says(*(answers or ANSWERED))
    return await person.taps(SUBMIT)


def deliver(conn: Connection, channel: str, now: datetime) -> None:
    """All that waits was sent and arrived; the platform calls a message by its row."""
    while rows := outbox.due(conn, now, 100, channels=[channel]):
        for row in rows:
            outbox.mark_sent(conn, row.id, str(row.id), now)


def _give_role(conn: Connection, channel: str, chat: str, role: str) -> None:
    visitor = people.arrive(
        conn, channel=channel, chat=chat, person=chat, name="", language="", in_group=False, now=NOON
    )
    people.set_role(conn, visitor.person_id, role, NOON)

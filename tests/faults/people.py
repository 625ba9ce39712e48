"""People who apply at the same time, each knowing what they answered, and the comparison with what is stored."""

import asyncio
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from storage.database import Database
from storage.tables import answers, applications, attachments, chats, outbox
from tests.bot.desk import AGREE, SETTINGS, SUBMIT
from tests.bot.telegram_server import Person as Phone
from tests.faults.report import FaultReport
from tests.faults.server import FaultyServer

PATIENCE_SECONDS = 4.0
GIVE_UP_SECONDS = 300.0
DONE = "✅ Готово"
FORM = f"""
| survey |
|        | type                | name   | label                      | required |
|        | text                | apiary | Как се казва пчелинът?     | yes      |
|        | integer             | hives  | Колко кошера имате?        | yes      |
|        | select_one honey    | honey  | Какъв е медът?             | yes      |
|        | select_multiple aid | aid    | С какво да помогнем?       | yes      |
|        | file                | permit | Приложете разрешителното.  | yes      |
|        | text                | place  | Къде е пчелинът?           | yes      |
|        | select_one yes_no   | sells  | Продавате ли мед?          | yes      |
|        | text                | wish   | Какво да знаем за Вас?     | yes      |
| choices |
|         | list_name | name   | label     |
|         | honey     | acacia | Акация    |
|         | honey     | linden | Липа      |
|         | aid       | jars   | Буркани   |
|         | aid       | advice | Съвети    |
|         | aid       | feed   | Подхранка |
|         | yes_no    | yes    | Да        |
|         | yes_no    | no     | Не        |
| desk |
|      | key             | value         |
|      | prefix          | ПЧ            |
|      | latin_prefix    | PCH           |
|      | title_question  | apiary        |
|      | card_questions  | hives, place  |
{SETTINGS}"""
QUESTIONS = {
    "Как се казва пчелинът?": "apiary",
    "Колко кошера имате?": "hives",
    "Какъв е медът?": "honey",
    "С какво да помогнем?": "aid",
    "Приложете разрешителното.": "permit",
    "Къде е пчелинът?": "place",
    "Продавате ли мед?": "sells",
    "Какво да знаем за Вас?": "wish",
}
NAMES = {"Акация": "acacia", "Липа": "linden", "Буркани": "jars", "Съвети": "advice", "Подхранка": "feed"}
NAMES |= {"Да": "yes", "Не": "no"}


@dataclass
class Applicant:
    """Answers what is asked, once. A message that repeats a question already answered is passed over; when nothing
    comes for a while, `/continue` asks for the question at hand, and after that twice it is answered again."""

    phone: Phone
    plan: dict[str, Any]
    patience: float = PATIENCE_SECONDS
    done: bool = False
    _acted: set[object] = field(default_factory=set)
    _nudges: int = 0

    async def applies(self) -> None:
        await self._says("/start")
        async with asyncio.timeout(GIVE_UP_SECONDS):
            while not self.done:
                try:
                    await asyncio.wait_for(self.phone.chat.log.get(), self.patience)
                except TimeoutError:
                    await self._asks_again()
                else:
                    await self._reacts()

    async def _asks_again(self) -> None:
        self._nudges += 1
        if self._nudges > 1:
            self._acted.clear()
        await self._says("/continue" if self.phone.chat.screen else "/start")

    async def _says(self, text: str) -> None:
        await self.phone.says(text, date=int(datetime.now(UTC).timestamp()))

    async def _reacts(self) -> None:
        """To the newest message on the screen, unless that was done."""
        message = next(reversed(self.phone.chat.screen.values()))
        text = str(message.get("text", ""))
        labels = [
            button["text"] for row in message.get("reply_markup", {}).get("inline_keyboard", ()) for button in row
        ]
        if "входящ №" in text:
            self.done = True
        elif question := next((name for label, name in QUESTIONS.items() if label in text and name in self.plan), ""):
            await self._answers(question, labels)
        elif AGREE in labels:
            await self._taps("consent", AGREE, labels)
        elif SUBMIT in labels:
            await self._taps("submit", SUBMIT, labels)
        elif "Не успяхме да изтеглим" in text:
            self._acted.discard("permit")

    async def _answers(self, question: str, labels: list[str]) -> None:
        wanted = self.plan[question]
        if question == "permit":
            await self._once(question, self.phone.sends_file(f"{wanted}.pdf", b"%PDF-1.7\n" + wanted.encode() * 50))
        elif question == "aid":
            left = [label for label in labels if label.removeprefix("☐ ") in wanted]
            chosen = len(wanted) - len(left)
            await self._taps((question, chosen), (left or [DONE])[0], labels)
        elif question in ("honey", "sells"):
            await self._taps(question, wanted, labels)
        else:
            await self._once(question, self._says(wanted))

    async def _once(self, what: object, act: Any) -> None:
        if what in self._acted:
            act.close()
            return
        self._acted.add(what)
        await act
        self._nudges = 0

    async def _taps(self, what: object, label: str, labels: list[str]) -> None:
        """Unless the question has no buttons any more: it was answered, and the next one is on its way."""
        if label in labels:
            await self._once(what, self.phone.taps(label))

    def expected(self) -> dict[str, str]:
        """Question → what is to be stored; of the file its name."""
        given = {name: NAMES.get(value, value) for name, value in self.plan.items() if name != "aid"}
        chosen = {NAMES[label] for label in self.plan["aid"]}
        return {**given, "permit": f"{given['permit']}.pdf", "aid": " ".join(n for n in NAMES.values() if n in chosen)}


@dataclass
class Crowd:
    """`at_once` people talk at any time: when one is done, the next comes, until `enough` is told."""

    server: FaultyServer
    chance: random.Random
    at_once: int = 8
    patience: float = PATIENCE_SECONDS
    people: list[Applicant] = field(default_factory=list)
    enough: bool = False

    async def talk(self) -> None:
        """Until everybody who began is done. Raises TimeoutError for somebody who hears nothing more."""
        await asyncio.gather(*(self._queue() for _ in range(self.at_once)))

    async def _queue(self) -> None:
        await self.newcomer().applies()
        while not self.enough:
            await self.newcomer().applies()

    def newcomer(self) -> Applicant:
        number = len(self.people) + 1
        plan = {
            "apiary": f"Пчелин {number}",
            "hives": str(self.chance.randint(1, 99)),
            "honey": self.chance.choice(["Акация", "Липа"]),
            "aid": self.chance.sample(["Буркани", "Съвети", "Подхранка"], 2),
            "permit": f"решение-{number}",
            "place": f"с. Медово {self.chance.randint(1, 10**6)}",
            "sells": self.chance.choice(["Да", "Не"]),
            "wish": f"Обичаме пчелите {self.chance.randint(1, 10**6)} пъти",
        }
        person = Applicant(self.server.person(f"Анна {number}"), plan, self.patience)
        self.people.append(person)
        return person

    async def report(self, database: Database, staff: Phone, done: str, times: int, refused: int) -> FaultReport:
        """Compare what everybody gave with what SQL finds; `staff` gets the notifications."""
        found = await database.read(stored)
        given = [(str(person.phone.chat.id), person.expected()) for person in self.people]
        kept = [len(plan.items() & found.answers.get(chat, {}).items()) for chat, plan in given]
        shown = "\n".join(staff.screen())
        # The desk knows one of two messages that say the same: the other one's arrival was never noted.
        unknown = [sent for sent in self.server.sent if (sent.chat, sent.message) not in found.messages]
        return FaultReport(
            done=done,
            database=database.dialect,
            times=times,
            applications=len(found.references),
            given=sum(len(plan) for _, plan in given),
            stored=sum(kept),
            notifications=len(given),
            notified=sum(reference in shown for reference in found.references),
            messages=len(self.server.sent),
            repeated=len(unknown),
            repeated_at_once=max(Counter((sent.chat, sent.life) for sent in unknown).values(), default=0),
            refused=refused,
        )


@dataclass
class Stored:
    """What the database holds: answers by the chat of their applicant, references, chat and id of arrived messages."""

    answers: dict[str, dict[str, str]]
    references: list[str]
    messages: set[tuple[str, str]]


def stored(conn: Connection) -> Stored:
    told = (
        select(chats.c.platform_id, answers.c.question, answers.c.value)
        .join(applications, applications.c.id == answers.c.application_id)
        .join(chats, chats.c.id == applications.c.chat_id)
    )
    names = {row.id: row.name for row in conn.execute(select(attachments.c.id, attachments.c.name))}
    by_chat: dict[str, dict[str, str]] = {}
    for chat, question, value in conn.execute(told):
        plain = value if not value.startswith("[") else " ".join(json.loads(value))
        by_chat.setdefault(chat, {})[question] = names.get(plain, plain)
    arrived = select(chats.c.platform_id, outbox.c.platform_id).join(chats, chats.c.id == outbox.c.chat_id)
    messages = {(chat, message) for chat, message in conn.execute(arrived) if message}
    references = conn.execute(select(applications.c.reference)).scalars().all()
    return Stored(by_chat, list(references), messages)

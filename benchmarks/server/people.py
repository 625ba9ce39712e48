"""Simulated people who apply, each as slowly as the bot lets them, and the clock that they hold.

A turn begins when the bot could have the update and ends when its call with the message that the person waits for has
arrived. What the network took for new messages before that one is taken off, because to keep their order one must have
been answered before the next is sent. What is left is the bot's own.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.application import Step
from benchmarks.server.botapi import BotApi, Json, new_numbers


@dataclass(frozen=True, slots=True)
class Turn:
    """`seconds` is the bot's own part of the turn that ended at `ended`, on the clock of `time.perf_counter`."""

    ended: float
    seconds: float


@dataclass(slots=True)
class Person:
    """`at` is the number of the turn to come; `message` is the one with the buttons. `network` are the seconds of
    the turn in which the bot waited for it."""

    chat: int
    at: int = 0
    began: float = 0.0
    network: float = 0.0
    message: Json = field(default_factory=dict)

    def begins(self, at: float) -> None:
        """The turn begins."""
        self.began, self.network = at, 0.0


class Crowd:
    """As many people as are let in, each of whom applies again as somebody else when done.

    `ready` gets each person who may take the next turn: at once for a closed loop, at the clock's pace for an open one.
    """

    def __init__(self, api: BotApi, script: Sequence[Step]) -> None:
        self.turns: list[Turn] = []
        self.applications = 0
        self.ready: Callable[[Person], None] = lambda person: None
        self._api = api
        self._script = script
        self._waiting: dict[int, Person] = {}
        self._numbers = new_numbers()
        api.shown = self._hears
        api.answered = self._waits_for_network

    def come(self, people: int) -> list[Person]:
        return [Person(next(self._numbers)) for _ in range(people)]

    def take_turn(self, person: Person) -> None:
        """Say or tap what comes next."""
        step = self._script[person.at]
        self._waiting[person.chat] = person
        if step.text:
            self._api.happens("message", message_of(person.chat, step.text), person.begins)
        else:
            tapped = _button(person.message, step.tap)
            query = f"{person.chat}-{person.at}"
            event = {"id": query, "from": _who(person.chat), "message": person.message, "chat_instance": "1"}
            self._api.happens("callback_query", {**event, "data": tapped}, person.begins)

    def _hears(self, message: Json, is_change: bool, at: float) -> None:
        person = self._waiting.get(message["chat"]["id"])
        if person is None or not _is_awaited(self._script[person.at], message, is_change):
            return
        del self._waiting[person.chat]
        self.turns.append(Turn(at, at - person.began - person.network))
        person.message = message
        person.at += 1
        if person.at == len(self._script):
            self.applications += 1
            (person,) = self.come(1)
        self.ready(person)

    def _waits_for_network(self, chat: int, seconds: float) -> None:
        if chat in self._waiting:
            self._waiting[chat].network += seconds


async def closed_loop(crowd: Crowd, people: int, seconds: float) -> None:
    """Everybody answers as soon as they are asked; the bot is as busy as it can be."""
    loop = asyncio.get_running_loop()
    crowd.ready = lambda person: loop.call_soon(crowd.take_turn, person) and None
    for person in crowd.come(people):
        crowd.take_turn(person)
    await asyncio.sleep(seconds)
    crowd.ready = lambda person: None


async def open_loop(crowd: Crowd, people: int, turns_per_second: float, seconds: float) -> None:
    """So many turns a second are offered, evenly, by whoever has been asked longest ago; none when all wait."""
    free = crowd.come(people)
    crowd.ready = free.append
    began = time.perf_counter()
    for number in range(int(turns_per_second * seconds)):
        due = began + number / turns_per_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        if free:
            crowd.take_turn(free.pop(0))
    crowd.ready = lambda person: None


def _is_awaited(step: Step, message: Json, is_change: bool) -> bool:
    """The next question may also stand in the place of an old one; a receipt is always new."""
    if not step.hears and not step.offers:
        return not is_change
    return step.hears in message["text"] and (not step.offers or bool(_button(message, step.offers)))


def _button(message: Json, label: str) -> str:
    """The data of the button whose label holds the words, '' when there is none."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", ())
    return next((button["callback_data"] for row in rows for button in row if label in button["text"]), "")


def _who(chat: int) -> Json:
    return {"id": chat, "is_bot": False, "first_name": "Maria", "last_name": "Ivanova", "language_code": "en"}


def message_of(chat: int, text: str) -> Json:
    """What somebody wrote, as the platform tells it: commands are marked."""
    private = {"id": chat, "type": "private", "first_name": "Maria", "last_name": "Ivanova"}
    number = time.monotonic_ns() % 1_000_000_000
    command = {"type": "bot_command", "offset": 0, "length": len(text.split()[0])}
    marked = {"entities": [command]} if text.startswith("/") else {}
    about = {"message_id": number, "date": int(time.time()), "chat": private, "from": _who(chat)}
    return {**about, "text": text, **marked}

"""What a command is, what it gets and what it gives back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from sqlalchemy import Connection

from bot.house import House
from conversations.inputs import Input
from conversations.replies import Awaits, Reply, Rows
from storage.people import Visitor


class Who(IntEnum):
    """Who may use a command; each includes those after it."""

    EVERYONE = 0
    COORDINATOR = 1
    STAFF = 2
    ADMIN = 3


ROLES = {"applicant": Who.EVERYONE, "coordinator": Who.COORDINATOR, "staff": Who.STAFF, "admin": Who.ADMIN}


@dataclass(frozen=True, slots=True)
class Request:
    """One use of a command, inside the turn's transaction.

    `commands` is the whole table; `now` is UTC; `argument` is what stood behind the word.
    """

    conn: Connection
    house: House
    visitor: Visitor
    channel: str
    now: datetime
    commands: "tuple[Command, ...]"
    argument: str = ""

    @property
    def language(self) -> str:
        return self.visitor.language or self.house.language

    @property
    def rights(self) -> Who:
        return ROLES[self.visitor.role]

    @property
    def local(self) -> datetime:
        """`now` in the call's zone."""
        return self.house.local(self.now)


@dataclass(frozen=True, slots=True)
class Answer:
    """Replies, and what the command means to the conversation, if anything: then the turn goes on with `said`."""

    replies: tuple[Reply, ...] = ()
    said: Input | None = None


Run = Callable[[Request], Answer]


@dataclass(frozen=True, slots=True)
class Command:
    """A row of the table. Its words in plain language are the phrase `alias_<word>`, its help line `help_<word>`.

    `has_alias` False: it is known by its word alone. `in_groups` False: it belongs to a person's own conversation.
    """

    word: str
    who: Who
    run: Run
    has_alias: bool = True
    in_groups: bool = True


def answer(text: str, rows: Rows = (), attachments: Sequence[str] = ()) -> Answer:
    """An answer of one message."""
    return Answer((Reply(text, rows, Awaits.CHOICE if rows else Awaits.NOTHING, attachments=tuple(attachments)),))

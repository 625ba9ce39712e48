"""What the first people would have to wait for is made when the start is over: search indexes, compiled statements,
phrases, readings of expressions.

For the latter nobody begins an application, in a transaction that is undone.
"""

import asyncio
from datetime import datetime
from functools import partial

import orjson
import structlog
from sqlalchemy import Connection

from bot.channels.base import Command, FromPerson, Tap, Text, Update
from bot.house import House
from bot.turn import take_turn
from conversations.form import Form
from conversations.replies import read_reply
from storage import outbox
from storage.database import Database
from storage.outbox import OutboxRow

CHANNEL, NOBODY = "web", "nobody"
TURNS = 5

log = structlog.get_logger(__name__)


class _Undone(Exception):
    """The way out of a transaction that is to leave nothing behind."""


async def warm_up(database: Database, house: House, form: Form, now: datetime) -> None:
    """Beside the turns, which go on meanwhile. Never raises: whoever comes first makes what could not be made now."""
    try:
        await asyncio.to_thread(_index, form)
        await database.write(partial(_apply, house=house, now=now))
    except _Undone:
        log.debug("warmed up")
    except Exception as failure:
        log.warning("not warmed up", error=type(failure).__name__)


def _index(form: Form) -> None:
    for choices in form.lists.values():
        if choices.from_file:
            choices.search.find("")


def _apply(conn: Connection, house: House, now: datetime) -> None:
    said: FromPerson = Command("start")
    for number in range(TURNS):
        take_turn(conn, house, Update(CHANNEL, f"{NOBODY}-{number}", NOBODY, NOBODY, said), now)
        rows = outbox.claim_answers(conn, CHANNEL, NOBODY, now)
        for row in rows:
            outbox.mark_sent(conn, row.id, str(row.id), now)
        said = _answer(rows)
    raise _Undone


def _answer(rows: list[OutboxRow]) -> FromPerson:
    """The first button of the last message; words when it has none."""
    replies = [read_reply(orjson.loads(row.body)) for row in rows]
    buttons = [button for reply in replies[-1:] for row in reply.rows for button in row if not button.url]
    return Tap(buttons[0].id) if buttons else Text("1")

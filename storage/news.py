"""What a transaction tells the other processes at its commit: PostgreSQL's NOTIFY. SQLite has one process.

https://www.postgresql.org/docs/current/sql-notify.html: nobody hears of a transaction that is rolled back, and what is
told twice in one is heard once. A listener that was cut off has missed what was told meanwhile.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Engine, Text, bindparam, cast, func, select
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.util import greenlet_spawn

CHANNEL = "desk"
FORM = "form"
HEARD = "heard"
EVERYTHING = ""
LONGEST_SILENCE_SECONDS = 10.0
LONGEST_ANSWER_SECONDS = 5.0

Hear = Callable[[str, str], None]
"""Gets the topic and the detail: a messenger's name and the platform's id of a chat that has a new message; HEARD
and both, with a space between, when a person wrote whose word opens a session; FORM and '' when a form version was
published; EVERYTHING and '' when something may have been missed."""

# Our name is the connection's own, so that a process can tell what itself has said.
own_name = func.current_setting("application_name")


def telling(news: ColumnElement[str]) -> ColumnElement[None]:
    """What a statement selects to tell `news`, a topic and a detail with a space between, once for each of its rows."""
    return func.pg_notify(CHANNEL, own_name + " " + news)


_TELL = select(telling(cast(bindparam("news"), Text)))


def announce(conn: Connection, topic: str, detail: str = "") -> None:
    """Tell the other processes when this transaction commits."""
    if conn.dialect.name == "postgresql":
        conn.execute(_TELL, {"news": f"{topic} {detail}"})


async def listen(engine: Engine, hear: Hear) -> None:
    """Hear what other processes tell, on a connection of its own; first of all `hear` gets EVERYTHING.

    Returns, or raises what the database says, when the connection is lost or cannot be made.
    """
    ended = asyncio.Event()
    connection = await greenlet_spawn(engine.connect)
    try:
        driver: Any = connection.connection.driver_connection
        own = await driver.fetchval("SHOW application_name")

        def heard(_connection: object, _process: int, _channel: str, payload: str) -> None:
            teller, topic, detail = payload.split(" ", 2)
            if teller != own:
                hear(topic, detail)

        driver.add_termination_listener(lambda _: ended.set())
        await driver.add_listener(CHANNEL, heard)
        hear(EVERYTHING, "")
        while not await _within(ended, LONGEST_SILENCE_SECONDS):
            # A server that vanished without a word is noticed only by asking it something.
            async with asyncio.timeout(LONGEST_ANSWER_SECONDS):
                await driver.execute("SELECT 1")
    finally:
        await greenlet_spawn(_hang_up, connection)


def _hang_up(connection: Connection) -> None:
    connection.invalidate()
    connection.close()


async def _within(ended: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(ended.wait(), seconds)
    return ended.is_set()

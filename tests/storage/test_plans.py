"""What is asked at every turn, and by staff, stays as cheap as it was when the tables were small.

SQLite plans without having counted rows, so a plan on an empty database is the plan on a full one.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from storage import applications, outbox
from storage.database import Database
from tests.storage.desk import CHANNELS, NOW


@pytest.fixture
async def database(tmp_path: Path):
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/bot.db")
    await database.open()
    yield database
    await database.close()


async def plan(database: Database, work: Callable[[Connection], Any]) -> list[str]:
    """SQLite's own words for how it goes about every statement of the work."""
    steps: list[str] = []

    def explain(conn: Connection) -> None:
        @event.listens_for(conn, "before_cursor_execute")
        def _(conn, cursor, statement, parameters, context, many):
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps.extend(row[3] for row in cursor.fetchall())

        work(conn)

    await database.write(explain)
    return steps


async def test_the_outbox_is_searched_by_what_waits_and_not_by_who_ever_wrote(database: Database):
    for work in (
        lambda conn: outbox.due(conn, NOW, 10, channels=CHANNELS),
        lambda conn: outbox.release_claims(conn, CHANNELS),
    ):
        steps = await plan(database, work)
        assert [step for step in steps if "chats" in step] == ["SEARCH chats USING INTEGER PRIMARY KEY (rowid=?)"]


async def test_figures_are_read_where_they_are_kept_and_the_rest_counted_on_indexes_alone(database: Database):
    steps = await plan(database, lambda conn: applications.counts(conn, 1, NOW, NOW - timedelta(days=6)))
    since = "COVERING INDEX ix_applications_call_id_submitted_at (call_id=? AND submitted_at>?)"
    assert steps == [
        "SEARCH application_counts USING PRIMARY KEY (call_id=?)",
        f"SEARCH applications USING {since}",
        f"SEARCH applications USING {since}",
        "SEARCH drafts USING COVERING INDEX ix_drafts_call_id_state (call_id=? AND state=?)",
    ]

"""The counts of applications: whatever happens to these, and to the schema, the counts are theirs."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, insert, select, text, update

from storage import application_counts, applications
from storage.database import Database
from storage.migrations import migrate
from storage.tables import applications as applications_table
from storage.tables import calls
from tests.postgres import PostgresServer
from tests.storage.desk import NOW, Desk, move

STATES = ("submitted", "in_review", "decided", "withdrawn")


def counted(conn: Connection, call_id: int | None = None) -> dict[tuple[str, ...], int]:
    """What is kept, by region, state and decision."""
    return {tuple(kind[1:]): count for kind, count in application_counts.by_kind(conn, call_id)}


def grouped(conn: Connection, call_id: int) -> dict[tuple[str, ...], int]:
    """What the applications themselves say."""
    columns = applications_table.c
    key = (columns.region, columns.state, columns.decision)
    found = conn.execute(select(*key, func.count()).where(columns.call_id == call_id).group_by(*key))
    return {tuple(kind): count for *kind, count in found}


# ---------- whatever happens ----------


class Sending(NamedTuple):
    region: str


class Moving(NamedTuple):
    """`which` of those there are, counted round; `was` may be wrong, as it is for whoever comes too late."""

    which: int
    was: str | None
    becomes: str
    decision: str


Happening = Sending | Moving
SENDING = st.builds(Sending, st.sampled_from(["", "Бургас", "Варна"]))
MOVING = st.builds(
    Moving,
    st.integers(0, 40),
    st.none() | st.sampled_from(STATES),
    st.sampled_from(STATES),
    st.sampled_from(["", "accepted", "refused"]),
)
WRITES = st.lists(st.tuples(st.lists(SENDING | MOVING, min_size=1, max_size=6), st.booleans()), max_size=8)
"""What happens in each write, and whether the write fails in the end."""


class Failed(Exception):
    """A bug after everything was written."""


def happen(conn: Connection, desk: Desk, happenings: Sequence[Happening], fails: bool) -> None:
    for happening in happenings:
        ids = select(applications_table.c.id).where(applications_table.c.call_id == desk.call_id)
        made = conn.execute(ids.order_by(applications_table.c.id)).scalars().all()
        if isinstance(happening, Sending):
            desk.submit(conn, str(len(made)), region=happening.region)
        elif made:
            chosen = made[happening.which % len(made)]
            application = applications.get(conn, chosen)
            assert application is not None
            move(conn, chosen, happening.was or application.state, happening.becomes, happening.decision)
    if fails:
        raise Failed


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(writes=WRITES)
async def test_the_counts_are_those_of_the_applications_whatever_happens(
    database: Database, desk: Desk, writes: list[tuple[list[Happening], bool]]
):
    row = {"title": "", "created_at": NOW, "updated_at": NOW}
    call_id = await database.write(lambda conn: conn.execute(insert(calls).returning(calls.c.id), row).scalar_one())
    mine = Desk(desk.form_row, call_id)
    for happenings, fails in writes:
        try:
            await database.write(lambda conn, now=happenings, fails=fails: happen(conn, mine, now, fails))
        except Failed:
            assert fails
    kept, real = await database.read(lambda conn: (counted(conn, call_id), grouped(conn, call_id)))
    assert kept == real
    assert await database.read(application_counts.agree)


async def test_a_kind_that_nobody_is_of_any_more_is_not_there(database: Database, desk: Desk):
    def change(conn: Connection) -> None:
        move(conn, desk.submit(conn, "1", region="Варна").id, "submitted", "withdrawn")

    await database.write(change)
    assert await database.read(counted) == {("Варна", "withdrawn", ""): 1}
    figures = await database.read(lambda conn: applications.counts(conn, desk.call_id, NOW, NOW))
    assert (figures.by_state, figures.by_region) == ({"withdrawn": 1}, {})


async def test_counts_that_are_wrong_are_noticed_and_made_anew(database: Database, desk: Desk):
    def change_past_the_desk(conn: Connection) -> None:
        desk.submit(conn, "1")
        conn.execute(update(applications_table).values(state="decided"))

    await database.write(change_past_the_desk)
    assert not await database.read(application_counts.agree)
    await database.write(application_counts.recount)
    assert await database.read(application_counts.agree)
    assert await database.read(counted) == {("Бургас", "decided", ""): 1}


# ---------- older databases ----------

ROWS = """
INSERT INTO people (id, name, role, created_at) VALUES (1, 'Анна', 'applicant', '2026-01-10 09:00:00.000000');
INSERT INTO chats (id, channel, platform_id, in_group, person_id, role, platform_language, reachable, created_at)
VALUES (1, 'telegram', '5', false, 1, 'applicant', 'bg', true, '2026-01-10 09:00:00.000000');
INSERT INTO forms (id, form_id, version, title, source, xform, files, desk, created_at)
VALUES (1, 'f', '1', 'Форма', '', '<x/>', '{}', '{}', '2026-01-10 09:00:00.000000');
INSERT INTO calls (id, title, created_at, updated_at)
VALUES (1, '', '2026-01-10 09:00:00.000000', '2026-01-10 09:00:00.000000');
INSERT INTO drafts (id, person_id, chat_id, call_id, form_row, body, state, created_at, updated_at)
VALUES (1, 1, 1, 1, 1, '{}', 'submitted', '2026-01-10 09:00:00.000000', '2026-01-10 09:00:00.000000')
"""
APPLICATION = """
INSERT INTO applications (id, call_id, draft_id, person_id, chat_id, form_row, prefix, year, number, reference, title,
  place, region, kind, key, state, decision, submission, submitted_at, state_at)
VALUES (:id, 1, 1, 1, 1, 1, 'A', 2026, :number, :reference, '', '', :region, '', '', :state, :decision,
  '{}', '2026-01-10 09:00:00.000000', '2026-01-10 09:00:00.000000')
"""
OLD = {
    ("Бургас", "submitted", ""): 20,
    ("Бургас", "decided", "accepted"): 3,
    ("Варна", "submitted", ""): 1,
    ("", "withdrawn", ""): 2,
}


def fill(conn: Connection, step: str) -> None:
    """A database as the version of that step left it."""
    migrate(conn, step)
    for statement in ROWS.split(";"):
        conn.execute(text(statement))
    kinds = [kind for kind, count in OLD.items() for _ in range(count)]
    for number, kind in enumerate(kinds, start=1):
        row = {"id": number, "number": number, "reference": f"A-2026-{number:04d}"}
        conn.execute(text(APPLICATION), {**row, **dict(zip(("region", "state", "decision"), kind, strict=True))})


@pytest.mark.parametrize("step", ["0001", "0004"])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_applications_of_an_older_database_are_counted_when_it_is_opened(
    kind: str, step: str, tmp_path: Path, request: pytest.FixtureRequest
):
    server: PostgresServer | None = request.getfixturevalue("postgres") if kind == "postgresql" else None
    database = Database(server.bare() if server else f"sqlite+aiosqlite:///{tmp_path}/bot.db")
    await database.rebuild(lambda conn: fill(conn, step))
    await database.open()
    try:
        assert await database.read(counted) == OLD
        assert await database.read(application_counts.agree)
        assert await database.write(lambda conn: move(conn, 1, "submitted", "in_review"))
        figures = await database.read(lambda conn: applications.counts(conn, 1, NOW, NOW - timedelta(days=6)))
        assert figures == applications.Counts(
            by_state={"submitted": 20, "in_review": 1, "decided": 3, "withdrawn": 2},
            by_decision={"accepted": 3},
            by_region={"Бургас": 23, "Варна": 1},
            today=0,
            week=26,
            drafts_under_way=0,
        )
    finally:
        await database.close()

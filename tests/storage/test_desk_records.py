"""The smaller tables: updates, invitations, forms, calls, drafts, the audit trail, leases."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from storage import calls, drafts, events, forms, invites, leases, updates
from storage.database import Database
from tests.storage.desk import NOW, Desk, arrive, later


async def test_an_update_is_new_once(database: Database):
    def mark(conn: Connection) -> bool:
        return updates.mark_seen(conn, "telegram", "77", NOW)

    assert await database.write(mark)
    assert not await database.write(mark)
    assert await database.write(lambda conn: updates.mark_seen(conn, "viber", "77", NOW))


async def test_an_update_delivered_many_times_at_once_is_new_once(database: Database):
    marks = [database.write(lambda conn: updates.mark_seen(conn, "telegram", "77", NOW)) for _ in range(10)]
    assert (await asyncio.gather(*marks)).count(True) == 1


async def test_an_update_whose_turn_failed_is_still_new(database: Database):
    def fail(conn: Connection) -> None:
        updates.mark_seen(conn, "telegram", "77", NOW)
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        await database.write(fail)
    assert await database.write(lambda conn: updates.mark_seen(conn, "telegram", "77", NOW))


async def test_an_invitation_gives_its_role_once(database: Database):
    def invite_and_use_twice(conn: Connection) -> list[str | None]:
        visitor = arrive(conn, "5")
        invites.create(conn, role="admin", secret_hash="h", expires_at=later(60), created_by=None, now=NOW)
        return [invites.redeem(conn, "h", visitor.person_id, later(59)) for _ in range(2)]

    assert await database.write(invite_and_use_twice) == ["admin", None]


async def test_an_invitation_that_is_over_or_unknown_gives_nothing(database: Database):
    def invite_and_wait(conn: Connection) -> list[str | None]:
        visitor = arrive(conn, "5")
        invites.create(conn, role="staff", secret_hash="h", expires_at=later(60), created_by=None, now=NOW)
        return [
            invites.redeem(conn, "h", visitor.person_id, later(60)),
            invites.redeem(conn, "other", visitor.person_id, later(1)),
        ]

    assert await database.write(invite_and_wait) == [None, None]


def add_form(conn: Connection, version: str) -> int:
    return forms.add(
        conn,
        form_id="network",
        version=version,
        title="Мрежа",
        source=b"PK\x03\x04",
        xform="<h:html/>",
        files='{"schools.csv": "name,label"}',
        desk='{"prefix": "ВО"}',
        now=NOW,
    )


async def test_the_form_published_last_is_the_current_one(database: Database):
    def publish_in_turn(conn: Connection) -> list[object]:
        first, second = add_form(conn, "1"), add_form(conn, "2")
        seen: list[object] = [forms.current(conn)]
        for row_id, seconds in ((first, 1), (second, 2), (first, 3)):
            forms.publish(conn, row_id, later(seconds))
            seen.append(forms.load(conn, forms.current(conn) or 0).version)
        return seen

    assert await database.write(publish_in_turn) == [None, "1", "2", "1"]


async def test_a_form_version_comes_back_as_it_was_added(database: Database):
    row_id = await database.write(lambda conn: add_form(conn, "1"))
    assert await database.read(lambda conn: forms.load(conn, row_id)) == forms.FormRow(
        row_id,
        "network",
        "1",
        "Мрежа",
        b"PK\x03\x04",
        "<h:html/>",
        '{"schools.csv": "name,label"}',
        '{"prefix": "ВО"}',
        NOW,
        None,
    )


async def test_the_first_call_is_opened_once(database: Database):
    first = await database.write(lambda conn: calls.open_first(conn, opens=NOW, closes=None, title="2026", now=NOW))
    again = await database.write(lambda conn: calls.open_first(conn, opens=None, closes=NOW, title="x", now=NOW))
    assert again == first == await database.read(calls.current)
    assert first == calls.Call(first.id, NOW, None, None, "2026")


async def test_processes_that_start_together_open_one_call(database: Database):
    opened = await asyncio.gather(
        *(
            database.write(lambda conn: calls.open_first(conn, opens=None, closes=None, title="", now=NOW))
            for _ in range(4)
        )
    )
    assert len({call.id for call in opened}) == 1


async def test_a_closed_call_is_open_again_when_its_times_change(database: Database, desk: Desk):
    await database.write(lambda conn: calls.close(conn, desk.call_id, later(5)))
    assert (await database.read(calls.current)).closed_at == later(5)
    await database.write(lambda conn: calls.change(conn, desk.call_id, opens=NOW, closes=later(60), now=later(6)))
    assert await database.read(calls.current) == calls.Call(desk.call_id, NOW, later(60), None, "")


async def test_a_draft_is_saved_and_found_until_it_is_finished(database: Database, desk: Desk):
    visitor, draft_id = await database.write(lambda conn: desk.draft(conn, "5", body='{"a":1}'))

    def save(conn: Connection) -> None:
        drafts.save(conn, draft_id, '{"a":2}', later(1), visitor.chat_id)

    await database.write(save)
    row = await database.read(lambda conn: drafts.open_draft(conn, visitor.person_id))
    assert row == drafts.DraftRow(
        draft_id, desk.form_row, '{"a":2}', visitor.chat_id, later(1), visitor.person_id, desk.call_id, "open"
    )
    assert await database.read(drafts.count_open) == 1
    await database.write(lambda conn: drafts.finish(conn, draft_id, "submitted", '{"a":3}', later(2)))
    assert await database.read(lambda conn: drafts.open_draft(conn, visitor.person_id)) is None
    last = await database.read(lambda conn: drafts.last_submitted(conn, visitor.person_id))
    assert last is not None
    assert (last.id, last.body, last.state) == (draft_id, '{"a":3}', "submitted")
    assert await database.read(drafts.count_open) == 0


async def test_a_discarded_draft_is_not_a_submitted_one(database: Database, desk: Desk):
    visitor, draft_id = await database.write(lambda conn: desk.draft(conn, "5"))
    await database.write(lambda conn: drafts.finish(conn, draft_id, "discarded", "{}", NOW))
    assert await database.read(lambda conn: drafts.last_submitted(conn, visitor.person_id)) is None


async def test_a_person_has_one_open_draft_at_most(database: Database, desk: Desk):
    await database.write(lambda conn: desk.draft(conn, "5"))
    with pytest.raises(IntegrityError):
        await database.write(lambda conn: desk.draft(conn, "5"))


async def test_the_audit_trail_tells_what_happened_to_a_subject_in_order(database: Database):
    def happen(conn: Connection) -> int:
        actor = arrive(conn, "5").person_id
        events.record(conn, kind="submitted", actor_person_id=None, subject="application:1", detail="{}", now=NOW)
        events.record(conn, kind="state", actor_person_id=actor, subject="application:2", detail="{}", now=NOW)
        events.record(
            conn, kind="state", actor_person_id=actor, subject="application:1", detail='["a","b"]', now=later(1)
        )
        return actor

    actor = await database.write(happen)
    trail = await database.read(lambda conn: events.of_subject(conn, "application:1"))
    assert [(event.kind, event.actor_person_id, event.detail, event.at) for event in trail] == [
        ("submitted", None, "{}", NOW),
        ("state", actor, '["a","b"]', later(1)),
    ]


async def test_a_lease_is_one_holders_until_it_runs_out_or_is_released(postgres_url: str):
    async with opened(postgres_url) as database:
        assert await database.write(take("a"))
        assert not await database.write(take("b"))
        assert await database.write(take("a"))
        await database.write(now_lasting(0))
        assert await database.write(take("b"))
        await database.write(lambda conn: leases.release(conn, "polling", "a"))
        assert not await database.write(take("a"))
        await database.write(lambda conn: leases.release(conn, "polling", "b"))
        assert await database.write(take("a"))


async def test_a_lease_from_before_the_servers_clock_was_set_back_is_taken(postgres_url: str):
    async with opened(postgres_url) as database:
        await database.write(take("a"))
        await database.write(now_lasting(59))
        assert not await database.write(take("b"))
        await database.write(now_lasting(3600))
        assert await database.write(take("b"))


async def test_of_many_who_want_a_lease_at_once_one_gets_it(postgres_url: str):
    async with opened(postgres_url) as database:
        takes = await asyncio.gather(*(database.write(take(str(number))) for number in range(8)))
    assert takes.count(True) == 1


async def test_the_one_process_on_sqlite_gets_every_lease(sqlite_url: str):
    async with opened(sqlite_url) as database:
        assert await database.write(take("a"))
        assert await database.write(take("b"))


def take(holder: str):
    return lambda conn: leases.take(conn, "polling", holder, 30.0)


def now_lasting(seconds: float):
    """The lease as it stands so long before its end."""
    until = text("UPDATE leases SET until = now() + make_interval(secs => :seconds)")
    return lambda conn: conn.execute(until, {"seconds": float(seconds)})


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    await database.open()
    yield database
    await database.close()

"""Files people sent: fetched once, retried, accepted or refused."""

import asyncio

from sqlalchemy import Connection

from storage import attachments, drafts
from storage.attachments import CLAIM_SECONDS
from storage.database import Database
from tests.storage.desk import CHANNELS, NOW, Desk, later


async def sent(database: Database, desk: Desk, *names: str) -> int:
    """A draft with pending files; returns the draft's id."""

    def work(conn: Connection) -> int:
        visitor, draft_id = desk.draft(conn, "5")
        for number, name in enumerate(names):
            attachments.add_pending(
                conn,
                id=name,
                draft_id=draft_id,
                channel="telegram",
                chat_id=visitor.chat_id,
                file_id=f"AgAD-{name}",
                name="план.pdf",
                question="plan",
                now=later(number),
            )
        return draft_id

    return await database.write(work)


def due(seconds: float, limit: int = 10):
    return lambda conn: [file.id for file in attachments.due(conn, later(seconds), limit, channels=CHANNELS)]


async def test_a_pending_file_is_handed_out_with_all_that_fetching_needs(database: Database, desk: Desk):
    draft_id = await sent(database, desk, "a")
    (file,) = await database.write(lambda conn: attachments.due(conn, NOW, 10, channels=CHANNELS))
    assert (file.id, file.draft_id, file.channel, file.file_id) == ("a", draft_id, "telegram", "AgAD-a")
    assert (file.state, file.question, file.name, file.attempts) == ("pending", "plan", "план.pdf", 1)


async def test_files_are_fetched_in_order_and_by_one_fetcher_each(database: Database, desk: Desk):
    await sent(database, desk, "a", "b", "c")
    assert await database.write(due(5, limit=2)) == ["a", "b"]
    assert await database.write(due(5)) == ["c"]
    assert await database.write(due(5)) == []


async def test_fetchers_side_by_side_never_get_the_same_file(database: Database, desk: Desk):
    await sent(database, desk, *"abcdef")
    claimed = await asyncio.gather(*(database.write(due(10, limit=3)) for _ in range(3)))
    everything = [name for names in claimed for name in names] + await database.write(due(10))
    assert sorted(everything) == list("abcdef")


async def test_a_file_is_tried_again_when_asked_and_after_a_kill(database: Database, desk: Desk):
    await sent(database, desk, "a")
    await database.write(due(0))
    await database.write(lambda conn: attachments.retry_at(conn, "a", later(20)))
    assert await database.write(due(19)) == []
    assert await database.write(due(20)) == ["a"]
    assert await database.write(due(20 + CLAIM_SECONDS)) == ["a"]
    await database.write(lambda conn: attachments.release_claims(conn, CHANNELS))
    assert await database.write(due(21 + CLAIM_SECONDS)) == ["a"]


async def test_a_file_at_work_stays_claimed_for_as_long_as_that_takes(database: Database, desk: Desk):
    await sent(database, desk, "a", "b")
    await database.write(due(0))
    await database.write(lambda conn: attachments.prolong(conn, ["a"], later(5)))
    assert await database.write(due(CLAIM_SECONDS)) == ["b"]
    assert await database.write(due(5 + CLAIM_SECONDS)) == ["a"]


async def test_who_comes_late_to_a_file_changes_nothing_about_it(database: Database, desk: Desk):
    await sent(database, desk, "a")
    await database.write(lambda conn: attachments.ready(conn, "a", "ab12", "pdf", 1024, later(6)))
    await database.write(lambda conn: attachments.refuse(conn, "a", "unreachable", later(7)))
    await database.write(lambda conn: attachments.prolong(conn, ["a"], later(7)))
    found = await database.read(lambda conn: attachments.get(conn, "a"))
    assert found is not None
    assert (found.state, found.reason, found.sha256) == ("ready", "", "ab12")


async def test_a_fetched_file_is_ready_and_a_bad_one_refused(database: Database, desk: Desk):
    await sent(database, desk, "a", "b")
    await database.write(due(5))
    await database.write(lambda conn: attachments.ready(conn, "a", "ab12", "pdf", 1024, later(6)))
    await database.write(lambda conn: attachments.refuse(conn, "b", "too_big", later(6)))
    good = await database.read(lambda conn: attachments.get(conn, "a"))
    bad = await database.read(lambda conn: attachments.get(conn, "b"))
    assert good is not None
    assert (good.state, good.sha256, good.type, good.size) == ("ready", "ab12", "pdf", 1024)
    assert bad is not None
    assert (bad.state, bad.reason) == ("refused", "too_big")
    assert await database.write(due(10 + CLAIM_SECONDS)) == []


async def test_a_file_leads_back_to_its_draft(database: Database, desk: Desk):
    draft_id = await sent(database, desk, "a")
    row = await database.read(lambda conn: drafts.by_attachment(conn, "a"))
    assert row is not None
    assert (row.id, row.state) == (draft_id, "open")
    assert await database.read(lambda conn: drafts.by_attachment(conn, "unknown")) is None
    assert await database.read(lambda conn: attachments.get(conn, "unknown")) is None


async def test_files_that_expire_are_fetched_before_those_that_wait_longer(database: Database, desk: Desk):
    async def add(id: str, channel: str, seconds: float) -> None:
        def work(conn: Connection) -> None:
            visitor, draft_id = desk.draft(conn, id)
            attachments.add_pending(
                conn,
                id=id,
                channel=channel,
                chat_id=visitor.chat_id,
                file_id=id,
                name="",
                now=later(seconds),
                draft_id=draft_id,
            )

        await database.write(work)

    for number, channel in enumerate(("telegram", "viber", "telegram", "viber")):
        await add(f"f{number}", channel, number)
    found = await database.write(
        lambda conn: attachments.due(conn, later(9), 3, channels=("telegram", "viber"), first=("viber",))
    )
    assert [file.id for file in found] == ["f1", "f3", "f0"]

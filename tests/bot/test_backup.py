"""Backup and restore: taken while people answer, carried from either database into either, and never half."""

import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text, update

from bot.backup import Kept, back_up, restore
from bot.errors import StartError
from bot.settings import Settings
from bot.stored_files import StoredFiles
from conversations.draft import read_draft
from storage import application_counts, attachments, leases
from storage.database import Database
from storage.migrations import HEAD, current_step, migrate
from storage.tables import application_counts as counts_table
from storage.tables import drafts, events, metadata, outbox, people, updates
from tests.bot.desk import AGREE, ANSWERED, NOON, SUBMIT, Desk
from tests.bot.running import ROOT
from tests.postgres import PostgresServer

PDF = b"%PDF-1.7\n" + b"decision " * 100
AT = {"now": NOON.strftime("%Y-%m-%d %H:%M:%S.%f")}
PEOPLE = 50
QUESTIONS = 40
LONG = "| survey |\n| | type | name | label |\n" + "".join(
    f"| | text | q{number} | Въпрос {number}? |\n" for number in range(QUESTIONS)
)


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """An empty database of either kind with nothing in it, and a folder that is not there yet."""
    folder = tmp_path / "elsewhere"
    if request.param == "sqlite":
        return settings(folder, f"sqlite+aiosqlite:///{folder / 'bot.db'}")
    postgres: PostgresServer = request.getfixturevalue("postgres")
    return settings(folder, postgres.bare())


def settings(data_dir: Path, url: str) -> Settings:
    return Settings(_env_file=None, data_dir=data_dir, database_url=url)


@asynccontextmanager
async def opened(where: Settings) -> AsyncIterator[Database]:
    database = Database(where.database)
    await database.open()
    yield database
    await database.close()


async def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, except who holds which job."""

    def read(conn: Connection) -> dict[str, list[tuple[object, ...]]]:
        return {
            name: [tuple(row) for row in conn.execute(select(table).order_by(*table.primary_key.columns))]
            for name, table in metadata.tables.items()
            if name != "leases"
        }

    return await database.read(read)


async def put_back(archive: Path, where: Settings, *, replaces: bool = False) -> Kept:
    return await restore(where, archive, replaces=replaces, tell=lambda table, rows: None)


async def applied(desk: Desk) -> None:
    """One application with a file, one open draft, and a word from an admin."""
    anna = desk.person("Анна")
    await anna.says("/start", AGREE, *ANSWERED, SUBMIT)
    await desk.person("Борис").says("/start", AGREE, "Пчелин „Юг“")


@pytest.fixture
def here(database_url: str, tmp_path: Path) -> Settings:
    return settings(tmp_path / "here", database_url)


# ---------- what a backup keeps ----------


async def test_what_was_kept_is_restored_row_for_row_into_either_database(
    desk: Desk, here: Settings, elsewhere: Settings
):
    await applied(desk)
    kept = await back_up(here, None, NOON)
    assert kept.path == here.data_dir / "backups" / "desk-2026-01-15T100000Z.zip"
    restored = await put_back(kept.path, elsewhere)
    async with opened(elsewhere) as database:
        assert await everything(database) == await everything(desk.database)
    assert (restored.rows, restored.made_at) == (kept.rows, NOON)


async def test_new_rows_get_ids_above_all_that_were_ever_given(desk: Desk, here: Settings, elsewhere: Settings):
    await applied(desk)

    def add_event(conn: Connection) -> int:
        row = {"at": NOON, "kind": "k", "actor_person_id": None, "subject": "s", "detail": "{}"}
        return int(conn.execute(insert(events).returning(events.c.id), row).scalar_one())

    newest = await desk.database.write(add_event)
    await desk.database.write(lambda conn: conn.execute(events.delete().where(events.c.id == newest)))
    kept = await back_up(here, None, NOON)
    await put_back(kept.path, elsewhere)
    async with opened(elsewhere) as database:
        assert await database.write(add_event) == newest + 1


async def test_applications_are_counted_anew(desk: Desk, here: Settings, elsewhere: Settings):
    await applied(desk)
    right = await desk.database.read(lambda conn: list(application_counts.by_kind(conn, None)))
    await desk.database.write(lambda conn: conn.execute(update(counts_table).values(count=7)))
    kept = await back_up(here, None, NOON)
    await put_back(kept.path, elsewhere)
    async with opened(elsewhere) as database:
        assert await database.read(lambda conn: list(application_counts.by_kind(conn, None))) == right
        assert [count for _, count in right] == [1]


async def test_a_conversation_goes_on_where_it_was(desk: Desk, here: Settings, elsewhere: Settings):
    boris = desk.person("Борис")
    await boris.says("/start", AGREE, "Пчелин „Юг“")
    kept = await back_up(here, None, NOON)
    await put_back(kept.path, elsewhere)
    async with opened(elsewhere) as database:
        talk = Desk(database)
        talk.now = desk.now
        again = talk.person("Борис", boris.chat)
        await again.says("12", update_id="after the restore")
        assert "Какъв е медът?" in again.heard[-1].text


async def test_uploaded_files_travel_and_missing_ones_are_told(desk: Desk, here: Settings, elsewhere: Settings):
    files, anna = StoredFiles(here.data_dir), desk.person("Анна")
    fetched = here.data_dir / "fetched"
    here.data_dir.mkdir()
    fetched.write_bytes(PDF)
    sha256, size = files.keep(fetched)
    picture = files.keep_media("map.png", b"picture")
    await anna.says("/start", AGREE, *ANSWERED[:5])
    here_id, gone_id = await anna.sends_file(file_id="f1"), await anna.sends_file(file_id="f2")
    arriving = await anna.sends_file(file_id="0123456789abcdef-" + "0" * 32)
    files.incoming.mkdir()
    (files.incoming / f"fetched-{arriving}").write_bytes(b"just come")

    def settle(conn: Connection) -> None:
        attachments.ready(conn, here_id, sha256, "pdf", size, NOON)
        attachments.ready(conn, gone_id, "0" * 64, "pdf", size, NOON)

    await desk.database.write(settle)
    kept = await back_up(here, None, NOON)
    assert (kept.files, kept.missing) == (3, ("0" * 64,))
    await put_back(kept.path, elsewhere)
    there = StoredFiles(elsewhere.data_dir)
    assert there.path(sha256).read_bytes() == PDF
    assert (there.media_folder / picture).read_bytes() == b"picture"
    assert (there.incoming / f"fetched-{arriving}").read_bytes() == b"just come"
    assert list(elsewhere.data_dir.rglob("*.half")) == []


async def test_what_a_process_is_doing_right_now_stays_behind(desk: Desk, here: Settings, elsewhere: Settings):
    await applied(desk)
    soon = NOON + timedelta(hours=1)

    def claim(conn: Connection) -> None:
        leases.take(conn, "polling", "process 1", 3600.0)
        conn.execute(update(outbox).values(claimed_until=soon, state="waiting"))

    await desk.database.write(claim)
    kept = await back_up(here, None, NOON)
    await put_back(kept.path, elsewhere)
    async with opened(elsewhere) as database:
        assert await database.write(lambda conn: leases.take(conn, "polling", "process 2", 3600.0))
        claimed = select(outbox.c.id).where(outbox.c.claimed_until.is_not(None))
        assert await database.read(lambda conn: conn.execute(claimed).all()) == []
        waiting = select(outbox.c.id).where(outbox.c.state == "waiting")
        assert len(await database.read(lambda conn: conn.execute(waiting).all())) == len(await desk.rows(outbox))


# ---------- while people answer ----------


async def test_a_backup_taken_while_fifty_people_answer_holds_every_answer_committed_before_it(
    database: Database, here: Settings, elsewhere: Settings
):
    desk = await Desk(database).open(LONG)
    answered: list[str] = []
    under_way = asyncio.Event()

    async def answers(name: str) -> None:
        person = desk.person(name, chat=name)
        await person.says("/start", AGREE)
        for number in range(QUESTIONS):
            said = f"{name} says {number}"
            await person.says(said, update_id=said)
            answered.append(said)
            if len(answered) == PEOPLE * 3:
                under_way.set()

    talks = [asyncio.create_task(answers(f"{1000 + number}")) for number in range(PEOPLE)]
    await under_way.wait()
    before = set(answered)
    kept = await back_up(here, None, NOON)
    assert len(answered) < PEOPLE * QUESTIONS, "they went on answering after the backup"
    await asyncio.gather(*talks)
    await put_back(kept.path, elsewhere)

    async with opened(elsewhere) as restored:
        there = Desk(restored)
        bodies = [read_draft(row["body"]) for row in await there.rows(drafts)]
        stored = {answer.value for draft in bodies for answer in draft.answers.values()}
        seen = {row["update_id"] for row in await there.rows(updates) if "says" in row["update_id"]}
    assert before - stored == set()
    assert stored == seen, "each turn is there as a whole, or not at all"


# ---------- what is refused ----------


async def is_untouched(where: Settings) -> bool:
    async with opened(where) as database:
        return all(rows == [] for rows in (await everything(database)).values())


async def test_a_database_that_holds_data_is_left_as_it_is_unless_told_otherwise(
    desk: Desk, here: Settings, elsewhere: Settings
):
    await applied(desk)
    kept = await back_up(here, None, NOON)
    async with opened(elsewhere) as database:
        await Desk(database).open()
        await Desk(database).person("Вера").says("/start")
        before = await everything(database)
    with pytest.raises(StartError, match="holds data already and was left as it is"):
        await put_back(kept.path, elsewhere)
    async with opened(elsewhere) as database:
        assert await everything(database) == before
    await put_back(kept.path, elsewhere, replaces=True)
    async with opened(elsewhere) as database:
        assert await everything(database) == await everything(desk.database)


async def test_a_backup_that_was_cut_is_refused(desk: Desk, here: Settings, elsewhere: Settings):
    await applied(desk)
    whole = (await back_up(here, None, NOON)).path
    content = whole.read_bytes()
    cut = whole.with_name("cut.zip")
    for length in (0, 100, len(content) // 2, len(content) - 1):
        cut.write_bytes(content[:length])
        with pytest.raises(StartError, match="Nothing was changed"):
            await put_back(cut, elsewhere)
    assert await is_untouched(elsewhere)


async def test_a_flipped_byte_in_any_part_is_noticed(desk: Desk, here: Settings, elsewhere: Settings):
    await applied(desk)
    whole = (await back_up(here, None, NOON)).path
    content = whole.read_bytes()
    flipped = whole.with_name("flipped.zip")
    with zipfile.ZipFile(whole) as archive:
        parts = [part for part in archive.infolist() if part.file_size]
    for part in parts:
        at = part.header_offset + 30 + len(part.filename) + part.compress_size // 2
        flipped.write_bytes(content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :])
        with pytest.raises(StartError, match="Nothing was changed"):
            await put_back(flipped, elsewhere)
    assert len(parts) > 5
    assert await is_untouched(elsewhere)


async def test_a_row_that_was_changed_by_hand_is_noticed(desk: Desk, here: Settings, elsewhere: Settings):
    await applied(desk)
    whole = (await back_up(here, None, NOON)).path
    forged = whole.with_name("forged.zip")
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(forged, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace("Анна".encode(), "Ирма".encode()))
    with pytest.raises(StartError, match="it is damaged in the table people"):
        await put_back(forged, elsewhere)
    assert await is_untouched(elsewhere)


@pytest.mark.parametrize("name", ["missing.zip", "letter.zip", "other.zip", "folder.zip"])
async def test_a_file_that_is_no_backup_is_refused_in_one_sentence(name: str, tmp_path: Path):
    (tmp_path / "letter.zip").write_text("Уважаеми колеги")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("form.md", "| survey |")
    (tmp_path / "folder.zip").mkdir()
    where = settings(tmp_path / "new", f"sqlite+aiosqlite:///{tmp_path}/new/bot.db")
    with pytest.raises(StartError, match=rf"{name} (cannot be restored|cannot be read)") as refusal:
        await put_back(tmp_path / name, where)
    assert "\n" not in str(refusal.value)
    assert not (tmp_path / "new").exists()


def with_revision(archive: Path, revision: str) -> Path:
    """The same backup, said to be of another step of the schema."""
    other = archive.with_name(f"{revision}.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json":
                content = json.dumps({**json.loads(content), "revision": revision}).encode()
            new.writestr(name, content)
    return other


async def test_a_backup_of_a_newer_version_is_refused(desk: Desk, here: Settings, elsewhere: Settings):
    kept = await back_up(here, None, NOON)
    with pytest.raises(StartError, match="made by a newer version of this program"):
        await put_back(with_revision(kept.path, "9999"), elsewhere)
    assert await is_untouched(elsewhere)


async def test_an_older_schema_is_kept_as_it_is_and_brought_up_to_date_when_restored(
    tmp_path: Path, postgres: PostgresServer, elsewhere: Settings
):
    old = settings(tmp_path / "old", f"sqlite+aiosqlite:///{tmp_path}/old/bot.db")

    def first_schema(conn: Connection) -> None:
        migrate(conn, "0001")
        conn.execute(text("INSERT INTO people (id, name, role, created_at) VALUES (7, 'Анна', 'admin', :now)"), AT)

    await Database(old.database).rebuild(first_schema)
    kept = await back_up(old, None, NOON)
    await put_back(kept.path, elsewhere)
    still = Database(old.database)
    await still.open_unchanged()
    assert await still.read(current_step) == "0001"
    await still.close()
    async with opened(elsewhere) as database:
        assert await database.read(current_step) == HEAD
        names = select(people.c.id, people.c.name, people.c.created_at)
        assert await database.read(lambda conn: conn.execute(names).all()) == [(7, "Анна", NOON)]


async def test_there_is_nothing_to_back_up_before_the_first_start(tmp_path: Path, postgres: PostgresServer):
    for url in (f"sqlite+aiosqlite:///{tmp_path}/none.db", postgres.bare()):
        where = settings(tmp_path / "data", url)
        with pytest.raises(StartError, match=r"no such file|never started"):
            await back_up(where, None, NOON)
        assert list(where.data_dir.rglob("*.zip*")) == []
    assert not (tmp_path / "none.db").exists()


# ---------- the disk, and a kill ----------


@contextmanager
def small_disk(limit_bytes: int) -> Iterator[None]:
    """No file may grow beyond the limit: what a full disk looks like to the writer."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_full_disk_leaves_no_half_backup(desk: Desk, here: Settings):
    bulk = {"at": NOON, "kind": "k", "actor_person_id": None, "subject": "s", "detail": os.urandom(200_000).hex()}
    await desk.database.write(lambda conn: conn.execute(insert(events), bulk))
    with small_disk(100_000), pytest.raises(StartError, match="cannot be written"):
        await back_up(here, None, NOON)
    assert list((here.data_dir / "backups").iterdir()) == []


async def test_a_folder_that_cannot_be_made_and_a_file_that_is_there_are_named(desk: Desk, here: Settings):
    here.data_dir.mkdir()
    (here.data_dir / "file").write_text("")
    with pytest.raises(StartError, match=r"file/desk\.zip cannot be written \(File exists\)"):
        await back_up(here, here.data_dir / "file" / "desk.zip", NOON)
    with pytest.raises(StartError, match="file exists already"):
        await back_up(here, here.data_dir / "file", NOON)


async def test_a_disk_that_is_full_while_restoring_leaves_the_database_empty(
    desk: Desk, here: Settings, elsewhere: Settings
):
    files, fetched = StoredFiles(here.data_dir), here.data_dir / "fetched"
    here.data_dir.mkdir()
    fetched.write_bytes(PDF + os.urandom(2_000_000))
    sha256, size = files.keep(fetched)
    await applied(desk)
    anna = await desk.person("Вера").says("/start", AGREE, *ANSWERED[:5])
    sent = await anna.sends_file()
    await desk.database.write(lambda conn: attachments.ready(conn, sent, sha256, "pdf", size, NOON))
    kept = await back_up(here, None, NOON)
    with small_disk(1_500_000), pytest.raises(StartError, match=r"cannot be (written|used)"):
        await put_back(kept.path, elsewhere)
    assert await is_untouched(elsewhere)
    await put_back(kept.path, elsewhere)
    assert StoredFiles(elsewhere.data_dir).path(sha256).stat().st_size == size


async def test_a_restore_that_is_killed_half_way_leaves_the_database_empty(
    desk: Desk, here: Settings, elsewhere: Settings
):
    await applied(desk)
    kept = await back_up(here, None, NOON)
    code = """
import asyncio, os, signal, sys
from pathlib import Path
from bot.backup import restore
from bot.settings import read_settings

def die(table, rows):
    print(table, flush=True)
    if table == "outbox":
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(restore(read_settings(), Path(sys.argv[1]), replaces=False, tell=die))
"""
    own = {"DATA_DIR": str(elsewhere.data_dir), "DATABASE_URL": elsewhere.database_url, "PYTHONPATH": str(ROOT)}
    run = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", code, str(kept.path)],
        env={**os.environ, **own},
        cwd=here.data_dir,
        capture_output=True,
        text=True,
    )
    assert (run.returncode, "people" in run.stdout, "outbox" in run.stdout) == (-signal.SIGKILL, True, True), run.stderr
    assert await is_untouched(elsewhere)
    await put_back(kept.path, elsewhere)
    async with opened(elsewhere) as database:
        assert await everything(database) == await everything(desk.database)


async def test_the_two_commands_say_what_they_did(desk: Desk, here: Settings, tmp_path: Path):
    await applied(desk)
    archive = tmp_path / "desk.zip"

    def bot(*words: str, **own: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "PYTHONPATH": str(ROOT), "LANGUAGE": "en", **own}
        command = [sys.executable, "-m", "bot", *words]
        return subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)

    there = {"DATA_DIR": str(here.data_dir), "DATABASE_URL": here.database_url}
    kept = await asyncio.to_thread(bot, "backup", str(archive), **there)
    assert (kept.returncode, kept.stdout.startswith(f"✔ Written and read back: {archive}")) == (0, True), kept.stderr
    assert archive.stat().st_mode & 0o077 == 0, "nobody else may read it"
    refused = await asyncio.to_thread(bot, "restore", str(archive), **there)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1), refused.stderr
    restored = await asyncio.to_thread(bot, "restore", str(archive), DATA_DIR=str(tmp_path / "new"))
    assert restored.returncode == 0, restored.stderr
    assert restored.stdout.splitlines()[-1].startswith("✔ Restored as of")

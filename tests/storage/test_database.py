"""The door: what a write and a read promise, and what is said when the database cannot be opened."""

import _sqlite3
import asyncio
import ctypes
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.util import await_only

from storage.database import Database, DatabaseAway, DatabaseUnavailable
from storage.updates import mark_seen
from tests.postgres import PostgresServer
from tests.storage.desk import NOW


def seen(conn: Connection) -> list[str]:
    return list(conn.execute(text("SELECT update_id FROM updates ORDER BY update_id")).scalars())


def mark(update_id: str):
    return lambda conn: mark_seen(conn, "web", update_id, NOW)


def mark_and_fail(update_id: str):
    def work(conn: Connection) -> None:
        mark_seen(conn, "web", update_id, NOW)
        raise ArithmeticError("a bug")

    return work


def sqlite_memory() -> int:
    """Bytes that all of SQLite's connections hold. Source: https://www.sqlite.org/c3ref/memory_highwater.html"""
    library = ctypes.CDLL(getattr(_sqlite3, "__file__", None))
    if not hasattr(library, "sqlite3_memory_used"):
        pytest.skip("this Python hides its SQLite")
    library.sqlite3_memory_used.restype = ctypes.c_int64
    return int(library.sqlite3_memory_used())


async def test_a_write_returns_what_the_function_returns(database: Database):
    assert await database.write(lambda conn: conn.execute(text("SELECT 7")).scalar()) == 7


async def test_one_failing_write_undoes_itself_and_no_other(database: Database):
    results = await asyncio.gather(
        database.write(mark("1")),
        database.write(mark_and_fail("2")),
        database.write(mark("3")),
        database.write(mark_and_fail("4")),
        database.write(mark("5")),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [bool, ArithmeticError, bool, ArithmeticError, bool]
    assert await database.read(seen) == ["1", "3", "5"]


async def test_pages_that_were_forgotten_take_no_memory_and_are_read_again(database: Database):
    many = [f"{number:01000}" for number in range(1000)]

    def mark_all(conn: Connection) -> None:
        for update_id in many:
            mark_seen(conn, "web", update_id, NOW)

    await database.write(mark_all)
    used = sqlite_memory()
    await database.forget_pages()
    assert database.dialect != "sqlite" or sqlite_memory() < used - 500_000
    assert await database.write(seen) == many


async def test_whatever_a_write_raises_the_others_hear_of_theirs(database: Database):
    results = await asyncio.gather(
        database.write(lambda conn: next(iter(()))), database.write(mark("2")), return_exceptions=True
    )
    assert isinstance(results[0], RuntimeError)
    assert results[1] is True


async def test_a_write_that_breaks_a_rule_of_the_database_undoes_itself_and_no_other(database: Database):
    def twice(conn: Connection) -> None:
        for _ in range(2):
            conn.execute(text("INSERT INTO updates VALUES ('web', '2', '2026-01-01 00:00:00+00')"))

    results = await asyncio.gather(
        database.write(mark("1")), database.write(twice), database.write(mark("3")), return_exceptions=True
    )
    assert [type(result) for result in results] == [bool, IntegrityError, bool]
    assert await database.read(seen) == ["1", "3"]


async def test_a_write_has_returned_only_when_others_can_see_it(database: Database):
    async def write_and_look(update_id: str) -> bool:
        await database.write(mark(update_id))
        return update_id in await database.read(seen)

    assert all(await asyncio.gather(*(write_and_look(str(number)) for number in range(20))))


async def test_what_is_not_committed_yet_is_visible_to_nobody_else(sqlite_url: str):
    database = Database(sqlite_url)
    await database.open()
    onlooker = create_engine(sqlite_url.replace("+aiosqlite", ""))

    def mark_and_let_another_look(conn: Connection) -> list[str]:
        mark_seen(conn, "web", "1", NOW)
        with onlooker.connect() as other:
            return seen(other)

    assert await database.write(mark_and_let_another_look) == []
    with onlooker.connect() as other:
        assert seen(other) == ["1"]
    onlooker.dispose()
    await database.close()


async def test_writes_that_wait_together_share_a_commit_and_its_failure(sqlite_url: str):
    database = Database(sqlite_url)
    await database.open()

    def break_the_commit(conn: Connection) -> None:
        conn.execute(text("PRAGMA defer_foreign_keys=ON"))
        conn.execute(text("INSERT INTO answers VALUES (404, 0, 'q', 'v', 'l')"))

    results = await asyncio.gather(
        database.write(mark("1")), database.write(break_the_commit), database.write(mark("3")), return_exceptions=True
    )
    await database.write(mark("after"))
    stored = await database.read(seen)
    await database.close()
    broken = [update_id for update_id, result in zip("123", results, strict=True) if isinstance(result, Exception)]
    assert "2" in broken
    assert stored == sorted({"1", "3", "after"} - set(broken))
    assert "3" in broken, "queued behind the broken write before the writer woke up, so in the same group"


async def test_a_transaction_that_sqlite_gave_up_fails_for_all_who_shared_it(sqlite_url: str):
    database = Database(sqlite_url)
    await database.open()

    def lose_the_transaction(conn: Connection) -> None:
        mark_seen(conn, "web", "2", NOW)
        conn.exec_driver_sql("ROLLBACK")
        raise OSError("disk")

    with pytest.raises(DatabaseAway, match="rolled back as a whole"):
        await database.write(lose_the_transaction)
    await database.write(mark("3"))
    stored = await database.read(seen)
    await database.close()
    assert stored == ["3"]


async def test_closing_finishes_the_writes_that_wait(database_url: str):
    database = Database(database_url)
    await database.open()
    await asyncio.gather(*(database.write(mark(str(number))) for number in range(5)), database.close())
    await database.open()
    stored = await database.read(seen)
    await database.close()
    assert stored == ["0", "1", "2", "3", "4"]


async def test_reading_can_change_nothing(database: Database):
    with pytest.raises(DBAPIError):
        await database.read(mark("1"))
    assert await database.read(seen) == []


async def test_a_read_sees_one_moment(database: Database):
    def look_twice(conn: Connection) -> list[list[str]]:
        before = seen(conn)
        await_only(database.write(mark("2")))
        return [before, seen(conn)]

    await database.write(mark("1"))
    assert await database.read(look_twice) == [["1"], ["1"]]
    assert await database.read(seen) == ["1", "2"]


async def test_a_closed_database_says_so(database_url: str):
    database = Database(database_url)
    with pytest.raises(RuntimeError, match="not open"):
        await database.write(mark("1"))


async def test_the_dialect_is_told(database: Database, database_url: str):
    assert database_url.startswith(database.dialect)


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "mysql://root:secret@localhost/desk",
        "postgresql+asyncpg://desk:secret@host:secret/desk",
        "postgresql+asyncpg://desk:sec@secret@host/desk",
        "sqlite+aiosqlite://",
    ],
)
async def test_a_wrong_url_is_refused_without_repeating_it(url: str):
    with pytest.raises(DatabaseUnavailable, match="DATABASE_URL") as refusal:
        await Database(url).open()
    assert "secret" not in str(refusal.value)


async def test_a_server_that_does_not_answer_is_named_without_the_password():
    with pytest.raises(DatabaseUnavailable) as refusal:
        await Database("postgresql+asyncpg://desk:secret@127.0.0.1:1/desk").open()
    assert str(refusal.value) == "The database desk at 127.0.0.1 cannot be used: no server answers there."


async def test_a_database_that_the_server_does_not_know_is_named(postgres: PostgresServer):
    with pytest.raises(DatabaseUnavailable) as refusal:
        await Database(postgres.url("nowhere")).open()
    assert str(refusal.value).endswith('cannot be used: database "nowhere" does not exist.')


async def test_an_option_that_the_driver_does_not_know_is_refused(postgres: PostgresServer):
    with pytest.raises(DatabaseUnavailable, match="option behind the question mark"):
        await Database(postgres.url("postgres") + "&nonsense=1").open()


async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseUnavailable) as refusal:
        await Database(f"sqlite+aiosqlite:///{tmp_path}/file/bot.db").open()
    assert str(refusal.value) == (
        f"The database {tmp_path}/file/bot.db cannot be used: "
        "its folder cannot be written to, or the path is not a file."
    )


async def test_a_file_that_is_no_database_is_named(tmp_path: Path):
    (tmp_path / "bot.db").write_text("Това не е база от данни. " * 100)
    with pytest.raises(DatabaseUnavailable, match="the file is not an SQLite database"):
        await Database(f"sqlite+aiosqlite:///{tmp_path}/bot.db").open()


async def test_the_urls_that_hosts_hand_out_are_understood(postgres: PostgresServer):
    database = Database(postgres.fresh().replace("postgresql+asyncpg", "postgres"))
    await database.open()
    dialect = database.dialect
    await database.close()
    assert dialect == "postgresql"

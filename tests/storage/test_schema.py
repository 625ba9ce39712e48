"""The schema: what the migrations build is what the tables say, and times are times."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import StatementError

from storage.database import Database, DatabaseUnavailable
from storage.migrations import HEAD
from storage.tables import metadata, updates
from tests.postgres import PostgresServer
from tests.storage.desk import set_up


def differences(conn: Connection) -> list[object]:
    return compare_metadata(MigrationContext.configure(conn, opts={"compare_type": True}), metadata)


async def test_migrations_build_the_tables_as_they_are_declared(database: Database):
    assert await database.read(differences) == []


def test_the_newest_migration_is_the_one_that_starts_without_alembic():
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


async def test_several_processes_may_migrate_an_empty_postgresql_at_once(postgres: PostgresServer):
    url = postgres.bare()
    databases = [Database(url) for _ in range(3)]
    await asyncio.gather(*(database.open() for database in databases))
    try:
        assert await databases[0].read(differences) == []
    finally:
        for database in databases:
            await database.close()


async def test_opening_again_keeps_what_is_stored(database_url: str):
    for _ in range(2):
        database = Database(database_url)
        await database.open()
        await database.write(set_up)
        await database.close()
    await database.open()
    forms_stored = await database.read(lambda conn: conn.execute(text("SELECT count(*) FROM forms")).scalar())
    await database.close()
    assert forms_stored == 2


async def test_a_database_of_a_newer_version_is_refused_with_a_sentence(database_url: str):
    database = Database(database_url)
    await database.open()
    await database.write(lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    await database.close()
    with pytest.raises(DatabaseUnavailable, match="made by a newer version"):
        await database.open()


async def test_a_folder_that_is_missing_is_made(tmp_path: Path):
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/data/deep/bot.db")
    await database.open()
    await database.close()
    assert (tmp_path / "data/deep/bot.db").exists()


async def test_times_come_back_in_utc_and_in_order(database: Database):
    sofia = timezone(timedelta(hours=2))
    first = datetime(2026, 1, 1, 1, 30, tzinfo=sofia)
    second = datetime(2025, 12, 31, 23, 45, 0, 5, tzinfo=UTC)
    third = datetime(2026, 1, 1, 2, 0, tzinfo=sofia)

    def keep(conn: Connection) -> None:
        moments = {"c": third, "a": first, "b": second}
        conn.execute(
            insert(updates), [{"channel": "web", "update_id": name, "seen_at": at} for name, at in moments.items()]
        )

    await database.write(keep)
    found = await database.read(
        lambda conn: conn.execute(select(updates.c.seen_at).order_by(updates.c.seen_at)).scalars().all()
    )
    assert found == [first, second, third]
    assert {moment.utcoffset() for moment in found} == {timedelta(0)}


async def test_a_time_without_a_zone_is_refused(database: Database):
    row = {"channel": "web", "update_id": "1", "seen_at": datetime(2026, 1, 1)}
    with pytest.raises(StatementError, match="without a time zone"):
        await database.write(lambda conn: conn.execute(insert(updates), row))

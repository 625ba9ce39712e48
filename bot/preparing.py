"""The first start, in a process of its own.

Migrating a database and compiling a form take libraries that serving never needs again: 40 MB that a process, once it
has them, cannot give back.
"""

import asyncio
import gc
import multiprocessing
import sys
from datetime import UTC, datetime

import typer

from bot.launching import WRONG_SETTING, go
from bot.settings import Settings

_PROCESSES = multiprocessing.get_context("fork") if sys.platform == "linux" else multiprocessing.get_context()
"""A fork need not import again what we have; elsewhere than on Linux it is not sure to work."""


def prepare(settings: Settings) -> None:
    """Let a child make what is missing: the database, its newest schema, the first form. No thread may run yet.

    What hinders it, it tells; then raises typer.Exit. For anything but a wrong setting our own start meets it again.
    """
    if asyncio.run(_is_ready(settings)):
        return
    child = _PROCESSES.Process(target=_make, args=(settings,))
    child.start()
    import bot.serving  # noqa: F401 - takes as long as half of the child's work, and is needed right after it

    child.join()
    if child.exitcode == WRONG_SETTING:
        raise typer.Exit(WRONG_SETTING)


async def _is_ready(settings: Settings) -> bool:
    if settings.database_file is not None and not settings.database_file.exists():
        return False
    from storage import forms, migrations
    from storage.database import Database, DatabaseAway, DatabaseUnavailable

    database = Database(settings.database)
    try:
        await database.open_unchanged()
        return await database.read(
            lambda conn: migrations.current_step(conn) == migrations.HEAD and forms.current(conn) is not None
        )
    except (DatabaseAway, DatabaseUnavailable):
        return False
    finally:
        await database.close()


def _make(settings: Settings) -> None:
    gc.disable()  # it ends too soon for garbage to be worth collecting
    try:
        go(_open_once(settings))
    except typer.Exit as told:
        sys.exit(told.exit_code)


async def _open_once(settings: Settings) -> None:
    from bot.house import House
    from bot.opening import open_database
    from bot.shelf import FormShelf
    from storage.database import Database

    database = Database(settings.database)
    try:
        house = House(FormShelf(), settings.zone, settings.language)
        await open_database(database, house, settings, datetime.now(UTC))
    finally:
        await database.close()

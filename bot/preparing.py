"""The first start, in a process of its own.

Migrating a database and compiling a form take libraries that serving never needs again: 40 MB that a process, once it
has them, cannot give back.
"""

import asyncio
import gc
import sys
from datetime import UTC, datetime

import typer

from bot.launching import WRONG_SETTING, go, settings_or_exit
from bot.settings import Settings


async def prepare(settings: Settings) -> None:
    """Let a child, with our environment, make what is missing: the database, its newest schema, the first form.

    What hinders it, it tells; then raises typer.Exit. For anything but a wrong setting our own start meets it again.
    """
    if await _is_ready(settings):
        return
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot.preparing")
    import bot.serving  # noqa: F401 - takes as long as half of the child's work, and is needed right after it

    if await child.wait() == WRONG_SETTING:
        raise typer.Exit(WRONG_SETTING)


async def _is_ready(settings: Settings) -> bool:
    if not settings.database_url and not settings.own_database.exists():
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


def main() -> None:
    """Make it all and end: too soon for garbage to be worth collecting, which Python would do once more at the end."""
    gc.disable()
    go(_open_once(settings_or_exit()))
    gc.freeze()


if __name__ == "__main__":
    typer.run(main)

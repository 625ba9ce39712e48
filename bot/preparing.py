"""The first start, in a process of its own.

Migrating a database and compiling a form take libraries that serving never needs again: 40 MB that a process, once it
has them, cannot give back.
"""

import asyncio
import sys

import typer

from bot.app import App
from bot.launching import WRONG_SETTING, go, settings_or_exit
from bot.settings import Settings
from storage import forms, migrations
from storage.database import Database, DatabaseAway, DatabaseUnavailable


async def prepare(settings: Settings) -> None:
    """Let a child, with our environment, make what is missing: the database, its newest schema, the first form.

    What hinders it, it tells; then raises typer.Exit. For anything but a wrong setting our own start meets it again.
    """
    if await _is_ready(settings):
        return
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot.preparing")
    if await child.wait() == WRONG_SETTING:
        raise typer.Exit(WRONG_SETTING)


async def _is_ready(settings: Settings) -> bool:
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
    app = App(settings)
    try:
        await app.open()
    finally:
        await app.stop()


def main() -> None:
    """Make it all and end."""
    go(_open_once(settings_or_exit()))


if __name__ == "__main__":
    typer.run(main)

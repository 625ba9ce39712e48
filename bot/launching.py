"""What all commands of the command line share: reading the settings, running a coroutine, and how they end.

Exit codes: 0 fine, 1 problems that were told in full, 2 a wrong setting, told in one sentence.
"""

import asyncio
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn, TypeVar

import structlog
import typer

from bot.errors import StartError
from bot.logs import set_up
from bot.settings import Settings, read_settings
from storage.alone import Served, alone

PROBLEMS = 1
WRONG_SETTING = 2
INTERRUPTED = 130

T = TypeVar("T")

log = structlog.get_logger(__name__)


def settings_or_exit(quiet: bool = False) -> Settings:
    """The settings, with logging set up by them. `quiet`: no word about what goes well."""
    try:
        settings = read_settings()
    except StartError as wrong:
        refuse(wrong)
    set_up(settings.log_format, "warning" if quiet and settings.log_level == "info" else settings.log_level)
    return settings


@contextmanager
def alone_with_database(settings: Settings, wait_seconds: float = 0) -> Iterator[None]:
    """No other desk serves the database within, when it is SQLite's. One that is just ending is waited for so long."""
    file = settings.database_file
    if file is None:
        yield
        return
    with suppress(OSError):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with alone(file, wait_seconds, lambda: log.info("waiting for the desk that serves this database")):
            yield
    except Served:
        refuse(StartError(f"A desk is serving {file} already; stop it first. Several can share a PostgreSQL."))


def go(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` on the fastest loop there is."""
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(work)
    except StartError as wrong:
        refuse(wrong)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


def refuse(wrong: StartError) -> NoReturn:
    print(wrong, file=sys.stderr)
    raise typer.Exit(WRONG_SETTING)


def _loop_factory() -> Any:
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop

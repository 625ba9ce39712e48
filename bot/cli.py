"""`python -m bot …`: what the operator types. A wrong setting ends with one clear sentence and exit code 2."""

import asyncio
import getpass
import sys
from collections.abc import Coroutine
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from bot.errors import StartError
from bot.logs import set_up
from bot.settings import Settings, read_settings

cli = typer.Typer(
    add_completion=False, no_args_is_help=False, pretty_exceptions_enable=False, help="Application desk in chat."
)


class InvitedRole(StrEnum):
    ADMIN = "admin"
    STAFF = "staff"


@cli.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """Without a command: run the desk."""
    if context.invoked_subcommand is None:
        run()


@cli.command()
def run() -> None:
    """Serve the web chat and every channel that has a token, until stopped."""
    from bot.serving import serve

    settings = _settings()
    _go(serve(settings, lambda line: print(line, flush=True)))


@cli.command()
def chat(
    save: Annotated[Path | None, typer.Option(help="Keep the talk as a transcript in this file.")] = None,
    person: Annotated[str, typer.Option("--as", help="Who is talking; the default is your user name.")] = "",
) -> None:
    """The same conversation in this terminal. /file PATH sends a file, /quit leaves."""
    from bot.terminal import talk

    _go(talk(_settings(quiet=True), person or getpass.getuser(), save))


@cli.command()
def invite(role: Annotated[InvitedRole, typer.Argument(help="admin or staff")]) -> None:
    """Print a one-time link, good for 24 hours, that gives its first user the role."""
    from bot.terminal import print_invite

    _go(print_invite(_settings(quiet=True), role.value))


def main() -> None:
    """The entry point."""
    cli()


def _settings(quiet: bool = False) -> Settings:
    try:
        settings = read_settings()
    except StartError as wrong:
        _refuse(wrong)
    set_up(settings.log_format, "warning" if quiet and settings.log_level == "info" else settings.log_level)
    return settings


def _go(work: Coroutine[Any, Any, None]) -> None:
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(work)
    except StartError as wrong:
        _refuse(wrong)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _loop_factory() -> Any:
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop


def _refuse(wrong: StartError) -> NoReturn:
    print(wrong, file=sys.stderr)
    raise typer.Exit(2)

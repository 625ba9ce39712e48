"""`python -m bot …`: what the operator types. A wrong setting ends with one clear sentence and exit code 2."""

import getpass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot import cli_check, cli_data
from bot.launching import alone_with_database, go, settings_or_exit

cli = typer.Typer(
    add_completion=False, no_args_is_help=False, pretty_exceptions_enable=False, help="Application desk in chat."
)
cli.command()(cli_data.backup)
cli.command()(cli_data.restore)
cli.command()(cli_check.check)

ENDING_SECONDS = 15.0
"""A desk that was told to stop may take ten seconds when a platform does not answer."""


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
    from bot.preparing import prepare
    from bot.settling import keep_one_heap

    keep_one_heap()
    settings = settings_or_exit()

    with alone_with_database(settings, ENDING_SECONDS):
        prepare(settings)
        from bot.serving import serve

        go(serve(settings, lambda line: print(line, flush=True)))


@cli.command("form", add_help_option=False, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def form(context: typer.Context) -> None:
    """Check, read, try and publish a form."""
    from bot.cli_forms import forms

    forms(context.args, prog_name=context.command_path)


@cli.command()
def chat(
    save: Annotated[Path | None, typer.Option(help="Keep the talk as a transcript in this file.")] = None,
    person: Annotated[str, typer.Option("--as", help="Who is talking; the default is your user name.")] = "",
) -> None:
    """The same conversation in this terminal. /file PATH sends a file, /quit leaves."""
    from bot.terminal import talk

    go(talk(settings_or_exit(quiet=True), person or getpass.getuser(), save))


@cli.command()
def invite(role: Annotated[InvitedRole, typer.Argument(help="admin or staff")]) -> None:
    """Print a one-time link, good for 24 hours, that gives its first user the role."""
    from bot.terminal import print_invite

    go(print_invite(settings_or_exit(quiet=True), role.value))


def main() -> None:
    """The entry point."""
    cli()

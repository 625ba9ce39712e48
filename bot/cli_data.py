"""`python -m bot backup` and `restore`: the whole desk into one file, and back."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.launching import PROBLEMS, alone_with_database, go, settings_or_exit
from conversations.phrases import count, say


def backup(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="The zip to write; without it one in DATA_DIR/backups.")
    ] = None,
) -> None:
    """Keep the whole desk in one file; it may go on running meanwhile."""
    from bot.backup import back_up

    settings = settings_or_exit(quiet=True)
    kept = go(back_up(settings, file, datetime.now(UTC)))
    print(say("cli_backup_made", settings.language, file=kept.path, rows=kept.rows, files=kept.files))
    if kept.missing:
        print(count("cli_backup_missing", settings.language, len(kept.missing)), file=sys.stderr)
        print("\n".join(kept.missing), file=sys.stderr)
        raise typer.Exit(PROBLEMS)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `backup` wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="Throw away what the database holds.")] = False,
) -> None:
    """Put a backup into an empty database, of either kind, and its files under DATA_DIR. Stop the desk first."""
    from bot.backup import restore as put_back

    settings = settings_or_exit(quiet=True)
    with alone_with_database(settings):
        kept = go(put_back(settings, file, replaces=replace, tell=lambda table, rows: print(f"{table}: {rows}")))
    made = f"{kept.made_at.astimezone(settings.zone):%d.%m.%Y %H:%M}"
    print(say("cli_restored", settings.language, made=made, rows=kept.rows, files=kept.files))

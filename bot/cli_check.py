"""`python -m bot check`: is everything ready? One line each: ✓, ✗ with the remedy, – for what is not wanted."""

import typer

from bot.errors import StartError
from bot.launching import PROBLEMS, go
from bot.logs import set_up
from bot.settings import read_settings
from conversations.phrases import say

SIGNS = {True: "✓", False: "✗", None: "–"}


def check() -> None:
    """Look at everything that must be ready before people come; a running desk is not disturbed. Exit code 0 or 1."""
    from bot.inspection import inspect_desk

    try:
        settings = read_settings()
    except StartError as wrong:
        print(f"{SIGNS[False]} {wrong}")
        raise typer.Exit(PROBLEMS) from None
    set_up(settings.log_format, "error")
    print(f"{SIGNS[True]} {say('check_settings_well', settings.language)}", flush=True)
    found = go(inspect_desk(settings))
    for finding in found:
        print(f"{SIGNS[finding.is_well]} {finding.text}")
    if any(finding.is_well is False for finding in found):
        raise typer.Exit(PROBLEMS)

"""`--kills N` for the long run, and the fault table at the end of every run that made one."""

import pytest

from tests.faults.report import FaultReport, table

KILLS = 8
REPORTS: list[FaultReport] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=KILLS, help="how often the bot is killed at random moments")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if REPORTS:
        terminalreporter.write_sep("=", "faults")
        terminalreporter.write_line(table(REPORTS))

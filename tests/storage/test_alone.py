"""One process at a time serves an SQLite file; the others wait for it, or are told."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.alone import Served, alone
from tests.bot.running import ROOT

HOLD = """
import sys
from pathlib import Path
from storage.alone import alone

with alone(Path(sys.argv[1]), 0, lambda: None):
    print("serving", flush=True)
    sys.stdin.read()
"""


@contextmanager
def served_by_another(file: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that serves `file` until its standard input ends."""
    command = [sys.executable, "-c", HOLD, str(file)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(ROOT)}
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "serving\n"
        yield other


def test_while_one_serves_another_is_refused(tmp_path: Path):
    waited: list[str] = []
    with (
        served_by_another(tmp_path / "bot.db"),
        pytest.raises(Served),
        alone(tmp_path / "bot.db", 0, lambda: waited.append("waits")),
    ):
        pytest.fail("two serve one file")
    assert waited == ["waits"]


def test_one_that_is_just_ending_is_waited_for(tmp_path: Path):
    with served_by_another(tmp_path / "bot.db") as other:
        assert other.stdin is not None
        with alone(tmp_path / "bot.db", 30, other.stdin.close):
            assert other.wait(30) == 0


def test_one_that_was_killed_is_in_nobodys_way(tmp_path: Path):
    with served_by_another(tmp_path / "bot.db") as other:
        with alone(tmp_path / "bot.db", 30, other.kill):
            pass
        assert other.wait(30) < 0
    assert [file.name for file in tmp_path.iterdir()] == ["bot.db-serving"]


def test_another_name_for_the_same_file_does_not_deceive(tmp_path: Path):
    (tmp_path / "bot.db").touch()
    (tmp_path / "link.db").symlink_to("bot.db")
    with (
        served_by_another(tmp_path / "bot.db"),
        pytest.raises(Served),
        alone(tmp_path / "link.db", 0, lambda: None),
    ):
        pytest.fail("two serve one file")


def test_two_files_are_served_side_by_side(tmp_path: Path):
    with served_by_another(tmp_path / "one.db"), alone(tmp_path / "two.db", 0, lambda: None):
        assert (tmp_path / "two.db-serving").exists()


def test_where_nothing_can_be_written_the_database_is_left_to_tell(tmp_path: Path):
    reached = []
    with alone(tmp_path / "nowhere" / "bot.db", 0, lambda: None):
        reached.append("within")
    assert reached == ["within"]

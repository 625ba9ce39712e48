"""A real `python -m bot` in a process of its own, on a free port and an empty folder."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from queue import Empty, Queue
from typing import TextIO

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
STOP_SECONDS = 20
LINK = re.compile(r"http://\S+")


class RunningBot:
    """Use as a context manager. `web` is the applicants' link, `admin_link` the first admin's ('' when none is due)."""

    def __init__(self, data_dir: Path, settings: Mapping[str, str] | None = None) -> None:
        own = {"DATA_DIR": str(data_dir), "HTTP_PORT": "0", "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        self.environment = {**kept, **own, **(settings or {})}
        self.data_dir = data_dir
        self._lines: Queue[str | None] = Queue()
        self.log_path = data_dir.parent / f"{data_dir.name}.log"
        self.web = ""
        self.admin_link = ""

    def __enter__(self) -> "RunningBot":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()

    def start(self, expect_admin_link: bool = True) -> None:
        """Start, and wait until the links are printed. Raises AssertionError with the log when it ends instead."""
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot"],
                cwd=self.data_dir.parent,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._lines = Queue()
        threading.Thread(target=_read, args=(self.process.stdout, self._lines), daemon=True).start()
        self.web = self._next_link().rstrip("/")
        if expect_admin_link:
            self.admin_link = self._next_link()

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)

    @property
    def log(self) -> str:
        """What was logged so far, by all starts."""
        return self.log_path.read_text(encoding="utf-8") if self.log_path.exists() else ""

    def _next_link(self) -> str:
        while True:
            try:
                line = self._lines.get(timeout=START_SECONDS)
            except Empty:
                raise AssertionError(f"the bot printed no link: {self.log}") from None
            assert line is not None, f"the bot ended at its start: {self.log}"
            if "t.me" not in line and (found := LINK.search(line)):
                return found.group()


def _read(output: TextIO, lines: "Queue[str | None]") -> None:
    """Hand on what a process prints; None when it has ended."""
    for line in output:
        lines.put(line)
    lines.put(None)

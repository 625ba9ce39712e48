"""What a process costs: CPU and memory, read from the system."""

import asyncio
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

STOP_SECONDS = 10.0
LOG_LINES_SHOWN = 15


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes of physical memory: what the process holds now, and the most it ever held."""

    now: float
    peak: float


class Process:
    """A command in a process of its own. Use as a context manager; what it prints goes to `log`.

    At the end it is stopped in a thread: the platform that it still talks to is served by this loop.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path) -> None:
        self.log = log
        kept = {
            name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH") if name in os.environ
        }
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                command, cwd=folder, env=kept | dict(environment), stdout=output, stderr=subprocess.STDOUT
            )
        self._seen = psutil.Process(self._popen.pid)

    async def __aenter__(self) -> "Process":
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self._stop)

    def _stop(self) -> None:
        with suppress(ProcessLookupError):
            self._popen.terminate()
        try:
            self._popen.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()

    @property
    def has_ended(self) -> bool:
        return self._popen.poll() is not None

    def signal(self, number: int) -> None:
        self._popen.send_signal(number)

    @property
    def cpu_seconds(self) -> float:
        """User and system time of all its threads; children are not counted."""
        times = self._seen.cpu_times()
        return times.user + times.system

    @property
    def memory(self) -> Memory:
        status = Path(f"/proc/{self._popen.pid}/status").read_text(encoding="ascii")
        kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in status.splitlines() if line.startswith("Vm")}
        return Memory(kilobytes["VmRSS"] / 1024, kilobytes["VmHWM"] / 1024)

    async def until(self, event: asyncio.Event, seconds: float) -> float:
        """Wait for it and return the seconds that took. Raises RuntimeError with the end of the log if it fails."""
        began = time.perf_counter()
        while not event.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(event.wait(), 0.2)
            if self.has_ended or time.perf_counter() - began > seconds:
                raise RuntimeError(f"The process is not ready:\n{self.log_end}")
        return time.perf_counter() - began

    @property
    def log_end(self) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES_SHOWN:])

"""The real program in a process of its own, started in a tenth of a second: its libraries wait in a fork server.

The limits of Telegram's sending rates are lifted, so that more happens between two faults.
"""

import asyncio
import importlib
import multiprocessing
import os
import resource
import socket
import sys
import threading
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path

READY_SECONDS = 60
LIBRARIES = ["bot.serving", "bot.launching", "uvloop", "telegram", "storage.migrations", "sqlalchemy.dialects.sqlite"]

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload([*LIBRARIES, "asyncpg", "aiosqlite", "uvicorn.protocols.http.auto"])


def free_port() -> int:
    """A port of this machine that nobody used a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Program:
    """`python -m bot` with these settings; `url` is where it serves. It may be started again after a kill."""

    def __init__(self, folder: Path, settings: Mapping[str, str], seconds: Mapping[str, float] | None = None) -> None:
        """`seconds`: waiting times of the house to shorten, by module and name: `bot.outbox.FIRST_RETRY_SECONDS`."""
        self._seconds = seconds or {}
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_path = folder / "bot.log"
        self.data_dir = folder / "data"
        self.settings = {"DATA_DIR": str(self.data_dir), "HTTP_PORT": str(self.port), **settings}

    def start(self) -> None:
        """Begin to start; `wait` returns when it serves."""
        self._ready, ready = _CONTEXT.Pipe(duplex=False)
        # The log goes through a pipe: `limit_files` is to hit the data alone.
        written, log = _CONTEXT.Pipe(duplex=False)
        threading.Thread(target=_keep, args=(written, self.log_path), daemon=True).start()
        given = (self.settings, self._seconds, log, ready)
        self._process = _CONTEXT.Process(target=_run, args=given, daemon=True)
        self._process.start()
        ready.close()
        log.close()

    async def wait(self) -> None:
        """Until it serves. Raises AssertionError with its log when it ends instead."""
        try:
            assert await asyncio.to_thread(self._ready.poll, READY_SECONDS), self.log
            self._ready.recv()
        except EOFError:
            raise AssertionError(f"the bot ended at its start: {self.log}") from None

    async def kill(self) -> None:
        """kill -9, as a power cut would."""
        if self._ready.closed:
            return
        self._process.kill()
        await asyncio.to_thread(self._process.join)
        self._ready.close()

    async def stop(self) -> None:
        """SIGTERM: the messages under way end first."""
        self._process.terminate()
        await asyncio.to_thread(self._process.join)
        self._ready.close()

    def limit_files(self, size: int) -> None:
        """From now on no file of the process may grow beyond `size` bytes; -1 for no limit."""
        _, most = resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (size, most))

    @property
    def log(self) -> str:
        return self.log_path.read_text(encoding="utf-8") if self.log_path.exists() else ""


def _keep(written: Connection, path: Path) -> None:
    """Append to `path` what the process writes, until it ends."""
    with path.open("ab") as file:
        while piece := os.read(written.fileno(), 65_536):
            file.write(piece)
            file.flush()


def _run(settings: Mapping[str, str], seconds: Mapping[str, float], log: Connection, ready: Connection) -> None:
    """In the new process."""
    from bot import app
    from bot.launching import go, settings_or_exit
    from bot.limits import Rate, Rates
    from bot.serving import serve

    for stream in (sys.stdout, sys.stderr):
        os.dup2(log.fileno(), stream.fileno())
    os.environ.update(settings)
    endless = Rate(100_000, 100_000)
    app.TELEGRAM_RATES = Rates(endless, endless, endless)
    for place, value in seconds.items():
        module, _, name = place.rpartition(".")
        setattr(importlib.import_module(module), name, value)
    go(serve(settings_or_exit(), lambda _: ready.send("serving")))

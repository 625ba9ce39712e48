"""Who is compared: each is a process that offers the same application, durable before each reply.

A contestant learns from its environment where to connect: BOT_TOKEN, API_URL, DATABASE, APPLICATION (the questions as
JSON) and WEBHOOK_URL, which is empty when it is to poll. Ours takes its own settings.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.application import as_json, as_xlsform
from benchmarks.server.botapi import TOKEN

HERE = Path(__file__).parent
NODE_SOURCES = HERE / "node"
INSTALL_SECONDS = 300
DESK, BARE = "the desk", "doing nothing"


@dataclass(frozen=True, slots=True)
class Contestant:
    """`command` starts it; `webhook_path` is where it listens when it has a port."""

    name: str
    command: Sequence[str]
    webhook_path: str = "/hook"

    def environment(self, folder: Path, api_url: str, port: int) -> Mapping[str, str]:
        """What it is told. `folder` is its own and empty; `port` 0 stands for polling."""
        webhook = f"http://127.0.0.1:{port}{self.webhook_path}" if port else ""
        application = folder / "application.json"
        application.write_text(as_json(), encoding="utf-8")
        return {
            "BOT_TOKEN": TOKEN,
            "API_URL": api_url,
            "DATABASE": str(folder / "bot.db"),
            "APPLICATION": str(application),
            "WEBHOOK_URL": webhook,
        }


class OurContestant(Contestant):
    """The desk itself, with a form instead of a list of questions."""

    __slots__ = ()

    def environment(self, folder: Path, api_url: str, port: int) -> Mapping[str, str]:
        form = folder / "form" / "application.md"
        form.parent.mkdir()
        form.write_text(as_xlsform(), encoding="utf-8")
        return desk_settings(folder, api_url, form, port)


def desk_settings(folder: Path, api_url: str, form: Path, port: int = 0) -> Mapping[str, str]:
    """The environment of `python -m bot` on the benchmark's server; with a port, by webhook."""
    return {
        "DATA_DIR": str(folder / "data"),
        "HTTP_PORT": str(port),
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API_URL": api_url,
        "PUBLIC_URL": f"http://127.0.0.1:{port}" if port else "",
        "FORM": str(form),
        "LANGUAGE": "en",
        "LOG_LEVEL": "warning",
    }


def contestants() -> tuple[list[Contestant], list[str]]:
    """All that can run here, ours first, and a line for each that cannot."""
    found, left_out = python_contestants()
    folder, why_not = _node_folder()
    if folder is None:
        left_out.append(f"grammY and telegraf are left out: {why_not}.")
    else:
        found.append(Contestant("grammY conversations", ("node", str(folder / "grammy.mjs"))))
        found.append(Contestant("telegraf scenes", ("node", str(folder / "telegraf.mjs"))))
    return found, left_out


def python_contestants() -> tuple[list[Contestant], list[str]]:
    """Those for which nothing has to be installed first."""
    found: list[Contestant] = [OurContestant(DESK, _python("desk")), Contestant(BARE, _python("bare"))]
    left_out = []
    for name, module, needs in (
        ("PTB ConversationHandler", "ptb", ("telegram", "tornado")),
        ("aiogram FSM", "aiogram_plain", ("aiogram",)),
        ("aiogram FSM, tuned", "aiogram_best", ("aiogram", "uvloop")),
    ):
        missing = [package for package in needs if find_spec(package) is None]
        if missing:
            left_out.append(f"{name} is left out: no {', '.join(missing)} here (pip install '.[bench]').")
        else:
            found.append(Contestant(name, _python(module)))
    return found, left_out


def _python(module: str) -> tuple[str, ...]:
    return sys.executable, "-m", f"benchmarks.contestants.{module}"


def _node_folder() -> tuple[Path | None, str]:
    """A folder with our Node sources and their packages, kept between runs; or None and why there is none."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return None, "no node or npm here"
    version = hashlib.sha256((NODE_SOURCES / "package.json").read_bytes()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"desk-benchmarks-node-{version}"
    shutil.copytree(NODE_SOURCES, folder, dirs_exist_ok=True)
    if not (folder / "node_modules" / ".package-lock.json").exists():
        install = ["npm", "install", "--no-audit", "--no-fund"]
        try:
            done = subprocess.run(install, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS)
        except subprocess.TimeoutExpired:
            return None, "npm install took too long"
        if done.returncode:
            return None, f"npm install failed ({done.stderr.strip().splitlines()[-1:] or done.returncode})"
    return folder, ""

"""Starting and stopping the real program: what it prints, what it refuses, and what never stands in its logs."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest
from sqlalchemy import DDL

from bot.errors import StartError
from bot.settings import read_settings
from storage.database import Database
from tests.bot.desk import AGREE, BEES, SUBMIT
from tests.bot.running import ROOT, RunningBot
from tests.bot.telegram_server import TOKEN, Fault, TelegramServer

TWO_SECONDS = 2
PDF = b"%PDF-1.7\n" + b"decision " * 100


# ---------- a browser without a screen ----------


@dataclass
class Visitor:
    """Somebody at the web chat: posts as the page does and reads the stream from its beginning."""

    session: aiohttp.ClientSession
    rows: list[dict[str, object]] = field(default_factory=list)

    async def posts(self, **content: object) -> "Visitor":
        async with self.session.post("/chat/send", json={"update_id": uuid4().hex, **content}) as answer:
            assert answer.status == 204
        return self

    async def opens(self, link: str) -> "Visitor":
        """A link of the start lines: what the page does with its payload."""
        return await self.posts(command={"word": "start", "argument": link.rpartition("/")[2]})

    async def says(self, *texts: str) -> "Visitor":
        for text in texts:
            await self.posts(text=text)
        return self

    async def taps(self, label: str) -> "Visitor":
        await self.read()
        buttons = [button for row in self.rows for buttons in row["rows"] for button in buttons]
        return await self.posts(tap=[button["id"] for button in buttons if button["label"] == label][-1])

    async def read(self) -> str:
        """All that was ever said."""
        self.rows = []
        async with self.session.get("/chat/stream") as stream:
            async for line in stream.content:
                if line == b"event: pause\n":
                    break
                if line.startswith(b"data: "):
                    self.rows.append(json.loads(line[6:]))
        return "\n".join(str(row["html"]) for row in self.rows)


@asynccontextmanager
async def visitor(address: str) -> AsyncIterator[Visitor]:
    own = {"Origin": address, "Sec-Fetch-Site": "same-origin"}
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(address, headers=own, cookie_jar=jar) as session:
        async with session.get("/") as page:
            assert page.status == 200
        yield Visitor(session)


# ---------- a start without any setting ----------


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    """The program with the shipped form, as it starts without a setting (but on a free port, in an empty folder)."""
    with RunningBot(tmp_path_factory.mktemp("shipped") / "data") as bot:
        yield bot


def test_without_any_setting_two_links_are_printed(shipped: RunningBot):
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", shipped.web)
    assert re.fullmatch(re.escape(shipped.web) + r"/start/invite-[\w-]{20,}", shipped.admin_link)


async def test_health_and_metrics_are_served(shipped: RunningBot):
    async with aiohttp.ClientSession(shipped.web) as session:
        async with session.get("/health") as answer:
            health = await answer.json()
        async with session.get("/metrics") as answer:
            metrics = await answer.text()
    assert health == {
        "ok": True,
        "database": "ok",
        "sender": "ok",
        "channels": {"web": "ok"},
        "waiting": 0,
        "held": 0,
        "messages": {},
    }
    assert "desk_outbox_waiting 0.0" in metrics


async def test_the_call_is_open_for_thirty_days(shipped: RunningBot):
    async with visitor(shipped.web) as principal:
        await principal.posts(command={"word": "start"})
        assert "Краен срок" in await principal.read()


async def test_the_first_admins_link_works_once(shipped: RunningBot):
    async with visitor(shipped.web) as boss, visitor(shipped.web) as other:
        await boss.opens(shipped.admin_link)
        assert "администратор" in await boss.read()
        await other.opens(shipped.admin_link)
        assert "вече е използвана" in await other.read()


async def test_an_invited_admin_gets_a_link_that_works_once(shipped: RunningBot):
    told = await asyncio.to_thread(ends, ["invite", "admin"], shipped.environment)
    link = next(line for line in told.out.splitlines() if "/start/invite-" in line)
    assert (told.code, told.err) == (0, "")
    assert f"/start {link.rpartition('/')[2]}" in told.out
    async with visitor(shipped.web) as boss, visitor(shipped.web) as other:
        await boss.opens(link)
        assert "администратор" in await boss.read()
        await other.opens(link)
        assert "вече е използвана" in await other.read()


# ---------- stopping ----------


@pytest.mark.parametrize("reading", [False, True], ids=["nobody there", "a page open"])
async def test_sigterm_ends_it_in_order(tmp_path: Path, form: Path, reading: bool):
    bot = RunningBot(tmp_path / "data", {"FORM": str(form)})
    await asyncio.to_thread(bot.start)
    async with visitor(bot.web) as principal:
        await principal.posts(command={"word": "start"})
        if reading:
            stream = await principal.session.get("/chat/stream")
            await stream.content.readline()
        async with asyncio.timeout(TWO_SECONDS * 4):
            assert await asyncio.to_thread(bot.stop) == 0
    assert "Traceback" not in bot.log


def test_sigterm_just_after_the_start_ends_it_too(tmp_path: Path, form: Path):
    bot = RunningBot(tmp_path / "data", {"FORM": str(form)})
    bot.start()
    bot.process.send_signal(signal.SIGTERM)
    assert bot.process.wait(10) == 0


# ---------- what it refuses ----------


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    out: str
    err: str


def ends(words: list[str], settings: dict[str, str]) -> Ended:
    """A run of the program that ends by itself."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HTTP_PORT": "0", **settings}
    run = subprocess.run(
        [sys.executable, "-m", "bot", *words],
        env=environment,
        cwd=settings["DATA_DIR"] if Path(settings["DATA_DIR"]).is_dir() else "/",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Ended(run.returncode, run.stdout, run.stderr)


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """A small form in a file."""
    path = tmp_path / "bees.md"
    path.write_text(BEES, encoding="utf-8")
    return path


def refused(tmp_path: Path, **settings: str) -> str:
    """The one sentence with which it refuses to start."""
    ended = ends([], {"DATA_DIR": str(tmp_path), **settings})
    assert (ended.code, ended.out) == (2, "")
    assert "Traceback" not in ended.err
    return ended.err


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("HTTP_PORT", "abc", "HTTP_PORT: write a port number from 0 to 65535."),
        ("HTTP_PORT", "70000", "HTTP_PORT: write a port number from 0 to 65535."),
        ("PUBLIC_URL", "http://example.org", "PUBLIC_URL must begin with https://"),
        ("PUBLIC_URL", "example.org", "PUBLIC_URL: write a whole address that begins with https://."),
        ("TELEGRAM_API_URL", "telegram", "TELEGRAM_API_URL: write a whole address that begins with https://."),
        ("ADMINS", "bob", "ADMINS: „bob“ is no address: write channel:id, such as telegram:123"),
        ("STAFF", "icq:1", "STAFF: „icq:1“ is no address"),
        ("CALL_OPENS", "soon", "CALL_OPENS: write a local time such as 2024-02-02T23:59:59."),
        ("CALL_CLOSES", "2026-01-01T00:00:00+02:00", "CALL_CLOSES: write the local time without a zone"),
        ("TIMEZONE", "Europe", "TIMEZONE: there is no time zone „Europe“; write one such as Europe/Sofia."),
        ("TIMEZONE", "../../etc/passwd", "TIMEZONE: there is no time zone"),
        ("LANGUAGE", "12", "LANGUAGE: write a language code such as bg or en."),
        ("VIBER_PAID_MESSAGES", "maybe", "VIBER_PAID_MESSAGES: write yes or no."),
        ("LOG_FORMAT", "xml", "LOG_FORMAT: write console or json."),
        ("LOG_LEVEL", "loud", "LOG_LEVEL: write debug, info, warning or error."),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_write(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, sentence: str
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, value)
    with pytest.raises(StartError) as wrong:
        read_settings()
    assert str(wrong.value).startswith(sentence)
    assert "\n" not in str(wrong.value)


def test_an_empty_setting_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    for name in ("HTTP_PORT", "TELEGRAM_API_URL", "ADMINS", "CALL_CLOSES", "LANGUAGE", "DATABASE_URL"):
        monkeypatch.setenv(name, "")
    settings = read_settings()
    assert (settings.http_port, settings.telegram_api_url, settings.admins, settings.call_closes) == (
        8080, "https://api.telegram.org", (), None,
    )  # fmt: skip


@pytest.mark.parametrize(("written", "pays"), [("yes", True), ("no", False), ("Yes", True), ("", False)])
def test_whether_messages_are_paid_for_is_said_with_yes_or_no(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, written: str, pays: bool
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VIBER_PAID_MESSAGES", written)
    assert read_settings().viber_paid_messages is pays


def test_a_wrong_setting_ends_the_program_with_one_line(tmp_path: Path):
    assert refused(tmp_path, HTTP_PORT="abc") == "HTTP_PORT: write a port number from 0 to 65535.\n"


def test_a_port_in_use_is_refused(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        said = refused(tmp_path, HTTP_PORT=str(other.getsockname()[1]))
    assert re.fullmatch(r"HTTP_HOST, HTTP_PORT: 127\.0\.0\.1:\d+ cannot be used \(.+\); stop the other .+\.\n", said)


@pytest.mark.parametrize("url", ["", "sqlite+aiosqlite:///{folder}/desk.db?timeout=5"], ids=["own", "named"])
def test_a_second_desk_waits_until_the_first_has_ended(tmp_path: Path, form: Path, url: str):
    folder = tmp_path / "data"
    folder.mkdir()
    settings = {"DATABASE_URL": url.format(folder=folder), "FORM": str(form)}
    with RunningBot(folder, settings) as first:
        restoring = ends(["restore", "desk.zip"], {"DATA_DIR": str(folder), **settings})
        assert restoring.code == 2
        assert re.fullmatch(r"A desk is serving \S+\.db already; stop it first\. .+\n", restoring.err)
        with subprocess.Popen(
            [sys.executable, "-m", "bot"],
            env=first.environment,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as second:
            assert second.stderr is not None
            assert second.stdout is not None
            assert "waiting for the desk that serves this database" in second.stderr.readline()
            first.kill()
            assert "http://127.0.0.1:" in second.stdout.readline()
            second.terminate()
            second.communicate()
    assert second.returncode == 0


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://x", "DATABASE_URL is not understood: write sqlite"),
        ("postgresql+asyncpg://desk:hidden-word@127.0.0.1:1/desk", "The database desk at 127.0.0.1 cannot be used: "),
    ],
)
def test_a_wrong_database_is_refused_without_its_password(tmp_path: Path, url: str, sentence: str):
    said = refused(tmp_path, DATABASE_URL=url)
    assert said.startswith(sentence)
    assert said.count("\n") == 1
    assert "hidden-word" not in said


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path):
    (tmp_path / "data").write_text("")
    said = refused(tmp_path, DATA_DIR=str(tmp_path / "data"))
    assert said.startswith("DATA_DIR: ")
    assert said.count("\n") == 1


def test_a_form_that_is_not_there_is_refused(tmp_path: Path):
    assert refused(tmp_path, FORM="nowhere.md").startswith("FORM: nowhere.md cannot be read (")


def test_a_broken_form_is_refused_with_every_problem(tmp_path: Path):
    broken = BEES.replace(". > 0", ". > > 0").replace("select_one honey", "select_one sweets")
    (tmp_path / "bees.md").write_text(broken, encoding="utf-8")
    said = refused(tmp_path, FORM=str(tmp_path / "bees.md"))
    assert said.startswith("FORM: bees.md cannot be used:\n")
    for part in ("survey, ред 3, колона E (constraint)", "Няма списък „sweets“ в листа choices."):
        assert part in said


async def test_a_token_that_telegram_rejects_is_refused(tmp_path: Path, form: Path):
    wrong = "654321:another-token-of-nobody"
    async with TelegramServer() as server:
        told = {"FORM": str(form), "TELEGRAM_TOKEN": wrong, "TELEGRAM_API_URL": server.url}
        said = await asyncio.to_thread(refused, tmp_path, **told)
    assert said.endswith(
        "Telegram does not accept TELEGRAM_TOKEN: copy it again from @BotFather, or check TELEGRAM_API_URL.\n"
    )
    assert said.count("\n") == 1
    assert wrong not in said


def test_a_changed_form_is_ignored_and_said_so(tmp_path: Path, form: Path):
    settings = {"FORM": str(form), "ADMINS": "telegram:1"}
    bot = RunningBot(tmp_path / "data", settings)
    for changed in (False, False, True):
        if changed:
            form.write_text("no form at all", encoding="utf-8")
        else:
            (tmp_path / "neighbour.csv").write_text("another,list\n", encoding="utf-8")
        bot.start(expect_admin_link=False)
        assert bot.stop() == 0
        assert ["FORM is ignored" in line for line in bot.log.splitlines()].count(True) == int(changed)


# ---------- what never stands in the logs ----------


SECRETS = ("Звездица", "Кошерова", "0899 777 555", "Пчелин-тайна", "4321", "тайно-решение", TOKEN.partition(":")[2])


async def test_logs_hold_no_answers_names_phones_or_tokens(tmp_path: Path, form: Path):
    """A whole walk on Telegram with lost connections both ways and a bug, at debug."""
    async with TelegramServer() as server:
        settings = {
            "FORM": str(form),
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_API_URL": server.url,
            "LOG_LEVEL": "debug",
            "LOG_FORMAT": "json",
        }
        bot = RunningBot(tmp_path / "data", settings)
        await asyncio.to_thread(bot.start)
        anna = server.person("Звездица", "Кошерова")
        now = {"date": 4_000_000_000}

        async def shows(text: str) -> None:
            await server.until(lambda: any(text in shown for shown in anna.screen()))

        await anna.says("/start", **now)
        await shows("Отговорите Ви се съхраняват")
        await anna.taps(AGREE)
        await shows("Как се казва пчелинът?")
        server.faults["sendMessage"] = [Fault(drop=True)]
        await anna.says("Пчелин-тайна", **now)
        await shows("Колко кошера имате?")
        await anna.shares_contact("0899 777 555")
        await shows("Тук не ни е нужен контакт.")
        await anna.says("4321", **now)
        await shows("Какъв е медът?")
        await anna.says("Липа", **now)
        await shows("С какво да помогнем?")
        server.faults["getUpdates"] = [Fault(drop=True)]
        await anna.says("Пропусни", **now)
        await shows("Приложете разрешителното.")
        await anna.sends_file("тайно-решение.pdf", PDF)
        await shows("Моля, прегледайте отговорите си.")
        await refuse_submissions(bot)
        await anna.taps(SUBMIT)
        await shows("Извинете, при нас нещо се обърка.")
        assert await asyncio.to_thread(bot.stop) == 0
    log = bot.log
    assert '"turn failed"' in log
    assert [secret for secret in SECRETS if secret in log] == []
    assert [secret for secret in SECRETS if secret.encode("unicode_escape").decode() in log] == []
    assert bot.admin_link.rpartition("/")[2] not in log


async def refuse_submissions(bot: RunningBot) -> None:
    """From now on the database refuses answers, with a text that quotes them."""
    database = Database(f"sqlite+aiosqlite:///{bot.data_dir / 'bot.db'}")
    await database.open()
    refusing = "CREATE TRIGGER refuse BEFORE INSERT ON answers BEGIN SELECT RAISE(ABORT, 'refused Пчелин-тайна'); END"
    await database.write(lambda conn: conn.execute(DDL(refusing)))
    await database.close()

"""`python -m bot check`: what is well, what is not, and that looking changes nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import update

from bot.inspection import Finding, inspect_desk
from bot.settings import Settings
from storage.database import Database
from storage.tables import application_counts
from tests.bot.desk import Desk, apply
from tests.bot.telegram_server import TOKEN, TelegramServer

VIBER_TOKEN = "4fa5-viber-token"
EVENTS = ["delivered", "seen", "failed", "conversation_started"]
FORM = "| survey |\n| | type | name | label |\n| | text | q | Q? |\n| settings |\n| | form_title |\n| | Bees |\n"


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    (tmp_path / "form.md").write_text(FORM)
    return tmp_path / "data"


def is_there(path: Path) -> bool:
    return path.exists()


def settings(data_dir: Path, **more: Any) -> Settings:
    form = str(data_dir.parent / "form.md")
    return Settings(_env_file=None, **{"data_dir": data_dir, "form": form, "language": "en", **more})


async def about(topic: str, given: Settings) -> list[Finding]:
    """The findings that name the topic; none of them holds a token."""
    found = await inspect_desk(given)
    for token in (given.telegram_token, given.viber_token):
        assert not token or not any(token in finding.text for finding in found)
    return [finding for finding in found if topic in finding.text]


@asynccontextmanager
async def serving(method: str, path: str, answer: Any, status: int = 200) -> AsyncIterator[str]:
    """A server with one answer; gives its address."""

    async def handle(request: web.Request) -> web.Response:
        if method == "POST":
            assert request.headers["X-Viber-Auth-Token"] == VIBER_TOKEN
        return web.json_response(answer, status=status)

    app = web.Application()
    app.router.add_route(method, path, handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_before_the_first_start_nothing_is_made_and_the_form_is_compiled(data_dir: Path):
    found = await inspect_desk(settings(data_dir))
    assert [finding.is_well for finding in found] == [True, True, True, None, None, None]
    assert found[2].text == "Form: “Bees”, version —, questions: 1."
    assert not is_there(data_dir)


async def test_a_database_in_use_is_looked_through(desk: Desk, database_url: str, data_dir: Path):
    found = await about("Database", settings(data_dir, database_url=database_url))
    assert [finding.is_well for finding in found] == [True]
    assert desk.database.dialect in found[0].text


async def test_counts_that_are_not_those_of_the_applications_are_told(desk: Desk, database_url: str, data_dir: Path):
    await apply(desk.person("Анна"))
    given = settings(data_dir, database_url=database_url)
    assert [finding.is_well for finding in await about("Database", given)] == [True]
    await desk.database.write(lambda conn: conn.execute(update(application_counts).values(count=2)))
    (finding,) = await about("Database", given)
    assert (finding.is_well, "counts of applications" in finding.text) == (False, True)


async def test_a_form_that_cannot_be_used_is_told(data_dir: Path):
    (data_dir.parent / "form.md").write_text(FORM.replace("text", "nonsense"))
    (finding,) = await about("form.md", settings(data_dir))
    assert finding.is_well is False


async def test_a_folder_that_is_a_file_is_told(data_dir: Path):
    (finding,) = await about("DATA_DIR", settings(data_dir.parent / "form.md", form=""))
    assert (finding.is_well, "cannot be written" in finding.text) == (False, True)


async def test_a_damaged_database_is_told(data_dir: Path):
    given = settings(data_dir)
    database = Database(given.database)
    await database.open()
    await database.close()
    file = data_dir / "bot.db"
    content = bytearray(file.read_bytes())
    content[4096 * 3 : 4096 * 20] = b"\xff" * (4096 * 17)
    file.write_bytes(content)
    (finding,) = await about("Database", given)
    assert (finding.is_well, "damaged" in finding.text) == (False, True)


async def test_a_database_that_does_not_answer_is_told(data_dir: Path):
    url = "postgresql+asyncpg://desk:secret@127.0.0.1:1/desk"
    (finding,) = await about("The database", settings(data_dir, database_url=url))
    assert (finding.is_well, "secret" in finding.text) == (False, False)


async def test_telegram_is_asked_and_left_alone(data_dir: Path):
    async with TelegramServer() as server:
        server.queue({"update_id": 1})
        found = await about("Telegram", settings(data_dir, telegram_token=TOKEN, telegram_api_url=server.url))
        assert [method for method, _ in server.calls] == ["getMe", "getWebhookInfo"]
    assert [(finding.is_well, finding.text) for finding in found] == [
        (True, "Telegram: @DeskBot answers."),
        (True, "Telegram: by polling, updates waiting: 1."),
    ]


@pytest.mark.parametrize(
    ("hook", "public_url", "well", "said"),
    [
        ("", "https://desk.example", True, "the start sets the webhook"),
        ("https://desk.example/telegram/webhook", "https://desk.example", True, "by webhook"),
        ("https://other.example/secret", "https://desk.example", False, "leads to other.example."),
        ("https://other.example/secret", "", False, "leads to other.example."),
    ],
)
async def test_whose_the_webhook_is_at_telegram(data_dir: Path, hook: str, public_url: str, well: bool, said: str):
    async with TelegramServer() as server:
        server.webhook = {"url": hook} if hook else {}
        given = settings(data_dir, telegram_token=TOKEN, telegram_api_url=server.url, public_url=public_url)
        finding = (await about("Telegram", given))[1]
    assert (finding.is_well, said in finding.text, "secret" in finding.text) == (well, True, False)


async def test_what_telegram_cannot_deliver_is_told(data_dir: Path):
    async with TelegramServer() as server:
        server.webhook = {"url": "https://desk.example/telegram/webhook"}
        server.delivery = {"pending_update_count": 3, "last_error_message": "SSL error"}
        given = settings(data_dir, telegram_token=TOKEN, telegram_api_url=server.url, public_url="https://desk.example")
        finding = (await about("Telegram", given))[1]
    assert finding.text.startswith("Telegram cannot deliver to PUBLIC_URL: “SSL error”, updates waiting: 3.")


async def test_a_wrong_telegram_token_is_told(data_dir: Path):
    async with TelegramServer() as server:
        (finding,) = await about("Telegram", settings(data_dir, telegram_token="1:other", telegram_api_url=server.url))
    assert (finding.is_well, finding.text[:41]) == (False, "Telegram does not accept TELEGRAM_TOKEN. ")


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ({"webhook": "https://desk.example/viber/webhook", "event_types": EVENTS}, "the webhook is ours"),
        ({"webhook": ""}, "the start sets the webhook"),
        ({"webhook": "https://other.example/x", "event_types": EVENTS}, "✗ leads to other.example"),
        ({"webhook": "https://desk.example/viber/webhook", "event_types": EVENTS[1:]}, "✗ does not tell of delivered"),
    ],
)
async def test_whose_the_webhook_is_at_viber(data_dir: Path, account: dict[str, Any], said: str):
    answer = {"status": 0, "status_message": "ok", "name": "Пчелин", **account}
    async with serving("POST", "/pa/get_account_info", answer) as url:
        given = settings(
            data_dir, viber_token=VIBER_TOKEN, viber_api_url=f"{url}/pa", public_url="https://desk.example"
        )
        name, hook = await about("Viber", given)
    assert name == Finding("Viber: “Пчелин” answers.")
    assert (hook.is_well, said.removeprefix("✗ ") in hook.text) == (not said.startswith("✗"), True)


async def test_a_wrong_viber_token_and_an_answer_of_another_kind_are_told(data_dir: Path):
    for answer, said in (({"status": 2}, "does not accept VIBER_TOKEN"), (["?"], "as it should (HTTP 200)")):
        async with serving("POST", "/pa/get_account_info", answer) as url:
            given = settings(data_dir, viber_token=VIBER_TOKEN, viber_api_url=f"{url}/pa")
            (finding,) = await about("Viber", given)
        assert (finding.is_well, said in finding.text) == (False, True)


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (200, {"ok": True, "database": "ok"}, "✓ leads here"),
        (503, {"ok": False, "database": "ok", "sender": "stuck", "channels": {"web": "ok"}}, "(sender: stuck)"),
        (404, {}, "does not lead to a running desk (HTTP 404)"),
    ],
)
async def test_whether_the_public_address_leads_to_the_desk(data_dir: Path, status: int, answer: Any, said: str):
    async with serving("GET", "/health", answer, status) as url:
        (finding,) = await about("PUBLIC_URL", settings(data_dir, public_url=url))
    assert (finding.is_well, said.removeprefix("✓ ") in finding.text) == (said.startswith("✓"), True)

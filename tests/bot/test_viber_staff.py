"""Staff on Viber, who have nothing else: the invitation, the card, typed commands, files; and a bot that is killed."""

import asyncio
import socket
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.bot.desk import AGREE, BEES, SETTINGS, SUBMIT
from tests.bot.running import RunningBot
from tests.bot.viber_desk import settled, viber_desk
from tests.bot.viber_server import TOKEN, Fault, ViberServer

FORM = f"""
| survey |
|        | type  | name   | label                  | required |
|        | text  | apiary | Как се казва пчелинът? | yes      |
|        | file  | permit | Приложете решението.   | yes      |
|        | image | photo  | Приложете снимка.      | yes      |
{SETTINGS}"""
PDF = b"%PDF-1.7\n" + b"decision " * 100


def photo() -> bytes:
    content = BytesIO()
    Image.new("RGB", (60, 40), "gold").save(content, "JPEG")
    return content.getvalue()


async def test_an_admin_is_invited_and_handles_an_application_without_leaving_viber(sqlite_url: str, tmp_path: Path):
    async with viber_desk(sqlite_url, tmp_path, form=FORM) as (server, desk, _):
        boss, anna = server.person("Вера"), server.person("Анна")
        await boss.opens(await desk.app.invite("admin"))
        assert "Вече имате права" in (await boss.hears()).text
        await boss.says("/status")
        await settled(server, desk, boss)

        await anna.opens()
        for act in (
            anna.taps(AGREE),
            anna.says("Изгрев"),
            anna.sends_file("решение.pdf", PDF),
            anna.sends_picture(photo()),
        ):
            await act
            await settled(server, desk, anna)
        await anna.taps(SUBMIT)
        await anna.hears_until("входящ №")

        card = (await boss.hears_until("Ново заявление"))[-1]
        assert "📄 Отвори" in card.labels
        await boss.taps("📄 Отвори")
        await settled(server, desk, boss)
        assert any("Изгрев" in text for text in boss.texts)
        shown = {message.kind: message.content for message in boss.screen}
        assert shown["file"] == PDF
        assert shown["picture"].startswith(b"\xff\xd8\xff")

        seen = len(boss.screen)
        await boss.says("/show 1")
        await boss.says("/status")
        await settled(server, desk, boss)
        said = "\n".join(boss.texts[seen:])
        assert "Изгрев" in said
        assert "Заявления: 1" in said


async def test_an_invitation_works_once(sqlite_url: str, tmp_path: Path):
    async with viber_desk(sqlite_url, tmp_path, form=FORM) as (server, desk, _):
        payload = await desk.app.invite("admin")
        boss, other = server.person("Вера"), server.person("Друг")
        for person in (boss, other):
            await person.opens(payload)
        assert "Вече имате права" in (await boss.hears()).text
        assert "вече е използвана" in (await other.hears()).text


@pytest.fixture
async def killed(tmp_path: Path) -> AsyncIterator[tuple[ViberServer, RunningBot]]:
    """A real program that is registered at the server."""
    (tmp_path / "bees.md").write_text(BEES, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with ViberServer() as server:
        settings = {
            "FORM": str(tmp_path / "bees.md"),
            "HTTP_PORT": str(port),
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "VIBER_TOKEN": TOKEN,
            "VIBER_API_URL": server.url,
        }
        bot = RunningBot(tmp_path / "data", settings)
        await asyncio.to_thread(bot.start)
        await server.until(lambda: bool(server.webhook))
        yield server, bot
        await asyncio.to_thread(bot.stop)


@pytest.mark.parametrize("after", [False, True], ids=["not yet sent", "sent and not marked"])
async def test_killed_between_the_commit_and_the_sending_it_says_so_after_the_restart(killed, after: bool):
    server, bot = killed
    anna = server.person("Анна")
    await anna.opens()
    await anna.taps(AGREE)
    await anna.hears_until("Как се казва пчелинът?")
    await server.reported()
    server.receipts = ()
    fault = Fault(drop=True, after=after, meanwhile=lambda: asyncio.to_thread(bot.kill))
    server.faults["send_message"] = [fault]
    await anna.says("Изгрев")
    await server.until(lambda: not server.faults["send_message"])
    await asyncio.to_thread(bot.process.wait)
    await asyncio.to_thread(bot.start)
    await anna.hears_until("Колко кошера имате?")
    await anna.says("12")
    await anna.hears_until("Какъв е медът?")
    assert sum("Колко кошера имате?" in text for text in anna.texts) == (2 if after else 1)
    assert server.violations == []


async def test_what_is_said_while_the_program_is_down_is_delivered_when_it_is_up(killed):
    server, bot = killed
    anna = server.person("Анна")
    await anna.opens()
    await anna.taps(AGREE)
    await anna.hears_until("Как се казва пчелинът?")
    await server.reported()
    await asyncio.to_thread(bot.stop)
    told = await anna.says("Изгрев")
    assert told.statuses == [0, 0, 0]
    await asyncio.to_thread(bot.start)
    server.violations.clear()
    await server.deliver_again()
    await anna.hears_until("Колко кошера имате?")
    assert server.violations == []

"""How updates reach the house: polling, webhook, and the start."""

import asyncio
import json

import pytest
from aiohttp import web

from bot.channels.base import Command, Contact, File, Membership, Tap, Text
from bot.channels.telegram import TelegramChannel
from bot.errors import StartError
from conversations.replies import Button
from tests.bot.telegram_desk import House, Pauses, desk, message
from tests.bot.telegram_server import TOKEN, Fault, TelegramServer

SECRET = "x-telegram-bot-api-secret-token"


async def test_what_a_person_does_arrives_in_order():
    async with desk() as (server, _, house):
        maria = server.person("Мария")
        await maria.says("/start inv_1")
        await maria.says("Здравейте")
        await maria.shares_contact("359888123456")
        file_id = await maria.sends_file("а.pdf", b"x")
        await maria.blocks()
        arrived = [(await house.next()).content for _ in range(5)]
        assert arrived == [
            Command("start", "inv_1"),
            Text("Здравейте"),
            Contact("+359888123456"),
            File(file_id, "а.pdf", 1),
            Membership(reachable=False),
        ]


async def test_an_update_is_confirmed_only_after_its_turn():
    async with desk() as (server, _, house):
        house.gate.clear()
        await server.person("Мария").says("Здравейте")
        await server.until(lambda: len(server.polls) >= 1)
        waiting = server.pending[0]["update_id"]
        assert server.polls == [0]
        house.gate.set()
        await server.until(lambda: len(server.polls) >= 2)
        assert server.polls[1] == waiting + 1


async def test_a_turn_that_could_not_be_committed_comes_again_and_nobody_else_waits_for_it():
    pauses = Pauses()
    async with desk(pause=pauses) as (server, _, house):
        house.failures = 1
        maria, ivan = server.person("Мария"), server.person("Иван")
        server.queue(
            {"update_id": 90_001, "message": maria.message(text="едно")},
            {"update_id": 90_002, "message": ivan.message(text="аз")},
            {"update_id": 90_003, "message": maria.message(text="две")},
        )
        arrived = [await house.next() for _ in range(4)]
        assert arrived[0].content == Text("аз")
        assert [update.content.text for update in arrived if update.name == "Мария"] == ["едно", "две"]
        assert pauses == [1.0]
        await server.until(lambda: server.polls[-1] == 90_004)


async def test_an_update_that_nobody_can_read_does_not_stop_the_others():
    async with desk() as (server, _, house):
        nobody = {"update_id": 90_001, "message": {"chat": {"id": 5, "type": "private"}, "from": {}, "text": "а"}}
        server.queue(nobody, {"update_id": 90_002, "message": server.person("Мария").message(text="Здравейте")})
        assert (await house.next()).content == Text("Здравейте")
        await server.until(lambda: server.polls[-1] == 90_003)


@pytest.mark.parametrize("fault", [Fault(status=409), Fault(status=502), Fault(drop=True, times=2)])
async def test_after_trouble_polling_goes_on(fault):
    pauses = Pauses()
    async with TelegramServer() as server:
        house = House()
        channel = TelegramChannel(TOKEN, server.url, pause=pauses)
        server.faults["getUpdates"] = [fault]
        expected = [1.0, 2.0][: fault.times]
        await channel.start(house.take_turn)
        await server.person("Мария").says("Здравейте")
        assert (await house.next()).content == Text("Здравейте")
        assert pauses == expected
        assert channel.is_receiving
        await channel.stop()


async def test_told_to_wait_polling_waits_that_long():
    pauses = Pauses()
    async with TelegramServer() as server:
        house = House()
        channel = TelegramChannel(TOKEN, server.url, pause=pauses)
        server.faults["getUpdates"] = [Fault(status=429, retry_after=9)]
        await channel.start(house.take_turn)
        await server.person("Мария").says("Здравейте")
        await house.next()
        await channel.stop()
        assert pauses == [9.0]


async def test_a_process_that_may_not_poll_does_not_and_begins_when_it_may():
    asked, allowed = asyncio.Event(), asyncio.Event()

    async def may_poll():
        asked.set()
        return allowed.is_set()

    async with desk(may_poll=may_poll) as (server, channel, house):
        await server.person("Мария").says("Здравейте")
        await asked.wait()
        assert server.polls == []
        allowed.set()
        assert (await house.next()).content == Text("Здравейте")
        assert channel.is_receiving


async def test_a_turn_under_way_is_let_to_its_end_when_the_channel_stops():
    async with TelegramServer() as server:
        house = House()
        channel = TelegramChannel(TOKEN, server.url, pause=Pauses())
        house.gate.clear()
        await channel.start(house.take_turn)
        await server.person("Мария").says("Здравейте")
        await house.begun.wait()
        stopping = asyncio.create_task(channel.stop())
        await asyncio.sleep(0)
        house.gate.set()
        await stopping
        assert [update.content for update in house.updates] == [Text("Здравейте")]


async def test_a_tap_is_answered_while_its_turn_is_still_under_way():
    async with desk() as (server, channel, house):
        maria = server.person("Мария")
        await channel.send(message(maria.chat.id, "Готови?", (Button("q1:yes", "Да"),)))
        house.gate.clear()
        await maria.taps("Да")
        await server.until(lambda: list(server.queries.values()) == [True])
        assert house.updates == []
        house.gate.set()
        assert (await house.next()).content == Tap("q1:yes")


async def test_a_tap_too_old_to_be_answered_is_a_tap_all_the_same():
    async with desk() as (server, _, house):
        maria = server.person("Мария")
        server.faults["answerCallbackQuery"] = [Fault(status=400)]
        await maria.sends_tap("q1:yes", {"chat": maria.chat.info, "message_id": 1, "date": 0})
        assert (await house.next()).content == Tap("q1:yes")


async def test_the_answer_to_a_tap_is_tried_anew_until_telegram_takes_it():
    async with desk() as (server, channel, house):
        maria = server.person("Мария")
        await channel.send(message(maria.chat.id, "Готови?", (Button("q1:yes", "Да"),)))
        server.faults["answerCallbackQuery"] = [Fault(status=502), Fault(status=500)]
        await maria.taps("Да")
        await server.until(lambda: list(server.queries.values()) == [True])
        assert (await house.next()).content == Tap("q1:yes")


async def test_a_tap_that_is_delivered_twice_is_answered_once():
    async with desk() as (server, _channel, house):
        maria = server.person("Мария")
        house.failures = 1
        await maria.sends_tap("q1:yes", {"chat": maria.chat.info, "message_id": 1, "date": 0})
        assert (await house.next()).content == Tap("q1:yes")
        await server.until(lambda: list(server.queries.values()) == [True])
        assert len(server.asked("answerCallbackQuery")) == 1


async def test_the_menu_is_set_for_everybody_and_for_each_other_language():
    commands = [("start", {"bg": "Начало", "en": "Begin"}), ("help", {"bg": "Помощ"})]
    async with desk(commands=commands) as (server, channel, _):
        assert channel.username == "DeskBot"
        assert server.asked("setMyCommands") == [
            {
                "commands": [
                    {"command": "start", "description": "Начало"},
                    {"command": "help", "description": "Помощ"},
                ]
            },
            {
                "commands": [
                    {"command": "start", "description": "Begin"},
                    {"command": "help", "description": "Помощ"},
                ],
                "language_code": "en",
            },
        ]


async def test_a_rejected_token_ends_the_start_with_one_sentence_without_the_token():
    async with TelegramServer() as server:
        channel = TelegramChannel("654321:another_token", server.url)
        with pytest.raises(StartError, match="does not accept TELEGRAM_TOKEN") as refused:
            await channel.start(House().take_turn)
        assert "another_token" not in str(refused.value)


async def test_a_webhook_address_that_telegram_refuses_ends_the_start():
    async with TelegramServer() as server:
        channel = TelegramChannel(TOKEN, server.url, "http://desk.example.org")
        with pytest.raises(StartError, match="PUBLIC_URL"):
            await channel.start(House().take_turn)


async def test_an_unreachable_telegram_is_tried_again_until_it_answers():
    pauses = Pauses()
    async with TelegramServer() as server:
        house = House()
        server.faults["getMe"] = [Fault(drop=True), Fault(status=502), Fault(drop=True)]
        channel = TelegramChannel(TOKEN, server.url, pause=pauses)
        await channel.start(house.take_turn)
        assert not channel.is_receiving
        await server.person("Мария").says("Здравейте")
        assert (await house.next()).content == Text("Здравейте")
        assert pauses == [1.0, 2.0, 4.0]
        await channel.stop()


async def webhook_site(channel):
    """What bot/web.py does for the channel, on a free port."""

    async def take(request):
        answer = await channel["it"].handle_webhook(request.headers, await request.read())
        return web.Response(status=answer.status)

    app = web.Application()
    app.router.add_post("/telegram/webhook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


async def test_by_webhook_an_update_is_answered_after_its_turn_and_delivered_again_when_that_failed():
    later: dict[str, TelegramChannel] = {}
    runner, url = await webhook_site(later)
    async with TelegramServer() as server:
        house = House()
        channel = later["it"] = TelegramChannel(TOKEN, server.url, url + "/")
        await channel.start(house.take_turn)
        assert server.webhook["url"] == f"{url}/telegram/webhook"
        assert server.webhook["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]
        house.failures = 1
        await server.person("Мария").says("Здравейте")
        assert [update.content for update in house.updates] == [Text("Здравейте")]
        assert (server.statuses, channel.is_receiving) == ([500, 200], True)
        await channel.stop()
    await runner.cleanup()


async def test_the_secret_is_checked_before_anything_is_read():
    async with TelegramServer() as server:
        house = House()
        channel = TelegramChannel(TOKEN, server.url, "https://desk.example.org", pause=Pauses())
        await channel.start(house.take_turn)
        right = {SECRET: server.webhook["secret_token"]}
        update = json.dumps({"update_id": 1, "message": server.person("Мария").message(text="а")}).encode()
        assert (await channel.handle_webhook({}, b"{broken")).status == 403
        assert (await channel.handle_webhook({SECRET: "тайна"}, update)).status == 403
        assert (await channel.handle_webhook(right, b"{broken")).status == 400
        assert (await channel.handle_webhook(right, b"[]")).status == 400
        assert (await channel.handle_webhook(right, b"x" * (1024 * 1024 + 1))).status == 413
        assert house.updates == []
        assert (await channel.handle_webhook(right, update)).status == 200
        assert [update.content for update in house.updates] == [Text("а")]
        await channel.stop()


async def test_two_processes_of_one_bot_know_the_same_secret_and_a_polling_one_accepts_no_post():
    async with TelegramServer() as server:
        one, other, polling = (TelegramChannel(TOKEN, server.url, url) for url in ("https://a.bg", "https://a.bg", ""))
        await one.start(House().take_turn)
        secret = {SECRET: server.webhook["secret_token"]}
        assert other.is_from_telegram(secret)
        assert not polling.is_from_telegram(secret)
        assert TOKEN not in secret[SECRET]
        await one.stop()

"""Our Viber server against the official package `viberbot`: what it posts, signs, takes and refuses is as they have it.

The package is no part of the desk; here it is both sides' measure.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from viberbot import Api, BotConfiguration
from viberbot.api.api_request_sender import ApiRequestSender
from viberbot.api.event_type import EventType
from viberbot.api.message_sender import MessageSender
from viberbot.api.messages import (
    ContactMessage,
    FileMessage,
    KeyboardMessage,
    LocationMessage,
    PictureMessage,
    TextMessage,
    URLMessage,
)
from viberbot.api.messages.data_types.contact import Contact
from viberbot.api.messages.data_types.location import Location
from viberbot.api.messages.message import Message
from viberbot.api.viber_requests import (
    ViberConversationStartedRequest,
    ViberDeliveredRequest,
    ViberFailedRequest,
    ViberMessageRequest,
    ViberSeenRequest,
    ViberSubscribedRequest,
    ViberUnsubscribedRequest,
)
from viberbot.api.viber_requests.viber_request import ViberRequest

from tests.bot.viber_refusals import BAD, LEVEL_MISSING, MISSING, Refused, check_message
from tests.bot.viber_server import TOKEN, Delivery, Person, ViberServer

ACCOUNT = BotConfiguration(auth_token=TOKEN, name="Приемна", avatar="https://example.org/bot.png")
PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"
PDF = b"%PDF-1.7 " + b"decision " * 20
BUTTON = {"ActionType": "reply", "ActionBody": "x:1", "Text": "Да", "Columns": 3, "Rows": 1}
KEYBOARD = {"Type": "keyboard", "Buttons": [BUTTON, {**BUTTON, "Text": "Не"}]}
SHARING = {"Type": "keyboard", "Buttons": [{"ActionType": "share-phone", "ActionBody": "x:2", "Text": "Моят номер"}]}


@dataclass
class OfficialBot:
    """Who listens with the official package: `heard` is what it made of each callback. `welcome` is its answer."""

    server: ViberServer
    url: str = ""
    heard: list[ViberRequest] = field(default_factory=list)
    welcome: bytes = b""

    def __post_init__(self) -> None:
        self.api = Api(ACCOUNT)
        self.calls = ApiRequestSender(logging.getLogger(__name__), self.server.url, ACCOUNT, "test")
        self.post = MessageSender(logging.getLogger(__name__), self.calls, ACCOUNT)

    async def hear(self, request: web.Request) -> web.Response:
        data = await request.read()
        if not self.api.verify_signature(data, request.headers["X-Viber-Content-Signature"]):
            return web.Response(status=403)
        self.heard.append(self.api.parse_request(data))
        return web.Response(body=self.welcome)

    async def sends(self, person: Person, message: Message) -> int:
        return await asyncio.to_thread(self.post.send_message, person.id, ACCOUNT.name, ACCOUNT.avatar, message)

    async def set_webhook(self) -> list[str]:
        return await asyncio.to_thread(self.calls.set_webhook, f"{self.url}/hook")

    @property
    def last(self) -> ViberRequest:
        """What was not a receipt: those come when they come."""
        return [told for told in self.heard if told.event_type not in (EventType.DELIVERED, EventType.SEEN)][-1]


@asynccontextmanager
async def listening(bot: OfficialBot) -> AsyncIterator[None]:
    async def media(request: web.Request) -> web.Response:
        return web.Response(body=PNG if request.path.endswith(".png") else PDF)

    app = web.Application()
    app.add_routes([web.post("/hook", bot.hear), web.get("/media/{name}", media)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bot.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield
    finally:
        await runner.cleanup()


@pytest.fixture
async def bot() -> AsyncIterator[OfficialBot]:
    """It has set its webhook; at the end our server must have found nothing wrong with it."""
    async with ViberServer() as server:
        bot = OfficialBot(server)
        async with listening(bot):
            await bot.set_webhook()
            yield bot
            await server.reported()
            assert server.violations == []


# ---------- what the server posts ----------


async def test_the_webhook_check_is_signed_and_read(bot: OfficialBot):
    assert [request.event_type for request in bot.heard] == ["webhook"]


async def test_an_opened_chat_tells_who_and_with_which_link(bot: OfficialBot):
    anna = bot.server.person("Анна", language="bg")
    await anna.opens("invite-7/+=")
    assert isinstance(bot.last, ViberConversationStartedRequest)
    assert (bot.last.context, bot.last.type, bot.last.subscribed) == ("invite-7/+=", "open", False)
    assert (bot.last.user.id, bot.last.user.language, bot.last.user.api_version) == (anna.id, "bg", 10)
    await anna.opens()
    assert bot.last.context is None


async def test_subscribing_and_leaving_are_told(bot: OfficialBot):
    anna = bot.server.person("Анна")
    await anna.subscribes()
    assert isinstance(bot.last, ViberSubscribedRequest)
    assert bot.last.user.id == anna.id
    await anna.unsubscribes()
    assert isinstance(bot.last, ViberUnsubscribedRequest)
    assert bot.last.user_id == anna.id


async def test_a_name_is_told_only_to_a_bot_that_asked_for_it(bot: OfficialBot):
    anna = bot.server.person("Анна")
    await anna.says("Добър ден!")
    assert bot.last.sender.name == "Subscriber"
    bot.server.tells_names = True
    await anna.says("Добър ден!")
    assert bot.last.sender.name == "Анна"


async def test_every_kind_of_message_is_read(bot: OfficialBot):
    anna = bot.server.person("Анна")
    await anna.says("„Изгрев“ & син")
    assert isinstance(bot.last, ViberMessageRequest)
    assert (bot.last.message.text, bot.last.sender.id, bot.last.silent) == ("„Изгрев“ & син", anna.id, False)
    await anna.sends_contact("Анна", "359888123456")
    assert bot.last.message.contact == Contact("Анна", "359888123456")
    await anna.sends_contact("Анна", "")
    assert bot.last.message.contact.phone_number is None
    await anna.sends(type="location", location={"lat": 42.5, "lon": 23.25})
    assert (bot.last.message.location.latitude, bot.last.message.location.longitude) == (42.5, 23.25)
    await anna.sends_file("решение.pdf", PDF)
    assert (bot.last.message.file_name, bot.last.message.size) == ("решение.pdf", len(PDF))
    await anna.sends_picture(PNG, "двор")
    assert (bot.last.message.text, bot.last.message.media[-4:]) == ("двор", ".jpg")
    await anna.sends(type="sticker", sticker_id=46105)
    assert bot.last.message.sticker_id == 46105
    await anna.sends(type="url", media="https://example.org")
    assert bot.last.message.media == "https://example.org"


async def test_a_sent_file_is_there_for_an_hour(bot: OfficialBot):
    anna = bot.server.person("Анна")
    await anna.sends_file("решение.pdf", PDF)
    link = bot.last.message.media
    async with aiohttp.ClientSession() as session:
        async with session.get(link) as answer:
            assert await answer.read() == PDF
        bot.server.an_hour_passes()
        async with session.get(link) as answer:
            assert answer.status == 404


async def test_the_keyboard_that_was_sent_is_pressed(bot: OfficialBot):
    anna = bot.server.person("Анна")
    await anna.says("?")
    await bot.sends(anna, TextMessage(text="Подавате ли?", keyboard=KEYBOARD, tracking_data="q1"))
    assert (await anna.hears()).labels == ["Да", "Не"]
    await anna.taps("Не")
    assert (bot.last.message.text, bot.last.message.tracking_data) == ("x:1", "q1")


async def test_a_number_is_shared_by_its_button(bot: OfficialBot):
    anna, desktop = bot.server.person("Анна", phone="359888000111"), bot.server.person("Вера", desktop=True)
    for person in (anna, desktop):
        await person.says("?")
        await bot.sends(person, TextMessage(text="Телефон?", keyboard=SHARING, min_api_version=3))
    await anna.shares_phone()
    assert bot.last.message.contact.phone_number == "359888000111"
    await desktop.shares_phone()
    assert bot.last.message.contact.phone_number is None


async def test_what_became_of_a_message_is_told_by_its_token(bot: OfficialBot):
    anna = bot.server.person("Анна")
    await anna.says("?")
    token = await bot.sends(anna, TextMessage(text="Здравейте!"))
    await bot.server.reported()
    delivered, seen = bot.heard[-2:]
    assert isinstance(delivered, ViberDeliveredRequest)
    assert isinstance(seen, ViberSeenRequest)
    assert (delivered.message_token, seen.message_token, seen.user_id) == (token, token, anna.id)
    assert token > 2**53
    anna.failing = 1
    lost = await bot.sends(anna, TextMessage(text="Здравейте!"))
    await bot.server.reported()
    assert isinstance(bot.last, ViberFailedRequest)
    assert (bot.last.message_token, bot.last.user_id) == (lost, anna.id)
    assert "validation" in bot.last.desc


async def test_a_repeat_is_the_same_event_to_the_letter(bot: OfficialBot):
    bot.server.loses_answers = 1
    told = await bot.server.person("Анна").says("Добър ден!")
    first, second = bot.heard[-2:]
    assert told.statuses == [200, 200]
    assert first.message_token == second.message_token > 2**53


# ---------- signatures ----------


async def test_only_the_signature_over_these_very_bytes_holds(bot: OfficialBot):
    told = await bot.server.person("Анна").says("Добър ден!")
    assert bot.api.verify_signature(told.data, told.signature)
    assert not bot.api.verify_signature(told.data + b" ", told.signature)
    assert not bot.api.verify_signature(json.dumps(told.event).encode(), told.signature)
    forged = bot.server.sign(told.event, "another-token")
    assert not bot.api.verify_signature(forged.data, forged.signature)
    assert await bot.server.post(forged) == 403


# ---------- what the server takes ----------


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of the official package, and what a phone shows of it."""

    make: Callable[[str], Message]
    kind: str
    text: str = ""
    content: bytes | None = None


@pytest.mark.parametrize(
    "sent",
    [
        Sent(lambda url: TextMessage(text="*Здравейте!*", keyboard=KEYBOARD), "text", "*Здравейте!*"),
        Sent(lambda url: TextMessage(text="t" * 7000, tracking_data="t" * 4000), "text", "t" * 7000),
        Sent(lambda url: PictureMessage(text="карта", media=f"{url}/media/a.png"), "picture", "карта", PNG),
        Sent(lambda url: FileMessage(media=f"{url}/media/a.pdf", size=len(PDF), file_name="a.pdf"), "file", "", PDF),
        Sent(lambda url: ContactMessage(contact=Contact("Анна", "+359888123456")), "contact"),
        Sent(lambda url: LocationMessage(location=Location(lat=42.5, lon=23.25)), "location"),
        Sent(lambda url: URLMessage(media="https://example.org/page"), "url"),
        Sent(lambda url: KeyboardMessage(keyboard=KEYBOARD), ""),
        Sent(lambda url: TextMessage(text="Телефон?", keyboard=SHARING, min_api_version=3), "text", "Телефон?"),
    ],
    ids=["keyboard", "long text", "picture", "file", "contact", "location", "url", "only a keyboard", "sharing"],
)
async def test_the_official_messages_are_taken_and_shown(bot: OfficialBot, sent: Sent):
    anna = bot.server.person("Анна")
    await anna.says("?")
    token = await bot.sends(anna, sent.make(bot.url))
    shown = await anna.hears()
    assert (shown.kind, shown.text, shown.content, shown.token) == (sent.kind, sent.text, sent.content, token)


async def test_a_welcome_is_taken_from_the_answer_and_does_not_subscribe(bot: OfficialBot):
    anna = bot.server.person("Анна")
    sender = {"name": ACCOUNT.name, "avatar": ACCOUNT.avatar}
    bot.welcome = json.dumps(
        {**TextMessage(text="Добре дошли!", keyboard=KEYBOARD).to_dict(), "sender": sender}
    ).encode()
    await anna.opens()
    bot.welcome = b""
    welcome = await anna.hears()
    assert (welcome.text, welcome.is_welcome, anna.labels) == ("Добре дошли!", True, ["Да", "Не"])
    with pytest.raises(Exception, match="status: 6"):
        await bot.sends(anna, TextMessage(text="още нещо"))
    assert bot.server.violations == ["send_message: 6 notSubscribed"]
    bot.server.violations.clear()


async def test_the_account_is_described(bot: OfficialBot):
    told = await asyncio.to_thread(bot.calls.get_account_info)
    assert (told["status"], told["uri"], told["webhook"]) == (0, "deskbot", f"{bot.url}/hook")


# ---------- what the server refuses ----------


def text(**more: object) -> dict[str, object]:
    return {"receiver": "x", "sender": {"name": "Desk"}, "type": "text", "text": "?", **more}


def keyboard(*buttons: dict[str, object], **more: object) -> dict[str, object]:
    return text(keyboard={"Type": "keyboard", "Buttons": list(buttons), **more})


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ({**text(), "receiver": None}, MISSING),
        ({**text(), "sender": {}}, MISSING),
        (text(sender={"name": "д" * 29}), BAD),
        (text(text=""), MISSING),
        (text(text="ж" * 7001), BAD),
        (text(text="😀" * 3501), BAD),
        (text(text=7), BAD),
        (text(type="poll"), BAD),
        (text(tracking_data="t" * 4001), BAD),
        (text(markup="HTML"), BAD),
        (text(keyboard={"Buttons": [BUTTON]}), BAD),
        (keyboard(), MISSING),
        (keyboard({**BUTTON, "ActionBody": ""}), MISSING),
        (keyboard({"ActionBody": "x"}), MISSING),
        (keyboard({**BUTTON, "Text": "a" * 251}), BAD),
        (keyboard({**BUTTON, "Text": "<script>"}), BAD),
        (keyboard({**BUTTON, "Columns": 7}), BAD),
        (keyboard({**BUTTON, "Rows": 3}), BAD),
        (keyboard({**BUTTON, "Color": "red"}), BAD),
        (keyboard({**BUTTON, "ActionType": "share-phone"}), BAD),
        (keyboard({**BUTTON, "ActionType": "location-picker"}), BAD),
        (keyboard(BUTTON, InputFieldState="hidden"), LEVEL_MISSING),
        (keyboard(*[{**BUTTON, "Columns": 6}] * 13), BAD),
        (keyboard(*[{**BUTTON, "Columns": 4}] * 13), BAD),
        (keyboard(*[{**BUTTON, "Rows": 2, "Columns": 6}] * 7), BAD),
        (text(type="file", media="https://example.org/a.pdf", file_name="a.pdf"), MISSING),
        ({**text(type="picture", media="https://example.org/map"), "text": ""}, BAD),
        ({**text(type="picture", media="https://example.org/map.png"), "text": "ж" * 769}, BAD),
    ],
)
def test_what_the_platform_does_not_take_is_refused(message: dict[str, object], status: int):
    with pytest.raises(Refused) as refused:
        check_message({name: value for name, value in message.items() if value is not None}, 100)
    assert refused.value.status == status


def test_a_file_that_a_phone_would_not_open_is_refused():
    place = {"media": "https://example.org/a.pdf", "file_name": "a.pdf", "size": 9}
    plain = {name: value for name, value in text(type="file").items() if name != "text"}
    assert check_message({**plain, **place}, 100) is None
    for wrong in ({"file_name": "a"}, {"file_name": "a.exe"}, {"size": "9"}, {"media": "http://example.org/a.pdf"}):
        with pytest.raises(Refused):
            check_message({**plain, **place, **wrong}, 100)


def test_a_request_is_no_longer_than_thirty_kilobytes():
    assert check_message(text(), 30 * 1024) is None
    with pytest.raises(Refused, match="30721"):
        check_message(text(), 30 * 1024 + 1)


def test_twelve_rows_of_six_buttons_are_a_keyboard():
    assert check_message(keyboard(*[{**BUTTON, "Columns": 1}] * 72), 100) is None


async def test_a_hundred_messages_without_an_answer_are_the_most(bot: OfficialBot):
    anna = bot.server.person("Анна")
    bot.server.receipts = ()
    await anna.says("?")
    anna.unanswered = 99
    await bot.sends(anna, TextMessage(text="стотното"))
    with pytest.raises(Exception, match="status: 12"):
        await bot.sends(anna, TextMessage(text="едно повече"))
    bot.server.violations.clear()
    await anna.says("тук съм")
    await bot.sends(anna, TextMessage(text="пак"))
    assert anna.texts == ["стотното", "пак"]


async def test_media_that_cannot_be_fetched_or_lies_about_its_size_is_noticed(bot: OfficialBot):
    anna = bot.server.person("Анна")
    await anna.says("?")
    await bot.sends(anna, FileMessage(media=f"{bot.url}/media/a.pdf", size=1, file_name="a.pdf"))
    await bot.sends(anna, FileMessage(media=f"{bot.url}/gone.pdf", size=1, file_name="a.pdf"))
    await bot.sends(anna, PictureMessage(text="", media=f"{bot.url}/media/a.jpg"))
    assert bot.server.violations == [
        f"media: media has {len(PDF)} bytes and not 1",
        "media: media answered 404",
        "media: media is no picture of its ending",
    ]
    bot.server.violations.clear()


async def test_a_webhook_that_does_not_answer_200_is_not_set(bot: OfficialBot):
    with pytest.raises(Exception, match="status: 1"):
        await asyncio.to_thread(bot.calls.set_webhook, f"{bot.url}/nowhere")
    assert bot.server.webhook == f"{bot.url}/hook"
    bot.server.violations.clear()


async def test_a_wrong_token_is_refused(bot: OfficialBot):
    bot.server.token = "another"
    with pytest.raises(Exception, match="status: 2"):
        await bot.set_webhook()
    bot.server.violations.clear()


async def test_a_callback_that_nobody_takes_waits_for_its_repeat(bot: OfficialBot):
    hook, bot.server.webhook = bot.server.webhook, f"{bot.url}/nowhere"
    told: Delivery = await bot.server.person("Анна").says("Добър ден!")
    assert told.statuses == [404, 404, 404]
    bot.server.webhook = hook
    bot.server.violations.clear()
    await bot.server.deliver_again()
    assert bot.last.message.text == "Добър ден!"

"""How Viber reaches the house: the webhook, its registration, the welcome; and what people send is fetched."""

import hmac

import orjson
import pytest
from aiohttp import web

from bot.channels.base import Command, GiveUp, Membership, RetryLater, Text
from bot.channels.viber.api import ALARMS
from bot.channels.viber.registering import CHECK_SECONDS, PUBLIC_URL_PROBLEM
from bot.errors import StartError
from conversations.replies import Button
from tests.bot.viber_post import (
    FIRST_TOKEN,
    HOOK,
    MARIA,
    TOKEN,
    Desk,
    desk,
    event,
    message,
    note_lines,
    opened,
    post,
    profile,
    said,
    signed,
)

ACCOUNT, SET = "get_account_info", "set_webhook"


@pytest.fixture
def told(monkeypatch):
    """What the channel's modules tell the operator as a warning or an error."""
    return note_lines(monkeypatch, "channel", "registering")


# --- the webhook


async def test_what_a_person_sends_is_a_turn_and_then_200(tmp_path):
    async with desk(tmp_path) as viber:
        answer = await viber.hears(said(text="Здравейте"))
        assert (answer.status, answer.body) == (200, b"")
        update = await viber.house.next()
        assert (update.content, update.chat, update.update_id) == (Text("Здравейте"), MARIA, str(FIRST_TOKEN))


async def test_only_what_viber_signed_is_looked_at(tmp_path):
    body = orjson.dumps(said(text="Здравейте"))
    true = signed(body)["x-viber-content-signature"]
    wrong = [
        {},
        {"x-viber-content-signature": ""},
        {"x-viber-content-signature": true[:-2]},
        {"x-viber-content-signature": true.upper()},
        {"x-viber-content-signature": "ж" * 64},
        signed(body, TOKEN + "x"),
        signed(body + b" "),
    ]
    async with desk(tmp_path) as viber:
        answers = [(await viber.channel.handle_webhook(headers, body)).status for headers in wrong]
        assert answers == [403] * len(wrong)
        assert (await viber.channel.handle_webhook(signed(b"no json"), body)).status == 403
        assert viber.house.updates == []
        assert (await viber.channel.handle_webhook(signed(body), body)).status == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"no json", 400),
        (b'"text"', 400),
        (b"[]", 400),
        (b"{}", 400),
        (b'{"event": 7}', 400),
        (b'{"event": "message", "x": "' + b"x" * 1024 * 1024 + b'"}', 413),
        (b'{"event": "reaction", "anything": {"at": "all"}}', 200),
        (orjson.dumps(event("webhook")), 200),
        (orjson.dumps(event("client_status", user={"id": MARIA}, status={"code": 0})), 200),
    ],
)
async def test_what_is_well_signed_and_nothing_to_us(tmp_path, body, status):
    async with desk(tmp_path) as viber:
        assert (await viber.channel.handle_webhook(signed(body), body)).status == status
        assert viber.house.updates == []


async def test_an_event_that_nobody_can_read_is_taken_and_told_by_its_kind_alone(tmp_path, told):
    async with desk(tmp_path) as viber:
        assert (await viber.hears({**said(text="тайна"), "sender": {"name": "Мария"}})).status == 200
        assert viber.house.updates == []
    assert told == [("viber_event_unreadable", {"kind": "message", "error": "ValidationError"})]


async def test_a_turn_that_could_not_be_committed_comes_again(tmp_path):
    async with desk(tmp_path) as viber:
        viber.house.failures = 1
        assert (await viber.hears(said(text="Здравейте"))).status == 500
        assert (await viber.hears(said(text="Здравейте"))).status == 200
        assert [update.content for update in viber.house.updates] == [Text("Здравейте")]


async def test_coming_and_going_are_turns(tmp_path):
    async with desk(tmp_path) as viber:
        await viber.hears(event("subscribed", user=profile()))
        await viber.hears(event("unsubscribed", user_id=MARIA))
        contents = [update.content for update in viber.house.updates]
        assert contents == [Membership(reachable=True), Membership(reachable=False)]


# --- the welcome


async def test_an_opened_chat_is_answered_in_the_response(tmp_path):
    async with desk(tmp_path) as viber:
        viber.door.says = (message("Добре дошли"), message("Започваме ли?", (Button("k3xp8q.c..", "Да"),)))
        answer = await viber.hears(opened(context="inv_42"))
        body = orjson.loads(answer.body)
        assert answer.status == 200
        assert (body["type"], body["text"]) == ("text", "Добре дошли\n\nЗапочваме ли?")
        assert [button["ActionBody"] for button in body["keyboard"]["Buttons"]] == ["k3xp8q.c.."]
        assert body["sender"] == {"name": "Мрежата на училищата и техни"}
        assert "receiver" not in body
        assert viber.door.opened[0].content == Command("start", "inv_42")
        assert viber.house.updates == []
        assert viber.post.asked("send_message") == []


async def test_an_opened_chat_that_needs_no_answer_gets_none(tmp_path):
    async with desk(tmp_path) as viber:
        assert await viber.hears(opened()) == await viber.hears(event("webhook"))


async def test_a_welcome_that_could_not_be_committed_is_asked_for_again(tmp_path):
    async with desk(tmp_path) as viber:
        viber.door.failures = 1
        viber.door.says = (message("Добре дошли"),)
        assert (await viber.hears(opened())).status == 500
        assert orjson.loads((await viber.hears(opened())).body)["text"] == "Добре дошли"


# --- registration


async def test_the_start_sets_the_webhook_and_looks_again_later(tmp_path):
    async with desk(tmp_path) as viber:
        wanted = {"url": HOOK, "event_types": ["delivered", "seen", "failed", "conversation_started"]}
        assert viber.post.asked(SET) == [{**wanted, "send_name": True}]
        assert viber.nights.slept == [CHECK_SECONDS]
        assert (viber.channel.uri, viber.channel.is_receiving) == ("deskbot", True)
        assert {headers["X-Viber-Auth-Token"] for _, _, headers in viber.post.calls} == {TOKEN}


async def test_a_webhook_of_ours_that_is_there_is_set_at_the_start_all_the_same(tmp_path):
    """Another version may have set it without the names or an event."""
    async with post() as server:
        server.webhook = HOOK
        viber = Desk(server, tmp_path)
        await viber.start()
        await viber.nights.fallen_asleep()
        assert len(server.asked(SET)) == 1
        await viber.channel.stop()
        assert len(server.asked(SET)) == 1


@pytest.mark.parametrize("there", ["", "https://other.example.org/hook"])
async def test_a_webhook_that_was_lost_is_set_again(tmp_path, there):
    async with desk(tmp_path) as viber:
        viber.nights.wake()
        await viber.nights.fallen_asleep()
        assert len(viber.post.asked(SET)) == 1
        viber.post.webhook = there
        viber.nights.wake()
        await viber.nights.fallen_asleep()
        assert viber.post.webhook == HOOK
        assert len(viber.post.asked(SET)) == 2


async def test_viber_away_at_the_start_is_waited_for(tmp_path):
    async with post() as server:
        server.answers[ACCOUNT] = [503, None, b"<html>", {"status": 99}]
        viber = Desk(server, tmp_path)
        await viber.start()
        assert not viber.channel.is_receiving
        await viber.nights.fallen_asleep()
        assert viber.nights.slept == [1.0, 2.0, 4.0]
        viber.nights.wake()
        await server.until(lambda: server.webhook == HOOK)
        await viber.nights.fallen_asleep()
        assert viber.channel.is_receiving
        await viber.channel.stop()


async def test_an_address_that_viber_cannot_reach_is_told_in_a_sentence_and_tried_again(tmp_path, told):
    async with post() as server:
        server.answers[SET] = [{"status": 1, "status_message": "Result code: 404"}] * 3
        viber = Desk(server, tmp_path)
        await viber.start()
        await viber.nights.fallen_asleep()
        assert not viber.channel.is_receiving
        viber.nights.wake()
        await viber.nights.fallen_asleep()
        assert viber.channel.is_receiving
        await viber.channel.stop()
    assert told == [("viber_webhook_refused", {"problem": PUBLIC_URL_PROBLEM})]


async def test_without_an_address_of_ours_nothing_is_registered(tmp_path, told):
    async with desk(tmp_path, public_url="") as viber:
        assert viber.post.asked(SET) == []
        assert not viber.channel.is_receiving
    assert [name for name, _ in told] == ["viber_without_webhook"]


async def test_a_wrong_token_stops_the_start_in_one_sentence(tmp_path):
    async with post() as server:
        server.answers[ACCOUNT] = [{"status": 2, "status_message": "invalidAuthToken"}]
        with pytest.raises(StartError, match="VIBER_TOKEN") as stopped:
            await Desk(server, tmp_path).start()
        assert TOKEN not in str(stopped.value)


async def test_a_token_that_is_withdrawn_later_is_an_alarm(tmp_path, told):
    async with desk(tmp_path) as viber:
        viber.post.answers[ACCOUNT] = [{"status": 2, "status_message": "invalidAuthToken"}] * 3
        viber.nights.wake()
        await viber.nights.fallen_asleep()
        assert not viber.channel.is_receiving
        viber.nights.wake()
        await viber.nights.fallen_asleep()
        assert viber.channel.is_receiving
    assert told == [("viber_refuses_the_bot", {"status": 2, "problem": ALARMS[2]})]


# --- what people send


class Media:
    """A place where Viber keeps what people sent, beside its API."""

    def __init__(self):
        self.status, self.body, self.headers = 200, b"%PDF-1.7", {}
        self.hops = 0
        self.asked = []

    async def answer(self, request):
        self.asked.append(dict(request.headers))
        if self.hops:
            self.hops -= 1
            raise web.HTTPFound(self.headers.get("Location", request.path))
        return web.Response(status=self.status, body=self.body)


@pytest.fixture
async def media(tmp_path):
    """The place, its address, a channel to fetch with and a path to fetch into."""
    place = Media()
    app = web.Application()
    app.router.add_get("/{name}", place.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with desk(tmp_path / "data") as viber:
        place.url = f"http://127.0.0.1:{runner.addresses[0][1]}/a.pdf?sig=x%2F"
        place.fetch = lambda limit=100: viber.channel.fetch(place.url, tmp_path / "into", limit)
        yield place
    await runner.cleanup()


async def test_a_file_is_fetched_without_telling_its_host_our_token(media, tmp_path):
    media.hops = 3
    await media.fetch()
    assert (tmp_path / "into").read_bytes() == b"%PDF-1.7"
    assert len(media.asked) == 4
    assert not any(TOKEN in str(headers) for headers in media.asked)


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, GiveUp), (403, GiveUp), (410, GiveUp), (500, RetryLater), (503, RetryLater), (429, RetryLater)],
)
async def test_a_file_that_is_not_given(media, tmp_path, status, error):
    media.status = status
    with pytest.raises(error):
        await media.fetch()
    assert not (tmp_path / "into").exists()


async def test_a_file_past_the_limit_leaves_nothing(media, tmp_path):
    media.body = b"x" * 101
    with pytest.raises(GiveUp, match="too_big"):
        await media.fetch()
    assert not (tmp_path / "into").exists()
    media.body = b"x" * 100
    await media.fetch()
    assert (tmp_path / "into").stat().st_size == 100


async def test_a_file_that_leads_in_circles_or_out_of_the_web_is_unreachable(media):
    media.hops = 5
    with pytest.raises(GiveUp, match="unreachable"):
        await media.fetch()
    media.hops, media.headers = 1, {"Location": "ftp://127.0.0.1/a"}
    with pytest.raises(GiveUp, match="unreachable"):
        await media.fetch()
    for address in ("file:///etc/passwd", "ftp://127.0.0.1/a", "скан.pdf", ""):
        media.url = address
        with pytest.raises(GiveUp, match="unreachable"):
            await media.fetch()


async def test_a_host_that_is_away_is_tried_later(media):
    media.url = "http://127.0.0.1:1/a.pdf"
    with pytest.raises(RetryLater) as later:
        await media.fetch()
    assert "127.0.0.1" not in str(later.value)


def test_the_signature_is_that_of_the_reference():
    body = b'{"event":"webhook"}'
    assert signed(body)["x-viber-content-signature"] == hmac.new(TOKEN.encode(), body, "sha256").hexdigest()

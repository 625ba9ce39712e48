"""What Viber posts, read into updates. The payloads are those of its reference, with invented people."""

from datetime import UTC, datetime

import pytest

from bot.channels.base import (
    Command,
    Contact,
    File,
    Location,
    Membership,
    Other,
    Receipt,
    Tap,
    Text,
    Update,
)
from bot.channels.viber.callbacks import client_level, read_callback
from tests.bot.viber_post import FIRST_TOKEN, MARIA, event, opened, profile, said

URL = "https://media.example.org/1/скан.pdf?sig=a"


def test_a_message_is_an_update_that_opens_the_free_hours():
    assert read_callback(said(text="Здравейте")) == Update(
        channel="viber",
        update_id=str(FIRST_TOKEN),
        chat=MARIA,
        person=MARIA,
        content=Text("Здравейте"),
        name="Мария",
        language="bg",
        sent_at=datetime(2024, 2, 2, 12, 0, 0, 250_000, tzinfo=UTC),
        opens_session=True,
    )


@pytest.mark.parametrize(
    ("message", "content"),
    [
        ({"text": "две\nлинии"}, Text("две\nлинии")),
        ({"text": "k3xp8q.a.1b2c3d.yes"}, Tap("k3xp8q.a.1b2c3d.yes")),
        ({"text": "k3xp8q.S.."}, Tap("k3xp8q.S..")),
        ({"text": "Аз.a.b.c"}, Text("Аз.a.b.c")),
        ({"text": "We are.a.school.in Sofia"}, Text("We are.a.school.in Sofia")),
        ({"text": "k3xp8q.a." + "b" * 70}, Text("k3xp8q.a." + "b" * 70)),
        ({"text": "/START  inv_1 "}, Command("start", "inv_1")),
        ({"text": "/show ВО-2026-0001"}, Command("show", "ВО-2026-0001")),
        ({"text": "//няма"}, Text("//няма")),
        ({"text": ""}, Other("other")),
        ({"type": "url", "media": "https://school.example.org"}, Text("https://school.example.org")),
        ({"type": "contact", "contact": {"name": "М", "phone_number": "359888123456"}}, Contact("+359888123456")),
        ({"type": "contact", "contact": {"phone_number": "+359 888 12-34-56"}}, Contact("+359 888 12-34-56")),
        ({"type": "contact", "contact": {"phone_number": "0888123456"}}, Contact("0888123456")),
        ({"type": "contact", "contact": {"name": "Мария"}}, Contact("")),
        ({"type": "contact"}, Contact("")),
        ({"type": "location", "location": {"lat": 42, "lon": 23.3}}, Location(42.0, 23.3)),
        ({"type": "location"}, Other("other")),
        ({"type": "picture", "media": URL, "text": "скан"}, File(URL)),
        ({"type": "video", "media": URL, "file_size": 10, "duration": 3}, File(URL, "", 10)),
        ({"type": "file", "media": URL, "file_name": "скан.pdf", "file_size": 7}, File(URL, "скан.pdf", 7)),
        ({"type": "file", "media": URL, "file_name": None, "file_size": "7"}, File(URL)),
        ({"type": "file"}, Other("other")),
        ({"type": "sticker", "sticker_id": 40100}, Other("sticker")),
        ({"type": "hologram"}, Other("other")),
    ],
)
def test_what_a_person_sends(message, content):
    assert read_callback(said(**message)).content == content


def test_the_address_that_a_silent_link_button_posts_is_no_answer():
    pressed = {**said(text="https://example.org/about"), "silent": True}
    assert read_callback(pressed) is None
    assert read_callback({**pressed, "silent": False}).content == Text("https://example.org/about")
    assert read_callback({**said(text="k3xp8q.S.."), "silent": True}).content == Tap("k3xp8q.S..")


def test_an_opened_chat_is_a_start_that_takes_one_answer():
    update = read_callback(opened(context=" inv_42 "))
    assert (update.content, update.only_opened, update.opens_session) == (Command("start", "inv_42"), True, False)
    assert update.update_id == str(FIRST_TOKEN)
    assert read_callback(opened()).content == Command("start")
    again = read_callback({**opened(), "subscribed": True})
    assert (again.content, again.only_opened) == (Command("start"), True)


def test_coming_and_going():
    came = read_callback(event("subscribed", user=profile()))
    left = read_callback(event("unsubscribed", user_id=MARIA))
    assert (came.chat, came.content, came.opens_session) == (MARIA, Membership(reachable=True), False)
    assert (left.chat, left.content) == (MARIA, Membership(reachable=False))


@pytest.mark.parametrize("what", ["delivered", "seen", "failed"])
def test_what_became_of_our_message(what):
    why = {"desc": "media cannot be downloaded"} if what == "failed" else {}
    update = read_callback(event(what, user_id=MARIA, **why))
    assert update.chat == MARIA
    assert update.content == Receipt(what, str(FIRST_TOKEN), why.get("desc", ""))


def test_events_that_share_a_token_are_different_updates_and_a_second_device_is_the_same_one():
    same_token = [
        said(text="а"),
        event("subscribed", user=profile()),
        event("unsubscribed", user_id=MARIA),
        *(event(what, user_id=who) for what in ("delivered", "seen", "failed") for who in (MARIA, "other=")),
    ]
    assert len({read_callback(each).update_id for each in same_token}) == len(same_token)
    assert read_callback(same_token[3]).update_id == read_callback(event("delivered", user_id=MARIA)).update_id


@pytest.mark.parametrize(
    ("given", "name", "language"),
    [
        ({"name": "Subscriber"}, "", "bg"),
        ({"name": None, "language": None}, "", ""),
        ({"name": " Ана "}, "Ана", "bg"),
        ({"language": "EN"}, "Мария", "en"),
        ({"language": "1"}, "Мария", ""),
    ],
)
def test_a_profile_that_tells_little_costs_no_answer(given, name, language):
    update = read_callback({**said(text="а"), "sender": profile(**given)})
    assert (update.name, update.language, update.content) == (name, language, Text("а"))


@pytest.mark.parametrize("timestamp", [None, "soon", -1, 10**18])
def test_a_time_that_cannot_be_is_no_time(timestamp):
    assert read_callback({**said(text="а"), "timestamp": timestamp}).sent_at is None


@pytest.mark.parametrize("kind", ["webhook", "client_status", "reaction"])
def test_events_that_are_nothing_to_us(kind):
    assert read_callback(event(kind)) is None


@pytest.mark.parametrize(
    "broken",
    [
        {"message_token": None},
        {"message_token": True},
        {"message_token": "abc"},
        {"sender": None},
        {"sender": {"name": "Мария"}},
        {"sender": {"id": ""}},
        {"sender": {"id": 7}},
        {"message": None},
        {"message": {"text": "а"}},
        {"message": {"type": "location", "location": {"lat": 420, "lon": 0}}},
    ],
)
def test_a_message_out_of_shape_is_an_error(broken):
    with pytest.raises(ValueError):
        read_callback({**said(text="а"), **broken})


def test_the_level_of_a_persons_devices():
    assert client_level(said(text="а")) == 10
    assert client_level(opened()) == 10
    assert client_level(event("unsubscribed", user_id=MARIA)) is None

"""How messages leave for Viber: what is posted, what each refusal means, and what is counted for the bill."""

import pytest

from bot.channels.base import Blocked, Document, GiveUp, RetryLater
from bot.channels.viber.api import ALARM_RETRY_SECONDS, ALARMS, TOO_MANY_REQUESTS_SECONDS
from bot.channels.viber.sending import JUST_HEARD_RETRY_SECONDS
from conversations.replies import Awaits, Button
from tests.bot.viber_post import (
    FIRST_TOKEN,
    HOOK,
    MARIA,
    TOKEN,
    desk,
    event,
    message,
    note_lines,
    opened,
    profile,
    said,
)

SEND = "send_message"
YES = (Button("k3xp8q.a.1b.yes", "Да"),)


def refusal(status):
    return {"status": status, "status_message": f"quotes {MARIA} {TOKEN}"}


@pytest.fixture
def told(monkeypatch):
    """What the channel's sending tells the operator as a warning or an error."""
    return note_lines(monkeypatch, "sending")


@pytest.fixture
def document(tmp_path):
    stored = tmp_path / "files" / "ab" / "abcd"
    stored.parent.mkdir(parents=True)
    stored.write_bytes(b"%PDF-1.7")
    return Document(stored, "Отчет.pdf", "application/pdf")


async def test_a_message_goes_out_under_the_bots_own_name(tmp_path):
    async with desk(tmp_path) as viber:
        token = await viber.channel.send(message("Здравейте", YES))
        (body,) = viber.post.asked(SEND)
        assert token == str(FIRST_TOKEN + 1)
        assert (body["receiver"], body["text"]) == (MARIA, "Здравейте")
        assert body["sender"] == {"name": "Мрежата на училищата и техни"}
        assert body["keyboard"]["Type"] == "keyboard"
        _, _, headers = viber.post.calls[-1]
        assert headers["X-Viber-Auth-Token"] == TOKEN
        assert "auth_token" not in body


async def test_a_file_goes_out_as_an_address_that_gives_it(tmp_path, document):
    async with desk(tmp_path) as viber:
        token = await viber.channel.send(message("Отчет", documents=(document,)))
        text, file = viber.post.asked(SEND)
        assert (text["type"], file["type"], file["size"], file["file_name"]) == ("text", "file", 8, "Отчет.pdf")
        assert file["media"].startswith("https://desk.example.org/viber/files/")
        assert file["media"].endswith("/file.pdf")
        assert token == str(FIRST_TOKEN + 1)


async def test_without_an_address_of_ours_the_words_go_alone(tmp_path, document):
    async with desk(tmp_path, public_url="") as viber:
        await viber.channel.send(message("Отчет", documents=(document,)))
        assert [body["type"] for body in viber.post.asked(SEND)] == ["text"]


async def test_a_file_that_is_gone_is_given_up(tmp_path, document):
    document.path.unlink()
    async with desk(tmp_path) as viber:
        with pytest.raises(GiveUp):
            await viber.channel.send(message("Отчет", documents=(document,)))


# --- refusals


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (1, GiveUp),
        (2, RetryLater),
        (3, GiveUp),
        (4, GiveUp),
        (5, Blocked),
        (6, Blocked),
        (7, RetryLater),
        (8, RetryLater),
        (9, RetryLater),
        (10, RetryLater),
        (11, GiveUp),
        (12, RetryLater),
        (13, GiveUp),
        (14, GiveUp),
        (15, RetryLater),
        (16, GiveUp),
        (17, GiveUp),
        (18, GiveUp),
        (19, GiveUp),
        (20, GiveUp),
        (21, GiveUp),
        (22, GiveUp),
        (23, RetryLater),
        (24, RetryLater),
        (99, RetryLater),
    ],
)
async def test_every_refusal_has_its_meaning_and_tells_nothing_of_what_was_sent(tmp_path, status, error):
    async with desk(tmp_path) as viber:
        viber.post.answers[SEND] = [refusal(status)] * 2
        with pytest.raises(error) as refused:
            await viber.channel.send(message("тайна"))
        assert not any(word in str(refused.value) for word in ("тайна", MARIA, TOKEN, viber.post.url))
        assert viber.bill.free == 0


@pytest.mark.parametrize("answer", [500, 502, 429, None, b"<html>ok</html>", b"[]", b"{}", b'{"status": "0"}', 404])
async def test_an_answer_that_is_none_is_waited_for(tmp_path, answer):
    async with desk(tmp_path) as viber:
        viber.post.answers[SEND] = [answer]
        with pytest.raises(RetryLater) as later:
            await viber.channel.send(message())
        assert later.value.after_seconds is None
        assert viber.post.url not in str(later.value)
        assert viber.channel.is_receiving
        assert await viber.channel.send(message())


async def test_too_many_messages_to_one_person_wait_and_nobody_else_does(tmp_path):
    async with desk(tmp_path) as viber:
        viber.post.answers[SEND] = [refusal(12)]
        with pytest.raises(RetryLater) as later:
            await viber.channel.send(message())
        assert (later.value.after_seconds, later.value.everyone) == (TOO_MANY_REQUESTS_SECONDS, False)


async def test_whoever_has_just_written_waits_only_a_moment_for_the_answer(tmp_path):
    async with desk(tmp_path) as viber:
        await viber.hears(said(text="Тук ли сте?"))
        viber.post.answers[SEND] = [refusal(12)]
        with pytest.raises(RetryLater) as later:
            await viber.channel.send(message())
        assert later.value.after_seconds == JUST_HEARD_RETRY_SECONDS


@pytest.mark.parametrize("status", [2, 7, 8, 9, 15, 23, 24])
async def test_what_an_operator_must_mend_is_told_once_and_seen_in_the_health(tmp_path, told, status):
    async with desk(tmp_path) as viber:
        viber.post.answers[SEND] = [refusal(status)] * 2
        for _ in range(2):
            with pytest.raises(RetryLater) as later:
                await viber.channel.send(message())
            assert (later.value.after_seconds, later.value.everyone) == (ALARM_RETRY_SECONDS, True)
        assert not viber.channel.is_receiving
        await viber.channel.send(message())
        assert viber.channel.is_receiving
    assert told == [("viber_refuses_the_bot", {"status": status, "problem": ALARMS[status]})]


async def test_a_refusal_for_want_of_a_webhook_sets_it_again_at_once(tmp_path):
    async with desk(tmp_path) as viber:
        viber.post.webhook = ""
        viber.post.answers[SEND] = [refusal(10)]
        with pytest.raises(RetryLater):
            await viber.channel.send(message())
        await viber.post.until(lambda: viber.post.webhook == HOOK)
        await viber.channel.send(message())
        assert viber.channel.is_receiving


# --- clients that are too old


@pytest.mark.parametrize("status", [13, 14])
async def test_a_client_that_is_too_old_gets_a_simpler_form_at_once(tmp_path, status):
    async with desk(tmp_path) as viber:
        viber.post.answers[SEND] = [refusal(status)]
        assert await viber.channel.send(message("Вашият номер?", YES, awaits=Awaits.PHONE))
        first, second = viber.post.asked(SEND)
        assert first["min_api_version"] == 3
        assert "min_api_version" not in second
        assert [button["ActionType"] for button in second["keyboard"]["Buttons"]] == ["reply"]
        assert (second["text"], second["receiver"], second["sender"]) == ("Вашият номер?", MARIA, first["sender"])


async def test_a_client_known_to_be_too_old_gets_the_simpler_form_first(tmp_path):
    async with desk(tmp_path) as viber:
        viber.door.says = (message("Вашият номер?", awaits=Awaits.PHONE),)
        old = {**opened(), "user": profile(api_version=2)}
        assert b"share-phone" not in (await viber.hears(old)).body
        await viber.channel.send(message("Вашият номер?", awaits=Awaits.PHONE))
        (body,) = viber.post.asked(SEND)
        assert "keyboard" not in body
        await viber.hears(said(text="а"))
        await viber.channel.send(message("Вашият номер?", awaits=Awaits.PHONE))
        assert viber.post.asked(SEND)[1]["keyboard"]["Buttons"][0]["ActionType"] == "share-phone"


# --- status 6


async def test_right_after_a_persons_word_not_subscribed_is_not_believed_at_first(tmp_path):
    async with desk(tmp_path) as viber:
        await viber.hears(said(text="Здравейте"))
        viber.post.answers[SEND] = [refusal(6)]
        assert await viber.channel.send(message())
        assert len(viber.post.asked(SEND)) == 2
        viber.post.answers[SEND] = [refusal(6)]
        with pytest.raises(Blocked):
            await viber.channel.send(message())
        assert len(viber.post.asked(SEND)) == 3


async def test_who_only_opened_the_chat_or_left_is_believed_to_be_gone(tmp_path):
    async with desk(tmp_path) as viber:
        for events in ((opened(),), (said(text="а"), event("unsubscribed", user_id=MARIA))):
            for each in events:
                await viber.hears(each)
            viber.post.answers[SEND] = [refusal(6)]
            with pytest.raises(Blocked):
                await viber.channel.send(message())
        assert len(viber.post.asked(SEND)) == 2


# --- several parts


async def test_a_message_refused_in_the_middle_goes_on_from_there(tmp_path, document):
    async with desk(tmp_path) as viber:
        viber.post.answers[SEND] = [{"message_token": 2**62, "billing_status": 1}, 503]
        halves = message("Отчет", documents=(document,))
        with pytest.raises(RetryLater):
            await viber.channel.send(halves)
        assert await viber.channel.send(halves) == str(2**62)
        assert [body["type"] for body in viber.post.asked(SEND)] == ["text", "file", "file"]
        assert viber.bill.free == 2


async def test_media_that_viber_never_takes_do_not_hold_the_words_up(tmp_path, document, told):
    async with desk(tmp_path) as viber:
        viber.post.answers[SEND] = [{"message_token": 1}, refusal(3)]
        await viber.channel.send(message("Отчет", YES, documents=(document, document)))
        assert len(viber.post.asked(SEND)) == 3
    assert [name for name, _ in told] == ["viber_media_refused"]


# --- the bill


@pytest.mark.parametrize(("status", "free", "paid"), [(0, 1, 0), (2, 1, 0), (3, 0, 1), (5, 0, 1), (None, 1, 0)])
async def test_messages_are_counted_as_viber_bills_them(tmp_path, status, free, paid):
    async with desk(tmp_path) as viber:
        viber.post.billing = status
        await viber.channel.send(message())
        assert (viber.bill.free, viber.bill.paid) == (free, paid)


async def test_a_count_that_cannot_be_kept_does_not_send_the_message_again(tmp_path, told):
    async with desk(tmp_path) as viber:
        viber.bill.is_away = True
        assert await viber.channel.send(message())
    assert told == [("viber_message_not_counted", {"paid": False, "error": "ConnectionError"})]


# --- links


async def test_the_address_that_a_pressed_link_button_posts_is_no_answer(tmp_path):
    async with desk(tmp_path) as viber:
        await viber.channel.send(message("Повече", (Button("", "Сайт", "https://example.org/about"),)))
        assert (await viber.hears(said(text="https://example.org/about"))).status == 200
        assert viber.house.updates == []
        await viber.hears(said(text="https://example.org/other"))
        assert len(viber.house.updates) == 1

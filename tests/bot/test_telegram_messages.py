"""What people see of our messages, through real HTTP."""

from pathlib import Path

import pytest

from bot.channels.base import Blocked, Document, GiveUp, Media, RetryLater
from bot.channels.telegram import messages_made
from conversations.replies import Awaits, Button
from tests.bot.telegram_desk import desk, message
from tests.bot.telegram_server import Fault

YES, NO = Button("q1:yes", "Да"), Button("q1:no", "Не")


def keyboard(shown):
    return shown["reply_markup"]["inline_keyboard"]


async def test_a_question_is_one_html_message_with_its_buttons():
    async with desk() as (server, channel, _):
        maria = server.person("Мария")
        sent = await channel.send(message(maria.chat.id, "**Готови ли сте?**\nA < B & [още](https://a.bg)", (YES, NO)))
        assert server.asked("sendMessage") == [
            {
                "chat_id": maria.chat.id,
                "text": '<b>Готови ли сте?</b>\nA &lt; B &amp; <a href="https://a.bg">още</a>',
                "parse_mode": "HTML",
                "link_preview_options": {"is_disabled": True},
                "reply_markup": {
                    "inline_keyboard": [
                        [{"text": "Да", "callback_data": "q1:yes"}, {"text": "Не", "callback_data": "q1:no"}]
                    ]
                },
            }
        ]
        assert list(maria.chat.screen) == [int(sent)]


async def test_a_question_for_a_phone_counts_for_two_messages_and_a_file_for_one_more(tmp_path):
    phone = message(1, "Телефон?", awaits=Awaits.PHONE)
    file = Document(tmp_path / "a.pdf", "а.pdf", "application/pdf")
    assert [messages_made(each) for each in (message(1, "Име?"), phone, message(1, "Ето:", documents=(file,)))] == [
        1,
        2,
        2,
    ]


async def test_long_labels_stand_one_below_the_other():
    async with desk() as (server, channel, _):
        maria = server.person("Мария")
        long = Button("q1:long", "Вече работи родителски клуб при нас")
        await channel.send(message(maria.chat.id, "Въпрос", (long, NO), (YES, NO)))
        rows = [[button["text"] for button in row] for row in keyboard(await maria.hears())]
        assert rows == [["Вече работи родителски клуб при нас"], ["Не"], ["Да", "Не"]]


async def test_of_too_many_buttons_the_last_row_stays():
    async with desk() as (server, channel, _):
        maria = server.person("Мария")
        many = tuple((Button(f"q1:{n}", f"Избор {n}"),) for n in range(150))
        await channel.send(message(maria.chat.id, "Въпрос", *many, (YES, NO)))
        rows = keyboard(await maria.hears())
        assert (len(rows), rows[-1][0]["text"]) == (99, "Да")


async def test_a_link_is_a_button_where_telegram_takes_it_and_text_elsewhere():
    async with desk() as (server, channel, _):
        maria = server.person("Мария")
        links = (Button("", "Правила", url="https://a.bg/x"), Button("", "Местен", url="http://localhost:8080/in"))
        await channel.send(message(maria.chat.id, "Вижте", links))
        shown = await maria.hears()
        assert keyboard(shown) == [[{"text": "Правила", "url": "https://a.bg/x"}]]
        assert shown["text"] == "Вижте\n\nМестен: http://localhost:8080/in"


async def test_a_button_id_that_telegram_would_refuse_is_our_bug():
    async with desk() as (server, channel, _):
        maria = server.person("Мария")
        with pytest.raises(GiveUp):
            await channel.send(message(maria.chat.id, "Въпрос", (Button("я" * 33, "Да"),)))


async def test_a_long_text_comes_in_parts_with_the_buttons_on_the_last():
    async with desk() as (server, channel, _):
        maria = server.person("Мария")
        paragraphs = ["а" * 3000, "б" * 3000, "в" * 500]
        sent = await channel.send(message(maria.chat.id, "\n\n".join(paragraphs), (YES,)))
        assert maria.screen() == ["а" * 3000, "б" * 3000 + "\n\n" + "в" * 500]
        first, last = maria.chat.screen.values()
        assert "reply_markup" not in first
        assert keyboard(last)[0][0]["text"] == "Да"
        assert sent == str(last["message_id"])


async def test_a_part_refused_for_now_is_where_the_next_try_goes_on():
    async with desk() as (server, channel, _):
        maria = server.person("Мария")
        long = message(maria.chat.id, "а" * 4096 + "\n\n" + "б" * 10)
        server.faults["sendMessage"] = [Fault(), Fault(status=502)]
        with pytest.raises(RetryLater):
            await channel.send(long)
        await channel.send(long)
        assert maria.screen() == ["а" * 4096, "б" * 10]


async def test_nothing_to_show_is_nothing_sent_and_buttons_alone_get_a_line():
    async with desk() as (server, channel, _):
        maria = server.person("Мария")
        assert await channel.send(message(maria.chat.id, " \u200b ")) == ""
        await channel.send(message(maria.chat.id, "", (YES,)))
        assert maria.screen() == ["…"]


async def test_a_message_is_changed_in_place():
    async with desk() as (server, channel, _):
        maria = server.person("Мария")
        sent = await channel.send(message(maria.chat.id, "Въпрос", (YES, NO)))
        changed = await channel.send(message(maria.chat.id, "Въпрос\n✔ Да", (NO,), replaces=sent))
        again = await channel.send(message(maria.chat.id, "Въпрос\n✔ Да", (NO,), replaces=sent))
        assert (changed, again, maria.screen()) == (sent, sent, ["Въпрос\n✔ Да"])
        assert keyboard(maria.chat.screen[int(sent)]) == [[{"text": "Не", "callback_data": "q1:no"}]]


@pytest.mark.parametrize("gone", ["999999", "not-an-id"])
async def test_what_cannot_be_changed_is_sent_anew_unless_only_its_place_would_do(gone):
    async with desk() as (server, channel, _):
        maria = server.person("Мария")
        assert await channel.send(message(maria.chat.id, "Въпрос", replaces=gone, only_in_place=True)) == ""
        assert maria.screen() == []
        assert await channel.send(message(maria.chat.id, "Въпрос", replaces=gone))
        assert maria.screen() == ["Въпрос"]


async def test_a_document_follows_its_text_under_its_own_name(tmp_path):
    async with desk() as (server, channel, _):
        maria = server.person("Мария")
        (tmp_path / "3fa9").write_bytes(b"%PDF-1.7 x")
        file = Document(tmp_path / "3fa9", "Заявление ВО-1.pdf", "application/pdf")
        sent = await channel.send(message(maria.chat.id, "Готово", (YES,), documents=(file,)))
        assert maria.screen() == ["Готово", "Заявление ВО-1.pdf"]
        assert server.asked("sendDocument")[0]["document"] == (file.name, file.type, b"%PDF-1.7 x")
        assert sent == str(min(maria.chat.screen))


def shown(folder: Path, kind: str, name: str, caption: str = "") -> Media:
    """A file of a form, there already."""
    (folder / name).write_bytes(name.encode())
    types = {"image": "image/png", "audio": "audio/mpeg", "video": "video/mp4"}
    return Media(Document(folder / name, name, types[kind]), kind, caption)


async def test_the_forms_pictures_come_before_the_question_as_one_album_and_the_rest_singly(tmp_path):
    async with desk() as (server, channel, _):
        maria = server.person("Мария")
        media = (
            shown(tmp_path, "video", "a.mp4"),
            shown(tmp_path, "image", "b.png", "1. Кръг"),
            shown(tmp_path, "image", "c.png", "2. Квадрат"),
            shown(tmp_path, "audio", "d.mp3"),
            shown(tmp_path, "image", "e.png"),
        )
        ask = message(maria.chat.id, "Коя фигура?", (YES,), media=media)
        sent = await channel.send(ask)
        assert maria.screen() == [
            "[video]",
            "[photo] 1. Кръг",
            "[photo] 2. Квадрат",
            "[audio]",
            "[photo]",
            "Коя фигура?",
        ]
        assert server.asked("sendMediaGroup") == [
            {
                "chat_id": maria.chat.id,
                "media": [
                    {"type": "photo", "media": ("b.png", "image/png", b"b.png"), "caption": "1. Кръг"},
                    {"type": "photo", "media": ("c.png", "image/png", b"c.png"), "caption": "2. Квадрат"},
                ],
            }
        ]
        assert server.asked("sendAudio") == [{"chat_id": maria.chat.id, "audio": ("d.mp3", "audio/mpeg", b"d.mp3")}]
        assert sent == str(max(maria.chat.screen))
        assert messages_made(ask) == len(maria.chat.screen)


async def test_an_album_holds_ten_and_the_next_begins_with_the_eleventh(tmp_path):
    async with desk() as (server, channel, _):
        maria = server.person("Мария")
        media = tuple(shown(tmp_path, "image", f"{n}.png", f"{n}") for n in range(11))
        await channel.send(message(maria.chat.id, "Коя?", media=media))
        assert maria.screen() == [*(f"[photo] {n}" for n in range(11)), "Коя?"]


async def test_a_question_refused_for_now_does_not_bring_its_pictures_twice(tmp_path):
    async with desk() as (server, channel, _):
        maria = server.person("Мария")
        ask = message(maria.chat.id, "Коя?", media=(shown(tmp_path, "image", "a.png"),))
        server.faults["sendMessage"] = [Fault(status=502)]
        with pytest.raises(RetryLater):
            await channel.send(ask)
        sent = await channel.send(ask)
        assert maria.screen() == ["[photo]", "Коя?"]
        assert sent == str(max(maria.chat.screen))


async def test_a_picture_that_telegram_refuses_or_that_is_gone_does_not_hold_the_question_up(tmp_path):
    async with desk() as (server, channel, _):
        maria = server.person("Мария")
        gone = Media(Document(tmp_path / "none", "a.mp4", "video/mp4"), "video")
        server.faults["sendPhoto"] = [Fault(status=400)]
        await channel.send(message(maria.chat.id, "Коя?", media=(shown(tmp_path, "image", "a.png"), gone)))
        assert maria.screen() == ["Коя?"]


async def test_a_document_that_is_gone_is_given_up(tmp_path):
    async with desk() as (server, channel, _):
        maria = server.person("Мария")
        file = Document(tmp_path / "none", "a.pdf", "application/pdf")
        with pytest.raises(GiveUp):
            await channel.send(message(maria.chat.id, "", documents=(file,)))


async def test_a_question_for_a_phone_brings_a_keyboard_that_leaves_with_the_next_message():
    async with desk() as (server, channel, _):
        maria = server.person("Мария")
        ask = message(maria.chat.id, "Телефон?", (NO,), awaits=Awaits.PHONE)
        sent = await channel.send(ask)
        assert maria.screen() == ["Телефон?", "Може да напишете номера или да го споделите с бутона долу."]
        assert maria.chat.keyboard == {
            "keyboard": [[{"text": "📱 Споделете телефона си", "request_contact": True}]],
            "resize_keyboard": True,
            "one_time_keyboard": True,
        }
        await channel.send(message(maria.chat.id, "Това не е номер.", awaits=Awaits.PHONE))
        assert len(maria.screen()) == 3
        await channel.send(message(maria.chat.id, "Имейл?", (NO,), awaits=Awaits.EMAIL))
        assert maria.chat.keyboard is None
        assert maria.screen() == ["Телефон?", "Това не е номер.", "Имейл?"]
        assert sent == str(min(maria.chat.screen))


async def test_a_keyboard_whose_message_cannot_be_deleted_leaves_with_the_next_message_without_buttons():
    async with desk() as (server, channel, _):
        maria = server.person("Мария")
        await channel.send(message(maria.chat.id, "Къде?", awaits=Awaits.LOCATION, language="en"))
        assert maria.chat.keyboard["keyboard"] == [[{"text": "📍 Share my location", "request_location": True}]]
        server.faults["deleteMessage"] = [Fault(status=400)]
        await channel.send(message(maria.chat.id, "Име?", (NO,)))
        assert maria.chat.keyboard is not None
        await channel.send(message(maria.chat.id, "Благодарим."))
        assert maria.chat.keyboard is None


async def test_a_failing_keyboard_does_not_fail_the_question():
    async with desk() as (server, channel, _):
        maria = server.person("Мария")
        server.faults["sendMessage"] = [Fault(), Fault(status=500)]
        assert await channel.send(message(maria.chat.id, "Телефон?", awaits=Awaits.PHONE))
        assert maria.screen() == ["Телефон?"]


async def test_in_a_group_nobody_is_asked_to_share_a_number_by_keyboard():
    async with desk() as (server, channel, _):
        group = server.group("Екип")
        await channel.send(message(group.id, "Телефон?", awaits=Awaits.PHONE))
        assert [shown["text"] for shown in group.screen.values()] == ["Телефон?"]


async def test_a_person_who_blocked_the_bot_and_an_unknown_chat_are_blocked():
    async with desk() as (server, channel, house):
        maria = server.person("Мария")
        await maria.blocks()
        await house.next()
        for chat in (maria.chat.id, 4040404):
            with pytest.raises(Blocked):
                await channel.send(message(chat, "Здравейте"))


async def test_a_group_that_moved_gets_its_messages_at_the_new_number():
    async with desk() as (server, channel, _):
        old, new = server.group("Екип"), server.group("Екип")
        old.moved_to = new.id
        await channel.send(message(old.id, "Едно"))
        await channel.send(message(old.id, "Две"))
        assert [shown["text"] for shown in new.screen.values()] == ["Едно", "Две"]
        assert [asked["chat_id"] for asked in server.asked("sendMessage")] == [old.id, new.id, new.id]


async def test_one_chat_told_to_wait_is_its_own_limit_and_a_second_one_is_the_bots():
    async with desk() as (server, channel, _):
        server.flood_seconds = 7
        seen = []
        for chat in (server.group("Екип").id, server.person("Мария").chat.id, server.person("Иван").chat.id):
            with pytest.raises(RetryLater) as refused:
                await channel.send(message(chat, "Здравейте"))
            seen.append((refused.value.after_seconds, refused.value.everyone))
        assert seen == [(7, False), (7, False), (7, True)]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(status=500), RetryLater),
        (Fault(status=502), RetryLater),
        (Fault(drop=True), RetryLater),
        (Fault(status=401), RetryLater),
        (Fault(status=400), GiveUp),
        (Fault(status=413), GiveUp),
        (Fault(status=403), Blocked),
    ],
)
async def test_a_refusal_says_whether_to_try_again_and_never_the_token(fault, expected):
    async with desk() as (server, channel, _):
        maria = server.person("Мария")
        server.faults["sendMessage"] = [fault]
        with pytest.raises(expected) as refused:
            await channel.send(message(maria.chat.id, "Здравейте"))
        assert "test-token" not in f"{refused.value!r}"


async def test_a_file_is_fetched_and_one_past_the_limit_leaves_nothing(tmp_path):
    async with desk() as (server, channel, house):
        maria = server.person("Мария")
        await maria.sends_file("а.pdf", b"x" * 700_000)
        file_id = (await house.next()).content.file_id
        await channel.fetch(file_id, tmp_path / "whole", 700_000)
        with pytest.raises(GiveUp, match="too_big"):
            await channel.fetch(file_id, tmp_path / "cut", 699_999)
        assert [(path.name, path.stat().st_size) for path in tmp_path.iterdir()] == [("whole", 700_000)]


async def test_a_file_too_big_for_bots_is_given_up_as_too_big(tmp_path):
    async with desk() as (server, channel, _):
        server.files["big"] = b"x" * (20 * 1024 * 1024 + 1)
        with pytest.raises(GiveUp, match="too_big"):
            await channel.fetch("big", tmp_path / "big", 50 * 1024 * 1024)
        with pytest.raises(RetryLater):
            await channel.fetch("lost", tmp_path / "lost", 1000)

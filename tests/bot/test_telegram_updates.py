"""Real shapes of updates (names invented), read into ours."""

from datetime import UTC, datetime

import pytest

from bot.channels.base import Command, Contact, File, Location, Membership, Other, Tap, Text, Update
from bot.channels.telegram.updates import Myself, read_update

ME = Myself(123456, "DeskBot")
MARIA = {"id": 501, "is_bot": False, "first_name": "Мария", "last_name": "Петрова", "language_code": "bg-BG"}
PRIVATE = {"id": 501, "first_name": "Мария", "last_name": "Петрова", "type": "private"}
GROUP = {"id": -1002003004, "title": "Екип", "type": "supergroup"}
NOON = 1706875200


def message(chat=PRIVATE, **content):
    return {"update_id": 900, "message": {"message_id": 7, "from": MARIA, "chat": chat, "date": NOON, **content}}


def content_of(raw):
    update = read_update(raw, ME)
    return update and update.content


def test_a_text_carries_who_wrote_it_where_and_when():
    assert read_update(message(text="Две\nреда"), ME) == Update(
        channel="telegram",
        update_id="900",
        chat="501",
        person="501",
        content=Text("Две\nреда"),
        in_group=False,
        name="Мария Петрова",
        language="bg",
        sent_at=datetime(2024, 2, 2, 12, 0, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start", Command("start")),
        ("/start inv_4f2a", Command("start", "inv_4f2a")),
        ("/Help@DeskBot", Command("help")),
        ("/find  Първо училище ", Command("find", "Първо училище")),
        ("/note ВО-2026-0001\nдва реда", Command("note", "ВО-2026-0001\nдва реда")),
        ("/help@OtherBot", None),
        ("/помощ", Text("/помощ")),
        ("1/2", Text("1/2")),
    ],
)
def test_words_with_a_slash_are_commands_unless_meant_for_another_bot(text, expected):
    assert content_of(message(text=text)) == expected


def test_of_a_photo_the_largest_size_is_taken():
    sizes = [
        {"file_id": "small", "file_unique_id": "a", "width": 90, "height": 67, "file_size": 1200},
        {"file_id": "large", "file_unique_id": "b", "width": 1280, "height": 960, "file_size": 150000},
        {"file_id": "middle", "file_unique_id": "c", "width": 320, "height": 240, "file_size": 15000},
    ]
    assert content_of(message(photo=sizes, caption="Сградата")) == File("large", size=150000)


def test_a_document_keeps_its_name_and_size():
    document = {"file_id": "d1", "file_unique_id": "u", "file_name": "Заявление.pdf", "mime_type": "application/pdf"}
    assert content_of(message(document={**document, "file_size": 42})) == File("d1", "Заявление.pdf", 42)


def test_a_document_passed_on_from_another_chat_is_a_document():
    origin = {"type": "hidden_user", "sender_user_name": "Х", "date": NOON}
    assert content_of(message(document={"file_id": "d1"}, forward_origin=origin)) == File("d1")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ({"text": "Чужди думи", "forward_origin": {"type": "hidden_user"}}, "forwarded"),
        ({"sticker": {"file_id": "s"}}, "sticker"),
        ({"video_note": {"file_id": "n"}}, "other"),
        ({"animation": {"file_id": "a"}, "document": {"file_id": "a"}}, "other"),
        ({"poll": {"id": "1", "question": "?"}}, "other"),
    ],
)
def test_what_is_no_answer_is_named(content, what):
    assert content_of(message(**content)) == Other(what)


def test_a_voice_message_is_a_file_that_was_spoken():
    voice = {"file_id": "v", "duration": 3, "mime_type": "audio/ogg", "file_size": 4200}
    assert content_of(message(voice=voice)) == File("v", size=4200, what="voice")


def test_ones_own_number_gets_the_plus_sign_that_some_phones_leave_out():
    contact = {"phone_number": "359888123456", "first_name": "Мария", "user_id": 501}
    assert content_of(message(contact=contact)) == Contact("+359888123456")


def test_a_number_from_the_address_book_stays_as_it_stands_there():
    assert content_of(message(contact={"phone_number": "0888123456", "first_name": "Иван"})) == Contact("0888123456")


def test_a_place_and_a_venue_are_places():
    place = {"latitude": 42.7, "longitude": 23.3}
    assert content_of(message(location=place)) == Location(42.7, 23.3)
    assert content_of(message(location=place, venue={"title": "Парк", "location": place})) == Location(42.7, 23.3)


def test_an_edited_text_is_named_edited_at_the_time_of_the_edit():
    edited = {**message(text="ново")["message"], "edit_date": NOON + 60}
    update = read_update({"update_id": 901, "edited_message": edited}, ME)
    assert (update.content, update.sent_at) == (Other("edited"), datetime(2024, 2, 2, 12, 1, tzinfo=UTC))


def test_a_live_location_that_moves_is_nothing_new():
    moved = {**message(location={"latitude": 1.0, "longitude": 2.0})["message"], "edit_date": NOON + 60}
    assert read_update({"update_id": 901, "edited_message": moved}, ME) is None


def tap(shown, **more):
    return {"update_id": 902, "callback_query": {"id": "1", "from": MARIA, "chat_instance": "2", **shown, **more}}


def test_a_tap_takes_its_chat_from_the_message_even_when_that_is_too_old_to_be_shown():
    inaccessible = {"message": {"chat": GROUP, "message_id": 3, "date": 0}}
    update = read_update(tap(inaccessible, data="q3f:yes"), ME)
    assert (update.chat, update.person, update.in_group, update.content) == ("-1002003004", "501", True, Tap("q3f:yes"))


def test_a_tap_without_data_or_without_a_message_is_nothing():
    shown = {"message": {"chat": PRIVATE, "message_id": 3, "date": NOON}}
    assert read_update(tap(shown, game_short_name="x"), ME) is None
    assert read_update(tap({"inline_message_id": "i"}, data="x"), ME) is None


def change(chat, before, now):
    old, new = ({"status": status, "user": {"id": 123456}} for status in (before, now))
    event = {"chat": chat, "from": MARIA, "date": NOON, "old_chat_member": old, "new_chat_member": new}
    return {"update_id": 903, "my_chat_member": event}


def test_blocking_and_unblocking_the_bot_changes_who_can_be_reached():
    assert content_of(change(PRIVATE, "member", "kicked")) == Membership(reachable=False)
    assert content_of(change(PRIVATE, "kicked", "member")) == Membership(reachable=True)
    assert content_of(change(GROUP, "left", "administrator")) == Membership(reachable=True)
    assert content_of(change(GROUP, "member", "administrator")) is None


def test_a_group_that_became_a_supergroup_tells_its_new_number_once():
    group = {"id": -44, "title": "Екип", "type": "group"}
    assert content_of(message(group, migrate_to_chat_id=-10044)) == Membership(reachable=False, moved_to="-10044")
    assert content_of(message(GROUP, migrate_from_chat_id=-44)) is None


def test_in_a_group_only_commands_and_replies_to_the_bot_are_read():
    ours = {"message_id": 3, "from": {"id": 123456, "is_bot": True}, "chat": GROUP, "date": NOON}
    others = {**ours, "from": MARIA}
    assert content_of(message(GROUP, text="между нас")) is None
    assert content_of(message(GROUP, text="между нас", reply_to_message=others)) is None
    assert content_of(message(GROUP, text="за бота", reply_to_message=ours)) == Text("за бота")
    assert content_of(message(GROUP, text="/status@DeskBot")) == Command("status")


def test_an_anonymous_admin_of_a_group_is_heard_and_another_bot_is_not():
    robot = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    anonymous = message(GROUP, text="/status", sender_chat=GROUP)
    anonymous["message"]["from"] = robot
    other = message(GROUP, text="/status")
    other["message"]["from"] = {"id": 77, "is_bot": True, "first_name": "Чужд бот"}
    assert content_of(anonymous) == Command("status")
    assert content_of(other) is None


@pytest.mark.parametrize("service", [{"new_chat_title": "Х"}, {"pinned_message": {}}, {"left_chat_member": MARIA}])
def test_service_messages_are_nothing(service):
    assert content_of(message(**service)) is None

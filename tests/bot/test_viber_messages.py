"""What a message looks like on Viber: whole bodies of `send_message`."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels.base import Document, Media, Message
from bot.channels.viber.messages import Body, bodies, simpler, welcome
from conversations.replies import Awaits, Button
from tests.bot.viber_rules import faults, labels

ROWS = ((Button("m1.a.q.yes", "Да"), Button("m1.a.q.no", "Не")),)
QUESTION = Message(
    7, "m=", "**Раздел**\n\n**Имате ли _клуб_?**\nВижте [тук](https://example.org).", ROWS, Awaits.CHOICE
)


class Shelf:
    """Files at addresses; `sizes` are in bytes, by name, 1,000 for any other; `pictures` are those that can be made."""

    def __init__(self, *pictures: str, **sizes: int) -> None:
        self.pictures, self.sizes = pictures, sizes

    def address(self, document: Document) -> tuple[str, int]:
        return f"https://desk.example/f/{document.name}", self.sizes.get(document.name.partition(".")[0], 1000)

    def picture(self, document: Document) -> tuple[str, int] | None:
        return (f"https://desk.example/p/{document.name}.jpg", 900) if document.name in self.pictures else None


def document(name: str, type: str) -> Document:
    return Document(Path(name), name, type)


def sound(message: Message, hosted: Shelf | None = None) -> list[Body]:
    made = bodies(message, hosted)
    assert [fault for body in made for fault in faults(body)] == []
    return made


def test_a_question_is_plain_text_with_its_keyboard():
    (body,) = sound(QUESTION)
    assert body["type"] == "text"
    assert body["text"] == "Раздел\n\nИмате ли клуб?\nВижте тук (https://example.org)."
    assert labels(body["keyboard"]) == ["Да", "Не"]
    assert set(body) == {"type", "text", "keyboard"}


@pytest.mark.parametrize(
    "letter", ["я", "漢", "😀", '"', "\x01"], ids=["cyrillic", "han", "emoji", "quotes", "control"]
)
def test_a_long_text_goes_in_parts_and_the_keyboard_with_the_last(letter: str):
    made = sound(replace(QUESTION, text=letter * 20_000))
    assert "".join(body["text"] for body in made) == letter * 20_000
    assert ["keyboard" in body for body in made] == [False] * (len(made) - 1) + [True]


def test_a_keyboard_that_is_too_big_together_with_its_text_follows_it():
    rows = tuple((Button(f"m1.e.q.{n}", "&" * 40),) for n in range(12))
    made = sound(replace(QUESTION, text="漢" * 6900, rows=(*rows,), awaits=Awaits.TEXT))
    assert [set(body) for body in made][-1] in ({"keyboard"}, {"type", "text", "keyboard"})
    crowded = tuple((Button("m1.e.q." + "x" * 600, "&" * 40),) for _ in range(12))
    made = sound(replace(QUESTION, text="漢" * 6900, rows=crowded, awaits=Awaits.TEXT))
    assert [set(body) for body in made] == [{"type", "text"}, {"keyboard"}]


def test_buttons_without_a_text_are_a_keyboard_alone():
    (body,) = sound(replace(QUESTION, text=""))
    assert set(body) == {"keyboard"}


def test_nothing_to_show_is_no_body():
    assert sound(Message(1, "m", " \n")) == []


def test_a_change_says_only_what_is_new():
    ticked = replace(QUESTION, text=f"Помощ.\n\n{QUESTION.text}", replaces="9", before=QUESTION.text)
    (body,) = sound(ticked)
    assert body["text"] == "Помощ."
    (alone,) = sound(replace(QUESTION, replaces="9", before=QUESTION.text))
    assert set(alone) == {"keyboard"}


def test_what_was_read_from_a_typed_answer_is_said_alone():
    told = Message(8, "m=", "**Имате ли _клуб_?**\n✔ 15 март 2026 г.", before=QUESTION.text, replaces="9")
    assert sound(told) == [{"type": "text", "text": "✔ 15 март 2026 г."}]


def test_pictures_stand_before_the_text_with_their_captions():
    first, second = document("a.png", "image/png"), document("b.webp", "image/webp")
    shown = replace(QUESTION, media=(Media(first, "image", "1. Роза"), Media(second, "image", "я" * 600)))
    made = sound(shown, Shelf("a.png", "b.webp"))
    assert made[0] == {"type": "picture", "media": "https://desk.example/p/a.png.jpg", "text": "1. Роза"}
    assert [body["type"] for body in made] == ["picture", "picture", "text"]
    assert len(made[1]["text"]) == 512


def test_a_moving_picture_is_an_address_below_its_caption():
    shown = replace(QUESTION, media=(Media(document("a.gif", "image/gif"), "image", "1. Роза"),))
    assert sound(shown, Shelf())[:2] == [
        {"type": "text", "text": "1. Роза"},
        {"type": "url", "media": "https://desk.example/f/a.gif"},
    ]


def test_a_picture_that_cannot_be_made_is_sent_as_a_file():
    shown = replace(QUESTION, text="", rows=(), documents=(document("a.heic", "image/heic"),))
    assert sound(shown, Shelf()) == [
        {"type": "file", "media": "https://desk.example/f/a.heic", "size": 1000, "file_name": "a.heic"}
    ]


def test_documents_stand_after_the_text_and_the_keyboard_is_on_the_last():
    made = sound(replace(QUESTION, documents=(document("акт.pdf", "application/pdf"),)), Shelf())
    assert [body["type"] for body in made] == ["text", "file"]
    assert ["keyboard" in body for body in made] == [False, True]


def test_a_film_is_a_video_while_it_is_small_and_a_file_when_it_is_not():
    films = (document("small.mp4", "video/mp4"), document("large.mp4", "video/mp4"))
    made = sound(Message(1, "m", "", documents=films), Shelf(small=26 * 1024 * 1024, large=26 * 1024 * 1024 + 1))
    assert [body["type"] for body in made] == ["video", "file"]


@pytest.mark.parametrize(
    ("name", "type", "size"),
    [
        ("run.exe", "application/octet-stream", 10),
        ("run", "application/octet-stream", 10),
        ("run.pdf", "application/pdf", 50 * 1024 * 1024 + 1),
        ("run.pdf", "application/pdf", 0),
    ],
    ids=["executable", "no ending", "too big", "empty"],
)
def test_a_file_that_viber_never_takes_is_named_in_the_text(name: str, type: str, size: int):
    made = sound(Message(1, "m", "Ето го.", documents=(document(name, type),)), Shelf(run=size))
    assert [body["text"] for body in made] == [f"Ето го.\n\n📎 {name} – тук не може да се покаже, вижда се в уеб чата."]


def test_without_a_public_address_files_are_named_in_the_text():
    media = (Media(document("a_b.png", "image/png"), "image", "План"),)
    made = sound(Message(1, "m", "Вижте:", media=media, documents=(document("a_b.pdf", "application/pdf"),)))
    assert made[0]["text"].splitlines()[::2] == [
        "Вижте:",
        "📎 План – тук не може да се покаже, вижда се в уеб чата.",
        "📎 a_b.pdf – тук не може да се покаже, вижда се в уеб чата.",
    ]


def test_a_simpler_body_shares_nothing_and_needs_no_level():
    (body,) = sound(Message(1, "m", "Телефон?", ((Button("m1.b.q.", "◀ Назад"),),), Awaits.PHONE))
    assert body["min_api_version"] == 3
    plainer = simpler(body)
    assert faults(plainer) == []
    assert set(plainer) == {"type", "text", "keyboard"}
    assert labels(plainer["keyboard"]) == ["◀ Назад"]


def test_a_simpler_body_whose_only_button_shares_has_no_keyboard():
    (body,) = sound(Message(1, "m", "Къде?", (), Awaits.LOCATION))
    assert simpler(body) == {"type": "text", "text": "Къде?"}
    (alone,) = sound(Message(1, "m", "", (), Awaits.LOCATION))
    assert simpler(alone) == {}


def test_the_welcome_is_one_message_with_the_last_keyboard():
    hello = Message(1, "m", "**Здравейте!**", ((Button("m1.l.q.en", "English"),),), Awaits.CHOICE)
    body = welcome((hello, QUESTION))
    assert faults(body) == []
    assert body["text"].startswith("Здравейте!\n\nРаздел\n\nИмате ли клуб?")
    assert labels(body["keyboard"]) == ["Да", "Не"]


def test_a_welcome_longer_than_a_message_goes_as_far_as_it_fits():
    body = welcome([Message(1, "m", "Здравейте! " * 600), replace(QUESTION, text="漢 " * 4000)])
    assert faults(body) == []
    assert body["text"].startswith("Здравейте!")
    assert labels(body["keyboard"]) == ["Да", "Не"]


def test_nothing_to_welcome_with_is_an_empty_body():
    assert welcome(()) == {}

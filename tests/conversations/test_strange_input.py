"""Whatever people send: it is read kindly, or refused kindly; nothing breaks."""

import pytest

from conversations import inputs
from tests.chat import Chat

FORM = """
| survey |
|        | type    | name  | label    | required | appearance |
|        | text    | name  | Име?     | yes      |            |
|        | integer | many  | Колко?   |          |            |
|        | decimal | mean  | Средно?  |          |            |
|        | date    | day   | Кога?    |          |            |
|        | text    | phone | Телефон? |          | numbers    |
"""


def at(name: str) -> Chat:
    chat = Chat(FORM).begins().says("Мария")
    while chat.open_question != name:
        chat.taps("Пропусни ▶")
    return chat


@pytest.mark.parametrize("said", ["", " ", "\n\n", "\u200b\u200b", "\x00\x01", "\u202e", "\ufeff"])
def test_a_text_without_anything_to_see_is_no_answer(said):
    chat = Chat(FORM).begins().says(said).hears("Не видях текст в съобщението.", "Име?")
    assert chat.answers == {}


def test_a_text_of_a_hundred_thousand_characters_is_too_long():
    chat = Chat(FORM).begins().says("а" * 100_000).hears("Текстът е твърде дълъг: до 10000 знака, моля.")
    assert chat.answers == {}


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("👩‍👩‍👧 Мария", "👩‍👩‍👧 Мария"),
        ("مرحبا \u202eабв", "مرحبا абв"),
        ("Ма\x00ри\x07я", "Мария"),
        ("<b>Мария</b> & <script>", "<b>Мария</b> & <script>"),
        ("*Мария* _[x](http://y)_", "*Мария* _[x](http://y)_"),
        ("{name} %s $x", "{name} %s $x"),
        ("\ud83d Мария", "Мария"),
        ("  Мария \r\n Иванова ", "Мария \n Иванова"),
    ],
)
def test_a_text_is_stored_and_shown_as_it_was_meant(said, stored):
    chat = Chat(FORM).begins().says(said)
    assert chat.answers == {"name": stored}
    chat.says("Назад")
    assert "".join(chat.text.split()).endswith("Сега:" + "".join(stored.split()))


@pytest.mark.parametrize(
    ("said", "stored"),
    [("12", "12"), ("1 200", "1200"), ("1\u00a0200", "1200"), ("дванайсет", "12"), ("-3", "-3")],
)
def test_whole_numbers_are_read_as_people_write_them(said, stored):
    assert at("many").says(said).answers["many"] == stored


@pytest.mark.parametrize("said", ["12,5", "много", "1/2", "∞", "9" * 5000, "1e400", "５ и нещо"])
def test_what_is_no_whole_number_is_asked_again(said):
    chat = at("many").says(said).hears("⚠️", "Колко?")
    assert "many" not in chat.answers


@pytest.mark.parametrize(("said", "stored"), [("12,5", "12.5"), ("12.50", "12.5"), ("3", "3"), ("1 200,75", "1200.75")])
def test_fractions_take_a_comma_or_a_point(said, stored):
    assert at("mean").says(said).answers["mean"] == stored


def test_a_number_that_may_mean_two_things_is_asked_again():
    chat = at("many").says("1.200").hears("Не е ясно кое число имате предвид.")
    assert "many" not in chat.answers


def test_a_number_too_long_to_be_meant_is_called_a_number_not_a_text():
    at("many").says("1234567890123456").hears("Числото е твърде дълго.")
    at("mean").says("9" * 50_000).hears("Числото е твърде дълго.")
    at("day").says("1" * 50_000).hears("Не разпознах датата.")


@pytest.mark.parametrize("said", ["31.12.2026", "31/12/2026", "2026-12-31", "31 декември 2026", "31.12.26 г."])
def test_dates_are_read_as_people_write_them_and_said_back_in_words(said):
    chat = at("day").says(said).hears("✔ 31 декември 2026 г.")
    assert chat.answers["day"] == "2026-12-31"


def test_a_day_that_does_not_exist_is_said_so():
    at("day").says("31.02.2026").hears("Такава дата няма.", "Кога?")
    at("day").says("скоро").hears("Не разпознах датата.")


def test_a_shared_contact_answers_a_question_for_a_phone():
    chat = at("phone").shares_contact("+359 888 123 456").hears("Моля, прегледайте отговорите си.")
    assert chat.answers["phone"] == "+359888123456"


def test_a_shared_contact_that_is_no_phone_number_is_asked_again():
    at("phone").shares_contact("12").hears("Не разпознах телефонния номер.", "Телефон?")


def test_a_contact_or_a_place_where_none_is_awaited_is_not_taken():
    chat = Chat(FORM).begins().shares_contact("+359888123456").hears("Тук не ни е нужен контакт.", "Име?")
    chat.does(inputs.SharedLocation(42.5, 25.1)).hears("Тук не ни е нужно местоположение.", "Име?")
    assert chat.answers == {}


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("sticker", "Хубав стикер!"),
        ("voice", "Гласови съобщения все още не разбираме."),
        ("forwarded", "Препратените съобщения не приемаме за отговор."),
        ("edited", "Записаният отговор не се променя сам"),
        ("other", "Това не можем да прочетем."),
    ],
)
def test_what_cannot_be_read_is_said_so_and_the_question_asked_again(what, told):
    chat = Chat(FORM).begins().sends(what).hears(told, "Име?")
    assert chat.answers == {}


def test_in_the_review_strange_things_show_the_review_again():
    chat = at("phone").taps("Пропусни ▶")
    for what in ("sticker", "voice", "edited"):
        chat.sends(what).hears("Моля, прегледайте отговорите си.")
    chat.says("готово").hears("Моля, прегледайте").shares_contact("1").hears("Моля, прегледайте")


def test_a_navigation_word_inside_a_sentence_is_an_answer():
    assert Chat(FORM).begins().says("Назад към природата").answers == {"name": "Назад към природата"}

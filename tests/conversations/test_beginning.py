"""The first words: welcome, the privacy notice with its one tap, going on or beginning anew."""

from datetime import UTC

from tests.chat import AGREE, NOON, Chat
from tests.forms import network_form

FORM = """
| survey |
|        | type    | name | label             | required |
|        | text    | name | Как се казвате?   | yes      |
|        | integer | age  | На колко години сте? |       |
"""


def test_a_stranger_is_welcomed_and_told_how_the_data_are_used():
    chat = Chat(FORM).says("/start")
    assert len(chat.heard) == 2
    chat.hears("Здравейте!", "Всеки отговор се записва веднага", "Отговорите Ви се съхраняват", buttons=[AGREE])


def test_the_welcome_says_how_long_it_takes_by_the_number_of_questions():
    rows = "".join(f"|        | text    | q{n} | Въпрос {n}? | |\n" for n in range(7))
    Chat(FORM).says("/start").hears("⏱ Отнема около минута.")
    Chat(FORM + rows).says("/start").hears("⏱ Отнема около 6 минути.")


def test_whatever_a_stranger_writes_first_is_met_by_the_welcome():
    chat = Chat(FORM).says("Добър ден, аз съм Мария").hears("Здравейте!", buttons=[AGREE])
    assert chat.answers == {}


def test_one_tap_records_which_notice_was_read_in_which_language_and_when():
    chat = Chat(network_form(), language="en").says("/start").taps("✔ I have read this, let us begin")
    consent = chat.draft.consent
    assert (consent.version, consent.language, consent.at) == ("1", "en", NOON)
    assert consent.at.tzinfo is UTC


def test_the_first_question_follows_the_tap_at_once():
    Chat(FORM).says("/start").taps(AGREE).hears("Въпрос 1 от 2\n\nКак се казвате?")


def test_tapping_the_consent_twice_is_like_tapping_it_once():
    chat = Chat(FORM).begins()
    before = chat.draft
    chat.taps_again().hears_nothing()
    assert chat.draft == before


def test_no_question_is_answered_before_the_notice_was_tapped():
    chat = Chat(FORM).says("/start").says("Мария").hears("Здравейте!").says("/continue").hears("Здравейте!")
    chat.says("/review").hears("Здравейте!").sends_file().hears("Здравейте!")
    assert chat.answers == {}


def test_start_with_a_draft_offers_to_continue_look_through_or_begin_anew():
    Chat(FORM).begins().says("Мария").says("/start").hears(
        "Имате започнато заявление. Записани отговори: 1 от 2.",
        buttons=["▶ Продължи", "📋 Прегледай отговорите", "Започни отначало"],
    )


def test_start_without_any_answer_shows_the_first_question_again():
    Chat(FORM).begins().says("/start").hears("Как се казвате?").does_not_hear("Имате започнато")


def test_continue_goes_on_at_the_open_question():
    chat = Chat(FORM).begins().says("Мария")
    chat.says("/start").taps("▶ Продължи").hears("Въпрос 2 от 2")
    chat.says("/continue").hears("На колко години сте?")


def test_beginning_anew_is_asked_twice_and_takes_a_new_draft():
    chat = Chat(FORM).begins().says("Мария").says("/start").taps("Започни отначало")
    chat.hears("Записаните отговори ще бъдат заменени", choices=["▶ Продължи", "Да, започни отначало"])
    chat.taps("Да, започни отначало").hears("Въпрос 1 от 2")
    assert chat.answers == {}


def test_beginning_anew_may_still_be_declined():
    chat = Chat(FORM).begins().says("Мария").says("/start").taps("Започни отначало").taps("▶ Продължи")
    chat.hears("Въпрос 2 от 2")
    assert chat.answers == {"name": "Мария"}


def test_an_old_yes_to_beginning_anew_asks_again_once_more_was_answered():
    chat = Chat(FORM).begins().says("Мария").says("/start").taps("Започни отначало").taps("▶ Продължи").says("30")
    chat.taps_old("Да, започни отначало").hears("Записаните отговори ще бъдат заменени")
    assert chat.answers == {"name": "Мария", "age": "30"}


def test_the_desks_own_welcome_wins():
    Chat(network_form()).says("/start").hears("Мрежата „Всеки ученик ще бъде отличник“", "данните Ви")


def test_a_form_without_a_desk_around_it_serves_another_world():
    meetup = """
    | survey |
    |        | type              | name | label                     | required |
    |        | text              | who  | Кой сте Вие?              | yes      |
    |        | integer           | how  | Колко души ще сте?        | yes      |
    |        | date              | day  | Кога пристигате?          |          |
    |        | select_one yn     | car  | С кола ли ще дойдете?     | yes      |
    |        | text              | word | Нещо друго?               |          |
    | choices |
    |         | list_name | name | label |
    |         | yn        | yes  | Да    |
    |         | yn        | no   | Не    |
    """
    chat = Chat(meetup).begins().says("Мария Иванова").says("4").says("1.5.2026").taps("Да").taps("Пропусни ▶")
    chat.taps("📨 Подай заявлението").hears("входящ № A-2026-0001")
    submission = chat.submission
    assert (submission.title, submission.place, submission.region, submission.key) == ("Мария Иванова", "", "", "")
    assert [(line.question, line.value) for line in submission.lines] == [
        ("who", "Мария Иванова"), ("how", "4"), ("day", "2026-05-01"), ("car", "yes"), ("word", ""),
    ]  # fmt: skip

"""Before, near and after the deadline: drafts stay readable, nothing can be sent, and one is told whom to ask."""

from datetime import datetime, timedelta

from conversations.call import Window
from tests.chat import NOON, SOFIA, Chat
from tests.forms import network_form

FORM = """
| survey |
|        | type | name | label | required |
|        | text | name | Име?  | yes      |
|        | text | more | Още?  |          |
"""
CLOSES = datetime(2026, 1, 20, 23, 59, 59, tzinfo=SOFIA)
WINDOW = Window(datetime(2026, 1, 10, 9, tzinfo=SOFIA), CLOSES)


def test_before_the_call_one_is_told_when_it_opens():
    chat = Chat(FORM, window=WINDOW, now=WINDOW.opens - timedelta(days=1)).says("/start")
    chat.hears("Приемането на заявления започва на 10 януари 2026 г., 09:00 ч.", buttons=[])
    chat.says("Мария").hears("Приемането на заявления започва").says("/review").hears("започва")
    assert chat.answers == {}


def test_the_welcome_and_an_open_draft_name_the_deadline():
    chat = Chat(FORM, window=WINDOW).says("/start").hears("⏳ Краен срок: 20 януари 2026 г., 23:59 ч.")
    chat.begins().says("Мария").says("/start").hears("⏳ Краен срок: 20 януари 2026 г., 23:59 ч.")


def test_on_the_last_day_one_is_told_that_little_time_is_left():
    chat = Chat(FORM, window=WINDOW, now=CLOSES - timedelta(hours=3)).begins().says("Мария").says("Пропусни")
    chat.hears("⏳ Остава по-малко от един ден: срокът изтича на 20 януари 2026 г., 23:59 ч.")


def test_the_closing_moment_itself_is_in_time_and_the_next_second_is_not():
    chat = Chat(FORM, window=WINDOW, now=CLOSES).begins().says("Мария").says("Пропусни")
    late = chat.heard[-1].rows[0][0].id
    chat.waits(seconds=1).taps_id(late).hears("Срокът за кандидатстване изтече на 20 януари 2026 г., 23:59 ч.")
    assert chat.submission is None
    chat.now = CLOSES
    assert chat.taps_id(late).submission is not None


def test_after_the_deadline_a_draft_can_be_read_and_not_changed():
    chat = Chat(FORM, window=WINDOW).begins().says("Мария")
    chat.now = CLOSES + timedelta(days=1)
    chat.says("Иванова").hears("Черновата Ви е запазена", buttons=["📋 Прегледай отговорите"])
    chat.taps("📋 Прегледай отговорите").hears("1. Име?\n→ Мария", "отговорите може само да се четат", buttons=[])
    assert [reply.rows for reply in chat.heard] == [(), ()]
    chat.says("/review").hears("1. Име?\n→ Мария")
    chat.taps_old("✏️ Промени").hears("Срокът за кандидатстване изтече")
    assert chat.answers == {"name": "Мария"}


def test_after_the_deadline_a_stranger_hears_that_it_is_over():
    chat = Chat(FORM, window=WINDOW, now=CLOSES + timedelta(days=1)).says("/start")
    chat.hears("Срокът за кандидатстване изтече на", buttons=[]).says("/review").hears(
        "Срокът за кандидатстване изтече"
    )


def test_whoever_is_late_is_told_whom_to_ask():
    chat = Chat(network_form(), window=WINDOW, now=CLOSES + timedelta(days=1)).says("/start")
    chat.hears("Срокът за кандидатстване изтече", "Потърсете Вашия регионален координатор.")


def test_a_consent_button_tapped_too_late_begins_nothing():
    chat = Chat(FORM, window=WINDOW).says("/start")
    chat.now = CLOSES + timedelta(days=1)
    chat.taps("✔ Прочетох, да започваме").hears("Срокът за кандидатстване изтече")
    assert chat.draft.consent is None


def test_an_applicant_is_not_told_to_begin_another_one_after_the_deadline():
    chat = Chat(FORM, window=WINDOW).begins().says("Мария").says("Пропусни").taps("📨 Подай заявлението")
    anew = chat.says("/start").heard[-1].rows[1][0].id
    chat.now = CLOSES + timedelta(days=1)
    chat.says("/start").hears("Заявлението Ви е подадено", buttons=["📄 Статус"])
    chat.taps_id(anew).hears("Заявлението Ви е подадено", buttons=["📄 Статус"])
    assert chat.drafts == 1


def test_a_prolonged_deadline_lets_the_draft_go_on():
    chat = Chat(FORM, window=WINDOW).begins().says("Мария")
    chat.now = CLOSES + timedelta(days=1)
    chat.says("/continue").hears("Срокът за кандидатстване изтече")
    chat.window = Window(None, CLOSES + timedelta(days=7))
    chat.says("/continue").hears("Въпрос 2 от 2")


def test_without_dates_the_call_is_always_open_and_no_deadline_is_named():
    Chat(FORM, now=NOON + timedelta(days=3650)).says("/start").hears("Здравейте!").does_not_hear("⏳")

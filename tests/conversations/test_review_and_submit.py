"""Check your answers, change a line, submit once, get a receipt."""

from conversations.draft import Mode
from tests.chat import NOON, Chat

FORM = """
| survey |
|        | type            | name  | label                     | required |
|        | begin_group     | you   | За Вас                    |          |
|        | text            | name  | **Име** и фамилия?        | yes      |
|        | integer         | many  | Колко ученици?            | yes      |
|        | end_group       |       |                           |          |
|        | begin_group     | come  | Срещата                   |          |
|        | date            | day   | Кога?                     |          |
|        | select_one yn   | car   | С кола?                   | yes      |
|        | end_group       |       |                           |          |
|        | text            | more  | Още нещо?                 |          |
| choices |
|         | list_name | name | label |
|         | yn        | yes  | Да    |
|         | yn        | no   | Не    |
"""
SUBMIT = "📨 Подай заявлението"


def complete() -> Chat:
    return Chat(FORM).begins().says("Мария Иванова").says("1 200").says("1.2.2026").taps("Да").taps("Пропусни ▶")


def test_the_review_shows_every_line_by_section_with_a_change_button():
    chat = complete()
    assert chat.text.split("\n\n", 2)[1] + "\n\n" + chat.text.split("\n\n", 2)[2] == (
        "За Вас\n"
        "1. Име и фамилия?\n→ Мария Иванова\n"
        "2. Колко ученици?\n→ 1200\n"
        "\n"
        "Срещата\n"
        "3. Кога?\n→ 1 февруари 2026 г.\n"
        "4. С кола?\n→ Да\n"
        "\n"
        "5. Още нещо?\n→ —\n"
        "\n"
        "Моля, прегледайте отговорите си. Ако всичко е вярно, натиснете „Подай заявлението“. За промяна натиснете "
        "или напишете номера на реда."
    )
    assert [button.label for row in chat.heard[1].rows for button in row] == ["✏️ 1", "✏️ 2", "✏️ 3", "✏️ 4", "✏️ 5"]
    assert (chat.buttons, chat.draft.mode) == ([SUBMIT], Mode.REVIEWING)


def test_a_line_is_changed_and_the_review_comes_back():
    chat = complete().taps("✏️ 2").hears("Колко ученици?\nСега: 1200").says("90").hears("2. Колко ученици?\n→ 90")
    chat.hears(buttons=[SUBMIT])


def test_the_number_of_a_line_may_be_typed():
    chat = complete().says("4").hears("С кола?").says("Не").hears("4. С кола?\n→ Не")
    chat.says("9").hears("Моля, прегледайте отговорите си.")
    assert chat.says("1").open_question == "you/name"


def test_the_review_can_be_asked_for_half_way():
    chat = Chat(FORM).begins().says("Мария").says("/review")
    chat.hears("1. Име и фамилия?\n→ Мария", "Остават още 4 въпроса до края.", buttons=["▶ Продължи"])
    chat.taps("▶ Продължи").hears("Въпрос 2 от 5")
    assert chat.draft.mode is Mode.ASKING


def test_the_review_before_any_answer_says_what_is_left():
    Chat(FORM).begins().says("/review").hears("Остават още 5 въпроса до края.", buttons=["▶ Продължи"])


def test_submitting_gives_a_receipt_with_number_and_time():
    chat = complete().taps(SUBMIT)
    chat.hears("Заявлението Ви е подадено с входящ № A-2026-0001 на 15 януари 2026 г., 12:00 ч.", buttons=["📄 Статус"])
    assert (chat.draft.mode, chat.draft.reference) == (Mode.SUBMITTED, "A-2026-0001")


def test_the_submission_is_what_the_applicant_saw():
    submission = complete().taps(SUBMIT).submission
    assert [(line.section, line.label, line.value, line.shown) for line in submission.lines] == [
        ("За Вас", "Име и фамилия?", "Мария Иванова", "Мария Иванова"),
        ("За Вас", "Колко ученици?", "1200", "1200"),
        ("Срещата", "Кога?", "2026-02-01", "1 февруари 2026 г."),
        ("Срещата", "С кола?", "yes", "Да"),
        ("", "Още нещо?", "", ""),
    ]


def test_it_is_submitted_once_however_often_one_taps():
    chat = complete().taps(SUBMIT).taps_again().hears_nothing()
    chat.says("още нещо").hears("Заявлението Ви е подадено с входящ № A-2026-0001.")
    chat.says("/review").hears("Заявлението Ви е подадено")
    assert len(chat.submissions) == 1


def test_an_old_submit_button_with_questions_left_asks_them_first():
    chat = complete()
    submit = chat.heard[-1].rows[0][0].id
    fresh = Chat(FORM).begins().taps_id(submit).hears("Остават още въпроси, преди да подадете заявлението:")
    fresh.hears("Въпрос 1 от 5")
    assert fresh.submission is None


def test_an_open_change_is_dropped_when_one_submits_meanwhile():
    chat = complete().taps("✏️ 2").taps(SUBMIT)
    assert [line.value for line in chat.submission.lines if line.question == "you/many"] == ["1200"]


def test_another_application_can_follow():
    chat = complete().taps(SUBMIT).says("/start").hears(buttons=["📄 Статус", "➕ Ново заявление"])
    chat.taps("➕ Ново заявление").hears("Въпрос 1 от 5")
    assert (chat.answers, chat.draft.tag, chat.draft.consent.at) == ({}, "m2", NOON)


def test_a_long_answer_is_cut_in_the_review_and_whole_in_the_submission():
    chat = complete().taps("✏️ 1").says("Мария\n\n**" + "а" * 3000)
    chat.hears("1. Име и фамилия?\n→ Мария **" + "а" * 191 + "…")
    assert chat.taps(SUBMIT).submission.lines[0].value == "Мария\n\n**" + "а" * 3000


def test_a_long_review_comes_in_several_messages():
    rows = "\n".join(f"| | text | q{number} | Въпрос за нещо дълго {number} |" for number in range(60))
    chat = Chat(f"| survey |\n| | type | name | label |\n{rows}").begins()
    for _ in range(60):
        chat.says("отговор " * 20)
    reviews = chat.heard[1:]
    assert len(reviews) == 5
    assert all(len(reply.text) <= 3600 for reply in reviews)
    assert sum(len(row) for reply in reviews[:-1] for row in reply.rows) == 60


def test_a_form_without_questions_goes_straight_to_the_review():
    chat = Chat("| survey |\n| | type | name | label |\n| | note | n | Само за четене. |\n").begins()
    chat.hears("Само за четене.", buttons=[SUBMIT]).taps(SUBMIT)
    assert chat.submission.lines == ()


def test_the_submit_button_is_gone_once_it_has_done_its_work():
    chat = complete().taps(SUBMIT)
    assert "✔ Прегледахте отговорите си и подадохте заявлението." in [reply.text for reply in chat.screen.visible]
    assert SUBMIT not in [button.label for reply in chat.screen.visible for row in reply.rows for button in row]

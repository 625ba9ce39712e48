"""One question after another: progress, headings, notes, wrong answers, required and optional ones."""

from conversations.replies import Awaits
from tests.chat import Chat

FORM = """
| survey |
|        | type          | name  | label                | hint          | required | required_message | relevant      | constraint | constraint_message      |
|        | begin_group   | you   | За Вас               |               |          |                  |               |            |                         |
|        | text          | name  | Как се казвате?      | Име и фамилия | yes      | Кажете ни името. |               |            |                         |
|        | integer       | age   | На колко години сте? |               |          |                  |               | . >= 18    | Само за пълнолетни.     |
|        | end_group     |       |                      |               |          |                  |               |            |                         |
|        | note          | one   | Още малко.           |               |          |                  |               |            |                         |
|        | note          | two   | Почти стигнахме.     | Наистина.     |          |                  |               |            |                         |
|        | select_one yn | child | Имате ли деца?       |               | yes      |                  |               |            |                         |
|        | integer       | many  | Колко деца имате?    |               | yes      |                  | ${child} = 'yes' | . < 20  |                         |
|        | text          | more  | Още нещо?            |               |          |                  |               |            |                         |
|        | note          | bye   | Благодарим!          |               |          |                  |               |            |                         |
| choices |
|         | list_name | name | label |
|         | yn        | yes  | Да    |
|         | yn        | no   | Не    |
"""  # noqa: E501


def test_progress_counts_the_questions_that_are_relevant_now():
    chat = Chat(FORM).begins().hears("Въпрос 1 от 4").says("Мария").hears("Въпрос 2 от 4").says("30")
    chat.hears("Въпрос 3 от 4").taps("Да").hears("Въпрос 4 от 5").says("2").hears("Въпрос 5 от 5")


def test_a_groups_label_heads_its_first_question_only():
    chat = Chat(FORM).begins().hears("За Вас\nВъпрос 1 от 4\n\nКак се казвате?\nИме и фамилия")
    chat.says("Мария").does_not_hear("За Вас")


def test_notes_in_a_row_join_one_message_before_the_question():
    chat = Chat(FORM).begins().says("Мария").says("30")
    assert [reply.text for reply in chat.heard[1:]] == [
        "Още малко.\n\nПочти стигнахме.\nНаистина.",
        "_Въпрос 3 от 4_\n\n**Имате ли деца?**",
    ]


def test_notes_at_the_end_stand_before_the_review():
    chat = Chat(FORM).begins().says("Мария").says("30").taps("Не").says("Пропусни")
    assert [reply.text for reply in chat.heard][1] == "Благодарим!"
    chat.hears("Моля, прегледайте отговорите си.")


def test_an_answered_question_is_redrawn_with_its_answer_and_a_change_button():
    chat = Chat(FORM).begins().says("Мария")
    assert chat.screen.messages[2].now.text == "**Как се казвате?**\n✔ Мария"
    assert [button.label for row in chat.screen.messages[2].now.rows for button in row] == ["✏️ Промени"]


def test_a_wrong_answer_gets_the_forms_own_message_and_the_question_again():
    chat = Chat(FORM).begins().says("Мария").says("17").hears("⚠️ Само за пълнолетни.\n\nВъпрос 2 от 4")
    assert "age" not in chat.answers
    chat.says("18").hears("Въпрос 3 от 4")


def test_without_a_message_of_the_form_the_desk_has_its_own():
    chat = Chat(FORM).begins().says("Мария").says("30").taps("Да")
    chat.says("25").hears("Този отговор не изпълнява условието на въпроса.", "Колко деца имате?")
    chat.says("две дузини").hears("Тук очакваме число, например 12.")


def test_a_required_question_cannot_be_skipped():
    chat = Chat(FORM).begins().hears(buttons=[]).says("Пропусни").hears("⚠️ Кажете ни името.", "Въпрос 1 от 4")
    assert chat.answers == {}


def test_the_desk_says_that_a_question_is_required_when_the_form_does_not():
    chat = Chat(FORM).begins().says("Мария").says("30").says("Пропусни")
    chat.hears("Този въпрос е задължителен.", "Имате ли деца?")


def test_a_skipped_question_is_an_answer_too():
    chat = Chat(FORM).begins().says("Мария").hears(buttons=["◀ Назад", "Пропусни ▶"]).taps("Пропусни ▶")
    chat.hears("▷ Пропуснат въпрос", "Въпрос 3 от 4")
    assert chat.answers == {"you/name": "Мария", "you/age": ""}


def test_required_may_depend_on_another_answer():
    form = """
    | survey |
    |        | type          | name  | label        | required         |
    |        | select_one yn | phone | По телефона? | yes              |
    |        | text          | when  | Кога?        | ${phone} = 'yes' |
    | choices |
    |         | list_name | name | label |
    |         | yn        | yes  | Да    |
    |         | yn        | no   | Не    |
    """
    Chat(form).begins().taps("Да").hears(buttons=["◀ Назад"])
    Chat(form).begins().taps("Не").hears(buttons=["◀ Назад", "Пропусни ▶"])


def test_values_stand_in_labels_as_people_write_them_and_their_signs_do_no_harm():
    form = """
    | survey |
    |        | type | name | label                 |
    |        | text | name | Как се казвате?       |
    |        | date | day  | Кога сте роден?       |
    |        | note | n    | Здравейте, ${name}! Роден на ${day}. |
    |        | text | end  | Край?                 |
    """
    chat = (
        Chat(form).begins().says("*Мария* [_]").says("5 май 1990").hears("Здравейте, *Мария* [_]! Роден на 05.05.1990")
    )
    chat.hears("Край?")


def test_a_label_that_is_only_a_blank_value_is_asked_under_the_questions_name():
    form = """
    | survey |
    |        | type | name  | label   |
    |        | text | title | Как?    |
    |        | text | more  | ${title} |
    """
    chat = Chat(form).begins().taps("Пропусни ▶").hears("more").says("да")
    chat.hears("2. more\n→ да")


def test_a_read_only_question_is_shown_with_its_value_and_not_asked():
    form = """
    | survey |
    |        | type    | name | label      | calculation | read_only |
    |        | integer | a    | Колко?     |             |           |
    |        | integer | b    | Двойно е:  | ${a} * 2    | yes       |
    |        | text    | c    | И после?   |             |           |
    """
    chat = Chat(form).begins().hears("Въпрос 1 от 2").says("21")
    assert [reply.text for reply in chat.heard[1:]] == ["Двойно е:\n42", "_Въпрос 2 от 2_\n\n**И после?**"]


def test_an_acknowledgement_is_one_button_and_no_is_not_a_yes():
    form = """
    | survey |
    |        | type        | name | label          | required |
    |        | acknowledge | ok   | Съгласни ли сте? | yes    |
    |        | text        | end  | Край?          |          |
    """
    chat = Chat(form).begins().hears(buttons=["✔ Потвърждавам"]).says("не").hears("Моля, потвърдете с бутона")
    assert chat.answers == {}
    chat.taps("✔ Потвърждавам").hears("✔ Потвърдено", "Край?")
    assert chat.answers == {"ok": "OK"}
    assert Chat(form).begins().says("Да").answers == {"ok": "OK"}


def test_only_the_first_number_asked_for_is_ones_own_to_share():
    chat = Chat(
        """
        | survey |      |              |                  |
        |        | type | name         | label            |
        |        | text | my_phone     | Вашият телефон?  |
        |        | text | deputy_phone | Телефон на зама? |
        """
    ).begins()
    chat.hears("Вашият телефон?")
    assert chat.heard[-1].awaits is Awaits.PHONE
    chat.says("0888 123 456").hears("Телефон на зама?")
    assert chat.heard[-1].awaits is Awaits.OTHER_PHONE

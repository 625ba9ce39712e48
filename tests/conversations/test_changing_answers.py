"""Going back, changing an answer, and what a change does to the others."""

from conversations.draft import Mode
from tests.chat import Chat

FORM = """
| survey |
| | type | name | label | required | relevant | constraint | constraint_message |
| | text | name | Как се казвате? | yes | | | |
| | integer | all | Колко сте общо? | yes | | | |
| | select_one yn | child | Водите ли деца? | yes | | | |
| | integer | kids | Колко деца водите? | yes | ${child} = 'yes' | . <= ${all} | Повече от всички сте. |
| | text | food | Какво да приготвим? | | | | |
| | text | more | Още нещо? | | | | |
| choices |
| | list_name | name | label |
| | yn | yes | Да |
| | yn | no | Не |
"""
CITIES = """
| survey |
|        | type              | name   | label    | required | choice_filter      |
|        | select_one region | region | Област?  | yes      |                    |
|        | select_one town   | town   | Град?    | yes      | region = ${region} |
|        | text              | street | Улица?   |          |                    |
| choices |
|         | list_name | name    | label   | region |
|         | region    | north   | Север   |        |
|         | region    | south   | Юг      |        |
|         | region    | sea     | Море    |        |
|         | town      | vidin   | Видин   | north  |
|         | town      | ruse    | Русе    | north  |
|         | town      | plovdiv | Пловдив | south  |
"""


def half_way() -> Chat:
    return Chat(FORM).begins().says("Мария").says("5").taps("Да").says("2").hears("Въпрос 5 от 6")


def test_back_opens_the_question_before_with_its_answer():
    chat = half_way().taps("◀ Назад").hears("✏️ Промяна на отговор\n\nКолко деца водите?\nСега: 2")
    chat.hears(buttons=["✔ Остави", "◀ Назад"])
    assert chat.draft.mode is Mode.EDITING


def test_keep_leaves_the_answer_and_goes_on_where_one_was():
    chat = half_way().taps("◀ Назад").taps("✔ Остави").hears("Въпрос 5 от 6")
    assert chat.answers["kids"] == "2"


def test_back_may_be_tapped_again_and_again_up_to_the_first_question():
    chat = half_way().says("Назад").says("назад").says("◀ Назад").says("Назад").hears("Как се казвате?\nСега: Мария")
    chat.hears(buttons=["✔ Остави"]).says("Назад").hears("Как се казвате?")
    chat.says("Ана").hears("Въпрос 5 от 6")
    assert chat.answers == {"name": "Ана", "all": "5", "child": "yes", "kids": "2"}


def test_any_earlier_answer_can_be_changed_and_one_comes_back():
    chat = half_way().taps("✏️ Промени", of="Как се казвате?").hears("Сега: Мария").says("Ана")
    chat.hears("✔ Ана", "Въпрос 5 от 6")
    assert chat.answers["name"] == "Ана"


def test_a_wrong_change_leaves_the_answer_as_it_was():
    chat = half_way().taps("✏️ Промени", of="Колко деца").says("9").hears("⚠️ Повече от всички сте.", "Сега: 2")
    assert chat.answers["kids"] == "2"


def test_a_skipped_question_can_be_answered_later():
    chat = half_way().taps("Пропусни ▶").taps("✏️ Промени", of="Какво да приготвим?")
    chat.hears(buttons=["◀ Назад", "Пропусни ▶"]).says("Баница").hears("Въпрос 6 от 6")
    assert chat.answers["food"] == "Баница"


def test_an_answer_can_be_taken_back_by_skipping():
    chat = half_way().says("Баница").taps("✏️ Промени", of="Какво да приготвим?").taps("Пропусни ▶")
    assert chat.answers["food"] == ""


def test_what_becomes_irrelevant_keeps_its_answer_out_of_sight():
    chat = half_way().taps("✏️ Промени", of="Водите ли деца?").taps("Не").hears("Въпрос 4 от 5")
    assert chat.journey.value("kids") == ""
    chat.taps("✏️ Промени", of="Водите ли деца?").taps("Да").hears("Въпрос 5 от 6", "Какво да приготвим?")
    assert chat.journey.value("kids") == "2"


def test_what_is_irrelevant_is_neither_reviewed_nor_submitted():
    chat = half_way().taps("✏️ Промени", of="Водите ли деца?").taps("Не").says("Баница").taps("Пропусни ▶")
    chat.does_not_hear("Колко деца").taps("📨 Подай заявлението")
    assert [line.question for line in chat.submission.lines] == ["name", "all", "child", "food", "more"]


def test_an_answer_that_a_change_broke_is_asked_anew_at_the_end():
    chat = half_way().taps("✏️ Промени", of="Колко сте общо?").says("1").says("Баница").taps("Пропусни ▶")
    chat.hears("След направените промени един отговор вече не пасва.", "✏️ Остава 1 отговор за преглед")
    chat.hears("Колко деца водите?\nСега: 2", buttons=["✔ Остави", "◀ Назад"])
    assert chat.draft.mode is Mode.CORRECTING
    chat.taps("✔ Остави").hears("⚠️ Повече от всички сте.").says("1").hears("Моля, прегледайте отговорите си.")
    assert (chat.draft.mode, chat.answers["kids"]) == (Mode.REVIEWING, "1")


def test_several_broken_answers_are_asked_one_by_one():
    form = """
    | survey |
    |        | type    | name | label  | constraint |
    |        | integer | all  | Общо?  |            |
    |        | integer | a    | Първо? | . <= ${all} |
    |        | integer | b    | Второ? | . <= ${all} |
    """
    chat = Chat(form).begins().says("9").says("5").says("6").says("1").hears("Общо?").says("4")
    chat.hears("2 отговора вече не пасват", "✏️ Остават 2 отговора за преглед", "Първо?").says("3")
    chat.hears("✏️ Остава 1 отговор за преглед", "Второ?").taps("◀ Назад").hears("Първо?").says("2")
    chat.hears("един отговор вече не пасва", "Второ?").says("4").hears("Моля, прегледайте отговорите си.")
    assert chat.answers == {"all": "4", "a": "2", "b": "4"}


def test_a_choice_that_the_filter_no_longer_offers_is_cleared_and_asked_again():
    chat = Chat(CITIES).begins().taps("Север").hears(choices=["Видин", "Русе"]).taps("Русе")
    chat.taps("✏️ Промени", of="Област?").taps("Юг").hears("Град?", choices=["Пловдив"])
    chat.hears("След промяната предишният Ви избор тук вече не се предлага. Моля, изберете отново:\n\nВъпрос 2 от 3")
    assert chat.answers == {"region": "south"}
    chat.taps("Пловдив").hears("Улица?").does_not_hear("След промяната")


def test_a_change_that_leaves_the_choice_on_offer_keeps_it():
    chat = Chat(CITIES).begins().taps("Север").taps("Русе").taps("✏️ Промени", of="Област?").taps("Север")
    chat.hears("Улица?").does_not_hear("След промяната")
    assert chat.answers == {"region": "north", "town": "ruse"}


def test_an_old_button_for_a_choice_no_longer_offered_is_explained():
    chat = Chat(CITIES).begins().taps("Север").taps("Русе").taps("✏️ Промени", of="Област?").taps("Юг")
    chat.taps_old("Видин").hears("Този отговор вече не се предлага.", choices=["Пловдив"])
    assert "town" not in chat.answers


def test_a_question_without_any_choice_left_is_passed_over():
    chat = Chat(CITIES).begins().taps("Море").hears("Въпрос 2 от 2\n\nУлица?").says("Главна")
    chat.taps("📨 Подай заявлението").hears("входящ №")
    assert chat.submission is not None


def test_a_note_before_a_question_that_is_passed_over_is_still_shown():
    form = CITIES.replace(
        "|        | select_one town", "|        | note | n | Сега за града. | | |\n|        | select_one town"
    )
    Chat(form).begins().taps("Море").hears("Сега за града.", "Улица?")


def test_changing_an_answer_may_open_new_questions_before_going_on():
    chat = Chat(FORM).begins().says("Мария").says("5").taps("Не").says("Баница")
    chat.taps("✏️ Промени", of="Водите ли деца?").taps("Да").hears("Въпрос 4 от 6\n\nКолко деца водите?").says("1")
    chat.hears("Въпрос 6 от 6")


def test_change_may_be_tapped_on_the_question_that_is_open_anyway():
    chat = half_way().taps("✏️ Промени", of="Как се казвате?").taps_again().hears("Сега: Мария").says("Ана")
    chat.hears("Въпрос 5 от 6")


# ---------- what a typed answer was read as ----------

TYPED = """
| survey |
| | type       | name  | label          |
| | date       | since | От коя дата?   |
| | integer    | many  | Колко са?      |
| | select_one yn | club | Имате ли клуб? |
| | text       | more  | Още нещо?      |
| choices |
| | list_name | name | label     |
| | yn        | yes  | Да, имаме |
| | yn        | no   | Не        |
"""


def test_an_answer_read_as_something_that_looks_different_is_said_everywhere():
    chat = Chat(TYPED).begins().says("15.3.2026")
    told, following = chat.heard
    assert (told.text, told.only_in_place) == ("**От коя дата?**\n✔ 15 март 2026 г.", False)
    assert told.replaces == told.key
    assert following.text.endswith("**Колко са?**")
    assert not chat.says("двеста").heard[0].only_in_place


def test_an_answer_that_reads_as_it_was_written_changes_its_message_only():
    chat = Chat(TYPED).begins().says("15 МАРТ  2026 г.")
    assert chat.heard[0].only_in_place
    assert chat.says("200").heard[0].only_in_place
    assert chat.says("да, имаме").heard[0].only_in_place
    assert chat.says(" Да  и не ").heard[0].only_in_place


def test_a_tapped_answer_changes_its_message_only():
    chat = Chat(TYPED).begins().says("15.3.2026").says("200").taps("Не")
    assert (chat.heard[0].text, chat.heard[0].only_in_place) == ("**Имате ли клуб?**\n✔ Не", True)

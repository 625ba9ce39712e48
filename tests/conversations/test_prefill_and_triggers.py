"""Values that are there before anyone answers: defaults and triggered calculations, to keep or to change."""

from conversations.draft import State
from tests.chat import Chat

FORM = """
| survey |
|        | type            | name  | label                | default | calculation        | trigger   | required |
|        | text            | mail  | Имейл на училището?  |         |                    |           | yes      |
|        | text            | boss  | Имейл на директора?  |         | ${mail}            | ${mail}   | yes      |
|        | integer         | many  | Колко души?          | 2       |                    |           |          |
|        | select_one yn   | come  | Ще дойдете ли?       | yes     |                    |           | yes      |
|        | select_multiple yn | both | Кое?               | no      |                    |           | yes      |
|        | text            | end   | Край?                |         |                    |           |          |
| choices |
|         | list_name | name | label |
|         | yn        | yes  | Да    |
|         | yn        | no   | Не    |
"""


def test_a_triggered_value_is_offered_and_kept_by_a_tap():
    chat = Chat(FORM).begins().says("a@b.bg").hears("Имейл на директора?\nПредложение: a@b.bg")
    chat.hears(buttons=["✔ Остави", "◀ Назад"])
    assert chat.answers == {"mail": "a@b.bg"}
    assert chat.taps("✔ Остави").answers == {"mail": "a@b.bg", "boss": "a@b.bg"}


def test_an_offered_value_may_be_replaced():
    assert Chat(FORM).begins().says("a@b.bg").says("c@d.bg").answers["boss"] == "c@d.bg"


def test_when_the_source_changes_the_value_is_computed_and_asked_again():
    chat = Chat(FORM).begins().says("a@b.bg").says("c@d.bg").hears("Колко души?")
    chat.taps("✏️ Промени", of="Имейл на училището?").says("x@y.bg").hears("Имейл на директора?\nПредложение: x@y.bg")
    assert "boss" not in chat.answers


def test_when_the_source_keeps_its_value_nothing_runs():
    chat = Chat(FORM).begins().says("a@b.bg").says("c@d.bg").taps("✏️ Промени", of="Имейл на училището?")
    chat.taps("✔ Остави").hears("Колко души?")
    assert chat.answers["boss"] == "c@d.bg"


def test_defaults_of_every_kind_are_offered():
    chat = Chat(FORM).begins().says("a@b.bg").taps("✔ Остави").hears("Предложение: 2").taps("✔ Остави")
    chat.hears("Предложение: Да", buttons=["Да", "Не", "✔ Остави", "◀ Назад"]).taps("✔ Остави")
    chat.hears(choices=["☐ Да", "☑ Не"], buttons=["☐ Да", "☑ Не", "✅ Готово", "◀ Назад"]).taps("✅ Готово")
    assert chat.answers == {"mail": "a@b.bg", "boss": "a@b.bg", "many": "2", "come": "yes", "both": "no"}


def test_an_offered_value_counts_in_expressions_but_is_still_asked():
    chat = Chat(FORM).begins()
    assert (chat.journey.value("many"), chat.draft.answers["many"].state) == ("2", State.PREFILLED)
    assert "many" in [question.path for question in chat.journey.unanswered]


def test_an_offered_value_can_be_skipped_where_the_question_is_optional():
    chat = Chat(FORM).begins().says("a@b.bg").taps("✔ Остави").taps("Пропусни ▶")
    assert (chat.answers["many"], chat.journey.value("many")) == ("", "")


def test_a_default_that_is_computed_is_drawn_once_when_the_draft_begins():
    form = """
    | survey |
    |        | type | name | label | default |
    |        | date | day  | Кога? | today() |
    |        | text | end  | Край? |         |
    """
    chat = Chat(form).begins().waits(days=3).says("/continue").hears("Предложение: 15 януари 2026 г.")
    assert chat.taps("✔ Остави").answers == {"day": "2026-01-15"}


def test_an_offered_value_that_breaks_the_rule_cannot_be_kept():
    form = """
    | survey |
    |        | type    | name | label  | default | constraint | constraint_message |
    |        | integer | many | Колко? | 2       | . > 5      | Поне шест.         |
    """
    chat = Chat(form).begins().taps("✔ Остави").hears("⚠️ Поне шест.")
    assert chat.answers == {}


def test_a_visible_calculation_follows_its_source_until_it_is_answered():
    form = """
    | survey |
    |        | type    | name | label   | calculation |
    |        | integer | a    | Колко?  |             |
    |        | integer | b    | Двойно? | ${a} * 2    |
    |        | text    | c    | Край?   |             |
    """
    chat = Chat(form).begins().says("4").hears("Предложение: 8").taps("✏️ Промени").says("5").hears("Предложение: 10")
    chat.says("11").taps("✏️ Промени", of="Колко?").says("6")
    assert chat.answers == {"a": "6", "b": "11"}

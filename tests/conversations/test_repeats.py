"""Repeats: asked entry by entry, with „add another?“, a fixed number, editing and removing."""

from conversations.draft import State
from tests.chat import Chat

FAMILY = """
| survey |
|  | type         | name    | label                  | required | relevant     | calculation    | constraint | default |
|  | text         | head    | Кой пише?              | yes      |              |                |            |         |
|  | begin repeat | members | Членове                |          |              |                |            |         |
|  | text         | name    | Име?                   | yes      |              |                |            |         |
|  | integer      | age     | На колко е ${name}?    | yes      |              |                | . < 120    |         |
|  | text         | school  | Училище на ${name}?    |          | ${age} < 18  |                |            |         |
|  | calculate    | born    |                        |          |              | 2026 - ${age}  |            |         |
|  | end repeat   |         |                        |          |              |                |            |         |
|  | calculate    | total   |                        |          |              | sum(${age})    |            |         |
|  | note         | sum     | Общо ${total} години.  |          |              |                |            |         |
|  | text         | last    | Нещо друго?            |          |              |                |            |         |
"""


def family(*members: tuple[str, ...]) -> Chat:
    """A chat in which these people were entered, at the last „add another?“."""
    chat = Chat(FAMILY).begins().says("Мария")
    for number, member in enumerate(members):
        if number:
            chat.taps("➕ Да")
        for said in member:
            chat.says(said)
    return chat


def test_entries_are_asked_one_by_one_under_their_number():
    chat = Chat(FAMILY).begins().says("Мария").hears("Членове · Запис 1\nВъпрос 2 от 5\n\nИме?").says("Иван")
    chat.hears("На колко е Иван?").says("40").hears(
        "Да добавим ли още един запис в „Членове“?", choices=["➕ Да", "Не"]
    )
    chat.taps("➕ Да").hears("Членове · Запис 2", "Име?").says("Ана").says("10").hears("Училище на Ана?").says("СУ")
    chat.taps("Не").hears("Общо 50 години.", "Нещо друго?")
    assert chat.answers == {
        "head": "Мария",
        "members[1]/name": "Иван",
        "members[1]/age": "40",
        "members[1]/+": "yes",
        "members[2]/name": "Ана",
        "members[2]/age": "10",
        "members[2]/school": "СУ",
        "members[2]/+": "no",
    }


def test_another_may_be_answered_in_words():
    chat = (
        family(("Иван", "40")).says("добре").hears("Запис 2").says("Ана").says("30").says("няма").hears("Нещо друго?")
    )
    assert chat.answers["members[2]/+"] == "no"
    assert family(("Иван", "40")).says("може би").hears("Моля, изберете").open_question == "members[1]/+"


def test_a_rule_holds_in_each_entry():
    assert family(("Иван", "40"), ("Ана",)).says("130").hears("⚠️").open_question == "members[2]/age"


def test_going_back_leads_from_one_entry_into_the_one_before():
    chat = family(("Иван", "40"), ("Ана",)).taps("◀ Назад").taps("◀ Назад").hears("Да добавим ли още един запис")
    chat.taps("◀ Назад").hears("На колко е Иван?\nСега: 40").says("41").hears("На колко е Ана?")
    assert chat.answers["members[1]/age"] == "41"


def test_an_old_button_opens_the_question_of_its_own_entry():
    chat = family(("Иван", "40"), ("Ана", "30")).taps("✏️ Промени", of="На колко е Иван?")
    assert chat.open_question == "members[1]/age"
    chat.says("17").hears("Училище на Иван?")


def test_at_most_twenty_entries():
    chat = family(*((f"Име {n}", "30") for n in range(1, 21))).hears("Общо 600 години.", "Нещо друго?")
    assert chat.does_not_hear("Да добавим ли").answers["members[20]/age"] == "30"


def test_the_review_lists_entries_with_change_and_remove():
    chat = family(("Иван", "40"), ("Ана", "30")).taps("Не").taps("Пропусни ▶")
    chat.hears("Членове · Запис 1\n2. Име?\n→ Иван", "Членове · Запис 2\n4. Име?\n→ Ана")
    assert [button.label for row in chat.heard[-2].rows for button in row][-2:] == [
        "🗑 Членове · Запис 1",
        "🗑 Членове · Запис 2",
    ]
    chat.hears(buttons=["➕ Добави Членове", "📨 Подай заявлението"])


def test_an_entry_is_removed_after_a_question_and_the_others_move_up():
    chat = family(("Иван", "40"), ("Ана", "30")).taps("Не").taps("Пропусни ▶").taps("🗑 Членове · Запис 1")
    chat.hears("Да премахна ли Членове · Запис 1").taps("🗑 Да, премахни").hears("🗑 Записът е премахнат.", "→ Ана")
    kept = {path: value for path, value in chat.answers.items() if path.startswith("members[") and "/+" not in path}
    assert kept == {"members[1]/name": "Ана", "members[1]/age": "30"}
    assert chat.does_not_hear("Иван").taps_again().answers["members[1]/name"] == "Ана"


def test_the_last_needed_entry_cannot_be_removed():
    chat = family(("Иван", "40"), ("Ана", "30")).taps("Не").taps("Пропусни ▶").taps("🗑 Членове · Запис 2")
    chat.taps("🗑 Да, премахни")
    assert not any("🗑" in button.label for reply in chat.heard for row in reply.rows for button in row)
    assert chat.taps_old("🗑 Членове · Запис 2").answers["members[1]/name"] == "Иван"


def test_another_entry_can_be_added_from_the_review():
    chat = family(("Иван", "40")).taps("Не").taps("Пропусни ▶").taps("➕ Добави Членове").taps("➕ Да")
    chat.hears("Запис 2").says("Ана").says("30").taps("Не").hears("4. Име?\n→ Ана")


def test_saying_no_after_all_asks_what_becomes_of_the_further_entries():
    chat = family(("Иван", "40"), ("Ана", "30")).taps("Не")
    chat.taps("◀ Назад").taps("◀ Назад").taps("◀ Назад").taps("◀ Назад").hears("Сега: Да").taps("Не")
    chat.hears("Записите в „Членове“ вече са 1, а има още 1 попълнен.", choices=["🗑 Премахни последния", "Остави ги"])
    assert chat.taps("Остави ги").hears("Нещо друго?").answers["members[2]/name"] == "Ана"


def test_further_entries_are_dropped_when_the_person_says_so():
    chat = family(("Иван", "40"), ("Ана", "30")).taps("Не")
    chat.taps("◀ Назад").taps("◀ Назад").taps("◀ Назад").taps("◀ Назад").taps("Не").taps("🗑 Премахни последния")
    assert [path for path in chat.answers if path.startswith("members[2]")] == []
    chat.hears("Общо 40 години.")


def test_the_submission_has_a_line_for_each_question_of_each_entry():
    chat = family(("Иван", "40"), ("Ана", "10", "СУ")).taps("Не").taps("Пропусни ▶").taps("📨 Подай заявлението")
    lines = {line.question: (line.section, line.value) for line in chat.submission.lines}
    assert lines == {
        "head": ("", "Мария"),
        "members[1]/name": ("Членове · Запис 1", "Иван"),
        "members[1]/age": ("Членове · Запис 1", "40"),
        "members[1]/born": ("Членове · Запис 1", "1986"),
        "members[2]/name": ("Членове · Запис 2", "Ана"),
        "members[2]/age": ("Членове · Запис 2", "10"),
        "members[2]/school": ("Членове · Запис 2", "СУ"),
        "members[2]/born": ("Членове · Запис 2", "2016"),
        "total": ("", "50"),
        "last": ("", ""),
    }


OPTIONAL = """
| survey |
|  | type         | name | label    | required | default       |
|  | begin repeat | pets | Любимци  |          |               |
|  | text         | name | Име?     |          |               |
|  | text         | kind | Вид?     |          | куче          |
|  | integer      | no   | Номер?   |          | position(..)  |
|  | end repeat   |      |          |          |               |
|  | text         | last | Край?    | yes      |               |
"""


def test_where_nothing_is_required_none_is_offered_first():
    chat = Chat(OPTIONAL).begins().hears("Имате ли какво да впишете в „Любимци“?", choices=["➕ Да", "Не"])
    chat.taps("Не").hears("Край?").says("ок").hears("1. Край?").taps("📨 Подай заявлението")
    assert [line.question for line in chat.submission.lines] == ["last"]


def test_the_defaults_of_an_entry_are_evaluated_when_it_begins():
    chat = Chat(OPTIONAL).begins().taps("➕ Да").says("Шаро").hears("Предложение: куче").taps("Остави")
    chat.hears("Предложение: 1").says("7").taps("➕ Да").says("Мац").says("котка").hears("Предложение: 2")
    assert (chat.answers["pets[1]/no"], chat.draft.answers["pets[2]/no"].state) == ("7", State.PREFILLED)


def test_the_only_entry_of_an_optional_repeat_can_be_removed():
    chat = Chat(OPTIONAL).begins().taps("➕ Да").says("Шаро").taps("Остави").taps("Остави").taps("Не").says("ок")
    chat.taps("🗑 Любимци · Запис 1").taps("🗑 Да, премахни").taps("📨 Подай заявлението")
    assert [line.question for line in chat.submission.lines] == ["last"]


COUNTED = """
| survey |
|  | type         | name  | label                  | required | repeat_count | relevant     |
|  | integer      | many  | Колко деца?            | yes      |              |              |
|  | begin repeat | kids  | Деца                   |          | ${many}      | ${many} > 0  |
|  | text         | name  | Име?                   | yes      |              |              |
|  | end repeat   |       |                        |          |              |              |
|  | text         | last  | Край?                  | yes      |              |              |
"""


def test_a_count_fixes_the_number_of_entries():
    chat = Chat(COUNTED).begins().says("2").hears("Деца · Запис 1").says("Ана").hears("Деца · Запис 2").says("Боян")
    chat.hears("Край?").says("ок")
    assert not any("🗑" in b.label or "➕" in b.label for reply in chat.heard for row in reply.rows for b in row)


def test_a_count_of_nothing_has_no_entries():
    Chat(COUNTED).begins().says("0").hears("Край?")


def test_a_count_that_grows_asks_the_new_entries():
    chat = Chat(COUNTED).begins().says("1").says("Ана").says("ок").taps("✏️ 1").says("2")
    chat.hears("Деца · Запис 2").says("Боян").hears("→ Боян")


def test_a_count_that_shrinks_drops_the_last_entries_after_a_question():
    chat = Chat(COUNTED).begins().says("3").says("Ана").says("Боян").says("Вера").taps("✏️ Промени", of="Колко деца?")
    chat.says("1").hears("вече са 1, а има още 2 попълнени", choices=["🗑 Премахни последните 2", "✏️ Ще променя броя"])
    assert chat.answers["kids[3]/name"] == "Вера"
    chat.taps("✏️ Ще променя броя").hears("Колко деца?").says("2").taps("🗑 Премахни последния").hears("Край?")
    assert {path for path in chat.answers if path.startswith("kids")} == {"kids[1]/name", "kids[2]/name"}


def test_an_entry_may_look_at_the_one_before_it():
    form = """
    | survey |
    |  | type         | name | label        | required | calculation                                      |
    |  | begin repeat | days | Дни          |          |                                                  |
    |  | integer      | km   | Километри?   | yes      |                                                  |
    |  | calculate    | so   |              |          | indexed-repeat(${km}, ${days}, position(..) - 1) |
    |  | note         | tell | Вчера: ${so} |          |                                                  |
    |  | end repeat   |      |              |          |                                                  |
    """
    Chat(form).begins().says("5").taps("➕ Да").says("7").hears("Вчера: 5")


def test_a_trigger_works_within_its_entry():
    form = """
    | survey |
    |  | type         | name | label  | required | calculation | trigger |
    |  | begin repeat | days | Дни    |          |             |         |
    |  | integer      | a    | A?     | yes      |             |         |
    |  | integer      | b    | B?     | yes      | ${a} * 2    | ${a}    |
    |  | end repeat   |      |        |          |             |         |
    """
    chat = Chat(form).begins().says("5").hears("Предложение: 10").taps("Остави").taps("➕ Да").says("7")
    chat.hears("Предложение: 14")
    assert chat.answers["days[1]/b"] == "10"


def test_choices_are_filtered_by_the_same_entry():
    form = """
    | survey |
    |  | type            | name  | label  | required | choice_filter  |
    |  | begin repeat    | trips | Пътища |          |                |
    |  | select_one land | land  | Къде?  | yes      |                |
    |  | select_one town | town  | Град?  | yes      | land = ${land} |
    |  | end repeat      |       |        |          |                |
    | choices |
    |  | list_name | name | label   | land |
    |  | land      | bg   | България |     |
    |  | land      | fr   | Франция |      |
    |  | town      | sf   | София   | bg   |
    |  | town      | vn   | Варна   | bg   |
    |  | town      | pr   | Париж   | fr   |
    """
    chat = Chat(form).begins().says("България").hears(choices=["София", "Варна"]).says("Варна").taps("➕ Да")
    chat.says("Франция").hears(choices=["Париж"])

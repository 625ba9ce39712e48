"""What must not trap a person: a list that is empty for them, an expression that fails while it runs."""

from dataclasses import replace

from conversations.xpath import compile_expression
from tests.chat import Chat
from tests.forms import form_of

TOWNS = """
| survey |
|  | type            | name | label  | required   | choice_filter  |
|  | select_one land | land | Къде?  | yes        |                |
|  | select_one town | town | Град?  | {required} | land = ${{land}} |
|  | text            | last | Край?  |            |                |
| choices |
|  | list_name | name | label   | land |
|  | land      | bg   | България |     |
|  | land      | fr   | Франция |      |
|  | town      | sf   | София   | bg   |
"""
ASKED = """
| survey |
|  | type    | name | label       | constraint | calculation | relevant |
|  | text    | a    | Първо?      | . != ''    |             |          |
|  | integer | b    | Второ?      |            |             | ${a} != '' |
|  | calculate | c  |             |            | 1 + 1       |          |
|  | note    | n    | Значи ${c}. |            |             |          |
|  | text    | last | Край?       |            |             |          |
"""
FAILING = compile_expression("count(instance('nowhere')/root/item) > 0")


def failing(path: str, **fields: object) -> Chat:
    form = form_of(ASKED)
    items = tuple(replace(item, **fields) if item.path == path else item for item in form.items)
    return Chat(replace(form, items=items)).begins()


def test_an_optional_question_without_choices_is_passed_over():
    chat = Chat(TOWNS.format(required="")).begins().says("Франция").hears("Край?")
    assert chat.stuck == ()


def test_a_required_question_without_choices_is_told_to_staff_and_the_person_goes_on():
    chat = Chat(TOWNS.format(required="yes")).begins().says("Франция")
    chat.hears("За „Град?“ в момента няма от какво да се избере.", "Край?")
    assert chat.stuck == ("town",)
    chat.says("ок").taps("📨 Подай заявлението")
    assert (chat.submission is not None, chat.stuck) == (True, ("town",))


def test_it_is_asked_as_soon_as_there_is_a_choice():
    chat = Chat(TOWNS.format(required="yes")).begins().says("Франция").taps("✏️ Промени").says("България")
    chat.hears("Град?", choices=["София"])
    assert chat.stuck == ()


def test_a_relevance_that_fails_passes_the_question_over_and_is_reported():
    chat = failing("b", relevant=FAILING).says("а").hears("Край?")
    assert chat.failed == ("b",)


def test_a_constraint_that_fails_refuses_nothing():
    chat = failing("a", constraint=FAILING).says("а").hears("Второ?")
    assert chat.answers == {"a": "а"}


def test_a_calculation_that_fails_is_blank():
    failing("c", calculation=FAILING).says("а").says("2").hears("Значи .")


def test_a_requirement_that_fails_does_not_hold():
    assert failing("a", required=FAILING).taps("Пропусни ▶").answers == {"a": ""}


def test_an_expression_that_costs_too_much_fails_alike():
    squared = " + ".join(["count(/data/*[count(/data/*) >= 0])"] * 40)
    costly = compile_expression(f"string-length({'concat(' * 5}uuid(999999){', uuid(999999))' * 5}) + {squared} > 0")
    chat = failing("b", relevant=costly).says("а").hears("Край?")
    assert chat.failed == ("b",)

"""A form that does not work as written: who hears of it, how often, and what the log may know."""

from dataclasses import replace

from conversations.xpath import compile_expression
from storage.database import Database
from storage.tables import events
from tests.bot.desk import AGREE, SETTINGS, Desk, Person, compiled

TOWNS = f"""
| survey |
|  | type            | name | label | required | choice_filter  |
|  | select_one land | land | Къде? | yes      |                |
|  | select_one town | town | Град? | yes      | land = ${{land}} |
|  | text            | last | Край? |          |                |
| choices |
|  | list_name | name | label    | land |
|  | land      | bg   | България |      |
|  | land      | fr   | Франция  |      |
|  | town      | sf   | София    | bg   |
{SETTINGS}"""
STUCK = "Задължителният въпрос town (версия — на формуляра) се оказа без нито един избор"
FAILED = "Израз при въпроса last (версия — на формуляра) не може да се изчисли"


async def begun(person: Person) -> Person:
    await person.says("/start")
    return await person.taps(AGREE)


async def test_staff_hear_once_per_draft_which_question_had_no_choice(database: Database):
    desk = await Desk(database).open(TOWNS)
    vera, anna = await desk.staff("Вера"), await begun(desk.person("Анна"))
    await anna.says("Франция")
    assert (anna.done.stuck, anna.done.failed) == (("town",), ())
    (await vera.looks()).hears(STUCK)
    assert "Франция" not in vera.text
    await anna.taps("✏️ Промени")
    await anna.says("България")
    await anna.taps("◀ Назад")
    await anna.says("Франция")
    anna.hears("няма от какво да се избере")
    (await vera.looks()).hears_nothing()
    boris = await begun(desk.person("Борис"))
    await boris.says("Франция")
    (await vera.looks()).hears(STUCK)
    assert [(row["kind"], row["detail"]) for row in await desk.rows(events, kind="question_stuck")] == [
        ("question_stuck", '{"question": "town"}')
    ] * 2


async def test_staff_hear_once_per_draft_whose_expression_failed(database: Database):
    desk = await Desk(database).open(TOWNS)
    form = compiled(TOWNS).form
    failing = compile_expression("count(instance('nowhere')/root/item) > 0")
    items = tuple(replace(item, relevant=failing) if item.path == "last" else item for item in form.items)
    desk.house.forms.put(desk.form_row, replace(form, items=items))
    vera, anna = await desk.staff("Вера"), await begun(desk.person("Анна"))
    await anna.says("България", "София")
    assert anna.done.failed == ("last",)
    (await vera.looks()).hears(FAILED)
    assert len(vera.heard) == 1


async def test_in_a_rehearsal_the_admin_hears_it_in_the_chat_and_staff_do_not(database: Database):
    desk = await Desk(database).open(TOWNS)
    vera, admin = await desk.staff("Вера"), await desk.staff("Админ", "admin")
    await admin.says("/form try")
    await admin.taps(AGREE)
    await admin.says("Франция")
    admin.hears(STUCK, "Край?")
    (await vera.looks()).hears_nothing()

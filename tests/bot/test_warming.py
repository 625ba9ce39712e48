"""What is made before the first person comes leaves no trace, and no failure of it stops the start."""

from bot.warming import warm_up
from conversations.form import Form
from storage import tables
from storage.database import Database
from tests.bot.desk import AGREE, NOON, Desk

TRACES = (tables.people, tables.chats, tables.updates, tables.drafts, tables.outbox, tables.events, tables.applications)


async def form_in_use(desk: Desk) -> Form:
    return await desk.database.read(lambda conn: desk.house.forms.get(conn, desk.form_row))


async def test_afterwards_nobody_has_been_there_and_the_first_person_is_the_first(desk: Desk):
    await warm_up(desk.database, desk.house, await form_in_use(desk), NOON)
    assert [await desk.rows(table) for table in TRACES] == [[]] * len(TRACES)
    anna = desk.person("Анна")
    await anna.says("/start")
    (await anna.taps(AGREE)).hears("Как се казва пчелинът?")
    assert [row["name"] for row in await desk.rows(tables.people)] == ["Анна"]


async def test_without_a_database_the_start_goes_on_and_the_first_person_makes_it_all(desk: Desk):
    closed = Database("sqlite+aiosqlite:///never-opened.db")
    await warm_up(closed, desk.house, await form_in_use(desk), NOON)
    (await desk.person("Анна").says("/start", AGREE)).hears("Как се казва пчелинът?")

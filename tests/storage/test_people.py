"""People and chats: the first contact, roles, languages, and whom staff messages reach."""

import asyncio

from sqlalchemy import Connection, event
from sqlalchemy.util import await_only

from storage import drafts, people
from storage.database import Database
from tests.storage.desk import NOW, Desk, arrive, arrive_in_group, put


async def test_a_stranger_is_made_and_found_again(database: Database):
    first = await database.write(lambda conn: arrive(conn, "5", name="Мария"))
    again = await database.write(lambda conn: arrive(conn, "5"))
    assert first == people.Visitor(first.person_id, first.chat_id, "applicant", "Мария", None, False, False, True)
    assert again == people.Visitor(first.person_id, first.chat_id, "applicant", "Мария", None, False, False, False)


async def test_two_strangers_are_two_people(database: Database):
    one = await database.write(lambda conn: arrive(conn, "5"))
    other = await database.write(lambda conn: arrive(conn, "6"))
    assert one.person_id != other.person_id
    assert one.chat_id != other.chat_id


async def test_the_same_id_on_two_channels_is_two_people(database: Database):
    def on(channel: str):
        return lambda conn: people.arrive(
            conn, channel=channel, chat="5", person="5", name="", language="", in_group=False, now=NOW
        )

    assert (await database.write(on("viber"))).person_id != (await database.write(on("telegram"))).person_id


async def test_a_stranger_who_writes_many_times_at_once_is_one_person(database: Database):
    visitors = await asyncio.gather(*(database.write(lambda conn: arrive(conn, "5")) for _ in range(8)))
    assert len({visitor.person_id for visitor in visitors}) == 1
    assert [visitor.is_new for visitor in visitors].count(True) == 1


async def test_turns_of_one_person_come_one_after_the_other(database: Database, desk: Desk):
    visitor, draft_id = await database.write(lambda conn: desk.draft(conn, "5", body="0"))

    def count_up(conn: Connection) -> None:
        person = arrive(conn, "5")
        draft = drafts.open_draft(conn, person.person_id)
        assert draft is not None
        drafts.save(conn, draft_id, str(int(draft.body) + 1), NOW, person.chat_id)

    await asyncio.gather(*(database.write(count_up) for _ in range(9)))
    draft = await database.read(lambda conn: drafts.open_draft(conn, visitor.person_id))
    assert draft is not None
    assert draft.body == "9"


async def test_two_turns_that_write_to_one_another_do_not_wait_for_ever(postgres_url: str):
    database = Database(postgres_url)
    await database.open()
    one, other = [await database.write(lambda conn, c=chat: arrive(conn, c)) for chat in "56"]
    both_have_begun = asyncio.Barrier(2)

    def turn(own: str, to_chat: int):
        def work(conn: Connection) -> int:
            arrive(conn, own)
            await_only(both_have_begun.wait())
            return put(conn, to_chat)

        return work

    rows = await asyncio.gather(database.write(turn("5", other.chat_id)), database.write(turn("6", one.chat_id)))
    await database.close()
    assert len(set(rows)) == 2


async def test_somebody_we_know_costs_one_statement(database: Database):
    def count_statements(conn: Connection) -> int:
        statements = []
        event.listen(conn, "before_cursor_execute", lambda *call: statements.append(call[2]))
        driver = conn.connection.driver_connection
        if hasattr(driver, "set_trace_callback"):  # SQLite is spoken to directly, too
            driver.set_trace_callback(statements.append)
        arrive(conn, "5")
        if hasattr(driver, "set_trace_callback"):
            driver.set_trace_callback(None)
        return len(statements)

    await database.write(lambda conn: arrive(conn, "5"))
    assert await database.write(count_statements) == 1


async def test_a_changed_name_is_kept_and_an_empty_one_changes_nothing(database: Database):
    await database.write(lambda conn: arrive(conn, "5", name="Мария"))
    assert (await database.write(lambda conn: arrive(conn, "5", name="Мария И."))).name == "Мария И."
    assert (await database.write(lambda conn: arrive(conn, "5"))).name == "Мария И."


async def test_the_chosen_language_is_remembered_beside_the_platforms(database: Database):
    visitor = await database.write(lambda conn: arrive(conn, "5"))
    await database.write(lambda conn: people.set_language(conn, visitor.chat_id, "en"))
    assert (await database.write(lambda conn: arrive(conn, "5"))).language == "en"
    chat = await database.read(lambda conn: people.chat(conn, visitor.chat_id))
    assert (chat.language, chat.platform_language) == ("en", "bg")


async def test_a_chat_that_cannot_be_reached_is_blocked_until_it_can(database: Database):
    visitor = await database.write(lambda conn: arrive(conn, "5"))
    await database.write(lambda conn: people.set_reachable(conn, visitor.chat_id, False, NOW))
    assert (await database.write(lambda conn: arrive(conn, "5"))).blocked
    await database.write(lambda conn: people.set_reachable(conn, visitor.chat_id, True, NOW))
    assert not (await database.write(lambda conn: arrive(conn, "5"))).blocked


async def test_a_member_of_a_staff_group_is_staff_inside_that_group_only(database: Database):
    def group_then_private(conn: Connection) -> tuple[str, str, str]:
        group = arrive_in_group(conn, "-100200", "5")
        people.set_chat_role(conn, group.chat_id, "staff", NOW)
        return (
            arrive_in_group(conn, "-100200", "5").role,
            arrive(conn, "5").role,
            arrive_in_group(conn, "-100300", "5").role,
        )

    assert await database.write(group_then_private) == ("staff", "applicant", "applicant")


async def test_ones_own_higher_role_counts_in_a_group_too(database: Database):
    def admin_in_a_staff_group(conn: Connection) -> str:
        people.set_role(conn, arrive(conn, "5").person_id, "admin", NOW)
        people.set_chat_role(conn, arrive_in_group(conn, "-100200", "5").chat_id, "staff", NOW)
        return arrive_in_group(conn, "-100200", "5").role

    assert await database.write(admin_in_a_staff_group) == "admin"


async def test_a_member_of_a_group_is_the_same_person_in_private(database: Database):
    in_group = await database.write(lambda conn: arrive_in_group(conn, "-100200", "5", name="Петя"))
    private = await database.write(lambda conn: arrive(conn, "5"))
    assert private.person_id == in_group.person_id
    assert private.chat_id != in_group.chat_id
    assert (private.name, private.is_new) == ("Петя", True)


async def test_a_second_member_of_a_group_is_another_person_in_the_same_chat(database: Database):
    one = await database.write(lambda conn: arrive_in_group(conn, "-100200", "5"))
    other = await database.write(lambda conn: arrive_in_group(conn, "-100200", "6"))
    assert one.chat_id == other.chat_id
    assert one.person_id != other.person_id
    assert (one.is_new, other.is_new) == (True, False)


async def test_roles_from_the_settings_are_there_before_anybody_wrote(database: Database):
    def seed(conn: Connection) -> None:
        people.seed_roles(conn, admins=[("telegram", "1")], staff=[("telegram", "-100200"), ("viber", "abc=")], now=NOW)

    await database.write(seed)
    found = await database.read(people.staff_chats)
    assert {(chat.channel, chat.chat, chat.role, chat.in_group) for chat in found} == {
        ("telegram", "1", "admin", False),
        ("telegram", "-100200", "staff", True),
        ("viber", "abc=", "staff", False),
    }
    admin = await database.write(lambda conn: arrive(conn, "1", name="Админ"))
    assert (admin.role, admin.is_new, admin.name) == ("admin", True, "Админ")
    assert (await database.write(lambda conn: arrive_in_group(conn, "-100200", "7"))).role == "staff"


async def test_roles_from_the_settings_count_once(database: Database):
    def seed(conn: Connection) -> None:
        people.seed_roles(conn, admins=[("telegram", "1")], staff=[("telegram", "2")], now=NOW)

    await database.write(lambda conn: arrive(conn, "2"))
    await database.write(seed)
    admin = await database.write(lambda conn: arrive(conn, "1"))
    await database.write(lambda conn: people.set_role(conn, admin.person_id, "applicant", NOW))
    await database.write(seed)
    assert (await database.write(lambda conn: arrive(conn, "1"))).role == "applicant"
    assert (await database.write(lambda conn: arrive(conn, "2"))).role == "applicant"


async def test_staff_messages_reach_those_with_the_role_who_can_be_reached(database: Database):
    def three_colleagues(conn: Connection) -> None:
        for chat, role in (("1", "admin"), ("2", "staff"), ("3", "coordinator"), ("4", "applicant"), ("5", "staff")):
            people.set_role(conn, arrive(conn, chat).person_id, role, NOW)
        people.set_reachable(conn, arrive(conn, "5").chat_id, False, NOW)

    def reached(minimum: str):
        return lambda conn: sorted(chat.chat for chat in people.staff_chats(conn, minimum))

    await database.write(three_colleagues)
    assert await database.read(reached("staff")) == ["1", "2"]
    assert await database.read(reached("coordinator")) == ["1", "2", "3"]
    assert await database.read(reached("admin")) == ["1"]


async def test_a_chat_is_found_by_the_platforms_id(database: Database):
    visitor = await database.write(lambda conn: arrive(conn, "5"))
    found = await database.read(lambda conn: people.find_chat(conn, "telegram", "5"))
    assert found == people.Chat(
        visitor.chat_id, "telegram", "5", False, visitor.person_id, "applicant", None, "bg", True
    )
    assert await database.read(lambda conn: people.find_chat(conn, "telegram", "6")) is None

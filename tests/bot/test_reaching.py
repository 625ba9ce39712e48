"""What staff see of an applicant who cannot be reached, and where a link's payload leads."""

from datetime import timedelta

from sqlalchemy import Connection

from bot.channels.base import Membership, Receipt
from conversations.replies import Reply, write_reply
from storage import holding, outbox, people
from storage.tables import chats
from tests.bot.desk import Desk, Person, apply

DAY = timedelta(hours=24)


async def applied(desk: Desk) -> tuple[Person, Person]:
    """An applicant with an application, and somebody of the staff."""
    return await apply(desk.person("Анна")), await desk.staff("Ели")


async def hold(desk: Desk, person: Person, messages: int) -> None:
    """So many messages to the person that wait for a word."""

    def work(conn: Connection) -> None:
        chat = people.find_chat(conn, desk.channel, person.chat)
        assert chat is not None
        for _ in range(messages):
            row = {
                "body": write_reply(Reply("Върнато е.")),
                "key": "",
                "replaces": "",
                "priority": outbox.NOTIFICATION,
                "now": desk.now,
            }
            outbox.put(conn, chat_id=chat.id, **row)
            (claimed,) = outbox.due(conn, desk.now, 1, channels=[desk.channel])
            holding.hold(conn, claimed, "session")

    await desk.database.write(work)


async def test_an_application_of_somebody_who_can_be_reached_says_nothing_of_it(desk: Desk):
    anna, ely = await applied(desk)
    await anna.does(Receipt("failed", "m1"), sent_at=desk.now)
    await anna.does(Receipt("delivered", "m2"), sent_at=desk.now + DAY)
    desk.now += DAY
    await ely.says("/show 1")
    assert not any(sign in ely.text for sign in ("📵", "⏳", "⚠️"))


async def test_staff_see_since_when_an_applicant_cannot_be_reached_and_how_much_waits(desk: Desk):
    anna, ely = await applied(desk)
    await hold(desk, anna, 2)
    await anna.does(Membership(reachable=False))
    await ely.says("/show 1")
    ely.hears(
        "📵 От 15 януари 2026 г., 12:00 ч. подателят не получава съобщенията ни (Telegram): спрял е чата. "
        "⏳ 2 съобщения чакат, докато подателят пише отново."
    )


async def test_staff_see_that_a_message_waits_or_was_not_shown(desk: Desk):
    anna, ely = await applied(desk)
    await hold(desk, anna, 1)
    await ely.says("/show 1")
    ely.hears("⏳ 1 съобщение чака, докато подателят пише отново.")
    await anna.does(Receipt("failed", "m1", "old client"))
    await ely.says("/show 1")
    ely.hears("⚠️ Последното ни съобщение не се показа на устройството на подателя")


async def test_a_link_with_a_language_of_the_form_chooses_it_at_once(desk: Desk):
    anna = desk.person("Анна", language="en")
    await anna.says("/start lang-bg")
    assert (anna.done.what, (await desk.rows(chats))[0]["language"]) == ("LanguageChosen", "bg")
    await anna.says("/start BG")
    assert anna.done.what == "LanguageChosen"


async def test_a_link_that_goes_on_goes_on(desk: Desk):
    anna = desk.person("Анна")
    for payload in ("resume", "continue"):
        await anna.says(f"/start {payload}")
        assert anna.done.what == "Continued"


async def test_any_other_payload_is_where_the_person_came_from_and_a_secret_is_not_kept(desk: Desk):
    anna = desk.person("Анна")
    sources = []
    for payload in ("poster-7", "lang-xx", "", "invite-secret", "п" * 1000):
        await anna.says(f"/start {payload}")
        sources.append((await desk.rows(chats))[0]["source"])
    assert sources == ["poster-7", "lang-xx", "lang-xx", "invite", "п" * 64]

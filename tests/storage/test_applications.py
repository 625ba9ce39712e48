"""Applications: numbers without gaps, one per key, found and counted by staff."""

import asyncio

import pytest

from storage import applications, attachments, events
from storage.applications import AnswerRow, KeyTaken
from storage.database import Database
from tests.storage.desk import NOW, Desk, arrive, later


async def test_a_submission_becomes_an_application_with_its_answers(database: Database, desk: Desk):
    made = await database.write(
        lambda conn: desk.submit(
            conn,
            "5",
            key="300101",
            submission='{"answers":[]}',
            answers=[("school/name", "su", "СУ „Христо Ботев“"), ("about", "", "(пропуснато)")],
        )
    )
    assert (made.reference, made.number, made.state, made.decision) == ("ВО-2026-0001", 1, "submitted", "")
    assert (made.title, made.place, made.region) == ("СУ „Христо Ботев“", "с. Долно Езерово", "Бургас")
    assert await database.read(lambda conn: applications.get(conn, made.id)) == made
    assert await database.read(lambda conn: applications.answers_of(conn, made.id)) == [
        AnswerRow("school/name", "su", "СУ „Христо Ботев“"),
        AnswerRow("about", "", "(пропуснато)"),
    ]


async def test_numbers_count_up_within_prefix_and_year(database: Database, desk: Desk):
    wanted = [("ВО", 2026), ("ВО", 2026), ("A", 2026), ("ВО", 2027), ("ВО", 2026)]
    references = [
        (await database.write(lambda conn, c=str(i), p=p, y=y: desk.submit(conn, c, prefix=p, year=y))).reference
        for i, (p, y) in enumerate(wanted)
    ]
    assert references == ["ВО-2026-0001", "ВО-2026-0002", "A-2026-0001", "ВО-2027-0001", "ВО-2026-0003"]


async def test_fifty_submissions_at_once_get_fifty_numbers_without_a_gap(database: Database, desk: Desk):
    made = await asyncio.gather(
        *(database.write(lambda conn, chat=str(chat): desk.submit(conn, chat)) for chat in range(50))
    )
    assert sorted(application.number for application in made) == list(range(1, 51))


async def test_a_submission_that_fails_leaves_no_gap(database: Database, desk: Desk):
    def submit_and_fail(conn) -> None:
        desk.submit(conn, "5")
        raise ArithmeticError

    def submit(conn) -> applications.Application:
        return desk.submit(conn, "6")

    results = await asyncio.gather(database.write(submit_and_fail), database.write(submit), return_exceptions=True)
    assert isinstance(results[0], ArithmeticError)
    assert results[1].number == 1


async def test_a_key_is_taken_by_one_application_of_the_call(database: Database, desk: Desk):
    first = await database.write(lambda conn: desk.submit(conn, "5", key="300101"))
    with pytest.raises(KeyTaken) as taken:
        await database.write(lambda conn: desk.submit(conn, "6", key="300101"))
    assert taken.value.reference == first.reference
    assert await database.read(lambda conn: applications.key_holder(conn, desk.call_id, "300101")) == first.reference
    assert await database.read(lambda conn: applications.key_holder(conn, desk.call_id, "300102")) is None


async def test_of_many_with_the_same_key_at_once_one_is_taken(database: Database, desk: Desk):
    results = await asyncio.gather(
        *(database.write(lambda conn, chat=str(chat): desk.submit(conn, chat, key="k")) for chat in range(6)),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["Application"] + ["KeyTaken"] * 5


async def test_a_withdrawn_application_lets_go_of_its_key(database: Database, desk: Desk):
    first = await database.write(lambda conn: desk.submit(conn, "5", key="300101"))

    def withdraw(conn) -> bool:
        return applications.set_state(
            conn, first.id, was="submitted", becomes="withdrawn", actor_person_id=None, now=later(1)
        )

    assert await database.write(withdraw)
    second = await database.write(lambda conn: desk.submit(conn, "5", key="300101"))
    assert second.number == 2


async def test_applications_without_a_key_are_as_many_as_one_likes(database: Database, desk: Desk):
    for chat in "56":
        await database.write(lambda conn, chat=chat: desk.submit(conn, chat, key=""))
    assert await database.read(lambda conn: applications.key_holder(conn, desk.call_id, "")) is None
    assert (await database.read(lambda conn: applications.page(conn, None, 0, 10)))[1] == 2


async def test_of_two_who_decide_at_once_one_does(database: Database, desk: Desk):
    made = await database.write(lambda conn: desk.submit(conn, "5"))

    def decide(decision: str):
        return lambda conn: applications.set_state(
            conn, made.id, was="submitted", becomes="decided", decision=decision, actor_person_id=None, now=later(1)
        )

    outcomes = await asyncio.gather(database.write(decide("accepted")), database.write(decide("declined")))
    assert sorted(outcomes) == [False, True]
    stored = await database.read(lambda conn: applications.get(conn, made.id))
    assert stored is not None
    assert (stored.state, stored.decision) == ("decided", ["accepted", "declined"][outcomes.index(True)])


async def test_a_change_of_state_is_in_the_audit_trail_with_what_was_before(database: Database, desk: Desk):
    def decide_twice(conn) -> applications.Application:
        made = desk.submit(conn, "5")
        for was, decision in (("submitted", "waiting_list"), ("decided", "accepted"), ("submitted", "too_late")):
            applications.set_state(
                conn,
                made.id,
                was=was,
                becomes="decided",
                decision=decision,
                actor_person_id=made.person_id,
                now=later(1),
            )
        return made

    made = await database.write(decide_twice)
    trail = await database.read(lambda conn: events.of_subject(conn, f"application:{made.id}"))
    assert [(event.kind, event.actor_person_id, event.detail) for event in trail] == [
        ("state", made.person_id, '{"old": ["submitted", ""], "new": ["decided", "waiting_list"]}'),
        ("state", made.person_id, '{"old": ["decided", "waiting_list"], "new": ["decided", "accepted"]}'),
    ]


async def test_an_application_is_found_by_as_much_of_its_reference_as_is_known(database: Database, desk: Desk):
    for chat, year in (("5", 2025), ("6", 2026)):
        await database.write(lambda conn, chat=chat, year=year: desk.submit(conn, chat, year=year))

    def found(prefix: str | None, year: int | None, number: int):
        return lambda conn: [a.reference for a in applications.by_number(conn, prefix, year, number)]

    assert await database.read(found(None, None, 1)) == ["ВО-2026-0001", "ВО-2025-0001"]
    assert await database.read(found("ВО", 2025, 1)) == ["ВО-2025-0001"]
    assert await database.read(found("A", None, 1)) == []


async def test_a_persons_applications_come_newest_first(database: Database, desk: Desk):
    made = [await database.write(lambda conn: desk.submit(conn, "5")) for _ in range(2)]
    await database.write(lambda conn: desk.submit(conn, "6"))
    assert await database.read(lambda conn: applications.by_person(conn, made[0].person_id)) == made[::-1]


async def test_the_list_is_paged_newest_first_and_can_be_narrowed_to_a_state(database: Database, desk: Desk):
    made = [await database.write(lambda conn, c=str(c): desk.submit(conn, c)) for c in range(5)]
    await database.write(
        lambda conn: applications.set_state(
            conn, made[1].id, was="submitted", becomes="in_review", actor_person_id=None, now=NOW
        )
    )

    def page(state: str | None, offset: int, limit: int):
        def look(conn):
            lines, total = applications.page(conn, state, offset, limit)
            return [line.id for line in lines], total

        return look

    ids = [application.id for application in made]
    assert await database.read(page(None, 0, 2)) == ([ids[4], ids[3]], 5)
    assert await database.read(page(None, 4, 2)) == ([ids[0]], 5)
    assert await database.read(page("submitted", 0, 10)) == ([ids[4], ids[3], ids[2], ids[0]], 4)
    assert await database.read(page("in_review", 0, 10)) == ([ids[1]], 1)


async def test_counts_tell_states_decisions_regions_and_recent_ones(database: Database, desk: Desk):
    def fill(conn) -> None:
        made = [
            desk.submit(conn, "1", region="Бургас", now=later(-10 * 86400)),
            desk.submit(conn, "2", region="Бургас", now=later(-3 * 86400)),
            desk.submit(conn, "3", region="Варна", now=later(-60)),
            desk.submit(conn, "4", region="Варна", now=later(-60)),
        ]
        for application, becomes, decision in ((made[0], "decided", "accepted"), (made[3], "withdrawn", "")):
            applications.set_state(
                conn,
                application.id,
                was="submitted",
                becomes=becomes,
                decision=decision,
                actor_person_id=None,
                now=later(-30),
            )
        desk.draft(conn, "5")

    await database.write(fill)
    today, week = later(-3600), later(-7 * 86400)
    expected = applications.Counts(
        by_state={"submitted": 2, "decided": 1, "withdrawn": 1},
        by_decision={"accepted": 1},
        by_region={"Бургас": 2, "Варна": 1},
        today=2,
        week=3,
        drafts_under_way=1,
    )
    assert await database.read(lambda conn: applications.counts(conn, desk.call_id, today, week)) == expected
    assert await database.read(lambda conn: applications.counts(conn, None, today, week)) == expected
    nothing = await database.read(lambda conn: applications.counts(conn, desk.call_id + 1, today, week))
    assert nothing == applications.Counts({}, {}, {}, 0, 0, 0)


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("ботев", True),
        ("ХРИСТО БОТ", True),
        ("езерово ботев", True),
        ("во-2026-0001", True),
        ("botev", True),
        ("левски", False),
        ("ботев левски", False),
        ("отев", False),
        ("„…“", False),
    ],
)
async def test_an_application_is_found_by_the_beginnings_of_its_words(
    database: Database, desk: Desk, text: str, is_found: bool
):
    made = await database.write(lambda conn: desk.submit(conn, "5", terms=["Hristo", "Botev"]))
    await database.write(lambda conn: desk.submit(conn, "6", title="ОУ „Иван Вазов“", place="гр. Русе"))
    found = await database.read(lambda conn: applications.find(conn, text, 10))
    assert [line.id for line in found] == ([made.id] if is_found else [])


async def test_a_person_looking_for_something_shared_finds_all_newest_first(database: Database, desk: Desk):
    made = [await database.write(lambda conn, c=c: desk.submit(conn, c)) for c in "567"]
    found = await database.read(lambda conn: applications.find(conn, "Езерово", 2))
    assert [line.reference for line in found] == [made[2].reference, made[1].reference]


async def test_the_files_of_an_application_are_those_that_its_answers_name(database: Database, desk: Desk):
    def submit_with_files(conn) -> int:
        visitor, draft_id = desk.draft(conn, "9")
        for name in ("old", "new", "waiting"):
            attachments.add_pending(
                conn,
                id=name,
                draft_id=draft_id,
                channel="telegram",
                chat_id=visitor.chat_id,
                file_id=name,
                name="",
                question="plan",
                now=NOW,
            )
        for name in ("old", "new"):
            attachments.ready(conn, name, sha256="ab", type="pdf", size=9, now=NOW)
        answers = [("name", "x", "x"), ("plan", "new", "план.pdf"), ("more", "waiting", "")]
        return desk.submit(conn, "5", answers=answers).id

    application_id = await database.write(submit_with_files)
    files = await database.read(lambda conn: applications.attachments_of(conn, application_id))
    assert [file.id for file in files] == ["new"]


async def test_an_application_knows_who_sent_it_from_where_and_with_which_form(database: Database, desk: Desk):
    visitor = await database.write(lambda conn: arrive(conn, "5"))
    made = await database.write(lambda conn: desk.submit(conn, "5"))
    assert (made.person_id, made.chat_id, made.call_id, made.form_row) == (
        visitor.person_id,
        visitor.chat_id,
        desk.call_id,
        desk.form_row,
    )

"""Turns in a real database: what one leaves behind, and that it leaves it once."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from bot.channels.base import File, Membership, Tap, Text
from conversations.draft import Mode, read_draft
from storage import people
from storage.database import Database
from storage.tables import answers, applications, attachments, chats, drafts, events, outbox, updates
from tests.bot.desk import AGREE, ANSWERED, NOON, REGISTER, SUBMIT, Desk, Person, apply


async def begun(desk: Desk, *answered: str) -> Person:
    """Anna, with the first questions answered."""
    anna = desk.person("Анна Иванова")
    await anna.says("/start")
    await anna.taps(AGREE)
    return await anna.says(*answered)


async def draft_of(desk: Desk) -> dict[str, str]:
    """The answers of the only draft."""
    (row,) = await desk.rows(drafts)
    return {path: answer.value for path, answer in read_draft(row["body"]).answers.items()}


# ---------- from the first word to the registration number ----------


async def test_a_whole_application_goes_from_start_to_its_reference(desk: Desk):
    anna = desk.person("Анна Иванова")
    await anna.says("/start")
    anna.hears("Отговорите Ви се съхраняват")
    await anna.taps(AGREE)
    anna.hears("Въпрос 1 от 5", "Как се казва пчелинът?")
    await anna.says("Пчелин „Изгрев“")
    await anna.says("нула")
    anna.hears("Трябва да има поне един.", "Колко кошера имате?")
    await anna.says("12")
    await anna.taps("Липа", "Буркани", "✅ Готово", "Пропусни ▶")
    anna.hears("Пчелин „Изгрев“", "12", "Липа", "Буркани")
    await anna.taps(SUBMIT)
    anna.hears("входящ № A-2026-0001 на 15 януари 2026 г., 12:00 ч.")


async def test_an_application_leaves_its_rows_behind(desk: Desk):
    anna = await apply(desk.person("Анна Иванова"))
    (draft,) = await desk.rows(drafts)
    (application,) = await desk.rows(applications)
    assert (draft["state"], read_draft(draft["body"]).mode) == ("submitted", Mode.SUBMITTED)
    assert read_draft(draft["body"]).reference == application["reference"] == "A-2026-0001"
    kept = ("title", "state", "decision", "region", "key", "draft_id", "submitted_at")
    assert [application[name] for name in kept] == [
        "Пчелин „Изгрев“", "submitted", "", "", "", draft["id"], desk.now,
    ]  # fmt: skip
    assert [(row["question"], row["value"], row["label"]) for row in await desk.rows(answers)] == [
        ("apiary", "Пчелин „Изгрев“", "Пчелин „Изгрев“"),
        ("hives", "12", "12"),
        ("honey", "linden", "Липа"),
        ("aid", "jars", "Буркани"),
        ("permit", "", ""),
    ]
    (event,) = await desk.rows(events)
    assert (event["kind"], event["subject"], event["actor_person_id"]) == (
        "state", f"application:{application['id']}", application["person_id"],
    )  # fmt: skip
    assert json.loads(event["detail"]) == {"old": ["draft", ""], "new": ["submitted", ""]}
    assert [row["state"] for row in await desk.rows(outbox)] == ["sent"] * len(anna.screen)


async def test_references_are_counted_up_without_gaps(desk: Desk):
    for number, name in enumerate(("Анна", "Борис", "Вера"), start=1):
        (await apply(desk.person(name))).hears(f"A-2026-000{number}")


async def test_after_submission_another_application_may_be_begun(desk: Desk):
    anna = await apply(desk.person("Анна"))
    await anna.says("/start")
    anna.hears("Заявлението Ви е подадено с входящ № A-2026-0001.")
    await anna.taps("➕ Ново заявление")
    anna.hears("Въпрос 1 от 5")
    await anna.says(*ANSWERED)
    (await anna.taps(SUBMIT)).hears("A-2026-0002")
    assert [row["state"] for row in await desk.rows(drafts)] == ["submitted", "submitted"]


async def test_beginning_anew_puts_the_old_draft_away(desk: Desk):
    anna = await begun(desk, "Пчелин „Изгрев“")
    await anna.says("/start")
    await anna.taps("Започни отначало", "Да, започни отначало")
    anna.hears("Въпрос 1 от 5")
    await anna.says("Пчелин „Залез“")
    old, new = await desk.rows(drafts)
    assert (old["state"], new["state"]) == ("discarded", "open")
    assert read_draft(old["body"]).answers["apiary"].value == "Пчелин „Изгрев“"
    assert read_draft(new["body"]).answers["apiary"].value == "Пчелин „Залез“"


async def test_the_language_stays_with_the_chat(desk: Desk):
    anna = desk.person("Anna", language="en")
    await anna.says("/start", "/language bg", "/help")
    anna.hears("Ето какво може да направите тук:")
    assert (await desk.rows(chats))[0]["language"] == "bg"


async def test_a_draft_is_told_by_the_form_it_was_begun_on(desk: Desk):
    anna = await begun(desk, "Пчелин „Изгрев“")
    await desk.open(REGISTER)
    await anna.says("12")
    anna.hears("Какъв е медът?")
    boris = desk.person("Борис")
    await boris.says("/start")
    (await boris.taps(AGREE)).hears("Регистров номер")


# ---------- once ----------


async def test_the_same_update_twice_changes_the_state_once(desk: Desk):
    anna = await begun(desk)
    update = desk.update(anna, Text("Пчелин „Изгрев“"))
    assert (await desk.take(update)).what == "Said"
    before = await desk.state()
    assert (await desk.take(update)).what == "repeated"
    assert await desk.state() == before


async def test_the_same_update_of_another_channel_is_another_one(desk: Desk):
    anna = await begun(desk)
    update = desk.update(anna, Text("Пчелин „Изгрев“"))
    await desk.take(update)
    desk.channel = "viber"
    stranger = desk.person("Анна")
    assert (await desk.take(desk.update(stranger, Text("Здравейте"), update_id=update.update_id))).what == "Said"


async def test_a_double_tap_on_an_answer_changes_the_draft_once(desk: Desk):
    anna = await begun(desk, "Пчелин „Изгрев“", "12")
    tap = Tap(anna.button("Липа").id)
    await anna.does(tap)
    before = await draft_of(desk)
    (await anna.does(tap)).hears_nothing()
    assert await draft_of(desk) == before


async def test_two_taps_at_once_change_the_draft_once(desk: Desk):
    anna = await begun(desk, "Пчелин „Изгрев“", "12")
    tap = Tap(anna.button("Липа").id)
    await asyncio.gather(*(desk.take(desk.update(anna, tap)) for _ in range(2)))
    await anna.looks()
    asked = [reply for reply in anna.heard if "С какво да помогнем?" in reply.text]
    assert len(asked) == 1
    assert (await draft_of(desk))["honey"] == "linden"


async def test_two_taps_at_once_submit_once(desk: Desk):
    anna = await begun(desk, *ANSWERED)
    tap = Tap(anna.button(SUBMIT).id)
    await asyncio.gather(*(desk.take(desk.update(anna, tap)) for _ in range(2)))
    assert len(await desk.rows(applications)) == 1
    assert (await anna.looks()).text.count("Благодарим Ви!") == 1


async def test_two_first_words_at_once_make_one_person_and_one_draft(desk: Desk):
    anna = desk.person("Анна")
    await asyncio.gather(*(desk.take(desk.update(anna, Text(word))) for word in ("Здравейте", "Ало")))
    assert (len(await desk.rows(people.people)), len(await desk.rows(drafts))) == (1, 1)


async def test_many_people_at_once_get_numbers_of_their_own(desk: Desk):
    crowd = [desk.person(f"Човек {n}") for n in range(6)]
    for person in crowd:
        await person.says("/start")
        await person.taps(AGREE)
        await person.says(*ANSWERED)
    await asyncio.gather(*(desk.take(desk.update(person, Tap(person.button(SUBMIT).id))) for person in crowd))
    assert [row["reference"] for row in await desk.rows(applications)] == [f"A-2026-000{n}" for n in range(1, 7)]


async def test_a_file_that_is_ready_and_an_answer_at_once_are_both_kept(desk: Desk):
    anna = await begun(desk, *ANSWERED[:5])
    attachment = await anna.sends_file()
    edit = Tap(anna.button("✏️ Промени").id)
    change = desk.take(desk.update(anna, edit))
    await asyncio.gather(change, anna.file_is_ready(attachment))
    assert (await draft_of(desk))["permit"] == attachment


# ---------- what is typed instead of tapped ----------


@pytest.mark.parametrize("typed", ["Липа", "липа.", "2", "2."])
async def test_a_typed_label_or_number_counts_as_a_tap(desk: Desk, typed: str):
    anna = await begun(desk, "Пчелин „Изгрев“", "12")
    (await anna.says(typed)).hears("С какво да помогнем?")
    assert (await draft_of(desk))["honey"] == "linden"


async def test_a_number_is_an_answer_where_a_number_is_asked(desk: Desk):
    anna = await begun(desk, "Пчелин „Изгрев“")
    await anna.says("1")
    assert (await draft_of(desk))["hives"] == "1"


async def test_navigation_can_be_typed(desk: Desk):
    anna = await begun(desk, "Пчелин „Изгрев“", "12")
    (await anna.says("назад")).hears("Промяна на отговор", "Колко кошера имате?")


@pytest.mark.parametrize(
    ("typed", "what"),
    [("Статус", "status"), ("помощ", "help"), ("Продължи", "continue"), ("Прегледай", "review")],
)
async def test_a_command_can_be_said_in_plain_words(desk: Desk, typed: str, what: str):
    anna = await begun(desk, "Пчелин „Изгрев“")
    await anna.says(typed)
    assert anna.done.what in (what, {"continue": "Continued", "review": "ReviewAsked"}.get(what))


async def test_a_sentence_that_contains_a_command_is_an_answer(desk: Desk):
    await begun(desk, "Пчелин „Помощ“ и статус")
    assert (await draft_of(desk))["apiary"] == "Пчелин „Помощ“ и статус"


# ---------- written before the question was there ----------


async def test_a_text_written_before_the_question_was_delivered_is_held(desk: Desk):
    anna = await begun(desk, "Пчелин „Изгрев“")
    desk.delivers = False
    await anna.says("12")
    (await anna.says("2")).hears("Това дойде, преди да видите въпроса: „2“")
    assert "honey" not in await draft_of(desk)


async def test_a_text_older_than_the_question_is_held(desk: Desk):
    anna = await begun(desk, "Пчелин „Изгрев“")
    written = desk.now - timedelta(seconds=8)
    (await anna.says("7", sent_at=written)).hears("„7“", "Колко кошера имате?")
    (await anna.taps("✔ Използвай този текст")).hears("Какъв е медът?")
    assert (await draft_of(desk))["hives"] == "7"


async def test_a_text_of_the_same_second_is_taken(desk: Desk):
    anna = await begun(desk, "Пчелин „Изгрев“")
    await anna.says("7", sent_at=desk.now.replace(microsecond=0))
    assert (await draft_of(desk))["hives"] == "7"


async def test_the_page_says_which_question_it_had_shown(desk: Desk):
    anna = await begun(desk, "Пчелин „Изгрев“")
    shown = anna.screen[-1][0]
    (await anna.says("7", seen=shown - 1)).hears("„7“")
    await anna.says("8", seen=anna.screen[-1][0])
    assert (await draft_of(desk))["hives"] == "8"


async def test_a_late_correction_after_a_review_is_no_early_text(desk: Desk):
    anna = await begun(desk, *ANSWERED)
    desk.delivers = False
    (await anna.says("още нещо")).hears("Моля, прегледайте отговорите си.")


# ---------- files ----------


async def test_a_file_is_two_turns(desk: Desk):
    anna = await begun(desk, *ANSWERED[:5])
    attachment = await anna.sends_file("решение.pdf")
    anna.hears("Получих файла")
    (row,) = await desk.rows(attachments)
    assert (row["state"], row["name"], row["question"]) == ("pending", "решение.pdf", "permit")
    (await anna.file_is_ready(attachment)).hears("Моля, прегледайте отговорите си.")
    assert (await draft_of(desk))["permit"] == attachment
    (await anna.taps(SUBMIT)).hears("A-2026-0001")


async def test_the_news_of_a_file_counts_once(desk: Desk):
    anna = await begun(desk, *ANSWERED[:5])
    attachment = await anna.sends_file()
    await anna.file_is_ready(attachment)
    await anna.file_is_ready(attachment)
    anna.hears_nothing()
    assert anna.done.what == "repeated"


async def test_a_file_where_none_is_awaited_is_not_kept(desk: Desk):
    anna = await begun(desk)
    (await anna.does(File("f1", "решение.pdf"))).hears("Тук не очакваме файл.", "Как се казва пчелинът?")
    assert await desk.rows(attachments) == []


# ---------- bugs ----------


async def test_a_turn_that_fails_leaves_nothing_behind(desk: Desk):
    anna = await begun(desk, *ANSWERED)
    await take_the_next_reference(desk)
    before = await desk.state()
    seen = await desk.rows(updates)
    with pytest.raises(Exception, match=r"(?i)unique"):
        await anna.taps(SUBMIT)
    assert (await desk.state(), await desk.rows(updates)) == (before, seen)


async def take_the_next_reference(desk: Desk) -> None:
    """Break the table as a bug would: a row of another prefix stands under the reference that comes next."""
    await apply(desk.person("Друг"))
    (row,) = await desk.rows(applications)
    del row["id"]
    wrong = {**row, "prefix": "X", "reference": "A-2026-0002"}
    await desk.database.write(lambda conn: conn.execute(insert(applications), wrong))


# ---------- groups ----------


GROUP = {"chat": "-500", "in_group": True}


async def test_in_a_group_nobody_applies(desk: Desk):
    anna = desk.person("Анна")
    await anna.does(Text("Здравейте"), **GROUP)
    anna.hears_nothing()
    (await anna.says("/start", **GROUP)).hears("В групата отговарям само на команди.")
    (await anna.says("/continue", **GROUP)).hears("Пишете ми лично")
    assert await desk.rows(drafts) == []


async def test_a_groups_words_are_no_taps_on_buttons(desk: Desk):
    anna = desk.person("Анна")
    await anna.says("/about", **GROUP)
    assert (await desk.take(desk.update(anna, Text("1"), **GROUP))).what == "group"


async def test_help_in_a_group_names_no_commands_of_the_own_conversation(desk: Desk):
    anna = desk.person("Анна")
    await anna.says("/help", **GROUP)
    anna.hears("/status", "/about")
    assert "/continue" not in anna.text
    assert "Продължи" not in " ".join(anna.labels)


async def test_a_group_that_moves_keeps_its_rights(desk: Desk):
    await desk.database.write(lambda conn: people.seed_roles(conn, [], [("telegram", "-500")], NOON))
    anna = desk.person("Анна")
    await anna.does(Membership(reachable=False, moved_to="-100500"), **GROUP)
    await anna.says("/list", chat="-100500", in_group=True)
    anna.hears("Всички заявления")


# ---------- blocking ----------


async def test_who_blocks_the_bot_is_written_to_no_more_until_they_come_back(desk: Desk):
    anna = await begun(desk)
    await anna.does(Membership(reachable=False))
    anna.hears_nothing()
    assert (await desk.rows(chats))[0]["reachable"] is False
    await anna.says("Пчелин „Изгрев“")
    anna.hears("Колко кошера имате?")
    assert (await desk.rows(chats))[0]["reachable"] is True


# ---------- the call ----------


async def test_after_the_deadline_nothing_is_taken_but_the_draft_stays(database: Database):
    desk = await Desk(database).open(closes=NOON + timedelta(minutes=1))
    anna = await begun(desk, "Пчелин „Изгрев“")
    desk.now = datetime(2026, 2, 1, tzinfo=UTC)
    (await anna.says("12")).hears("Срокът за кандидатстване изтече на 15 януари 2026 г., 12:01 ч.")
    assert await draft_of(desk) == {"apiary": "Пчелин „Изгрев“"}
    (await anna.says("/review")).hears("Пчелин „Изгрев“")


# ---------- one application per key ----------


async def test_a_key_that_another_application_has_leaves_the_draft_open(database: Database):
    desk = await Desk(database).open(REGISTER)
    (await apply(desk.person("Анна"), "BG-77", "Бургас")).hears("ПЧ-2026-0001")
    boris = await apply(desk.person("Борис"), "BG-77", "Търново")
    boris.hears("За тази институция вече има подадено заявление")
    assert [row["state"] for row in await desk.rows(drafts)] == ["submitted", "open"]
    assert len(await desk.rows(applications)) == 1
    await boris.taps("✏️ 1")
    await boris.says("BG-78")
    (await boris.taps(SUBMIT)).hears("ПЧ-2026-0002")


async def test_two_applications_with_one_key_at_once_make_one(database: Database):
    desk = await Desk(database).open(REGISTER)
    pair = [desk.person(name) for name in ("Анна", "Борис")]
    for person in pair:
        await person.says("/start")
        await person.taps(AGREE)
        await person.says("BG-77", "Бургас")
    await asyncio.gather(*(desk.take(desk.update(person, Tap(person.button(SUBMIT).id))) for person in pair))
    assert [row["reference"] for row in await desk.rows(applications)] == ["ПЧ-2026-0001"]
    said = [(await person.looks()).text for person in pair]
    assert ["Благодарим Ви" in text for text in said].count(True) == 1
    assert ["вече има подадено заявление" in text for text in said].count(True) == 1

"""Commands: who may use which, and what staff and applicants read."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot.commands.request import ROLES, Who
from bot.commands.table import COMMANDS
from conversations.phrases import say
from storage import applications
from storage.database import Database
from storage.tables import events
from tests.bot.desk import AGREE, NOON, REGISTER, Desk, Person, apply

EVERYONE = ("start", "continue", "review", "status", "language", "help", "about", "criteria", "privacy")
RIGHTS = {
    "applicant": EVERYONE,
    "coordinator": (*EVERYONE, "list", "show"),
    "staff": (*EVERYONE, "list", "show"),
    "admin": (*EVERYONE, "list", "show", "call", "form"),
}
REFUSAL = "Тази команда е за екипа."


@pytest.fixture
async def register(database: Database) -> Desk:
    """A call with regions, a key and a prefix of its own."""
    return await Desk(database).open(REGISTER)


async def member(desk: Desk, role: str) -> Person:
    return desk.person("Анна") if role == "applicant" else await desk.staff("Мила", role)


# ---------- who may what ----------


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_may_use_its_commands_and_no_others(desk: Desk, role: str):
    person = await member(desk, role)
    refused = set()
    for command in COMMANDS:
        await person.says(f"/{command.word}")
        if REFUSAL in person.text:
            refused.add(command.word)
            assert person.done.refused
    assert refused == {command.word for command in COMMANDS} - set(RIGHTS[role])


@pytest.mark.parametrize("role", ROLES)
async def test_help_lists_what_this_very_person_may_do(desk: Desk, role: str):
    person = await (await member(desk, role)).says("/help")
    listed = [line.split()[0][1:] for line in person.text.splitlines() if line.startswith("/")]
    assert listed == list(RIGHTS[role])
    offered = {button.id[1:] for row in person.heard[-1].rows for button in row}
    assert offered <= set(RIGHTS[role])


async def test_a_friendly_refusal_is_written_to_the_audit_trail(desk: Desk):
    anna = await desk.person("Анна").says("/list подадено")
    assert anna.text == say("not_allowed", "bg")
    assert anna.labels == ["ℹ️ Помощ"]
    (event,) = await desk.rows(events)
    assert (event["kind"], event["subject"], json.loads(event["detail"])) == (
        "refused", "command:list", {"role": "applicant"},
    )  # fmt: skip


async def test_a_staff_button_that_was_passed_on_gives_no_rights(desk: Desk):
    mila = await (await desk.staff("Мила", "admin")).says("/call")
    button = mila.button("Затвори сега")
    anna = desk.person("Анна")
    anna.screen = mila.screen[:]
    (await anna.taps(button.label)).hears(REFUSAL)


async def test_who_is_no_longer_staff_may_no_longer_look(desk: Desk):
    mila = await (await desk.staff("Мила")).says("/list")
    await desk.staff("Мила", "applicant")
    mila.hears("Всички заявления")
    former = desk.person("Мила", chat="777")
    (await former.says("/list")).hears(REFUSAL)


async def test_an_unknown_command_is_answered_with_what_there_is(desk: Desk):
    anna = await desk.person("Анна").says("/frobnicate now")
    anna.hears("Не познавам тази команда.", "/start", "/privacy")
    assert anna.done.what == "unknown"


async def test_a_command_may_be_written_in_bulgarian(desk: Desk):
    (await desk.person("Анна").says("/помощ")).hears("Ето какво може да направите тук:")


async def test_every_command_has_a_line_of_help_in_both_languages():
    for command in COMMANDS:
        assert say(f"help_{command.word}", "bg") != say(f"help_{command.word}", "en")
        assert command.who in Who


async def test_what_a_command_offers_leads_back_into_the_conversation(desk: Desk):
    anna = desk.person("Анна")
    await anna.says("/start")
    await anna.taps(AGREE)
    await anna.says("/about")
    (await anna.taps("▶ Продължи")).hears("Как се казва пчелинът?")


# ---------- /status ----------


async def test_status_promises_no_beginning_after_the_deadline(database: Database):
    desk = await Desk(database).open(closes=NOON - timedelta(days=1))
    anna = await desk.person("Анна").says("/status")
    anna.hears("Нямате заявление при нас, а в момента не се приемат нови.")
    (await anna.taps("▶ Продължи")).hears("Срокът за кандидатстване изтече")


async def test_status_tells_a_stranger_how_to_begin(desk: Desk):
    anna = await desk.person("Анна").says("/status")
    anna.hears("Все още нямате заявление при нас.")
    (await anna.taps("▶ Продължи")).hears("Прочетох" if "Прочетох" in anna.text else "Отговорите Ви се съхраняват")


async def test_status_tells_an_applicant_how_far_the_draft_is(desk: Desk):
    anna = desk.person("Анна")
    await anna.says("/start")
    await anna.taps(AGREE)
    await anna.says("Пчелин „Изгрев“", "12", "/status")
    anna.hears("Заявлението Ви е чернова. Записани отговори: 2 от 5.")


async def test_status_tells_an_applicant_what_became_of_each_application(desk: Desk):
    anna = await apply(desk.person("Анна"))
    await anna.says("/status")
    anna.hears("№ A-2026-0001 – Пчелин „Изгрев“", "Състояние: подадено", "15 януари 2026 г.")
    assert "Заявления:" not in anna.text


async def test_status_shows_staff_the_figures_and_their_own_application_below(register: Desk):
    for name, number, area in (("Анна", "1", "Бургас"), ("Борис", "2", "Търново"), ("Вера", "3", "Бургас")):
        await apply(register.person(name), number, area)
    draft = await register.person("Галя").says("/start")
    await draft.taps(AGREE)
    mila = await register.staff("Мила")
    await apply(mila, "4", "Търново")
    await review(register, 2)
    await mila.says("/status")
    mila.hears(
        "Заявления: 4\n• подадено: 3\n• в разглеждане: 1\nДнес: 4 · през последните 7 дни: 4\nЗапочнати чернови: 1",
        "По области\n• Бургас: 2\n• Търново: 2",
        "№ ПЧ-2026-0004 – 4",
    )


async def test_status_in_a_staff_group_shows_figures_only(register: Desk):
    anna = await apply(register.person("Анна"), "1", "Бургас")
    mila = await register.staff("Мила")
    await mila.says("/status", chat="-500", in_group=True)
    mila.hears("Заявления: 1")
    await anna.says("/status", chat="-501", in_group=True)
    assert "Заявления:" not in anna.text


# ---------- /list ----------


async def review(desk: Desk, number: int) -> None:
    """Somebody has begun to review the application of this number."""

    def begin(conn: Connection) -> bool:
        (application,) = applications.by_number(conn, None, None, number)
        return applications.set_state(
            conn, application.id, was="submitted", becomes="in_review", actor_person_id=None, now=NOON
        )

    assert await desk.database.write(begin)


async def test_the_list_is_newest_first_and_turned_by_buttons(register: Desk):
    for number in range(1, 11):
        await apply(register.person(f"Човек {number}"), f"N{number}", "Бургас")
    mila = await (await register.staff("Мила")).says("/list")
    mila.hears("Всички заявления – 10", "ПЧ-2026-0010 · N10", "ПЧ-2026-0003")
    assert "ПЧ-2026-0002" not in mila.text
    assert mila.labels == [f"📄 ПЧ-2026-{n:04d}" for n in range(10, 2, -1)] + ["По-стари ▶"]
    await mila.taps("По-стари ▶")
    assert mila.labels == ["📄 ПЧ-2026-0002", "📄 ПЧ-2026-0001", "◀ По-нови"]
    (await mila.taps("◀ По-нови")).hears("ПЧ-2026-0010")
    (await mila.taps("📄 ПЧ-2026-0005")).hears("ПЧ-2026-0005 – N5")


async def test_the_list_knows_states_by_their_names(register: Desk):
    for number in ("1", "2", "3"):
        await apply(register.person(number), f"N{number}", "Бургас")
    await review(register, 2)
    mila = await register.staff("Мила")
    for words in ("в разглеждане", "in_review", "In review", "в разглеждане 1"):
        await mila.says(f"/list {words}")
        mila.hears("в разглеждане – 1", "ПЧ-2026-0002")
    (await mila.says("/list решено")).hears("решено – 0", "Тук засега няма заявления.")
    (await mila.says("/list изгубено")).hears("Не познавам това състояние.", "подадено, в разглеждане")


@pytest.mark.parametrize("page", ["0", "1"])
async def test_pages_are_counted_from_one(register: Desk, page: str):
    for number in range(1, 10):
        await apply(register.person(f"Човек {number}"), f"N{number}", "Бургас")
    mila = await (await register.staff("Мила")).says(f"/list {page}")
    assert mila.labels[-1] == "По-стари ▶"
    (await mila.taps("По-стари ▶")).hears("ПЧ-2026-0001")


async def test_a_page_far_behind_the_end_is_empty(register: Desk):
    await apply(register.person("Анна"), "1", "Бургас")
    (await (await register.staff("Мила")).says("/list 99999")).hears("Тук засега няма заявления.")


# ---------- /show ----------


@pytest.mark.parametrize(
    "reference",
    ["ПЧ-2026-0001", "пч-2026-1", "PCH-2026-1", "pch 2026 0001", "2026-1", "1", "0001", "№ ПЧ-2026-0001", "#1", "1."],
)
async def test_a_reference_may_be_written_in_many_ways(register: Desk, reference: str):
    await apply(register.person("Анна Иванова"), "BG-77", "Бургас")
    mila = await (await register.staff("Мила")).says(f"/show {reference}")
    mila.hears("ПЧ-2026-0001 – BG-77", "Състояние: подадено", "От: Анна Иванова (Telegram)")
    mila.hears("Регистров номер\n→ BG-77", "Област\n→ Бургас")


@pytest.mark.parametrize("reference", ["XX-2026-1", "2025-1", "2", "Бургас", "ПЧ", "-", "1" * 40, "١"])
async def test_what_no_application_has_is_not_found(register: Desk, reference: str):
    await apply(register.person("Анна"), "BG-77", "Бургас")
    mila = await (await register.staff("Мила")).says(f"/show {reference}")
    assert "BG-77" not in mila.text or reference == "١"
    assert mila.done.what == "show"


async def test_show_alone_asks_which(register: Desk):
    (await (await register.staff("Мила")).says("/show")).hears("Кое заявление?")


async def test_a_number_of_two_years_is_asked_back(register: Desk):
    await apply(register.person("Анна"), "BG-77", "Бургас")
    register.now = register.now.replace(year=2027)
    await apply(register.person("Борис"), "BG-78", "Бургас")
    mila = await (await register.staff("Мила")).says("/show 1")
    mila.hears("Няколко заявления имат този номер.")
    assert mila.labels == ["ПЧ-2027-0001 · BG-78", "ПЧ-2026-0001 · BG-77"]
    (await mila.taps("ПЧ-2026-0001 · BG-77")).hears("ПЧ-2026-0001 – BG-77")


async def test_show_brings_the_files(desk: Desk):
    anna = desk.person("Анна")
    await anna.says("/start")
    await anna.taps(AGREE)
    await anna.says("Пчелин „Изгрев“", "12", "Липа", "Буркани", "✅ Готово")
    attachment = await anna.sends_file()
    await anna.file_is_ready(attachment)
    await anna.taps("📨 Подай заявлението")
    mila = await (await desk.staff("Мила")).says("/show 1")
    assert mila.heard[-1].attachments == (attachment,)


async def test_names_and_answers_are_shown_as_they_were_written(register: Desk):
    await apply(register.person("*Анна* [x](http://e.org)"), "**77** _a_ <b>", "Бургас")
    mila = await (await register.staff("Мила")).says("/show 1")
    mila.hears("От: *Анна* [x](http://e.org)", "→ **77** _a_ <b>")

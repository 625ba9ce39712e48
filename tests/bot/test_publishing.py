"""A form is published by sending the spreadsheet: read like the chat of an admin and the people who are applying."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import Connection

from bot import proposals
from bot.channels.base import File, Tap
from bot.checking import Passed, verdict_of
from bot.fetcher import Fetcher
from bot.mover import Mover
from bot.stored_files import StoredFiles
from conversations.draft import read_draft
from conversations.xlsform import FormSource
from storage import forms as forms_of
from storage import outbox, people
from storage.database import Database
from storage.tables import applications, attachments, drafts, events, forms
from storage.tables import outbox as messages
from tests.bot.desk import AGREE, NOON, SUBMIT, Desk, Person, apply, deliver
from tests.bot.post import PATIENCE_SECONDS, Post, running

FORM = """
| survey |
| | type | name | label | required |
| | text | apiary | Как се казва пчелинът? | yes |
| | text | hives | Колко кошера имате? | yes |
| | select_one honey | honey | Какъв е медът? | yes |
| | text | wish | С какво да помогнем? | |
| choices |
| | list_name | name | label |
| | honey | acacia | Акация |
| | honey | linden | Липа |
| settings |
| | form_id | version | default_language |
| | bees | 1 | Български (bg) |
"""
BROKEN = FORM.replace("select_one honey", "select_one hony").replace("| bees | 1 |", "| bees | 2 |")
SECOND = (
    FORM.replace("| text | hives |", "| integer | hives |")
    .replace("Как се казва пчелинът?", "Името на пчелина?")
    .replace(
        "| text | wish | С какво да помогнем? |",
        "| text | region | От коя област сте? | yes |\n| | text | wish | С какво да помогнем? |",
    )
    .replace("| bees | 1 |", "| bees | 2 |")
)


class Workshop:
    """A desk with a form in use, an admin, the fetcher that checks what they send and the mover behind it."""

    def __init__(self, database: Database, data_dir: Path) -> None:
        self.desk = Desk(database, now=NOON)
        self.files = StoredFiles(data_dir)
        self.post = Post()
        self.turns = asyncio.Queue[None]()
        self.mover = Mover(database, self.desk.house, lambda: self.desk.now, lambda: None, lambda form: None)
        self.sent = 0

    @asynccontextmanager
    async def fetching(self) -> AsyncIterator[None]:
        fetcher = Fetcher(
            self.desk.database,
            self.desk.house,
            {"telegram": self.post},
            self.files,
            lambda: self.desk.now,
            lambda: self.turns.put_nowait(None),
        )
        async with running(asyncio.create_task(fetcher.run())):
            yield

    async def one_turn(self) -> None:
        async with self.fetching():
            await asyncio.wait_for(self.turns.get(), 6 * PATIENCE_SECONDS)

    async def sends(self, admin: Person, content: str | bytes, name: str = "form.md") -> Person:
        """The admin sends a workbook and reads what becomes of it."""
        self.sent += 1
        file_id = f"w{self.sent}"
        self.post.files[file_id] = content.encode() if isinstance(content, str) else content
        await admin.sends_file(name, file_id)
        admin.hears("Проверявам го като формуляр")
        await self.one_turn()
        return await admin.looks()

    async def publishes(self, admin: Person, content: str, name: str = "form.md") -> Person:
        await self.sends(admin, content, name)
        await admin.taps("🚀 Публикувай", "✔ Да, публикувай")
        await self.moves()
        return admin

    async def moves(self) -> int:
        """The drafts follow, and what people are told arrives."""
        moved = await self.mover.move_all()
        await self.desk.database.write(lambda conn: deliver(conn, "telegram", self.desk.now))
        return moved


@pytest.fixture
async def workshop(database: Database, tmp_path: Path) -> Workshop:
    workshop = Workshop(database, tmp_path)
    await workshop.desk.open(FORM)
    return workshop


@pytest.fixture
async def admin(workshop: Workshop) -> Person:
    return await workshop.desk.staff("Админ", "admin")


async def applicant(workshop: Workshop, *answers: str, name: str = "Анна") -> Person:
    person = workshop.desk.person(name)
    await person.says("/start")
    await person.taps(AGREE)
    return await person.says(*answers)


async def kinds(workshop: Workshop) -> list[str]:
    return [row["kind"] for row in await workshop.desk.rows(events)]


async def test_from_a_broken_sheet_to_a_published_one_while_somebody_is_applying(workshop: Workshop, admin: Person):
    anna = await applicant(workshop, "Изгрев", "дванайсет", "Липа")
    anna.hears("С какво да помогнем?")

    await workshop.sends(admin, BROKEN)
    admin.hears("❌ Формулярът не може да се ползва: 1 грешка", "survey, ред 4", "hony", "Какво да направите")

    await workshop.sends(admin, SECOND)
    admin.hears("версия 2 (сега се пита 1)", "Нови въпроси (1)\n• „От коя област сте?“ (region)")
    admin.hears("„Колко кошера имате?“ (hives) – отговорен в 1 отворена чернова: текст → цяло число")
    admin.hears("Друг текст (1)\n• „Името на пчелина?“ (apiary)", "Отворена е 1 чернова")
    assert admin.labels == ["🧪 Пробвай", "🚀 Публикувай", "✖ Откажи"]

    await admin.taps("🧪 Пробвай")
    admin.hears("Проба на версия 2")
    await admin.taps(AGREE)
    admin.hears("Името на пчелина?")
    assert admin.labels[-1] == "⏹ Край на пробата"
    await admin.says("Проба", "3", "Акация", "Враца", "Пропусни ▶")
    await admin.taps(SUBMIT)
    admin.hears("Пробата стигна до края", "Нищо не е подадено")
    assert await workshop.desk.rows(applications) == []

    await admin.taps("🚀 Публикувай")
    admin.hears("Да я публикувам ли?")
    await admin.taps("✔ Да, публикувай")
    admin.hears("Версия 2 е публикувана", "Премествам 1 отворена чернова")
    await anna.looks()
    anna.hears_nothing()

    assert await workshop.moves() == 1
    await anna.looks()
    anna.hears("Обновихме формуляра. Отговорите Ви са запазени.", "Ще Ви попитаме отново", "• Колко кошера имате?")
    anna.hears("Има 1 нов въпрос за Вас.", "Въпрос 2 от 5")
    assert await workshop.moves() == 0
    await anna.looks()
    anna.hears_nothing()

    await anna.says("12", "Враца", "Пропусни ▶")
    anna.hears("Изгрев", "12", "Липа", "Враца")
    await anna.taps(SUBMIT)
    anna.hears("Благодарим")
    (row,) = await workshop.desk.rows(applications)
    assert '"label":"Името на пчелина?"' in row["submission"]
    assert [kind for kind in await kinds(workshop) if kind.startswith(("form", "draft"))] == [
        "form_proposed",
        "form_tried",
        "form_published",
        "draft_moved",
    ]


async def test_slash_form_sends_the_workbook_and_taking_it_back_unchanged_says_so(workshop: Workshop, admin: Person):
    await admin.says("/form")
    admin.hears("Сега се пита версия 1", "Отворени чернови: 0")
    await workshop.one_turn()
    await admin.looks()
    (attachment_id,) = admin.heard[-1].attachments

    (document,) = await workshop.desk.database.read(lambda conn: workshop.files.documents(conn, [attachment_id]))
    assert document.name == "bees-1.xlsx"
    content = document.path.read_bytes()
    book = load_workbook(BytesIO(content))
    assert {"survey", "choices", "settings", "desk"} <= set(book.sheetnames)

    await workshop.sends(admin, content, "bees-1.xlsx")
    admin.hears("точно формулярът, който се пита сега (версия 1)")

    label = next(cell for row in book["survey"].iter_rows() for cell in row if cell.value == "С какво да помогнем?")
    label.value = "От какво имате нужда?"
    changed = BytesIO()
    book.save(changed)
    await workshop.sends(admin, changed.getvalue(), "моята форма.xlsx")
    admin.hears("версията е останала „1“", "например 2")
    version = next(cell for row in book["settings"].iter_rows() for cell in row if str(cell.value) == "1")
    version.value = "2"
    changed = BytesIO()
    book.save(changed)
    await workshop.sends(admin, changed.getvalue(), "моята форма.xlsx")
    admin.hears("Друг текст (1)\n• „От какво имате нужда?“ (wish)")


async def test_a_version_once_published_means_one_form_for_ever(workshop: Workshop, admin: Person):
    await workshop.publishes(admin, SECOND)
    await workshop.sends(admin, FORM.replace("Какъв е медът?", "А медът?"))
    admin.hears("версията е останала „1“", "например 3")
    await workshop.sends(admin, FORM)
    admin.hears("версия 1 (сега се пита 2)")
    await admin.taps("🚀 Публикувай", "✔ Да, публикувай")
    admin.hears("Версия 1 е публикувана")
    assert [row["version"] for row in await workshop.desk.rows(forms)] == ["1", "2"]


async def test_what_was_submitted_keeps_the_labels_it_was_answered_under(workshop: Workshop, admin: Person):
    anna = workshop.desk.person("Анна")
    await apply(anna, "Изгрев", "12", "Липа", "Пропусни ▶")
    await workshop.publishes(admin, SECOND)
    await admin.says("/show 1")
    admin.hears("Как се казва пчелинът?")


async def test_a_cancelled_version_cannot_be_published_by_its_old_button(workshop: Workshop, admin: Person):
    await workshop.sends(admin, SECOND)
    old = admin.button("🚀 Публикувай")
    await admin.taps("✖ Откажи")
    admin.hears("версия 2 няма да се публикува")
    await admin.does(Tap(old.id))
    admin.hears("Тази версия вече я няма")
    assert "form_cancelled" in await kinds(workshop)


async def test_a_plan_is_shown_anew_when_another_version_was_published_meanwhile(workshop: Workshop, admin: Person):
    other = await workshop.desk.staff("Друг админ", "admin")
    await workshop.sends(admin, SECOND)
    await admin.taps("🚀 Публикувай")
    third = FORM.replace("| bees | 1 |", "| bees | 3 |").replace("Какъв е медът?", "А медът?")
    await workshop.publishes(other, third)
    await admin.looks()
    admin.hears("📢 Друг админ публикува версия 3 на формуляра.")
    await admin.taps("✔ Да, публикувай")
    admin.hears("Междувременно е публикувана друга версия", "(сега се пита 3)")
    await admin.taps("✔ Да, публикувай")
    admin.hears("Версия 2 е публикувана")


async def test_staff_without_the_right_neither_ask_nor_send(workshop: Workshop):
    staff = await workshop.desk.staff("Служител")
    await staff.says("/form")
    staff.hears("Тази команда е за екипа")
    await staff.says("/start")
    await staff.taps(AGREE)
    await staff.does(File("w1", "form.xlsx"))
    staff.hears("Тук не очакваме файл")
    assert await workshop.desk.rows(attachments) == []


async def test_who_lost_the_right_while_the_file_was_checked_gets_no_report(workshop: Workshop, admin: Person):
    workshop.post.files["late"] = SECOND.encode()
    await admin.sends_file("form.md", "late")
    await workshop.desk.database.write(lambda conn: people.set_role(conn, 1, "staff", NOON))
    await workshop.one_turn()
    await admin.looks()
    admin.hears("Тази команда е за екипа")
    assert len(await workshop.desk.rows(forms)) == 1


async def test_in_a_group_the_form_is_not_spoken_of(workshop: Workshop, admin: Person):
    await admin.says("/form", chat="-100", in_group=True)
    admin.hears("само в личен чат")


async def test_a_rehearsal_leaves_the_own_application_and_the_figures_alone(workshop: Workshop, admin: Person):
    await admin.says("/start")
    await admin.taps(AGREE)
    await admin.says("Мой пчелин")
    await admin.says("/form try")
    admin.hears("Проба на версия 1")
    await admin.taps(AGREE)
    await admin.says("Друг пчелин")
    await admin.says("/status")
    admin.hears("Започнати чернови: 1", "1 от 4")
    await admin.taps("⏹ Край на пробата")
    admin.hears("Край на пробата")
    await admin.says("/continue")
    admin.hears("Колко кошера имате?")
    states = [
        (row["state"], read_draft(row["body"]).answers["apiary"].value) for row in await workshop.desk.rows(drafts)
    ]
    assert states == [("open", "Мой пчелин"), ("rehearsed", "Друг пчелин")]


async def test_a_rehearsal_works_after_the_deadline_and_begins_anew(database: Database, tmp_path: Path):
    workshop = Workshop(database, tmp_path)
    await workshop.desk.open(FORM, closes=NOON - timedelta(days=1))
    admin = await workshop.desk.staff("Админ", "admin")
    await admin.says("/form try")
    await admin.taps(AGREE)
    await admin.says("Пчелин")
    await admin.says("/start")
    await admin.taps("Започни отначало", "Да, започни отначало")
    admin.hears("Как се казва пчелинът?")
    await admin.says("/form stop", "/form stop")
    admin.hears("В момента няма проба")
    assert {row["state"] for row in await workshop.desk.rows(drafts)} == {"rehearsed"}


async def test_nobody_who_has_nothing_to_notice_is_written_to(workshop: Workshop, admin: Person):
    anna = await applicant(workshop, "Изгрев")
    await workshop.publishes(admin, FORM.replace("| bees | 1 |", "| bees | 2 |"))
    await anna.looks()
    anna.hears_nothing()
    rows = [row for row in await workshop.desk.rows(drafts) if row["state"] == "open"]
    assert [row["form_row"] for row in rows] == [2]
    await anna.says("12")
    anna.hears("Какъв е медът?")


async def test_a_text_written_before_the_new_question_arrived_is_not_its_answer(workshop: Workshop, admin: Person):
    anna = await applicant(workshop, "Изгрев", "12", "Липа")
    await workshop.publishes(admin, SECOND)
    await anna.says("буркани", sent_at=NOON - timedelta(minutes=1))
    anna.hears("буркани", "преди")
    (row,) = [row for row in await workshop.desk.rows(drafts) if row["state"] == "open"]
    assert "hives" not in read_draft(row["body"]).answers


async def test_a_notice_without_another_question_waits_behind_the_answers_to_people(workshop: Workshop, admin: Person):
    anna = await applicant(workshop, "Изгрев")
    later = FORM.replace("| bees | 1 |", "| bees | 2 |").replace("Как се казва пчелинът?", "Името на пчелина?")
    await workshop.publishes(admin, later)
    await anna.looks()
    anna.hears("Обновихме формуляра", "Някои въпроси са написани по-ясно")
    assert anna.labels == ["▶ Продължи", "📋 Прегледай отговорите"]
    (row,) = [row for row in await workshop.desk.rows(messages) if "Обновихме" in row["body"]]
    assert row["priority"] == outbox.NOTIFICATION


async def test_each_is_told_in_their_own_language_and_many_are_moved(workshop: Workshop, admin: Person):
    everyone = [await applicant(workshop, f"Пчелин {n}", name=f"Човек {n}") for n in range(12)]
    await workshop.publishes(admin, SECOND)
    for person in everyone:
        await person.looks()
        person.hears("Обновихме формуляра")
    moved = [row for row in await workshop.desk.rows(drafts) if row["state"] == "open"]
    assert {row["form_row"] for row in moved} == {2}
    assert (await kinds(workshop)).count("draft_moved") == 12


async def test_a_draft_left_behind_by_a_killed_process_is_moved_at_the_next_look(workshop: Workshop, admin: Person):
    anna = await applicant(workshop, "Изгрев", "12")
    await workshop.sends(admin, SECOND)
    await admin.taps("🚀 Публикувай", "✔ Да, публикувай")
    await anna.says("Липа")
    anna.hears("С какво да помогнем?")
    again = Mover(
        workshop.desk.database, workshop.desk.house, lambda: workshop.desk.now, lambda: None, lambda form: None
    )
    assert await again.move_all() == 1
    await anna.looks()
    anna.hears("Обновихме формуляра")


LISTED = FORM.replace("| text | wish | С какво да помогнем? | |", "| select_one_from_file aid.csv | wish | Помощ? | |")
AID = "name,label\njars,Буркани\nadvice,Съвети\n"


async def test_a_new_list_is_sent_before_the_workbook_and_published_with_it(workshop: Workshop, admin: Person):
    second = LISTED.replace("| bees | 1 |", "| bees | 2 |")
    await workshop.sends(admin, second)
    admin.hears("aid.csv", "Какво да направите")

    def publish_with_list(conn: Connection) -> None:
        """As the first start does with a folder."""
        source = FormSource(
            "form.md", LISTED.replace("| bees | 1 |", "| bees | 1.1 |").encode(), {"aid.csv": AID.encode()}
        )
        passed = verdict_of(source)
        assert isinstance(passed, Passed)
        forms_of.publish(conn, proposals.add(conn, passed, NOON), NOON + timedelta(minutes=5))

    await workshop.desk.database.write(publish_with_list)
    workshop.desk.now += timedelta(minutes=10)
    await workshop.sends(admin, AID + "hives,Кошери\n", "aid.csv")
    admin.hears("Списъкът aid.csv е проверен")
    await workshop.sends(admin, AID.replace("jars", ""), "aid.csv")
    admin.hears("Формулярът не може да се ползва")
    await workshop.sends(admin, second)
    admin.hears("Нови възможности за избор (1)\n• „Кошери“ (aid: hives)")


async def test_a_workbook_answers_the_open_question_only_when_that_takes_such_files(database: Database, tmp_path: Path):
    workshop = Workshop(database, tmp_path)
    asking = FORM.replace("| text | apiary | Как се казва пчелинът? |", "| file | plan | План? |")
    await workshop.desk.open(asking)
    admin = await workshop.desk.staff("Админ", "admin")
    await admin.says("/start")
    await admin.taps(AGREE)
    await admin.sends_file("план.xlsx", "answer")
    (row,) = await workshop.desk.rows(attachments)
    assert (row["purpose"], row["question"]) == ("answer", "plan")
    await admin.says("/form try", "/form stop")
    await admin.sends_file("план.pdf", "other")
    assert [row["purpose"] for row in await workshop.desk.rows(attachments)] == ["answer", "answer"]

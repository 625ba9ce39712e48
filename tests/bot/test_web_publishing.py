"""A form is changed on the web page, in a real browser, against the real bot, while somebody is applying."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from openpyxl import Workbook, load_workbook
from playwright.sync_api import expect

from tests.bot.running import RunningBot
from tests.bot.test_web_application import Principal
from tests.browser import OpenPage

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEETS = {
    "survey": (
        ("type", "name", "label", "required", "relevant"),
        ("text", "apiary", "Как се казва пчелинът?", "yes", ""),
        ("integer", "hives", "Колко кошера имате?", "yes", ""),
        ("select_one honey", "honey", "Какъв е медът?", "yes", ""),
        ("text", "wish", "С какво да помогнем?", "", "${hives} > 5"),
    ),
    "choices": (("list_name", "name", "label"), ("honey", "acacia", "Акация"), ("honey", "linden", "Липа")),
    "settings": (
        ("form_title", "form_id", "version", "default_language"),
        ("Помощ за пчелини", "bees", "1", "Български (bg)"),
    ),
}


def write_form(path: Path) -> Path:
    book = Workbook()
    book.remove(book.active)
    for name, rows in SHEETS.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


class Admin(Principal):
    """Somebody who takes the workbook out of the chat, changes it in their spreadsheet program and sends it back."""

    def downloads(self) -> bytes:
        link = self.page.locator("a.file").last
        expect(link).to_have_text("bees-1.xlsx")
        got = self.page.request.get(urljoin(self.page.url, link.get_attribute("href")))
        assert (got.status, got.headers["content-type"]) == (200, XLSX)
        return got.body()

    def sends(self, content: bytes, name: str = "bees-1.xlsx") -> "Admin":
        file = {"name": name, "mimeType": XLSX, "buffer": content}
        self.page.locator("#file").set_input_files(file)  # type: ignore[arg-type]
        return self


def edited(content: bytes, change: Callable[[Workbook], None]) -> bytes:
    book = load_workbook(BytesIO(content))
    change(book)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def cell(book: Workbook, sheet: str, name: str, column: str) -> Any:
    """The cell of a row that is known by its name."""
    rows = book[sheet]
    heads = {str(head.value).partition("::")[0]: head.column for head in rows[1]}
    row = next(row for row in rows.iter_rows(min_row=2) if row[heads["name"] - 1].value == name)
    return row[heads[column] - 1]


def ask_after_an_unknown_question(book: Workbook) -> None:
    cell(book, "survey", "wish", "relevant").value = "${koshers} > 5"


def mend_and_renew(book: Workbook) -> None:
    """Another version: one question in other words, and one more before the last."""
    cell(book, "survey", "wish", "relevant").value = "${hives} > 5"
    cell(book, "survey", "hives", "label").value = "Колко са кошерите Ви тази година?"
    new_row = cell(book, "survey", "wish", "name").row
    book["survey"].insert_rows(new_row)
    for head in book["survey"][1]:
        values = {"type": "text", "name": "region", "label": "От коя област сте?", "required": "yes"}
        head.offset(new_row - 1).value = values.get(str(head.value).partition("::")[0])
    version = next(head for head in book["settings"][1] if head.value == "version")
    version.offset(1).value = "2"


def test_an_admin_publishes_a_changed_form_while_somebody_is_applying(tmp_path: Path, open_page: OpenPage):
    form = write_form(tmp_path / "bees.xlsx")
    with RunningBot(tmp_path / "data", {"FORM": str(form)}) as bot:
        admin = Admin(open_page(bot.admin_link, viewport={"width": 1280, "height": 800}))
        admin.hears("Добре дошли! Вече имате права")
        anna = Principal(open_page(f"{bot.web}/"))
        anna.hears("Помощ за пчелини").taps("✔ Прочетох, да започваме").asked(1).says("Изгрев")
        anna.asked(2).says("12").asked(3)

        admin.says("/form").hears("Сега се пита версия 1").hears("Формулярът като таблица")
        workbook = admin.downloads()
        broken = edited(workbook, ask_after_an_unknown_question)
        admin.sends(broken).hears("Проверявам го като формуляр").hears("1 грешка").hears("koshers")
        admin.hears("survey, ред 5, колона E (relevant)")

        admin.sends(edited(broken, mend_and_renew)).hears("версия 2 (сега се пита 1)")
        admin.hears("„От коя област сте?“ (region)").hears("„Колко са кошерите Ви тази година?“ (hives)")
        admin.hears("Отворена е 1 чернова")
        rehearse(admin)
        admin.taps("🚀 Публикувай").hears("Да я публикувам ли?").taps("✔ Да, публикувай")
        admin.hears("Версия 2 е публикувана").hears("Премествам 1 отворена чернова")

        told = anna.page.get_by_role("log").get_by_text("Обновихме формуляра. Отговорите Ви са запазени.")
        anna.hears("Обновихме формуляра. Отговорите Ви са запазени.").hears("Има 1 нов въпрос за Вас.")
        anna.taps("Липа").asked(4).says("Враца").asked(5).says("Със захар.")
        anna.hears("Моля, прегледайте отговорите си").hears(re.compile("Изгрев")).taps("📨 Подай заявлението")
        anna.hears(re.compile(r"входящ № \S+-\d{4}-0001"))
        expect(told).to_have_count(1)
        admin.hears("Ново заявление").taps("📄 Отвори")
        admin.hears("Изгрев").hears("Колко са кошерите Ви тази година?").hears("Враца").hears("Със захар.")


def rehearse(admin: Admin) -> None:
    """Three answers into the new version, and out of it again."""
    admin.taps("🧪 Пробвай").hears("Проба на версия 2").taps("✔ Прочетох, да започваме")
    admin.asked(1).says("Проба").hears("Колко са кошерите Ви тази година?").says("3").asked(3)
    admin.taps("⏹ Край на пробата").hears("Край на пробата. Нищо не е подадено.")

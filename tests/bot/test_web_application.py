"""A whole application on the web page, in a real browser, against the real bot: from the first link to the admin's
screen."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.bot.running import RunningBot
from tests.browser import OpenPage

CRITERIA = 9


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    with RunningBot(tmp_path_factory.mktemp("desk") / "data") as running:
        yield running


class Principal:
    """Somebody at the page: taps the newest button of a name, types, and waits for what follows."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def taps(self, name: str) -> "Principal":
        self.page.get_by_role("button", name=name, exact=True).last.click()
        return self

    def says(self, text: str) -> "Principal":
        box = self.page.get_by_role("textbox").last
        box.fill(text)
        box.press("Enter")
        return self

    def hears(self, text: str | re.Pattern[str]) -> "Principal":
        expect(self.page.get_by_role("log").get_by_text(text).last).to_be_visible()
        return self

    def asked(self, number: int) -> "Principal":
        """Wait for the question of this number."""
        return self.hears(re.compile(rf"Въпрос {number} от \d+"))


def apply(principal: Principal, school: str, town: str) -> Principal:
    """A renewal of a listed school that needs no follow-ups, up to the review."""
    principal.hears("Накратко за данните Ви").taps("✔ Прочетох, да започваме")
    principal.asked(1).taps("Подновяване на участието")
    principal.asked(2).says(town).hears("Ето какво намерих").taps(school)
    principal.asked(3).taps("Да, всичко е вярно")
    principal.asked(4).says("office@school.example")
    for number in range(5, 5 + CRITERIA):
        principal.asked(number).taps("Вече работи при нас")
    principal.asked(14).says("Мария Иванова")
    principal.asked(15).says("0888 123 456")
    principal.asked(16).taps("✔ Остави")
    principal.asked(17).taps("Не")
    principal.asked(18).taps("Последната завършила")
    principal.asked(19).says("двеста и четирийсет")
    principal.asked(20).says("12,5").hears("Очакваме число от 1 до 150").says("12")
    principal.asked(21).says("1")
    principal.asked(22).says("2")
    principal.asked(23).taps("Не сега, продължаваме")
    principal.asked(24).says("2015")
    principal.asked(25).taps("✅ Готово")
    principal.asked(26).taps("На всички")
    principal.asked(27).says("С родителския клуб и с <b>всички</b> *деца* в клас.")
    principal.asked(28).taps("Пълноправно")
    principal.asked(29).taps("Участваме в директорските срещи")
    expect(principal.page.get_by_role("button", name="Участваме в директорските срещи", pressed=True)).to_be_visible()
    principal.taps("✅ Готово")
    return principal


def test_a_principal_applies_and_the_admin_sees_every_answer(bot: RunningBot, open_page: OpenPage):
    admin = Principal(open_page(bot.admin_link, viewport={"width": 1280, "height": 800}))
    admin.hears("Добре дошли! Вече имате права")

    page = open_page(f"{bot.web}/", reduced_motion="reduce")
    principal = apply(Principal(page), "ОУ „Васил Левски“ – с. Караджово", "karadjovo").asked(30)
    seen = Axe().run(page)
    assert seen.violations_count == 0, seen.generate_report()
    principal.taps("Не, това е всичко")
    principal.asked(31).taps("Не")
    principal.asked(32).taps("✔ Потвърждавам")
    principal.hears("Моля, прегледайте отговорите си")
    principal.hears(re.compile("двеста|240"))
    expect(page.get_by_text("С родителския клуб и с <b>всички</b> *деца* в клас.").last).to_be_visible()
    page.reload()
    principal.hears("Моля, прегледайте отговорите си").taps("📨 Подай заявлението")
    principal.hears(re.compile(r"входящ № ВО-\d{4}-0001"))

    admin.hears(re.compile(r"Ново заявление ВО-\d{4}-0001")).taps("📄 Отвори")
    admin.hears("Мария Иванова").hears("0888 123 456").hears("office@school.example").hears("На всички")
    admin.says("/status").hears("Заявления: 1").hears("Пловдив: 1")
    principal.says("статус").hears("Състояние: подадено")
    principal.says("/list").hears("Тази команда е за екипа")


def test_a_second_application_for_the_same_school_is_not_taken(bot: RunningBot, open_page: OpenPage):
    page = open_page(f"{bot.web}/")
    principal = apply(Principal(page), "ОУ „Васил Левски“ – с. Караджово", "Karadzhovo")
    principal.asked(30).taps("Не, това е всичко")
    principal.asked(31).taps("Не")
    principal.asked(32).taps("✔ Потвърждавам")
    principal.hears("Моля, прегледайте отговорите си").taps("📨 Подай заявлението")
    principal.hears("вече има подадено заявление по тази покана")


def test_the_one_time_link_works_once(bot: RunningBot, open_page: OpenPage):
    Principal(open_page(bot.admin_link)).hears("Тази връзка вече е използвана или е изтекла")


def test_the_language_changes_at_any_question(bot: RunningBot, open_page: OpenPage):
    principal = Principal(open_page(f"{bot.web}/"))
    principal.hears("Накратко за данните Ви").taps("✔ Прочетох, да започваме").asked(1)
    principal.says("/language en").hears("What are you applying for?")
    principal.hears("Question 1 of").taps("Renewal").hears("Question 2 of")

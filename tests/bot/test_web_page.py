"""The page in a real browser: what a principal sees, taps and types."""

import asyncio
import base64
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from bot.channels.base import Command, Document, File, Location, Tap, Text, Update
from conversations.replies import Awaits, Button, Enclosed, Reply
from tests.bot.web_house import House, Served, in_place, serve
from tests.browser import OpenPage

LIMIT_BYTES = 300_000
BACK = (Button("back", "◀ Назад"),)
KIND = Reply(
    "**Начало**\n_Въпрос 1 от 4_\n\n**Вид на институцията**",
    ((Button("basic", "Основно училище"),), (Button("united", "Обединено училище"),), BACK),
    Awaits.CHOICE,
    key="kind",
)
PUPILS = Reply("_Въпрос 3 от 4_\n\n**Общ брой ученици**", (BACK,), Awaits.NUMBER, key="pupils")
DECISION = Reply("_Въпрос 4 от 4_\n\n**Решение на педагогическия съвет**", (BACK,), Awaits.FILE, key="decision")
PROMISES = ("Участваме в срещите", "Споделяме добри практики", "Определяме колега за координатор")


def promises(ticked: set[int]) -> Reply:
    rows = [
        (Button(f"{'-' if place in ticked else '+'}{place}", f"{'☑' if place in ticked else '☐'} {promise}"),)
        for place, promise in enumerate(PROMISES)
    ]
    done = [(Button("done", "✅ Готово"),)] if ticked else []
    return Reply("**С какво се ангажирате?**", (*rows, *done, BACK), Awaits.CHOICE, key="promises")


def answered(question: Reply, label: str, answer: str) -> Reply:
    change = ((Button(f"change-{question.key}", "✏️ Промени"),),)
    return in_place(Reply(f"**{label}**\n✔ {answer}", change, key=question.key, only_in_place=True))


def interview(house: House, update: Update) -> list[Reply]:
    """A school's application in four questions; the ticks are read from the updates so far."""
    ticked: set[int] = set()
    for content in house.contents:
        if isinstance(content, Tap) and content.button[0] in "+-":
            (ticked.add if content.button[0] == "+" else ticked.discard)(int(content.button[1:]))
    match update.content:
        case Command("start"):
            return [Reply("Здравейте! Отнема около **20 минути**."), KIND]
        case Command("language", code):
            house.language = code
            return [Reply("The language is English now.")]
        case Tap("basic" | "united" as kind):
            return [answered(KIND, "Вид на институцията", kind), promises(set())]
        case Tap("done"):
            return [answered(promises(ticked), "Ангажименти", f"{len(ticked)}"), PUPILS]
        case Tap(button) if button[0] in "+-":
            return [in_place(promises(ticked))]
        case Text(text) if text.isdigit():
            return [answered(PUPILS, "Общ брой ученици", text), DECISION]
        case File():
            return [answered(DECISION, "Решение", "файлът е приложен"), Reply("Благодарим Ви!")]
    return [Reply(f"Получих {len(house.updates)}.")]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path, interview, upload_limit_bytes=LIMIT_BYTES)


@pytest.fixture
def served(house: House) -> Iterator[Served]:
    with serve(house) as served:
        yield served


@pytest.fixture
def page(served: Served, open_page: OpenPage) -> Page:
    """A first visit, with the first question on the screen."""
    page = open_page(served.url)
    expect(page.get_by_role("button", name="Основно училище")).to_be_visible()
    return page


def tap(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def say(page: Page, text: str) -> None:
    page.get_by_role("textbox").fill(text)
    page.get_by_role("button", name="Изпрати").click()


def go_to_number(page: Page) -> None:
    tap(page, "Основно училище")
    tap(page, PROMISES[0])
    tap(page, "✅ Готово")
    expect(page.locator("#log")).to_contain_text("Общ брой ученици")


def go_to_file(page: Page) -> None:
    go_to_number(page)
    say(page, "120")
    expect(page.get_by_role("button", name="Изберете файл")).to_be_visible()


def is_wider_than_the_screen(page: Page) -> bool:
    return page.evaluate(
        "[document.documentElement, document.getElementById('scroller')].some(e => e.scrollWidth > e.clientWidth)"
    )


# ---------- the conversation ----------


def test_a_first_visit_begins_by_itself_and_a_second_does_not(house: House, page: Page):
    page.reload()
    expect(page.get_by_role("button", name="Основно училище")).to_be_visible()
    assert house.contents == [Command("start")]


def test_an_application_is_filled_in_with_the_mouse(house: House, page: Page):
    go_to_file(page)
    page.locator("#file").set_input_files({"name": "Решение.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"})
    expect(page.get_by_text("Благодарим Ви!")).to_be_visible()
    assert house.contents[1:5] == [Tap("basic"), Tap("+0"), Tap("done"), Text("120")]
    assert isinstance(house.contents[5], File)


def test_an_application_is_filled_in_with_the_keyboard_alone(house: House, page: Page):
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Към въпроса")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Основно училище")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".bubble.current")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="✅ Готово")).to_be_visible()
    expect(page.get_by_role("button", name=PROMISES[0])).to_be_focused()
    for _ in PROMISES:
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox")).to_be_focused()
    page.keyboard.type("120")
    page.keyboard.press("Enter")
    expect(page.locator("#log")).to_contain_text("Решение на педагогическия съвет")
    assert house.contents == [Command("start"), Tap("basic"), Tap("+0"), Tap("done"), Text("120")]


def test_an_answered_question_shows_its_answer_and_a_change_button(house: House, page: Page):
    tap(page, "Обединено училище")
    bubble = page.locator(".bubble", has_text="Вид на институцията")
    expect(bubble.locator(".text")).to_have_text(re.compile(r"Вид на институцията\s*✔ united"))
    assert bubble.get_by_role("button").all_inner_texts() == ["✏️ Промени"]
    tap(page, "✏️ Промени")
    expect(page.get_by_text("Получих 3.")).to_be_visible()
    assert house.contents[-1] == Tap("change-kind")


@pytest.mark.parametrize("height", [844, 520])
def test_ticks_change_in_place_without_a_jump(served: Served, open_page: OpenPage, height: int):
    page = open_page(served.url, viewport={"width": 360, "height": height}, reduced_motion="reduce")
    tap(page, "Основно училище")
    tick = page.get_by_role("button", name=PROMISES[1])
    expect(page.locator(".bubble.current")).to_be_focused()
    expect(tick).to_have_attribute("aria-pressed", "false")
    page.evaluate("() => { window.before = document.querySelectorAll('.tick')[1] }")
    place = tick.bounding_box()
    tick.click()
    expect(tick).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="✅ Готово")).to_be_visible()
    assert page.evaluate("window.before === document.querySelectorAll('.tick')[1]")
    assert tick.bounding_box() == place
    expect(tick).to_be_focused()
    tick.click(click_count=1)
    expect(tick).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("button", name="✅ Готово")).to_have_count(0)
    assert tick.bounding_box() == place


def test_the_second_click_of_a_double_click_answers_nothing(house: House, page: Page):
    page.get_by_role("button", name="Основно училище").dblclick()
    expect(page.get_by_role("button", name=PROMISES[0])).to_have_attribute("aria-pressed", "false")
    say(page, "край")
    expect(page.get_by_text("Получих 3.")).to_be_visible()
    assert house.contents == [Command("start"), Tap("basic"), Text("край")]


def test_what_a_person_types_is_text_and_nothing_else(house: House, page: Page):
    say(page, "<img src=x onerror=alert(1)> **не**")
    expect(page.locator(".own .text")).to_have_text("Вие: <img src=x onerror=alert(1)> **не**")
    expect(page.get_by_text("Получих 2.")).to_be_visible()


def test_enter_sends_and_shift_enter_begins_a_line(house: House, page: Page):
    box = page.get_by_role("textbox")
    box.press_sequentially("първи ред")
    box.press("Shift+Enter")
    box.press_sequentially("втори ред")
    box.press("Enter")
    expect(page.get_by_text("Получих 2.")).to_be_visible()
    assert house.contents[-1] == Text("първи ред\nвтори ред")
    expect(box).to_have_value("")


def test_the_update_says_what_the_screen_had_shown(house: House, page: Page):
    tap(page, "Основно училище")
    expect(page.get_by_role("button", name=PROMISES[0])).to_be_visible()
    say(page, "край")
    expect(page.get_by_text("Получих 3.")).to_be_visible()
    assert [update.seen for update in house.updates] == [None, 2, 4]


def test_a_one_time_link_is_used_once(house: House, served: Served, open_page: OpenPage):
    page = open_page(f"{served.url}/start/Inv-7")
    expect(page.get_by_role("button", name="Основно училище")).to_be_visible()
    expect(page).to_have_url(f"{served.url}/")
    page.reload()
    expect(page.get_by_role("button", name="Основно училище")).to_be_visible()
    assert house.contents == [Command("start", "Inv-7")]


def test_the_menu_and_the_language_are_commands(house: House, page: Page):
    page.locator("#menu summary").click()
    tap(page, "Статус")
    expect(page.get_by_text("Получих 2.")).to_be_visible()
    tap(page, "English")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Network “Sunflower”")
    expect(page.locator("#log .bot").first).to_have_attribute("lang", "bg")
    expect(page.locator("#log .bot").last).to_have_attribute("lang", "en")
    expect(page.get_by_role("button", name="Български")).to_be_visible()
    assert house.contents[1:] == [Command("status"), Command("language", "en")]
    page.reload()
    expect(page.get_by_role("button", name="Send")).to_be_attached()


@pytest.mark.parametrize(
    ("awaits", "keyboard"),
    [
        (Awaits.NUMBER, "numeric"),
        (Awaits.DECIMAL, "decimal"),
        (Awaits.PHONE, "tel"),
        (Awaits.EMAIL, "email"),
        (Awaits.LONG_TEXT, "text"),
    ],
)
def test_the_keyboard_fits_what_is_asked(house: House, page: Page, awaits: Awaits, keyboard: str):
    house.say(house.chat, Reply("Въпрос", awaits=awaits))
    expect(page.get_by_role("textbox")).to_have_attribute("inputmode", keyboard)


def test_a_date_can_be_picked_and_a_place_shared(house: House, served: Served, open_page: OpenPage):
    place = {"latitude": 42.5, "longitude": 24.25}
    page = open_page(served.url, geolocation=place, permissions=["geolocation"])
    expect(page.get_by_role("button", name="Основно училище")).to_be_visible()
    house.say(house.chat, Reply("Кога?", awaits=Awaits.DATE))
    page.get_by_label("От календара").fill("2026-02-03")
    expect(page.get_by_role("textbox", name="Вашият отговор")).to_have_value("03.02.2026")
    house.say(house.chat, Reply("Къде?", awaits=Awaits.LOCATION))
    tap(page, "Споделете местоположението")
    expect(page.get_by_text("Получих 2.")).to_be_visible()
    assert house.contents[-1] == Location(42.5, 24.25)


def test_the_forms_media_stand_above_their_question_and_stay_when_it_changes(house: House, page: Page, tmp_path: Path):
    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    (tmp_path / "circle").write_bytes(base64.b64decode(pixel))
    house.media["aa.png"] = Document(tmp_path / "circle", "image.png", "image/png")
    media = (Enclosed("image", "aa.png", "1. Кръг"), Enclosed("audio", "bb.mp3"))
    asked = Reply("Коя фигура?", key="shape", media=media)
    house.say(house.chat, asked)
    picture = page.get_by_role("img", name="1. Кръг")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1
    expect(page.locator("audio[controls]")).to_have_attribute("src", "/chat/file/media/bb.mp3")
    house.say(house.chat, in_place(replace(asked, text="✔ Кръг", media=())))
    expect(page.get_by_text("✔ Кръг")).to_be_visible()
    expect(picture).to_be_visible()


def test_a_time_and_a_moment_are_written_as_the_placeholder_shows(house: House, page: Page):
    box = page.get_by_role("textbox", name="Вашият отговор")
    house.say(house.chat, Reply("В колко?", awaits=Awaits.TIME))
    expect(box).to_have_attribute("placeholder", "Час, напр. 14:30")
    house.say(house.chat, Reply("Кога?", awaits=Awaits.DATETIME))
    expect(box).to_have_attribute("placeholder", "Дата и час, напр. 31.12.2026 14:30")
    page.get_by_label("От календара").fill("2026-02-03")
    expect(box).to_have_value("03.02.2026")


def test_a_typing_sign_stands_while_the_house_thinks(house: House, page: Page):
    release = threading.Event()
    house.gate = lambda: asyncio.to_thread(release.wait, 10)
    say(page, "край")
    expect(page.locator("#writing")).to_be_visible()
    release.set()
    expect(page.get_by_text("Получих 2.")).to_be_visible()
    expect(page.locator("#writing")).to_be_hidden()


# ---------- files ----------


def test_an_upload_shows_its_progress_and_can_be_cancelled(house: House, page: Page):
    go_to_file(page)
    held: list[Route] = []
    page.route("**/chat/file", lambda route: held.append(route))
    page.locator("#file").set_input_files({"name": "Решение.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"})
    expect(page.get_by_role("progressbar", name="Изпращам Решение.pdf")).to_be_visible()
    tap(page, "Откажи")
    expect(page.get_by_text("Отказано")).to_be_visible()
    say(page, "край")
    expect(page.get_by_text("Получих 6.")).to_be_visible()
    assert house.contents[-1] == Text("край")


def test_a_file_past_the_limit_is_refused_before_it_is_sent(served: Served, tmp_path: Path, open_page: OpenPage):
    house = House(tmp_path, interview, upload_limit_bytes=2 * 1024 * 1024)
    with serve(house) as small:
        page = open_page(small.url)
        go_to_file(page)
        page.locator("#file").set_input_files(
            {"name": "голям.pdf", "mimeType": "application/pdf", "buffer": b"x" * (2 * 1024 * 1024 + 1)}
        )
        expect(page.get_by_text("Файлът е по-голям от 2 MB.")).to_be_visible()
        assert not any(isinstance(content, File) for content in house.contents)


def test_a_phone_offers_its_camera(served: Served, open_page: OpenPage):
    page = open_page(served.url, has_touch=True, is_mobile=True, viewport={"width": 360, "height": 740})
    go_to_file(page)
    expect(page.get_by_role("button", name="Снимайте")).to_be_visible()
    expect(page.locator("#photo")).to_have_attribute("capture", "environment")


# ---------- when the line breaks ----------


def test_what_is_written_without_a_line_is_sent_once_and_in_order_when_it_is_back(house: House, page: Page):
    page.context.set_offline(True)
    expect(page.get_by_role("status")).to_contain_text("Няма връзка")
    say(page, "първо")
    say(page, "второ")
    tap(page, "Основно училище")
    expect(page.get_by_role("status")).to_contain_text("чака тук и ще бъде изпратено")
    expect(page.locator(".own .status").first).to_contain_text("Не е изпратено")
    page.context.set_offline(False)
    expect(page.get_by_role("button", name=PROMISES[0])).to_be_visible()
    expect(page.get_by_role("status")).to_be_empty()
    expect(page.locator(".own .status")).to_have_text(["", ""])
    assert house.contents == [Command("start"), Text("първо"), Text("второ"), Tap("basic")]


def test_an_answer_whose_receipt_was_lost_is_not_doubled(house: House, page: Page):
    lost: list[str] = []

    def lose_the_first_receipt(route: Route) -> None:
        if not lost:
            lost.append("receipt")
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/chat/send", lose_the_first_receipt)
    say(page, "край")
    expect(page.get_by_text("Получих 2.")).to_be_visible()
    expect(page.get_by_role("status")).to_be_empty()
    expect(page.locator(".own")).to_have_attribute("data-state", "sent")
    assert house.contents == [Command("start"), Text("край")]


def test_a_refused_message_is_tried_again_only_when_asked(house: House, page: Page):
    page.route("**/chat/send", lambda route: route.fulfill(status=413, json={"error": "too_long"}))
    say(page, "край")
    expect(page.locator(".own .status")).to_contain_text("Текстът е твърде дълъг")
    page.unroute("**/chat/send")
    tap(page, "Опитай пак")
    expect(page.get_by_text("Получих 2.")).to_be_visible()
    expect(page.locator(".own")).to_have_count(1)
    expect(page.locator(".own .status")).to_be_empty()


def test_a_restart_neither_loses_nor_repeats(house: House, tmp_path: Path, open_page: OpenPage):
    with serve(house) as first:
        page = open_page(first.url)
        expect(page.get_by_role("button", name="Основно училище")).to_be_visible()
    house.write(house.chat, Reply("Докато Ви нямаше"))
    house.write(house.chat, answered(KIND, "Вид на институцията", "друго"))
    house.open_channel()
    with serve(house, first.port):
        expect(page.get_by_text("Докато Ви нямаше")).to_be_visible()
        expect(page.get_by_role("status")).to_be_empty()
        assert page.locator(".bubble .text").all_inner_texts() == [
            "Здравейте! Отнема около 20 минути.",
            "Вид на институцията\n✔ друго",
            "Докато Ви нямаше",
        ]
        assert house.contents == [Command("start")]


def test_a_lost_session_is_said_plainly(house: House, page: Page):
    page.context.clear_cookies()
    say(page, "край")
    expect(page.locator(".own .status")).to_contain_text("Разрешете бисквитките")


# ---------- reading, focus, sizes ----------


def test_someone_who_reads_above_is_left_in_peace(house: House, page: Page):
    for number in range(12):
        house.say(house.chat, Reply(f"Съобщение {number}\n\n" + "Текст. " * 30))
    expect(page.get_by_text("Съобщение 11")).to_be_visible()
    page.locator("#menu summary").focus()
    page.locator("#scroller").evaluate("scroller => scroller.scrollTop = 0")
    house.say(house.chat, Reply("Ново", awaits=Awaits.TEXT))
    expect(page.get_by_role("button", name="Ново съобщение")).to_be_visible()
    assert page.locator("#scroller").evaluate("scroller => scroller.scrollTop") == 0
    expect(page.locator("#menu summary")).to_be_focused()
    tap(page, "Ново съобщение")
    expect(page.get_by_text("Ново", exact=True)).to_be_in_viewport()
    expect(page.get_by_role("button", name="Ново съобщение")).to_be_hidden()


def test_a_long_conversation_opens_at_its_end(house: House, page: Page):
    for number in range(20):
        house.say(house.chat, Reply(f"Съобщение {number}\n\n" + "Текст. " * 30))
    page.reload()
    expect(page.get_by_text("Съобщение 19")).to_be_in_viewport()


@pytest.mark.parametrize(("width", "height"), [(360, 740), (320, 568), (640, 400)])
def test_nothing_is_wider_than_a_small_or_enlarged_screen(
    house: House, served: Served, open_page: OpenPage, width: int, height: int
):
    page = open_page(served.url, viewport={"width": width, "height": height})
    go_to_number(page)
    word = "Непротивоконституционствувателствувайте" * 2
    house.say(
        house.chat, Reply(f"**{word}** https://example.org/{'a' * 90}", ((Button("x", word), Button("y", word)),))
    )
    expect(page.get_by_role("button", name=word).first).to_be_visible()
    say(page, "5" * 80)
    assert not is_wider_than_the_screen(page)
    expect(page.get_by_role("textbox")).to_be_in_viewport(ratio=1)


def test_every_target_is_large_enough_for_a_thumb(served: Served, open_page: OpenPage):
    page = open_page(served.url, viewport={"width": 360, "height": 740})
    go_to_file(page)
    page.locator("#menu summary").click()
    sizes = page.locator("button:visible, summary:visible, textarea:visible").evaluate_all(
        "all => all.map(e => [e.textContent.trim() || e.id, e.getBoundingClientRect().height])"
    )
    assert [name for name, height in sizes if height < 44] == []


def test_a_dark_room_gets_a_dark_page(served: Served, open_page: OpenPage):
    page = open_page(served.url, color_scheme="dark")
    expect(page.get_by_role("button", name="Основно училище")).to_be_visible()
    expect(page.locator("body")).to_have_css("background-color", "rgb(19, 26, 26)")
    expect(page.locator(".bot .text").first).to_have_css("color", "rgb(232, 238, 235)")


@pytest.mark.parametrize(
    "look",
    [
        {"color_scheme": "light", "reduced_motion": "reduce"},
        {"color_scheme": "dark", "reduced_motion": "reduce"},
        {"viewport": {"width": 360, "height": 740}, "has_touch": True, "reduced_motion": "reduce"},
    ],
)
def test_axe_finds_nothing_to_complain_about(
    house: House, served: Served, open_page: OpenPage, look: dict[str, object]
):
    page = open_page(served.url, bypass_csp=True, **look)
    assert violations(page) == []
    go_to_file(page)
    page.locator("#file").set_input_files({"name": "а.pdf", "mimeType": "application/pdf", "buffer": b""})
    expect(page.get_by_text("Файлът е празен")).to_be_visible()
    assert violations(page) == []
    page.context.set_offline(True)
    say(page, "без връзка")
    expect(page.get_by_text("Не е изпратено")).to_be_visible()
    page.locator("#menu summary").click()
    assert violations(page) == []


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]

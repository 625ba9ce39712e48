"""The keyboard under a Viber chat: every choice within six columns and twelve rows."""

import pytest

from bot.channels.base import GiveUp, Message
from bot.channels.viber.keyboards import keyboard
from bot.channels.viber.messages import bodies
from conversations.replies import Awaits, Button, Reply, Rows, numbered
from conversations.xlsform import compile_form
from tests.bot.viber_rules import faults, labels, laid_out
from tests.chat import Chat
from tests.conversations.test_transcripts import FOLDER, hear, said_in
from tests.forms import network_form
from tests.sample_forms import NAMES, form_source
from tests.willing import walk

BACK, SKIP = Button("m1.b.q.", "◀ Назад"), Button("m1.s.q.", "Пропусни ▶")
LONG = "Държавно или общинско училище с профилирана подготовка"


def choices(*texts: str, verb: str = "a") -> Rows:
    return tuple((Button(f"m1.{verb}.q.{n}", text),) for n, text in enumerate(texts, start=1))


def message(*rows: tuple[Button, ...], awaits: Awaits = Awaits.CHOICE) -> Message:
    return Message(1, "m", "Въпрос", rows, awaits)


def shape(asked: Message) -> list[list[str]]:
    board = keyboard(asked)
    assert faults({"keyboard": board.keyboard, **({"min_api_version": board.level} if board.level else {})}) == []
    buttons = board.keyboard["Buttons"]
    return [labels({"Buttons": row}) for row in laid_out(buttons)]


def test_rows_stay_rows_where_the_labels_fit():
    asked = message((Button("m1.a.q.y", "Да"), Button("m1.a.q.n", "Не")), *choices(LONG), (BACK, SKIP))
    assert shape(asked) == [["Да", "Не"], [LONG], ["◀ Назад", "Пропусни ▶"]]
    assert keyboard(asked).written == ""


def test_a_button_carries_our_id_and_its_label_is_no_markup():
    (button,) = keyboard(message((Button("m1.a.q.x", "<b>Рози & Ко</b>"),))).keyboard["Buttons"]
    assert (button["ActionType"], button["ActionBody"]) == ("reply", "m1.a.q.x")
    assert button["Text"] == "&lt;b&gt;Рози &amp; Ко&lt;/b&gt;"


def test_a_long_label_takes_two_rows_and_navigation_is_lighter():
    long, back = keyboard(message(*choices(LONG), (BACK,))).keyboard["Buttons"]
    assert (long["Rows"], back["Rows"]) == (2, 1)
    assert long["BgColor"] != back["BgColor"]


def test_four_short_buttons_make_two_even_rows():
    steps = tuple(Button(f"m1.a.q.{n}", str(n)) for n in range(1, 5))
    assert shape(message(steps, awaits=Awaits.DECIMAL)) == [["1", "2"], ["3", "4"]]


def test_short_labels_stand_together_when_twelve_rows_are_too_few():
    asked = message(*choices(*(f"Град {n}" for n in range(1, 15))), (BACK, SKIP))
    assert shape(asked)[:2] == [["Град 1", "Град 2", "Град 3"], ["Град 4", "Град 5", "Град 6"]]
    assert len(shape(asked)) == 6
    assert keyboard(asked).written == ""


def test_what_fits_no_other_way_is_numbered_in_the_text():
    asked = message(*choices(*(f"{LONG} {n}*" for n in range(1, 9))), (BACK, SKIP))
    assert shape(asked) == [["1", "2", "3", "4", "5", "6"], ["7", "8"], ["◀ Назад", "Пропусни ▶"]]
    assert keyboard(asked).written.splitlines()[1] == rf"2. {LONG} 2\*"
    (body,) = bodies(asked, None)
    assert body["text"].startswith(f"Въпрос\n\n1. {LONG} 1*\n2. {LONG} 2*\n")
    assert body["keyboard"]["Buttons"][1]["ActionBody"] == "m1.a.q.2"


def test_a_choice_too_long_to_read_on_a_button_is_numbered_too():
    asked = message(*choices("Да", "Съгласни сме " * 12), (BACK,))
    assert shape(asked) == [["1", "2"], ["◀ Назад"]]
    assert keyboard(asked).written.startswith("1. Да\n2. Съгласни сме")


def test_hundreds_of_choices_keep_the_navigation_and_are_typed_by_number():
    asked = message(*choices(*(f"{LONG} {n}" for n in range(1, 201))), (BACK, SKIP))
    assert shape(asked) == [["◀ Назад", "Пропусни ▶"]]
    assert keyboard(asked).written.splitlines()[199] == f"200. {LONG} 200"


def test_buttons_that_no_number_stands_for_are_named_when_there_is_no_room():
    asked = message(*choices(*(f"{LONG} {n}" for n in range(1, 10))), (BACK,), awaits=Awaits.TEXT)
    shown = [label for row in shape(asked) for label in row]
    assert shown == [f"{LONG} {n}" for n in range(1, 6)] + ["◀ Назад"]
    assert keyboard(asked).written.splitlines() == [f"• {LONG} {n}" for n in range(6, 10)]


@pytest.mark.parametrize(
    ("awaits", "action"), [(Awaits.PHONE, "share-phone"), (Awaits.LOCATION, "location-picker")], ids=str
)
def test_ones_own_number_or_place_is_shared_by_a_button_above_the_navigation(awaits: Awaits, action: str):
    board = keyboard(message((Button("m1.k.q.", "✔ Остави"),), (BACK,), awaits=awaits))
    assert [button["ActionType"] for button in board.keyboard["Buttons"]] == [action, "reply", "reply"]
    assert board.level == 3
    assert keyboard(message((BACK,))).level == 0


def test_a_web_link_is_a_button_and_any_other_link_stands_in_the_text():
    rows = ((Button("", "Сайт", "https://example.org/a"), Button("", "Обадете се", "tel:+359888123456")),)
    board = keyboard(message(*rows))
    (button,) = board.keyboard["Buttons"]
    assert (button["ActionType"], button["ActionBody"]) == ("open-url", "https://example.org/a")
    assert board.written == "Обадете се: tel:+359888123456"


def test_a_label_is_cut_where_its_escaped_form_is_too_long():
    (button,) = keyboard(message((Button("/list", "&" * 300),), awaits=Awaits.TEXT)).keyboard["Buttons"]
    assert button["Text"] == "&amp;" * 49 + "…"


def test_a_message_without_buttons_has_no_keyboard():
    assert keyboard(message()).keyboard is None


def test_a_button_without_an_id_is_a_bug():
    with pytest.raises(GiveUp):
        keyboard(message((Button("", "Да"),)))


# ---------- everything that is ever asked ----------


def is_within_reach(reply: Reply) -> bool:
    """Whether every button has its body, a number in the text, or a line there."""
    board = keyboard(Message(1, "m", reply.text, reply.rows, reply.awaits))
    buttons = [button for row in reply.rows for button in row]
    placed = {button["ActionBody"] for button in board.keyboard["Buttons"]} if board.keyboard else set()
    lines = len(board.written.splitlines())
    by_number = {button.id for button in numbered(reply)[:lines]}
    return all(button.id in placed | by_number or button.url in placed for button in buttons)


def heard_in(chat_name: str) -> list[Reply]:
    chat = Chat(network_form())
    heard: list[Reply] = []
    for said in said_in((FOLDER / chat_name).read_text()):
        hear(chat, said)
        heard += chat.heard
    return heard


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("network-*.txt")))
def test_everything_said_about_the_network_makes_a_legal_keyboard(name: str):
    heard = heard_in(name)
    assert len(heard) > 50
    assert [reply for reply in heard if not is_within_reach(reply)] == []
    assert [fault for reply in heard for fault in faults_of(reply)] == []


@pytest.mark.parametrize("name", [name for name in NAMES if name != "kobo.md"])
def test_everything_that_a_sample_form_asks_makes_a_legal_keyboard(name: str):
    chat = walk(Chat(compile_form(form_source(name)).form))
    assert [reply for reply in chat.screen.ever if not is_within_reach(reply)] == []
    assert [fault for reply in chat.screen.ever for fault in faults_of(reply)] == []


def faults_of(reply: Reply) -> list[str]:
    made = bodies(Message(1, "m", reply.text, reply.rows, reply.awaits), None)
    return [fault for body in made for fault in faults(body)]

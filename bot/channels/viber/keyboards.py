"""The keyboard under a Viber chat: six columns, at most twelve rows. Pure: nothing is sent here.

Limits: https://developers.viber.com/docs/tools/keyboards/ (buttons, columns, levels) and
https://developers.viber.com/docs/faq/ (rows). How many letters a button shows is nowhere stated; ours are measured
for a narrow phone.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape as escape_html
from typing import Any

from bot.channels.base import GiveUp, Message
from conversations.markdown import escape
from conversations.phrases import say
from conversations.replies import Awaits, Button, Reply, Rows, is_navigation, numbered

COLUMNS = 6
ROWS_LIMIT = 12
TEXT_LIMIT = 250
URL_LIMIT = 2000
SHARE_LEVEL = 3
"""The `min_api_version` that `share-phone` and `location-picker` need; nothing else of ours needs any."""

_LETTERS = {6: 5, 3: 10, 2: 16, 1: 36}
"""Buttons side by side → the longest label that each shows on one line."""
_SMALL_LETTERS = 46
_TWO_LINES_LETTERS = 110

_BACKGROUND = "#FFFFFF"
_CHOICE = "#D9E4F5"
_NAVIGATION = "#F1F4F9"
_SHARING = {Awaits.PHONE: "share_phone", Awaits.LOCATION: "share_location"}
_ACTIONS = {"share_phone": "share-phone", "share_location": "location-picker"}
_WEB = re.compile(r"https?://[^/?#\s]+\S*", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060-\u2064\u3164\ufeff]+")

Part = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Board:
    """`keyboard` as Viber takes it, None without a button. `written` is Markdown: what stands in the text instead.

    `level` is the `min_api_version` that the keyboard needs, 0 for none.
    """

    keyboard: Part | None = None
    written: str = ""
    level: int = 0


def keyboard(message: Message) -> Board:
    """The buttons of a message, in the first of these ways that holds them all.

    Rows as they are; short labels packed side by side; choices written into the text under numbers, with buttons of
    the numbers; as many as there is room for, the rest written as words, which may be typed as well.
    Raises GiveUp for a button without an id: a bug of ours.
    """
    rows, links = _without_foreign_links(message.rows)
    choices = numbered(Reply(message.text, rows, message.awaits))
    legible = all(len(button.label) <= _TWO_LINES_LETTERS for button in choices)
    rows = _with_sharing(rows, message)
    placed, left_out = _placed(rows, choices, legible=legible)
    made = {"Type": "keyboard", "DefaultHeight": False, "BgColor": _BACKGROUND, "Buttons": placed} if placed else None
    level = SHARE_LEVEL if message.awaits in _SHARING else 0
    return Board(made, "\n".join((*left_out, *links)), level)


def without_sharing(made: Part) -> Part | None:
    """The keyboard for clients that know no share buttons; None when no other button is left."""
    left = [button for button in made["Buttons"] if button["ActionType"] not in _ACTIONS.values()]
    return {**made, "Buttons": left} if left else None


def _placed(rows: Rows, choices: tuple[Button, ...], *, legible: bool) -> tuple[list[Part], list[str]]:
    """The buttons in order, and lines of Markdown for what has none."""
    if legible or not choices:
        for laid in (_laid(rows), _laid(_packed(rows), small=True)):
            if _height(laid) <= ROWS_LIMIT:
                return _flat(laid), []
    if choices:
        lines = [f"{number}. {escape(choice.label)}" for number, choice in enumerate(choices, start=1)]
        others = tuple(tuple(button for button in row if button not in choices) for row in rows)
        numbers = tuple(Button(choice.id, str(number)) for number, choice in enumerate(choices, start=1))
        for given in ((numbers, *others), others):
            laid = _laid(_packed(given), small=True)
            if _height(laid) <= ROWS_LIMIT:
                return _flat(laid), lines
        kept, _ = _as_many(_packed(others))
        return kept, lines
    kept, left = _as_many(_packed(rows))
    return kept, [f"• {escape(button.label)}" for button in left]


def _as_many(rows: Rows) -> tuple[list[Part], list[Button]]:
    """The first rows and the last one, which holds the way back; and the buttons between them that found no room."""
    laid = _laid(rows, small=True)
    last = laid[-1]
    kept: list[list[Part]] = []
    left: list[Button] = []
    for row, buttons in zip(laid[:-1], rows[:-1], strict=True):
        if left or _height([*kept, row, last]) > ROWS_LIMIT:
            left += buttons
        else:
            kept.append(row)
    return _flat([*kept, last]), left


def _without_foreign_links(rows: Rows) -> tuple[Rows, list[str]]:
    """The rows without links that no button can open (`tel:`, `viber:`), and those links as Markdown."""

    def is_foreign(button: Button) -> bool:
        return bool(button.url) and (_WEB.fullmatch(button.url) is None or len(button.url) > URL_LIMIT)

    links = [f"{escape(button.label)}: {escape(button.url)}" for row in rows for button in row if is_foreign(button)]
    kept = (tuple(button for button in row if not is_foreign(button)) for row in rows)
    return tuple(row for row in kept if row), links


def _with_sharing(rows: Rows, message: Message) -> Rows:
    """The rows with the button that sends one's own number or place, below what answers and above the navigation."""
    if message.awaits not in _SHARING:
        return rows
    phrase = _SHARING[message.awaits]
    at = next((n for n, row in enumerate(rows) if all(map(is_navigation, row))), len(rows))
    return (*rows[:at], (Button(phrase, say(f"{phrase}_button", message.language)),), *rows[at:])


def _beside(buttons: Sequence[Button], widths: Iterable[int]) -> Iterator[tuple[Button, ...]]:
    """The buttons in rows, each as full as its labels allow; four short ones make two rows of two."""
    at = 0
    while at < len(buttons):
        left = len(buttons) - at
        fitting = (n for n in widths if n <= left and (n, left) != (3, 4) and _fit(buttons[at : at + n]))
        many = next(fitting, 1)
        yield tuple(buttons[at : at + many])
        at += many


def _fit(buttons: Sequence[Button]) -> bool:
    return all(len(button.label) <= _LETTERS[len(buttons)] for button in buttons)


def _packed(rows: Rows) -> Rows:
    """Rows in which short labels stand together: those of choices, those of navigation; one that shares alone."""
    runs: list[list[Button]] = []
    for button in (button for row in rows for button in row):
        if runs and _kind(button) == _kind(runs[-1][-1]):
            runs[-1].append(button)
        else:
            runs.append([button])
    return tuple(row for run in runs for row in _beside(run, (6, 3, 2, 1)))


def _kind(button: Button) -> tuple[bool, bool]:
    return is_navigation(button), button.id in _ACTIONS


def _laid(rows: Rows, *, small: bool = False) -> list[list[Part]]:
    """Rows of buttons as Viber takes them, every row six columns wide.

    `small` sets a label that is little too long for its line in small letters instead of on two rows.
    """
    beside = (placed for row in rows for placed in (_beside(row, (3, 2, 1)) if not small else [row]))
    return [[_button(button, len(row), small=small) for button in row] for row in beside if row]


def _height(laid: list[list[Part]]) -> int:
    return sum(max(button["Rows"] for button in row) for row in laid)


def _flat(laid: list[list[Part]]) -> list[Part]:
    return [button for row in laid for button in row]


def _button(button: Button, beside: int, *, small: bool) -> Part:
    if not button.url and not button.id:
        raise GiveUp("a button without an id")
    label = button.label if _INVISIBLE.sub("", button.label) else "…"
    is_long = len(label) > _LETTERS[1]
    is_small = is_long and (small or len(label) > 2 * _LETTERS[1])
    return {
        "Columns": COLUMNS // beside,
        "Rows": 2 if is_long and not (small and len(label) <= _SMALL_LETTERS) else 1,
        "ActionType": _ACTIONS.get(button.id, "open-url" if button.url else "reply"),
        "ActionBody": button.url or button.id,
        "Text": _label(label),
        "TextSize": "small" if is_small else "regular",
        "TextHAlign": "left" if is_long else "center",
        "TextVAlign": "middle",
        "BgColor": _NAVIGATION if is_navigation(button) else _CHOICE,
    }


def _label(label: str) -> str:
    """The label safe among Viber's own tags, cut where its escaped form is over the limit."""
    shown = escape_html(label, quote=False)
    letters = min(len(label), TEXT_LIMIT)
    while len(shown) > TEXT_LIMIT:
        letters -= 1
        shown = escape_html(label[:letters].rstrip(), quote=False) + "…"
    return shown

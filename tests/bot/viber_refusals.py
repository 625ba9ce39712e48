"""What the Viber REST Bot API refuses: https://developers.viber.com/docs/api/rest-bot-api/, as far as the desk uses it.

A name that is not listed here is refused, too: the real service passes over it in silence, so it is a slip of ours.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

BODY_LIMIT_BYTES = 30 * 1024
TEXT_LIMIT = 7000
CAPTION_LIMIT = 768
SENDER_LIMIT = 28
TRACKING_LIMIT = 4000
FILE_NAME_LIMIT = 256
FILE_LIMIT_BYTES = 50 * 1024 * 1024
VIDEO_LIMIT_BYTES = 26 * 1024 * 1024
VIDEO_LIMIT_SECONDS = 180
PICTURE_LIMIT_BYTES = 1024 * 1024
URL_LIMIT = 2000
CONTACT_NAME_LIMIT = 28
PHONE_LIMIT = 18
LABEL_LIMIT = 250
GRID_COLUMNS = 6
GRID_ROWS = 12
LEVEL_OF_SHARING = 3

BAD, MISSING, TOO_NEW, LEVEL_MISSING = 3, 4, 13, 14
PICTURES = {".jpg": b"\xff\xd8\xff", ".jpeg": b"\xff\xd8\xff", ".png": b"\x89PNG\r\n\x1a\n", ".gif": b"GIF8"}
EXECUTABLE = {"exe", "bat", "cmd", "com", "msi", "apk", "app", "jar", "js", "vbs", "ps1", "sh", "scr", "lnk"}
COMMON = {"auth_token", "receiver", "type", "sender", "tracking_data", "min_api_version", "keyboard"}
# type → (what must be there, what may be there)
TYPES: dict[str | None, tuple[set[str], set[str]]] = {
    "text": ({"text"}, set()),
    "picture": ({"text", "media"}, {"thumbnail"}),
    "file": ({"media", "size", "file_name"}, set()),
    "video": ({"media", "size"}, {"text", "duration", "thumbnail"}),
    "url": ({"media"}, set()),
    "contact": ({"contact"}, set()),
    "location": ({"location"}, set()),
    None: ({"keyboard"}, set()),
}
# a name on the keyboard or on a button → the lowest min_api_version that knows it
KEYBOARD = {"Type": 1, "Buttons": 1, "BgColor": 1, "DefaultHeight": 1}
KEYBOARD |= {"CustomDefaultHeight": 3, "HeightScale": 3, "ButtonsGroupColumns": 4, "InputFieldState": 4}
BUTTON = dict.fromkeys(("Columns", "Rows", "ActionType", "ActionBody", "Text", "TextSize", "BgColor", "Silent"), 1)
BUTTON |= dict.fromkeys(("TextHAlign", "TextVAlign", "OpenURLType", "Image", "BgMedia"), 1)
BUTTON |= {"InternalBrowser": 3, "TextPaddings": 4}
ACTIONS = {"reply": 1, "open-url": 1, "none": 1, "share-phone": LEVEL_OF_SHARING, "location-picker": LEVEL_OF_SHARING}
SHOWN = ("Text", "BgMedia", "Image", "BgColor")
TAGS = {"b", "i", "u", "br", "font"}


@dataclass
class Refused(Exception):
    """An answer with a status other than 0; HTTP says 200 all the same."""

    status: int
    words: str


def demand(condition: object, words: str, status: int = BAD) -> None:
    if not condition:
        raise Refused(status, words)


def check_message(body: Mapping[str, Any], size: int, *, welcome: bool = False) -> None:
    """`size` is the length of the JSON in bytes. A welcome is the body of an HTTP answer and names no receiver."""
    demand(size <= BODY_LIMIT_BYTES, f"the request has {size} bytes")
    demand(welcome != isinstance(body.get("receiver"), str), "receiver", BAD if welcome else MISSING)
    kind = body.get("type")
    demand(kind in TYPES, f"type {kind!r}")
    needed, allowed = TYPES[kind]
    _check_names(body, needed, COMMON | allowed)
    _check_sender(body.get("sender"))
    level = body.get("min_api_version", 1)
    demand(_is_number(level) and level >= 1, "min_api_version")
    demand(len(_text(body.get("tracking_data", ""))) <= TRACKING_LIMIT, "tracking_data is too long")
    check = {
        "text": _check_text,
        "picture": _check_picture,
        "file": _check_file,
        "video": _check_video,
        "url": _check_url,
        "contact": _check_contact,
        "location": _check_location,
    }.get(str(kind))
    if check is not None:
        check(body)
    if "keyboard" in body:
        check_keyboard(body["keyboard"], level)


def check_keyboard(keyboard: Any, level: int) -> None:
    """Raises Refused in the words of the service's own schema where these are known."""
    demand(isinstance(keyboard, dict), "keyboard is not valid")
    demand("Type" in keyboard, 'keyboard is not valid: object has missing required properties (["Type"])')
    demand(keyboard["Type"] == "keyboard", "keyboard is not valid: Type")
    _check_levels(keyboard, KEYBOARD, level)
    buttons = keyboard.get("Buttons")
    demand(isinstance(buttons, list) and buttons, "keyboard is not valid: Buttons", MISSING)
    hidden = keyboard.get("InputFieldState", "regular")
    demand(hidden in ("regular", "minimized", "hidden"), "keyboard is not valid: InputFieldState")
    columns = keyboard.get("ButtonsGroupColumns", GRID_COLUMNS)
    for button in buttons:
        _check_button(button, columns, level)
    demand(grid_height(buttons, columns) <= GRID_ROWS, f"keyboard has {grid_height(buttons, columns)} rows")


def grid_height(buttons: list[dict[str, Any]], columns: int = GRID_COLUMNS) -> int:
    """Rows of the grid when buttons flow in order, as many side by side as fit."""
    height = used = tallest = 0
    for button in buttons:
        width = button.get("Columns", GRID_COLUMNS)
        if used + width > columns:
            height, used, tallest = height + tallest, 0, 0
        used, tallest = used + width, max(tallest, button.get("Rows", 1))
    return height + tallest


def check_content(body: Mapping[str, Any], content: bytes) -> None:
    """What a phone finds under a message's `media`."""
    if body["type"] in ("file", "video"):
        demand(len(content) == body["size"], f"media has {len(content)} bytes and not {body['size']}")
    else:
        demand(len(content) <= PICTURE_LIMIT_BYTES, f"the picture has {len(content)} bytes")
        demand(content.startswith(PICTURES[_ending(body["media"])]), "media is no picture of its ending")


def shown_label(button: Mapping[str, Any]) -> str:
    """A button's text as it is read; Refused for a tag that buttons do not know."""
    page = _Label()
    page.feed(button.get("Text", ""))
    page.close()
    return page.text


def _check_names(body: Mapping[str, Any], needed: set[str], allowed: set[str]) -> None:
    demand(needed <= set(body), f"missing {sorted(needed - set(body))}", MISSING)
    unknown = set(body) - needed - allowed
    demand(not unknown, f"unknown {sorted(unknown)}")


def _check_levels(given: Mapping[str, Any], known: Mapping[str, int], level: int) -> None:
    for name in given:
        demand(name in known, f"keyboard is not valid: unknown {name!r}")
        demand(level >= known[name], f"{name} needs min_api_version {known[name]}", LEVEL_MISSING)


def _check_sender(sender: Any) -> None:
    demand(isinstance(sender, dict) and sender.get("name"), "sender.name", MISSING)
    demand(len(_text(sender["name"])) <= SENDER_LIMIT, "sender.name is too long")
    demand(set(sender) <= {"name", "avatar"}, "sender")


def _check_text(body: Mapping[str, Any]) -> None:
    text = _text(body["text"])
    demand(text.strip(), "text is empty", MISSING)
    # How the service counts is not told; a letter outside the first plane may count double.
    length = len(text.encode("utf-16-le")) // 2
    demand(length <= TEXT_LIMIT, f"text has {length} characters")


def _check_picture(body: Mapping[str, Any]) -> None:
    _check_url(body)
    demand(_ending(body["media"]) in PICTURES, "media does not end as a picture does")
    demand(len(_text(body["text"])) <= CAPTION_LIMIT, "the caption is too long")


def _check_file(body: Mapping[str, Any]) -> None:
    _check_url(body)
    name = _text(body["file_name"])
    demand(_is_number(body["size"]) and 0 < body["size"] <= FILE_LIMIT_BYTES, "size")
    demand(len(name) <= FILE_NAME_LIMIT and re.search(r"\.\w+$", name), "file_name")
    demand(name.rpartition(".")[2].lower() not in EXECUTABLE, "file_name may be executed")


def _check_video(body: Mapping[str, Any]) -> None:
    _check_url(body)
    demand(_ending(body["media"]) == ".mp4", "media does not end as a film does")
    demand(_is_number(body["size"]) and 0 < body["size"] <= VIDEO_LIMIT_BYTES, "size")
    demand(body.get("duration", 0) <= VIDEO_LIMIT_SECONDS, "duration")
    demand(len(_text(body.get("text", ""))) <= CAPTION_LIMIT, "the caption is too long")


def _check_url(body: Mapping[str, Any]) -> None:
    url = _text(body["media"])
    place = urlsplit(url)
    demand(len(url) <= URL_LIMIT and url.isascii() and " " not in url, "media is no URL")
    demand(place.scheme == "https" or (place.scheme == "http" and place.hostname == "127.0.0.1"), "media is no URL")


def _check_contact(body: Mapping[str, Any]) -> None:
    contact = body["contact"]
    demand(isinstance(contact, dict) and set(contact) <= {"name", "phone_number", "avatar"}, "contact")
    demand(0 < len(_text(contact.get("name"))) <= CONTACT_NAME_LIMIT, "contact.name")
    number = _text(contact.get("phone_number"))
    demand(len(number) <= PHONE_LIMIT and re.fullmatch(r"\+?\d+", number), "contact.phone_number")


def _check_location(body: Mapping[str, Any]) -> None:
    place = body["location"]
    demand(isinstance(place, dict) and set(place) == {"lat", "lon"}, "location")
    demand(abs(float(place["lat"])) <= 90 and abs(float(place["lon"])) <= 180, "location")


def _check_button(button: Any, columns: int, level: int) -> None:
    demand(isinstance(button, dict), "keyboard is not valid: a button")
    _check_levels(button, BUTTON, level)
    action = button.get("ActionType", "reply")
    demand(action in ACTIONS and level >= ACTIONS[action], f'instance value ("{action}") not found in enum')
    demand(_text(button.get("ActionBody", "")), "ActionBody", MISSING)
    if action == "open-url":
        demand(urlsplit(button["ActionBody"]).scheme in ("http", "https"), "ActionBody is no URL")
    demand(any(button.get(name) for name in SHOWN), "a button shows nothing", MISSING)
    demand(len(_text(button.get("Text", ""))) <= LABEL_LIMIT, "Text of a button is too long")
    demand("Text" not in button or shown_label(button).strip(), "Text of a button is empty")
    demand(button.get("TextSize", "regular") in ("small", "regular", "large"), "TextSize")
    width, height = button.get("Columns", GRID_COLUMNS), button.get("Rows", 1)
    demand(_is_number(width) and 1 <= width <= columns, "Columns")
    demand(_is_number(height) and 1 <= height <= 2, "Rows")
    demand(re.fullmatch(r"#[0-9A-Fa-f]{6}", button.get("BgColor", "#ffffff")), "BgColor")


class _Label(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        demand(tag in TAGS, f"Text of a button: tag {tag!r}")
        self.text += " " if tag == "br" else ""

    def handle_data(self, data: str) -> None:
        self.text += data


def _ending(url: str) -> str:
    last = urlsplit(url).path.rpartition("/")[2]
    return f".{last.rpartition('.')[2].lower()}" if "." in last else ""


def _text(value: Any) -> str:
    demand(isinstance(value, str), f"{value!r} is no text")
    return str(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)

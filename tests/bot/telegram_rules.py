"""What the Bot API refuses: https://core.telegram.org/bots/api, as far as the desk uses it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

TEXT_LIMIT = 4096
CALLBACK_DATA_LIMIT_BYTES = 64
TAGS = {"b": set(), "i": set(), "a": {"href"}}

# method → (what must be there, what may be there)
METHODS: dict[str, tuple[set[str], set[str]]] = {
    "getMe": (set(), set()),
    "getWebhookInfo": (set(), set()),
    "getUpdates": (set(), {"offset", "limit", "timeout", "allowed_updates"}),
    "setWebhook": ({"url"}, {"secret_token", "allowed_updates", "max_connections"}),
    "deleteWebhook": (set(), {"drop_pending_updates"}),
    "setMyCommands": ({"commands"}, {"language_code"}),
    "sendMessage": (
        {"chat_id", "text"},
        {"parse_mode", "link_preview_options", "reply_markup", "disable_notification"},
    ),
    "sendDocument": ({"chat_id", "document"}, {"caption", "parse_mode", "reply_markup"}),
    "sendPhoto": ({"chat_id", "photo"}, {"caption"}),
    "sendAudio": ({"chat_id", "audio"}, {"caption"}),
    "sendVideo": ({"chat_id", "video"}, {"caption"}),
    "sendMediaGroup": ({"chat_id", "media"}, set()),
    "editMessageText": (
        {"chat_id", "message_id", "text"},
        {"parse_mode", "link_preview_options", "reply_markup"},
    ),
    "deleteMessage": ({"chat_id", "message_id"}, set()),
    "answerCallbackQuery": ({"callback_query_id"}, {"text", "show_alert"}),
    "getFile": ({"file_id"}, set()),
}


@dataclass
class Refused(Exception):
    """An answer other than 200, with the words of the real server."""

    status: int
    description: str
    parameters: dict[str, Any] = field(default_factory=dict)


def bad(description: str) -> Refused:
    return Refused(400, f"Bad Request: {description}")


def check_parameters(method: str, given: dict[str, Any]) -> None:
    needed, allowed = METHODS[method]
    if missing := needed - set(given):
        raise bad(f"missing {sorted(missing)}")
    if unknown := set(given) - needed - allowed:
        raise bad(f"unknown parameters {sorted(unknown)}")


class _Shown(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS or {name for name, _ in attrs} != TAGS[tag]:
            raise bad(f'can\'t parse entities: Unsupported start tag "{tag}"')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise bad("can't parse entities: Unmatched end tag")

    def handle_data(self, data: str) -> None:
        self.text += data


def shown_text(given: dict[str, Any]) -> str:
    """What people read: the text without its markup, its limits kept."""
    text = given["text"]
    if given.get("parse_mode") == "HTML":
        page = _Shown()
        page.feed(text)
        page.close()
        if page.open:
            raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{page.open[-1]}\"")
        text = page.text
    if not text.strip():
        raise bad("message text is empty")
    if len(text) > TEXT_LIMIT:
        raise bad("message is too long")
    return text


def check_markup(markup: dict[str, Any], *, private: bool) -> None:
    if "inline_keyboard" in markup:
        _check_inline(markup["inline_keyboard"])
    for row in markup.get("keyboard", ()):
        for button in row:
            if not private and (button.get("request_contact") or button.get("request_location")):
                raise bad("phone number can be requested in private chats only")


def _check_inline(rows: list[list[dict[str, str]]]) -> None:
    if sum(map(len, rows)) > 100 or any(len(row) > 8 for row in rows):
        raise bad("reply markup is too long")
    for button in (button for row in rows for button in row):
        if not button["text"].strip() or len(button) != 2:
            raise bad("can't parse inline keyboard button")
        if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= CALLBACK_DATA_LIMIT_BYTES:
            raise bad("BUTTON_DATA_INVALID")
        if "url" in button and "." not in button["url"].split("/")[2]:
            raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")

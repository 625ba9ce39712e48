"""A message of ours as parameters of Bot API calls. Pure: nothing is sent here.

Limits: https://core.telegram.org/bots/api#sendmessage and #inlinekeyboardbutton.
"""

import re
from collections.abc import Sequence
from typing import Any

from bot.channels.base import GiveUp, Media, Message
from bot.channels.markup import split, to_plain, to_telegram_html
from conversations.markdown import escape
from conversations.phrases import say
from conversations.replies import Awaits, Button, Rows

TEXT_LIMIT = 4096
BUTTON_ID_LIMIT_BYTES = 64
BUTTONS_LIMIT = 100
ROW_LIMIT = 8
ALBUM_LIMIT = 10
CAPTION_LIMIT = 1024
LONG_LABEL = 28

_NO_PREVIEW = {"is_disabled": True}
_LINK_OF_A_BUTTON = re.compile(r"https?://(?:[^/?#\s@]+@)?[^/?#\s@]*[^/?#\s.]\.[^/?#\s.]|tg://", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060-\u2064\u3164\ufeff]+")
_WORD = re.compile(r"[^\W_]")
_SHARING = {Awaits.PHONE: ("request_contact", "share_phone"), Awaits.LOCATION: ("request_location", "share_location")}

Parameters = dict[str, Any]


def is_private(chat: str) -> bool:
    """Groups have negative ids."""
    return not chat.startswith("-")


def texts(message: Message) -> list[Parameters]:
    """The text in as many parts as it needs, the buttons on the last. Empty when there is nothing to show at all.

    Raises GiveUp for a button whose id is too long for Telegram: a bug of ours.
    """
    rows, links = _placed(message.rows)
    markdown = "\n\n".join(filter(None, (message.text, *links)))
    if not _is_visible(markdown):
        if not rows:
            return []
        markdown = "…"
    parts = [_text(message.chat, part) for part in split(markdown, TEXT_LIMIT) if _is_visible(part)]
    if rows:
        parts[-1]["reply_markup"] = {"inline_keyboard": rows}
    return parts


def sharing(message: Message) -> Parameters | None:
    """The short message whose keyboard sends one's own number or place; None where it has no use.

    A keyboard of its own kind cannot stand on the question itself: that has its inline buttons, and only a message
    without such a keyboard can be edited. `one_time_keyboard` puts it away by itself should nobody remove it.
    """
    if message.awaits not in _SHARING or not is_private(message.chat):
        return None
    request, phrase = _SHARING[message.awaits]
    button = {"text": say(f"{phrase}_button", message.language), request: True}
    return {
        **_text(message.chat, say(f"{phrase}_hint", message.language)),
        "disable_notification": True,
        "reply_markup": {"keyboard": [[button]], "resize_keyboard": True, "one_time_keyboard": True},
    }


def messages_made(message: Message) -> int:
    """How many messages Telegram counts when this one is sent anew."""
    return len(message.media) + len(texts(message)) + len(message.documents) + (sharing(message) is not None)


def albums(media: Sequence[Media]) -> list[tuple[Media, ...]]:
    """The media in the order they go out: pictures that stand together as albums, of ten at most, the rest singly.

    https://core.telegram.org/bots/api#sendmediagroup
    """
    placed: list[tuple[Media, ...]] = []
    for each in media:
        last = placed[-1] if placed else ()
        if last and each.kind == last[0].kind == "image" and len(last) < ALBUM_LIMIT:
            placed[-1] = (*last, each)
        else:
            placed.append((each,))
    return placed


def as_edit(part: Parameters, message_id: str) -> Parameters:
    """The same part as a change of the message that stands there. Without buttons the old ones go."""
    return {**part, "message_id": int(message_id)}


def _text(chat: str, markdown: str) -> Parameters:
    html = to_telegram_html(markdown)
    return {"chat_id": int(chat), "text": html, "parse_mode": "HTML", "link_preview_options": _NO_PREVIEW}


def _is_visible(markdown: str) -> bool:
    """No markup takes a letter or a digit away, so a text that has one need not be rendered to know."""
    return bool(_WORD.search(markdown) or _INVISIBLE.sub("", to_plain(markdown)))


def _placed(rows: Rows) -> tuple[list[list[Parameters]], list[str]]:
    """Rows as phones can show them, and as Markdown the links that Telegram takes in no button (`http://localhost`)."""
    links = [
        f"{escape(button.label)}: {escape(button.url)}" for row in rows for button in row if not _fits_as_button(button)
    ]
    placed: list[list[Parameters]] = []
    for row in _at_most(rows, BUTTONS_LIMIT):
        buttons = [_button(button) for button in row if _fits_as_button(button)]
        width = 1 if any(len(button["text"]) > LONG_LABEL for button in buttons) else ROW_LIMIT
        placed += [buttons[start : start + width] for start in range(0, len(buttons), width)]
    return placed, links


def _at_most(rows: Rows, limit: int) -> Rows:
    """The rows; of too many the first ones and the last, which holds the way back. A label left out can be typed."""
    if sum(map(len, rows)) <= limit:
        return rows
    kept: list[tuple[Button, ...]] = []
    free = limit - len(rows[-1])
    for row in rows[:-1]:
        free -= len(row)
        if free < 0:
            break
        kept.append(row)
    return (*kept, rows[-1])


def _fits_as_button(button: Button) -> bool:
    return not button.url or _LINK_OF_A_BUTTON.match(button.url) is not None


def _button(button: Button) -> Parameters:
    label = button.label if _INVISIBLE.sub("", button.label) else "…"
    if button.url:
        return {"text": label, "url": button.url}
    if not 1 <= len(button.id.encode()) <= BUTTON_ID_LIMIT_BYTES:
        raise GiveUp("a button id is empty or longer than 64 bytes")
    return {"text": label, "callback_data": button.id}

"""A Telegram update, as the JSON came, read into ours. Plain dicts: building the library's objects costs 107 µs each.

https://core.telegram.org/bots/api#update. In groups only commands, taps and replies to the bot are for us; what
people say to each other is not read, whatever the bot's privacy mode lets through.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.channels.base import Command, Contact, Content, File, Location, Membership, Other, Tap, Text, Update

KINDS = ("message", "edited_message", "callback_query", "my_chat_member")

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)
_FILES = {"document": "", "video": "", "audio": "", "voice": "voice"}
_OTHERS = {
    "sticker": "sticker",
    **dict.fromkeys(
        ("animation", "video_note", "poll", "dice", "game", "story", "paid_media", "checklist", "giveaway"), "other"
    ),
}
_AWAY = ("left", "kicked")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Myself:
    """The bot's own id and user name, to tell what is meant for it in a group."""

    id: int
    username: str


def read_update(raw: Json, me: Myself) -> Update | None:
    """What happened, or None for what is nothing to us (service messages, talk in groups, other bots).

    Raises KeyError, TypeError or ValueError when the update is not in Telegram's shape.
    """
    if "message" in raw:
        return _message(raw, raw["message"], me)
    if "edited_message" in raw:
        return _edited(raw, raw["edited_message"])
    if "callback_query" in raw:
        return _tap(raw, raw["callback_query"])
    if "my_chat_member" in raw:
        return _membership(raw, raw["my_chat_member"])
    return None


def _message(raw: Json, message: Json, me: Myself) -> Update | None:
    if "migrate_to_chat_id" in message:
        content: Content | None = Membership(reachable=False, moved_to=str(message["migrate_to_chat_id"]))
    elif _is_from_a_machine(message):
        return None
    else:
        content = _content(message, me)
        if _in_group(message["chat"]) and not isinstance(content, Command) and not _answers(message, me):
            return None
    return None if content is None else _update(raw, message, content, message["date"])


def _edited(raw: Json, message: Json) -> Update | None:
    """Live locations move by edits, many of them; and in a group an edit is talk."""
    if _in_group(message["chat"]) or "location" in message or _is_from_a_machine(message):
        return None
    return _update(raw, message, Other("edited"), message.get("edit_date") or message["date"])


def _tap(raw: Json, query: Json) -> Update | None:
    """An inaccessible message has its chat too; a query from inline mode has no message, a game's has no data."""
    if "data" not in query or "message" not in query:
        return None
    return _update(raw, {"chat": query["message"]["chat"], "from": query["from"]}, Tap(query["data"]), None)


def _membership(raw: Json, change: Json) -> Update | None:
    before, now = (change[key]["status"] not in _AWAY for key in ("old_chat_member", "new_chat_member"))
    return None if before == now else _update(raw, change, Membership(reachable=now), change["date"])


def _update(raw: Json, event: Json, content: Content, date: int | None) -> Update | None:
    chat, person = event["chat"], event["from"]
    if chat["type"] == "channel":
        return None
    return Update(
        channel="telegram",
        update_id=str(raw["update_id"]),
        chat=str(chat["id"]),
        person=str(person["id"]),
        content=content,
        in_group=_in_group(chat),
        name=" ".join(filter(None, (person.get("first_name"), person.get("last_name")))),
        language=(person.get("language_code") or "").split("-")[0].lower(),
        sent_at=datetime.fromtimestamp(date, UTC) if date else None,
    )


def _content(message: Json, me: Myself) -> Content | None:
    """A forwarded file is a file (that is how people pass documents on); other people's words are nobody's answer."""
    other = next((word for kind, word in _OTHERS.items() if kind in message), None)
    if other is not None:  # before the files: an animation carries a copy of itself as `document`
        return Other(other)
    file = _file(message)
    if file is not None:
        return file
    if "forward_origin" in message:
        return Other("forwarded")
    if "text" in message:
        return _words(message["text"], me)
    if "contact" in message:
        return Contact(_phone(message["contact"], message["from"]["id"]))
    if "location" in message:
        return Location(message["location"]["latitude"], message["location"]["longitude"])
    return None


def _words(text: str, me: Myself) -> Content | None:
    command = _COMMAND.fullmatch(text)
    if command is None:
        return Text(text)
    word, addressee, argument = command.groups()
    if addressee and addressee.lower() != me.username.lower():
        return None
    return Command(word.lower(), (argument or "").strip())


def _file(message: Json) -> File | None:
    if "photo" in message:
        largest = max(message["photo"], key=lambda size: size["width"] * size["height"])
        return File(largest["file_id"], size=largest.get("file_size"))
    for kind, what in _FILES.items():
        if kind in message:
            found = message[kind]
            return File(found["file_id"], found.get("file_name", ""), found.get("file_size"), what)
    return None


def _phone(contact: Json, sender: int) -> str:
    """One's own number comes in international form, from some phones without the plus sign."""
    number = str(contact["phone_number"])
    own = contact.get("user_id") == sender
    return f"+{number}" if own and number[:1] in tuple("123456789") else number


def _in_group(chat: Json) -> bool:
    return chat["type"] in ("group", "supergroup")


def _answers(message: Json, me: Myself) -> bool:
    return bool(message.get("reply_to_message", {}).get("from", {}).get("id") == me.id)


def _is_from_a_machine(message: Json) -> bool:
    """Posts copied from a linked channel, and other bots; an anonymous admin writes as a bot with `sender_chat`."""
    if message.get("is_automatic_forward") or "from" not in message:
        return True
    return bool(message["from"].get("is_bot")) and "sender_chat" not in message

"""From an update to what the conversation understands: an Input, or a button that was typed instead of tapped."""

from dataclasses import replace
from datetime import timedelta

import orjson
from sqlalchemy import Connection

from bot.channels.base import Contact, File, Location, Other, Outcome, Tap, Text, Update
from bot.house import House
from conversations import inputs
from conversations.replies import button_meant, read_reply
from storage import history
from storage.people import Visitor

CLOCK_SLACK = timedelta(seconds=5)
"""Platforms tell whole seconds, and their clock is not ours; within it, only a question that is not out yet counts."""

OLDEST_UPDATE = timedelta(hours=24)
"""So long Telegram keeps updates (https://core.telegram.org/bots/api#getting-updates): what looks older shows that our
clock is wrong."""


def read_text(conn: Connection, visitor: Visitor, update: Update) -> Update:
    """A typed label or number of a button on the last message counts as a tap on it; anything else stays a text.

    So does what was written before that message could be seen: it was meant for another one.
    """
    if not isinstance(update.content, Text) or visitor.in_group:
        return update
    last = history.last_reply(conn, visitor.chat_id)
    if last is None:
        return update
    if _is_early(last, update):
        return replace(update, content=replace(update.content, early=True))
    button = button_meant(read_reply(orjson.loads(last.body)), update.content.text)
    return update if button is None else replace(update, content=Tap(button.id))


def _is_early(last: history.LastReply, update: Update) -> bool:
    """Whether the update was written before the chat's last question had reached the person."""
    if not last.key.startswith("q") or last.replaces_id is not None:
        return False
    if update.seen is not None:
        return update.seen < last.id
    if not last.is_out:
        return True
    return update.sent_at is not None and CLOCK_SLACK < last.created_at - update.sent_at < OLDEST_UPDATE


def hear(house: House, update: Update) -> inputs.Input:
    """What the person, or the fetcher, did. A file gets its attachment id here."""
    match update.content:
        case Text(text, early):
            return inputs.Said(text, early)
        case Tap(button):
            return inputs.Tapped(button)
        case Contact(phone):
            return inputs.SharedContact(phone)
        case Location(latitude, longitude):
            return inputs.SharedLocation(latitude, longitude)
        case File(what=what):
            return inputs.SentFile(house.secret(), what)
        case Outcome(attachment, "", type, size):
            return inputs.FileReady(attachment, type, size)
        case Outcome(attachment, reason):
            return inputs.FileRefused(attachment, reason)
        case Other(what):
            return inputs.Unreadable(what)
        case _:
            return inputs.Unreadable("other")

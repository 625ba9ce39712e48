"""Who can be written to: what an update says about its chat besides its content, and what became of our messages."""

from datetime import datetime

from sqlalchemy import Connection

from bot.channels.base import INTERNAL, Membership, Receipt, Update
from storage import holding, people, reach
from storage.people import Visitor

LONGEST_WHY_CHARACTERS = 200


def note_presence(conn: Connection, visitor: Visitor, update: Update, now: datetime) -> None:
    """Somebody is there, came back or went away; what was held for them goes out when they can be reached.

    Who opened the chat and wrote nothing cannot be written to yet, unless they could before. Where sessions are kept
    only a word begins one: whoever comes back without a word can be reached, and what costs nothing may go.
    """
    if update.channel == INTERNAL:
        return
    if isinstance(update.content, Membership):
        _change_membership(conn, visitor, update.content, happened_at(update, now), now)
    elif update.only_opened:
        if visitor.is_new:
            people.set_reachable(conn, visitor.chat_id, False, now)
    elif update.opens_session:
        reach.hear(conn, visitor.chat_id, happened_at(update, now))
        holding.release_held(conn, visitor.chat_id, now)
    elif visitor.blocked:
        people.set_reachable(conn, visitor.chat_id, True, now)


def note_receipt(conn: Connection, update: Update, receipt: Receipt, now: datetime) -> int | None:
    """Keep what the platform tells of a message of ours. Returns the chat's person, None for a chat we do not know."""
    chat = people.find_chat(conn, update.channel, update.chat)
    if chat is None:
        return None
    at = happened_at(update, now)
    match receipt.what:
        case "delivered":
            reach.note_delivered(conn, chat.id, at)
        case "seen":
            reach.note_seen(conn, chat.id, at)
        case _:
            reach.note_failed(conn, chat.id, receipt.message, receipt.why[:LONGEST_WHY_CHARACTERS], at)
    return chat.person_id


def happened_at(update: Update, now: datetime) -> datetime:
    """The platform's time of an update, which may come late or again; never later than now."""
    return now if update.sent_at is None else min(update.sent_at, now)


def _change_membership(conn: Connection, visitor: Visitor, change: Membership, at: datetime, now: datetime) -> None:
    if change.moved_to:
        people.move_chat(conn, visitor.chat_id, change.moved_to)
    elif change.reachable:
        people.set_reachable(conn, visitor.chat_id, True, now)
        holding.release_held(conn, visitor.chat_id, now)
    else:
        reach.leave(conn, visitor.chat_id, at)

"""Which staff hear of which event, and the card they get. A notification waits behind every answer to a person."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.house import House, window
from bot.queueing import put_replies
from conversations import markdown
from conversations.call import say_moment
from conversations.phrases import say
from conversations.replies import Button, Reply
from conversations.submission import Submission
from storage import calls, outbox, people
from storage.applications import Application
from storage.outbox import OutboxRow
from storage.people import StaffChat, Visitor

LONGEST_FIRST_LINE = 120


def tell_of_submission(
    conn: Connection, house: House, application: Application, submission: Submission, visitor: Visitor, now: datetime
) -> None:
    """Everyone of the staff, people and groups, gets the card of a new application. `now` is in the call's zone."""
    channel = people.chat(conn, visitor.chat_id).channel
    for chat in people.staff_chats(conn):
        language = chat.language or house.language
        by = markdown.escape(visitor.name) or say("person_unknown", language)
        card = "\n".join(_card_line(label, shown) for label, shown in submission.card)
        title = say(
            "card_title",
            language,
            reference=markdown.escape(application.reference),
            title=markdown.escape(application.title),
            place=f"\n{markdown.escape(application.place)}" if application.place else "",
        )
        sent = say(
            "card_by",
            language,
            person=by,
            channel=say(f"channel_{channel}", language),
            moment=say_moment(now, now, language),
        )
        open_it = Button(f"/show {application.reference}", say("card_open", language))
        _put(conn, chat, Reply("\n\n".join(part for part in (title, card, sent) if part), ((open_it,),)), now)


def _card_line(label: str, shown: str) -> str:
    """A label that is a question needs no colon."""
    colon = "" if label.endswith("?") else ":"
    return f"{markdown.escape(label)}{colon} **{markdown.escape(shown)}**"


def tell_of_call(conn: Connection, house: House, change: str, person: str, but_chat: int, now: datetime) -> None:
    """Staff hear that the call was opened, closed or given another deadline; whoever did it sees it anyway."""
    local = house.local(now)
    closes = window(calls.current(conn)).closes
    for chat in people.staff_chats(conn):
        if chat.chat_id == but_chat:
            continue
        language = chat.language or house.language
        text = say(
            f"call_announced_{change}",
            language,
            person=markdown.escape(person) or say("person_unknown", language),
            closes=say_moment(closes, local, language) if closes else say("call_no_date", language),
        )
        _put(conn, chat, Reply(text), now)


def tell_of_form(conn: Connection, house: House, person: str, version: str, but_chat: int, now: datetime) -> None:
    """The other admins hear that a version of the form was published."""
    for chat in people.staff_chats(conn, minimum="admin"):
        if chat.chat_id != but_chat:
            language = chat.language or house.language
            by = markdown.escape(person) or say("person_unknown", language)
            _put(conn, chat, Reply(say("form_announced", language, person=by, version=markdown.escape(version))), now)


def tell_of_trouble(conn: Connection, house: House, phrase: str, question: str, version: str, now: datetime) -> None:
    """Staff hear that a question of a form version does not work as written; never what anybody answered."""
    for chat in people.staff_chats(conn):
        language = chat.language or house.language
        text = say(phrase, language, question=markdown.escape(question), version=markdown.escape(version) or "—")
        _put(conn, chat, Reply(text), now)


def tell_of_held(
    conn: Connection,
    chats: Sequence[StaffChat],
    row: OutboxRow,
    reply: Reply,
    key: str,
    default_language: str,
    now: datetime,
) -> None:
    """These staff hear that a message waits for its person to write: whose, where, and how it begins."""
    chat = people.chat(conn, row.chat_id)
    person = "" if chat.person_id is None else people.name(conn, chat.person_id)
    first_line = next((line.strip() for line in markdown.plain(reply.text).splitlines() if line.strip()), "")
    for told in chats:
        language = told.language or default_language
        text = say(
            "held_announced",
            language,
            person=markdown.escape(person) or say("person_unknown", language),
            channel=say(f"channel_{row.channel}", language),
            message=markdown.escape(_shortened(first_line, LONGEST_FIRST_LINE)) or "📎",
        )
        _put(conn, told, Reply(text, key=key), now)


def _shortened(text: str, characters: int) -> str:
    return text if len(text) <= characters else f"{text[: characters - 1].rstrip()}…"


def _put(conn: Connection, chat: StaffChat, reply: Reply, now: datetime) -> None:
    put_replies(conn, chat.chat_id, [reply], now, outbox.NOTIFICATION)

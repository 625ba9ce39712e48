"""A rehearsal: an admin walks through a version of the form in their own chat, before or after the deadline.

Its draft is of a state of its own, so that no count, list or deadline knows of it, and nothing of it is ever submitted.
The admin's own application waits untouched meanwhile.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.house import House
from bot.sitting import Sitting, begin_rehearsal
from conversations.markdown import escape
from conversations.phrases import say
from conversations.replies import Awaits, Button, Reply, Rows
from conversations.talk import Outcome
from storage import calls, drafts, forms
from storage.forms import FormRow
from storage.people import Visitor

STOP = "/form stop"


def begin(conn: Connection, house: House, visitor: Visitor, row: FormRow, local: datetime) -> Reply:
    """Begin a rehearsal of this version; one that is under way ends. `local` is in the call's zone."""
    end(conn, visitor, local)
    language = visitor.language or house.language
    sitting = begin_rehearsal(house, house.forms.get(conn, row.id), row.id, language, local)
    sitting.draft_id(conn, visitor, calls.current(conn).id, local)
    return Reply(say("rehearsal_begins", language, version=escape(row.version)))


def end(conn: Connection, visitor: Visitor, now: datetime) -> int | None:
    """End the rehearsal under way; returns the version's row, None when there was none."""
    found = drafts.rehearsal(conn, visitor.person_id)
    if found is None:
        return None
    drafts.finish(conn, found.id, "rehearsed", found.body, now)
    return found.form_row


def completed(conn: Connection, sitting: Sitting, outcome: Outcome) -> Outcome:
    """What stands in place of a submission: it went through, and nobody got it."""
    over = over_reply(conn, sitting.form_row, "rehearsal_completed", outcome.draft.language)
    return Outcome(outcome.draft, (*outcome.replies, over))


def over_reply(conn: Connection, form_row: int, phrase: str, language: str) -> Reply:
    """The rehearsal is over: what can be done with the version now."""
    return Reply(say(phrase, language), choices(conn, forms.load(conn, form_row), language), Awaits.CHOICE)


def choices(conn: Connection, row: FormRow, language: str) -> Rows:
    """Try, publish, put away: the last two for a version that is not in use."""
    again = Button(f"/form try {row.id}", say("form_try_button", language))
    if row.id == forms.current(conn):
        return ((again,), (Button("/continue", say("go_on", language)),))
    publish = Button(f"/form publish {row.id}", say("form_publish_button", language))
    return (again,), (publish, Button(f"/form cancel {row.id}", say("form_cancel_button", language)))


def marked(replies: Sequence[Reply], language: str) -> tuple[Reply, ...]:
    """Replies with the way out of the rehearsal under their buttons: nobody should take it for the real thing."""
    way_out = (Button(STOP, say("rehearsal_stop_button", language)),)
    shown = [at for at, reply in enumerate(replies) if not reply.only_in_place]
    return tuple(
        replace(reply, rows=(*reply.rows, way_out)) if shown and at == shown[-1] else reply
        for at, reply in enumerate(replies)
    )

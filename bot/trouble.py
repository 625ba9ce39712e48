"""A form that does not work as written: staff hear of each question once per draft, a rehearsing admin in the chat."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot import notifications
from bot.house import House
from bot.sitting import Sitting
from conversations.markdown import escape
from conversations.phrases import say
from conversations.replies import Reply
from storage import events

PHRASES = {"question_stuck": "staff_stuck", "question_failed": "staff_failed"}
"""Kind of the event by which it is known → what is said."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Paths of questions, see conversations.talk.Outcome."""

    stuck: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


def tell_of_trouble(
    conn: Connection, house: House, sitting: Sitting, draft_id: int, trouble: Trouble, now: datetime
) -> list[Reply]:
    """Tell whoever can mend it what has not been told of this draft; returns what to say in this chat."""
    said: list[Reply] = []
    for kind, question in _news(conn, draft_id, trouble):
        subject, detail = f"draft:{draft_id}", json.dumps({"question": question})
        events.record(conn, kind=kind, actor_person_id=None, subject=subject, detail=detail, now=now)
        version = sitting.form.version
        if sitting.is_rehearsal:
            particulars = {"question": escape(question), "version": escape(version) or "—"}
            said.append(Reply(say(PHRASES[kind], sitting.draft.language, **particulars)))
        else:
            notifications.tell_of_trouble(conn, house, PHRASES[kind], question, version, now)
    return said


def _news(conn: Connection, draft_id: int, trouble: Trouble) -> Iterator[tuple[str, str]]:
    """Kind and question of what is not among the draft's events yet."""
    found = [("question_stuck", path) for path in trouble.stuck]
    found += [("question_failed", path) for path in trouble.failed]
    if not found:
        return
    past = events.of_subject(conn, f"draft:{draft_id}")
    known = {(event.kind, json.loads(event.detail).get("question")) for event in past if event.kind in PHRASES}
    yield from (each for each in found if each not in known)

"""The audit trail: who did what when. It holds what changed, old and new, and never an answer."""

from dataclasses import dataclass
from datetime import datetime
from itertools import starmap

from sqlalchemy import Connection, bindparam, insert, select

from storage.prepared import Prepared
from storage.tables import events

_RECORD = Prepared(insert(events), ("at", "kind", "actor_person_id", "subject", "detail"))
_OF_SUBJECT = (
    select(events.c.id, events.c.at, events.c.kind, events.c.actor_person_id, events.c.subject, events.c.detail)
    .where(events.c.subject == bindparam("about"))
    .order_by(events.c.id)
)


@dataclass(frozen=True, slots=True)
class Event:
    """`actor_person_id` None: the desk itself. `subject` is like `application:5`; `detail` is JSON."""

    id: int
    at: datetime
    kind: str
    actor_person_id: int | None
    subject: str
    detail: str


def record(
    conn: Connection, *, kind: str, actor_person_id: int | None, subject: str, detail: str, now: datetime
) -> None:
    _RECORD.run(conn, kind=kind, actor_person_id=actor_person_id, subject=subject, detail=detail, at=now)


def of_subject(conn: Connection, subject: str) -> list[Event]:
    """Everything that happened to the subject, oldest first."""
    return list(starmap(Event, conn.execute(_OF_SUBJECT, {"about": subject})))

"""Files that people sent: `pending` until fetched, then `ready` or `refused`. The bytes lie elsewhere, by hash."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, case, insert, or_, select, update

from storage.tables import attachments, drafts, literal_state, people

CLAIM_SECONDS = 8
"""How long a claimed file is left to its fetcher, which prolongs the claim while it is at work; a killed process' files
come back after that."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """`file_id` is the platform's, `name` what the sender called it.

    `purpose` is `answer`: the file answers `question` (a path) of the draft `draft_id`; or `form`, a form that an admin
    sent in, or `export`, a form on its way to an admin: those belong to `person_id` (None for an answer).

    `reason` says why it was refused. `sha256`, `type` (an ending such as `pdf`) and `size` (bytes) are blank
    until it is ready. `attempts` counts the claims so far.
    """

    id: str
    draft_id: int | None
    person_id: int | None
    purpose: str
    chat_id: int
    channel: str
    file_id: str
    name: str
    question: str
    state: str
    reason: str
    sha256: str
    type: str
    size: int
    attempts: int
    created_at: datetime


COLUMNS = (
    attachments.c.id,
    attachments.c.draft_id,
    attachments.c.person_id,
    attachments.c.purpose,
    attachments.c.chat_id,
    attachments.c.channel,
    attachments.c.file_id,
    attachments.c.name,
    attachments.c.question,
    attachments.c.state,
    attachments.c.reason,
    attachments.c.sha256,
    attachments.c.type,
    attachments.c.size,
    attachments.c.attempts,
    attachments.c.created_at,
)
"""In the order of Attachment's fields."""

_MAY_SEE = (
    select(attachments.c.id)
    .outerjoin(drafts, drafts.c.id == attachments.c.draft_id)
    .join(people, people.c.id == bindparam("person"))
    .where(
        attachments.c.id == bindparam("attachment"),
        or_(
            drafts.c.person_id == people.c.id,
            attachments.c.person_id == people.c.id,
            people.c.role != "applicant",
        ),
    )
)
_ADD = insert(attachments)
_GET = select(*COLUMNS).where(attachments.c.id == bindparam("attachment"))
_READY_OF = (
    select(*COLUMNS)
    .where(
        attachments.c.person_id == bindparam("person"),
        attachments.c.purpose == bindparam("purpose_wanted"),
        attachments.c.state == "ready",
        attachments.c.created_at >= bindparam("since"),
    )
    .order_by(attachments.c.created_at)
)
_DUE = (
    select(attachments.c.id)
    .where(
        attachments.c.state == literal_state("pending"),
        attachments.c.next_at <= bindparam("now"),
        or_(attachments.c.claimed_until.is_(None), attachments.c.claimed_until <= bindparam("now")),
        attachments.c.channel.in_(bindparam("channels", expanding=True)),
    )
    .order_by(case((attachments.c.channel.in_(bindparam("first", expanding=True)), 0), else_=1), attachments.c.next_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(attachments)
    .where(attachments.c.id.in_(bindparam("ids", expanding=True)))
    .values(claimed_until=bindparam("until"), attempts=attachments.c.attempts + 1)
    .returning(*COLUMNS)
)
_UPDATE = update(attachments).where(attachments.c.id == bindparam("attachment"))
_PENDING = attachments.c.state == literal_state("pending")
_PROLONG = (
    update(attachments)
    .where(attachments.c.id.in_(bindparam("ids", expanding=True)), _PENDING)
    .values(claimed_until=bindparam("until"))
)
_RETRY = _UPDATE.values(next_at=bindparam("at"), claimed_until=None)
# Only a file that waits: a process that was frozen over it comes back to one that another process has fetched.
_SETTLE = _UPDATE.where(_PENDING)
_READY = _SETTLE.values(
    state="ready",
    sha256=bindparam("sha256"),
    type=bindparam("type"),
    size=bindparam("size"),
    updated_at=bindparam("now"),
    claimed_until=None,
)
_REFUSE = _SETTLE.values(state="refused", reason=bindparam("reason"), updated_at=bindparam("now"), claimed_until=None)
_PENDING = attachments.c.state == literal_state("pending")
_AT_ONCE = (
    update(attachments).where(_PENDING, attachments.c.next_at > bindparam("now")).values(next_at=bindparam("now"))
)
_SHORTEN = (
    update(attachments)
    .where(_PENDING, attachments.c.claimed_until > bindparam("longest"))
    .values(claimed_until=bindparam("longest"))
)
_RELEASE = (
    update(attachments)
    .where(
        attachments.c.state == literal_state("pending"),
        attachments.c.claimed_until.is_not(None),
        attachments.c.channel.in_(bindparam("channels", expanding=True)),
    )
    .values(claimed_until=None)
)


def add_pending(
    conn: Connection,
    *,
    id: str,
    channel: str,
    chat_id: int,
    file_id: str,
    name: str,
    now: datetime,
    draft_id: int | None = None,
    question: str = "",
    person_id: int | None = None,
    purpose: str = "answer",
) -> None:
    """Keep a file to fetch. `id` is ours, random, handed in; `file_id` is what the channel fetches it by.

    An answer names its draft and question, any other purpose the person.
    """
    row = {
        "id": id,
        "draft_id": draft_id,
        "person_id": person_id,
        "purpose": purpose,
        "chat_id": chat_id,
        "channel": channel,
        "file_id": file_id,
        "name": name,
        "question": question,
        "state": "pending",
        "reason": "",
        "sha256": "",
        "type": "",
        "size": 0,
        "attempts": 0,
        "next_at": now,
        "created_at": now,
        "updated_at": now,
    }
    conn.execute(_ADD, row)


def get(conn: Connection, attachment_id: str) -> Attachment | None:
    row = conn.execute(_GET, {"attachment": attachment_id}).mappings().first()
    return None if row is None else Attachment(**row)


def ready_of(conn: Connection, person_id: int, purpose: str, since: datetime) -> list[Attachment]:
    """The stored files of a person for one purpose, sent at `since` or later, oldest first."""
    wanted = {"person": person_id, "purpose_wanted": purpose, "since": since}
    return [Attachment(**row) for row in conn.execute(_READY_OF, wanted).mappings()]


def due(
    conn: Connection, now: datetime, limit: int, *, channels: Collection[str], first: Collection[str] = ()
) -> list[Attachment]:
    """Claim files of these channels to fetch now; they stay claimed for CLAIM_SECONDS.

    Those of the channels `first` go before the others, and among each the longest waiting.
    """
    wanted = {"now": now, "limit": limit, "channels": list(channels), "first": list(first)}
    ids = conn.execute(_DUE, wanted).scalars().all()
    if not ids:
        return []
    rows = conn.execute(_CLAIM, {"ids": ids, "until": now + timedelta(seconds=CLAIM_SECONDS)}).mappings()
    claimed = {row["id"]: Attachment(**row) for row in rows}
    return [claimed[id] for id in ids]


def prolong(conn: Connection, ids: Collection[str], now: datetime) -> None:
    """Keep claimed files claimed for another CLAIM_SECONDS."""
    conn.execute(_PROLONG, {"ids": list(ids), "until": now + timedelta(seconds=CLAIM_SECONDS)})


def retry_at(conn: Connection, attachment_id: str, at: datetime) -> None:
    """Let go of a claimed file until `at`."""
    conn.execute(_RETRY, {"attachment": attachment_id, "at": at})


def ready(conn: Connection, attachment_id: str, sha256: str, type: str, size: int, now: datetime) -> None:
    """The file is stored under its hash. `type` is the ending that its content says, `size` is in bytes."""
    row = {"attachment": attachment_id, "sha256": sha256, "type": type, "size": size, "now": now}
    conn.execute(_READY, row)


def refuse(conn: Connection, attachment_id: str, reason: str, now: datetime) -> None:
    """The file cannot be taken, ever."""
    conn.execute(_REFUSE, {"attachment": attachment_id, "reason": reason, "now": now})


def forget_waits(conn: Connection, now: datetime) -> None:
    """After the clock was set back: no file waits for a time by the old clock, no claim lasts beyond CLAIM_SECONDS."""
    conn.execute(_AT_ONCE, {"now": now})
    conn.execute(_SHORTEN, {"longest": now + timedelta(seconds=CLAIM_SECONDS)})


def may_see(conn: Connection, attachment_id: str, person_id: int) -> bool:
    """Whether the person sent the file or is of the staff."""
    return conn.execute(_MAY_SEE, {"attachment": attachment_id, "person": person_id}).first() is not None


def release_claims(conn: Connection, channels: Collection[str]) -> None:
    """At the start of the only process: give back what a killed one had claimed for these channels."""
    conn.execute(_RELEASE, {"channels": list(channels)})

"""Every table, its keys and its indexes. The migrations build the same; a test compares the two.

`answers(application_id, question, value, label)` and `applications(id, reference, state, …)` are read by outside
tools: their columns keep their names.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import ColumnElement


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC: `timestamptz` on PostgreSQL, sortable ISO text on SQLite.

    Raises ValueError for a naive time, which would mean another moment on another machine.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Bytewise order on both databases, so that "begins with" is a range of an index: SQLite compares bytes anyway.
Word = Text().with_variant(Text(collation="C"), "postgresql")

InsertInto = Callable[[Table], sqlite.Insert | postgresql.Insert]
INSERTS: dict[str, InsertInto] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
"""INSERT with ON CONFLICT, by dialect name."""


def literal_state(name: str) -> ColumnElement[str]:
    """A state written into the SQL itself: SQLite uses a partial index only when it sees the value, not a parameter."""
    return literal_column(f"'{name}'", Text())


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite otherwise gives the id of a deleted newest row away again; buttons, audit and event streams rely on ids.
_NO_REUSE: dict[str, Any] = {"sqlite_autoincrement": True}
_KEYED: dict[str, Any] = {"sqlite_with_rowid": False}

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False, index=True),
    Column("role_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    **_NO_REUSE,
)

# A person is known on a channel by the private chat; a group has no person but may have a role for its members.
# `arrived_at` is empty until the first update from this chat: rows for ADMINS, STAFF and members of groups are made
# before. `language` is what was chosen, `platform_language` what the platform said at first. `heard_at` is the person's
# last word, kept where a channel has sessions; `held_told_at` is when staff were told that messages are held, empty
# again with the next word. `source` is where the person came from: the last payload of a link that is no secret.
chats = Table(
    "chats",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("platform_id", Text, nullable=False),
    Column("in_group", Boolean, nullable=False),
    Column("person_id", ForeignKey("people.id"), index=True),
    Column("role", Text, nullable=False, index=True),
    Column("role_at", UtcDateTime),
    Column("language", Text),
    Column("platform_language", Text, nullable=False),
    Column("reachable", Boolean, nullable=False),
    Column("reachable_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("arrived_at", UtcDateTime),
    Column("heard_at", UtcDateTime),
    Column("delivered_at", UtcDateTime),
    Column("seen_at", UtcDateTime),
    Column("failed_at", UtcDateTime),
    Column("failed_why", Text, nullable=False, server_default=""),
    Column("held_told_at", UtcDateTime),
    Column("source", Text, nullable=False, server_default=""),
    UniqueConstraint("channel", "platform_id"),
    **_NO_REUSE,
)

invites = Table(
    "invites",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("role", Text, nullable=False),
    Column("secret_hash", Text, nullable=False, unique=True),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("created_by", ForeignKey("people.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("used_by", ForeignKey("people.id")),
    Column("used_at", UtcDateTime),
    **_NO_REUSE,
)

forms = Table(
    "forms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("form_id", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("source", LargeBinary, nullable=False),
    Column("xform", Text, nullable=False),
    Column("files", Text, nullable=False),
    Column("desk", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("published_at", UtcDateTime, index=True),
    Column("cancelled_at", UtcDateTime),
    **_NO_REUSE,
)

calls = Table(
    "calls",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("opens", UtcDateTime),
    Column("closes", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    **_NO_REUSE,
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("chat_id", ForeignKey("chats.id"), nullable=False),
    Column("call_id", ForeignKey("calls.id"), nullable=False),
    Column("form_row", ForeignKey("forms.id"), nullable=False),
    Column("body", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index("ix_drafts_person_id_state", "person_id", "state", "id"),
    Index("ix_drafts_call_id_state", "call_id", "state"),
    **_NO_REUSE,
)
for _state in ("open", "rehearsal"):
    Index(
        f"uq_drafts_one_{_state}",
        drafts.c.person_id,
        unique=True,
        sqlite_where=text(f"state = '{_state}'"),
        postgresql_where=text(f"state = '{_state}'"),
    )
Index(
    "ix_drafts_open",
    drafts.c.id,
    sqlite_where=text("state = 'open'"),
    postgresql_where=text("state = 'open'"),
)

applications = Table(
    "applications",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("call_id", ForeignKey("calls.id"), nullable=False),
    Column("draft_id", ForeignKey("drafts.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("chat_id", ForeignKey("chats.id"), nullable=False),
    Column("form_row", ForeignKey("forms.id"), nullable=False),
    Column("prefix", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("reference", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("submission", Text, nullable=False),
    Column("submitted_at", UtcDateTime, nullable=False),
    Column("state_at", UtcDateTime, nullable=False),
    UniqueConstraint("prefix", "year", "number"),
    Index("ix_applications_number", "number"),
    Index("ix_applications_call_id_submitted_at", "call_id", "submitted_at"),
    Index("ix_applications_person_id", "person_id", "id"),
    Index("ix_applications_state", "state", "id"),
    **_NO_REUSE,
)
Index(
    "uq_applications_one_per_key",
    applications.c.call_id,
    applications.c.key,
    unique=True,
    sqlite_where=text("key <> '' AND state <> 'withdrawn'"),
    postgresql_where=text("key <> '' AND state <> 'withdrawn'"),
)

# How many applications are of a kind, in as many rows as storage/application_counts.py has shares.
application_counts = Table(
    "application_counts",
    metadata,
    Column("call_id", ForeignKey("calls.id"), primary_key=True),
    Column("region", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("decision", Text, primary_key=True),
    Column("share", Integer, primary_key=True),
    Column("count", Integer, nullable=False),
    **_KEYED,
)

answers = Table(
    "answers",
    metadata,
    Column("application_id", ForeignKey("applications.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("question", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("label", Text, nullable=False),
    UniqueConstraint("application_id", "question"),
    **_KEYED,
)

search_terms = Table(
    "search_terms",
    metadata,
    Column("term", Word, primary_key=True),
    Column("application_id", ForeignKey("applications.id"), primary_key=True, index=True),
    **_KEYED,
)

# A file either answers a question of a draft or, for any other purpose, belongs to a person alone.
attachments = Table(
    "attachments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("draft_id", ForeignKey("drafts.id"), index=True),
    Column("person_id", ForeignKey("people.id"), index=True),
    Column("purpose", Text, nullable=False, server_default="answer"),
    Column("chat_id", ForeignKey("chats.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("file_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),
    Column("claimed_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)
Index(
    "ix_attachments_pending",
    attachments.c.next_at,
    sqlite_where=text("state = 'pending'"),
    postgresql_where=text("state = 'pending'"),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", Text, nullable=False),
    Column("actor_person_id", ForeignKey("people.id")),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index("ix_events_subject", "subject", "id"),
    **_NO_REUSE,
)

updates = Table(
    "updates",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("update_id", Text, primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
    **_KEYED,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat_id", ForeignKey("chats.id"), nullable=False),
    Column("body", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("replaces_id", Integer),
    Column("priority", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),
    Column("claimed_until", UtcDateTime),
    Column("platform_id", Text),
    Column("why", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("failed_at", UtcDateTime),
    Index("ix_outbox_chat_id", "chat_id", "id"),
    Index("ix_outbox_key", "chat_id", "key", "id"),
    **_NO_REUSE,
)
Index(
    "ix_outbox_due",
    outbox.c.priority,
    outbox.c.id,
    sqlite_where=text("state = 'waiting'"),
    postgresql_where=text("state = 'waiting'"),
)
Index(
    "ix_outbox_first",
    outbox.c.chat_id,
    outbox.c.priority,
    outbox.c.id,
    sqlite_where=text("state = 'waiting'"),
    postgresql_where=text("state = 'waiting'"),
)

Index(
    "ix_outbox_held",
    outbox.c.chat_id,
    sqlite_where=text("state = 'held'"),
    postgresql_where=text("state = 'held'"),
)

# What a platform charged for: messages by month of the call's time zone, `YYYY-MM`.
tallies = Table(
    "tallies",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("month", Text, primary_key=True),
    Column("free", Integer, nullable=False),
    Column("paid", Integer, nullable=False),
    **_KEYED,
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

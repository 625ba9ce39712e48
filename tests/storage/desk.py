"""A small desk for storage tests: one form, one call, and people who have written. Names are invented."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from storage import applications, calls, drafts, forms, outbox, people

NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
CHANNELS = ("telegram",)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def arrive(conn: Connection, chat: str, *, name: str = "", now: datetime = NOW) -> people.Visitor:
    """A person writes in private on Telegram."""
    return people.arrive(
        conn, channel="telegram", chat=chat, person=chat, name=name, language="bg", in_group=False, now=now
    )


def arrive_in_group(conn: Connection, group: str, person: str, *, name: str = "") -> people.Visitor:
    return people.arrive(
        conn, channel="telegram", chat=group, person=person, name=name, language="bg", in_group=True, now=NOW
    )


@dataclass(frozen=True, slots=True)
class Desk:
    form_row: int
    call_id: int

    def draft(self, conn: Connection, chat: str, body: str = "{}") -> tuple[people.Visitor, int]:
        """A person arrives and has an open draft."""
        visitor = arrive(conn, chat)
        draft_id = drafts.create(
            conn,
            person_id=visitor.person_id,
            chat_id=visitor.chat_id,
            call_id=self.call_id,
            form_row=self.form_row,
            body=body,
            now=NOW,
        )
        return visitor, draft_id

    def submit(self, conn: Connection, chat: str, **given: Any) -> applications.Application:
        """A person arrives and submits; `given` replaces parts of the submission."""
        visitor, draft_id = self.draft(conn, chat)
        drafts.finish(conn, draft_id, "submitted", "{}", NOW)
        parts: dict[str, Any] = {
            "prefix": "ВО",
            "year": 2026,
            "title": "СУ „Христо Ботев“",
            "place": "с. Долно Езерово",
            "region": "Бургас",
            "kind": "full",
            "key": "",
            "submission": "{}",
            "answers": [],
            "now": NOW,
        }
        return applications.submit(
            conn,
            call_id=self.call_id,
            draft_id=draft_id,
            person_id=visitor.person_id,
            chat_id=visitor.chat_id,
            form_row=self.form_row,
            **{**parts, **given},
        )


def set_up(conn: Connection) -> Desk:
    """One published form and one call without a deadline."""
    form_row = forms.add(
        conn, form_id="f", version="1", title="Форма", source=b"x", xform="<x/>", files="{}", desk="{}", now=NOW
    )
    forms.publish(conn, form_row, NOW)
    return Desk(form_row, calls.open_first(conn, opens=None, closes=None, title="", now=NOW).id)


def move(conn: Connection, application_id: int, was: str, becomes: str, decision: str = "") -> bool:
    """Somebody of the staff moves an application on."""
    return applications.set_state(
        conn, application_id, was=was, becomes=becomes, decision=decision, actor_person_id=None, now=NOW
    )


def put(conn: Connection, chat_id: int, **given: Any) -> int:
    """Queue a message for the chat; `given` replaces parts of it."""
    parts = {"body": "{}", "key": "", "replaces": "", "priority": outbox.INTERACTIVE, "now": NOW}
    return outbox.put(conn, chat_id=chat_id, **{**parts, **given})

"""Form versions on their way: a checked form is kept as a proposal, then published or put away. SQL and rules only.

A proposal is a row of `forms` that was never published. Rows never change; publishing one makes it the form that is
asked, and the open drafts follow it (mover.py).
"""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import NoResultFound

from bot.checking import Passed
from bot.house import House
from conversations.draft import read_draft
from conversations.form import Form
from conversations.versions import Changes, Impact, compare, impact
from storage import drafts, events, forms
from storage.forms import FormRow
from storage.locks import Lock, hold


@dataclass(frozen=True, slots=True)
class Kept:
    """The proposal's row. It may be an old version that somebody wants back."""

    row: int


@dataclass(frozen=True, slots=True)
class Same:
    """Nothing differs from the form in use."""

    version: str


@dataclass(frozen=True, slots=True)
class VersionTaken:
    """Something else was published under this version already. `free` is one that is not taken."""

    version: str
    free: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What publishing a proposal would do now. `base` is the row in use."""

    row: int
    base: int
    changes: Changes
    impact: Impact


def keep(conn: Connection, house: House, passed: Passed, form: Form, now: datetime) -> Kept | Same | VersionTaken:
    """Keep a checked form for publishing. `form` is what `passed` holds, `now` in the call's zone."""
    base = in_use(conn)
    if passed.form_id == base.form_id and passed.version == base.version:
        if compare(house.forms.get(conn, base.id), form).is_empty:
            return Same(base.version)
        return VersionTaken(passed.version, _free_version(conn, passed, now))
    taken = forms.published_as(conn, passed.form_id, passed.version)
    if taken is not None:
        if compare(house.forms.get(conn, taken), form).is_empty:
            return Kept(taken)
        return VersionTaken(passed.version, _free_version(conn, passed, now))
    row = add(conn, passed, now)
    house.forms.put(row, form)
    return Kept(row)


def add(conn: Connection, passed: Passed, now: datetime) -> int:
    """Keep a checked form as a version that is not yet published."""
    return forms.add(
        conn,
        form_id=passed.form_id,
        version=passed.version,
        title=passed.title,
        source=passed.source,
        xform=passed.xform,
        files=json.dumps(passed.files, ensure_ascii=False),
        desk=json.dumps(passed.desk, ensure_ascii=False),
        now=now,
    )


def in_use(conn: Connection) -> FormRow:
    """The version that is asked now. Raises LookupError before the first one."""
    row = forms.current(conn)
    if row is None:
        raise LookupError("no form is published")
    return forms.load(conn, row)


def find(conn: Connection, row: str) -> FormRow | None:
    """The version with this row id, as a button carries it; None when there is none, or it was put away."""
    if not (row.isascii() and row.isdigit()) or len(row) > 9:
        return None
    try:
        found = forms.load(conn, int(row))
    except NoResultFound:
        return None
    return None if found.cancelled_at is not None and found.published_at is None else found


def plan(conn: Connection, house: House, row: int) -> Plan:
    base = in_use(conn).id
    old, new = house.forms.get(conn, base), house.forms.get(conn, row)
    under_way = (read_draft(draft.body) for draft in drafts.all_open(conn))
    return Plan(row, base, compare(old, new), impact(old, under_way))


def publish(conn: Connection, row: FormRow, actor_person_id: int | None, now: datetime) -> bool:
    """Ask this version from now on. False, and nothing changes, when it is asked already."""
    hold(conn, Lock.PUBLISHING)
    before = in_use(conn)
    if before.id == row.id:
        return False
    forms.publish(conn, row.id, now)
    note(conn, "form_published", row, actor_person_id, now, before=before.version)
    return True


def cancel(conn: Connection, row: FormRow, actor_person_id: int | None, now: datetime) -> None:
    """Put a proposal away; what was published once stays as it is."""
    if row.published_at is None:
        forms.cancel(conn, row.id, now)
    note(conn, "form_cancelled", row, actor_person_id, now)


def note(
    conn: Connection, kind: str, row: FormRow, actor_person_id: int | None, now: datetime, before: str | None = None
) -> None:
    """Into the audit trail."""
    detail = {"form": row.form_id, "version": row.version} | ({} if before is None else {"old": before})
    events.record(
        conn,
        kind=kind,
        actor_person_id=actor_person_id,
        subject=f"form:{row.id}",
        detail=json.dumps(detail, ensure_ascii=False),
        now=now,
    )


def _free_version(conn: Connection, passed: Passed, now: datetime) -> str:
    """A version nobody has used: the next number, or the day."""
    number = int(passed.version) if passed.version.isascii() and passed.version.isdigit() else int(f"{now:%Y%m%d}")
    wanted = number + 1 if str(number) == passed.version else number
    while forms.published_as(conn, passed.form_id, str(wanted)) is not None:
        wanted += 1
    return str(wanted)

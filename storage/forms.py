"""Form versions: immutable rows, of which the one published last is asked from now on."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from storage.news import FORM, announce
from storage.prepared import Prepared
from storage.tables import forms


@dataclass(frozen=True, slots=True)
class FormRow:
    """`source` is the workbook as it was handed in, `xform` what pyxform made of it, `files` a JSON object of CSV
    texts by name, `desk` JSON. `published_at` None: never published; `cancelled_at`: it never will be."""

    id: int
    form_id: str
    version: str
    title: str
    source: bytes
    xform: str
    files: str
    desk: str
    created_at: datetime
    published_at: datetime | None
    cancelled_at: datetime | None = None


_ADD = insert(forms).returning(forms.c.id)
_CURRENT = Prepared(
    select(forms.c.id)
    .where(forms.c.published_at.is_not(None))
    .order_by(forms.c.published_at.desc(), forms.c.id.desc())
    .limit(1)
)
_LOAD = select(
    forms.c.id,
    forms.c.form_id,
    forms.c.version,
    forms.c.title,
    forms.c.source,
    forms.c.xform,
    forms.c.files,
    forms.c.desk,
    forms.c.created_at,
    forms.c.published_at,
    forms.c.cancelled_at,
).where(forms.c.id == bindparam("row"))
_ROW = update(forms).where(forms.c.id == bindparam("row"))
_PUBLISH = _ROW.values(published_at=bindparam("now"), cancelled_at=None)
_CANCEL = _ROW.values(cancelled_at=bindparam("now"))
_PUBLISHED_AS = (
    select(forms.c.id)
    .where(
        forms.c.form_id == bindparam("form_id"),
        forms.c.version == bindparam("version"),
        forms.c.published_at.is_not(None),
    )
    .order_by(forms.c.published_at.desc(), forms.c.id.desc())
    .limit(1)
)


def add(
    conn: Connection,
    *,
    form_id: str,
    version: str,
    title: str,
    source: bytes,
    xform: str,
    files: str,
    desk: str,
    now: datetime,
) -> int:
    """Keep a version, not yet published, and return its row id."""
    row = {
        "form_id": form_id,
        "version": version,
        "title": title,
        "source": source,
        "xform": xform,
        "files": files,
        "desk": desk,
        "created_at": now,
    }
    return int(conn.execute(_ADD, row).scalar_one())


def current(conn: Connection) -> int | None:
    """The row id of the version published last; None before the first."""
    found = _CURRENT.first(conn)
    return None if found is None else int(found[0])


def load(conn: Connection, row_id: int) -> FormRow:
    """Raises sqlalchemy.exc.NoResultFound for an id that is not ours."""
    return FormRow(**conn.execute(_LOAD, {"row": row_id}).mappings().one())


def publish(conn: Connection, row_id: int, now: datetime) -> None:
    """Ask this version from now on. Publishing an older one again goes back to it."""
    conn.execute(_PUBLISH, {"row": row_id, "now": now})
    announce(conn, FORM)


def cancel(conn: Connection, row_id: int, now: datetime) -> None:
    """Put away a version that was never published."""
    conn.execute(_CANCEL, {"row": row_id, "now": now})


def published_as(conn: Connection, form_id: str, version: str) -> int | None:
    """The row published last under this form id and version; None when there never was one."""
    return conn.execute(_PUBLISHED_AS, {"form_id": form_id, "version": version}).scalar()

"""Jobs that only one process may do at a time (polling, rate-limited sending, deadlines, retention)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, or_
from sqlalchemy.sql.dml import ReturningInsert

from storage.tables import INSERTS, InsertInto, leases


def _take(build: InsertInto) -> ReturningInsert[Any]:
    row = build(leases)
    return row.on_conflict_do_update(
        index_elements=[leases.c.name],
        set_={"holder": row.excluded.holder, "until": row.excluded.until},
        where=or_(leases.c.holder == row.excluded.holder, leases.c.until <= bindparam("now")),
    ).returning(leases.c.name)


_TAKE = {dialect: _take(build) for dialect, build in INSERTS.items()}
_RELEASE = leases.delete().where(leases.c.name == bindparam("job"), leases.c.holder == bindparam("who"))


def take(conn: Connection, name: str, holder: str, until: datetime, now: datetime) -> bool:
    """Take or prolong the lease; False while another holder's has not run out."""
    row = {"name": name, "holder": holder, "until": until, "now": now}
    return conn.execute(_TAKE[conn.dialect.name], row).first() is not None


def release(conn: Connection, name: str, holder: str) -> None:
    """Give the lease back; nothing happens when it is another's by now."""
    conn.execute(_RELEASE, {"job": name, "who": holder})

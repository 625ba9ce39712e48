"""Which updates were already handled: a platform may deliver the same one twice, or to two processes."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam

from storage.prepared import Prepared
from storage.tables import INSERTS, updates

_NEW: dict[str, Any] = {name: bindparam(f"its_{name}") for name in ("channel", "update_id", "seen_at")}
_MARK = {
    dialect: Prepared(insert(updates).values(_NEW).on_conflict_do_nothing().returning(updates.c.update_id))
    for dialect, insert in INSERTS.items()
}


def mark_seen(conn: Connection, channel: str, update_id: str, now: datetime) -> bool:
    """Whether the update is new. On PostgreSQL waits for another process that is just handling the same one."""
    mark = _MARK[conn.dialect.name]
    return mark.first(conn, its_channel=channel, its_update_id=update_id, its_seen_at=now) is not None

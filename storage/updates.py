"""Which updates were already handled: a platform may deliver the same one twice, or to two processes."""

from datetime import datetime

from sqlalchemy import Connection

from storage.tables import INSERTS, updates

_MARK = {
    dialect: insert(updates).on_conflict_do_nothing().returning(updates.c.update_id)
    for dialect, insert in INSERTS.items()
}


def mark_seen(conn: Connection, channel: str, update_id: str, now: datetime) -> bool:
    """Whether the update is new. On PostgreSQL waits for another process that is just handling the same one."""
    row = {"channel": channel, "update_id": update_id, "seen_at": now}
    return conn.execute(_MARK[conn.dialect.name], row).first() is not None

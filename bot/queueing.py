"""How a reply gets into the outbox: the one place that knows both its JSON and the row it becomes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from conversations.replies import Reply, write_reply
from storage import outbox


def put_replies(
    conn: Connection, chat_id: int, replies: Sequence[Reply], now: datetime, priority: int = outbox.INTERACTIVE
) -> None:
    """Queue replies in order; without a priority they go ahead of everything that answers nobody."""
    for reply in replies:
        outbox.put(
            conn,
            chat_id=chat_id,
            body=write_reply(reply),
            key=reply.key,
            replaces=reply.replaces,
            priority=priority,
            now=now,
        )

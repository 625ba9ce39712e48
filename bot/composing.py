"""From a row of the outbox to the message that a channel gets."""

import orjson
from sqlalchemy import Connection

from bot.channels.base import Document, Message
from bot.stored_files import StoredFiles
from conversations.replies import Reply, read_reply
from storage.outbox import OutboxRow


def compose(
    row: OutboxRow, reply: Reply, files: StoredFiles, language: str, documents: tuple[Document, ...] = ()
) -> Message:
    """`reply` is the row's own, `documents` are its attachments; `language` counts for a chat that has chosen none."""
    return Message(
        id=row.id,
        chat=row.chat,
        text=reply.text,
        rows=reply.rows,
        awaits=reply.awaits,
        replaces=row.replaces_platform_id or "",
        before=_text_before(row),
        only_in_place=reply.only_in_place,
        documents=documents,
        media=files.media(reply.media),
        language=row.language or language,
    )


def compose_all(conn: Connection, rows: list[OutboxRow], files: StoredFiles, language: str) -> tuple[Message, ...]:
    """The messages of these rows; without those that only change another one in place."""
    replies = [(row, read_reply(orjson.loads(row.body))) for row in rows]
    return tuple(
        compose(row, reply, files, language, files.documents(conn, reply.attachments) if reply.attachments else ())
        for row, reply in replies
        if not reply.only_in_place
    )


def _text_before(row: OutboxRow) -> str:
    """The text of the message that this one takes the place of; '' when the person never got that message."""
    if row.replaces_body is None or not row.replaces_platform_id:
        return ""
    return read_reply(orjson.loads(row.replaces_body)).text

"""What a turn may know besides the update: the forms, the time zone, the language, and where chance comes from."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.form_media import FormMedia
from bot.shelf import FormShelf
from conversations.call import Window
from conversations.replies import Reply
from storage.calls import Call

TAG_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
TAG_LENGTH = 6


def _tag() -> str:
    return "".join(secrets.choice(TAG_LETTERS) for _ in range(TAG_LENGTH))


@dataclass(frozen=True)
class House:
    """`tag` and `seed` are drawn for each new draft, `secret` for one-time links and attachments.

    `media` None: nothing that stands beside a form is shown.
    """

    forms: FormShelf
    zone: ZoneInfo
    language: str
    web_address: str = ""
    media: FormMedia | None = None
    tag: Callable[[], str] = _tag
    seed: Callable[[], int] = field(default=lambda: secrets.randbits(48))
    secret: Callable[[], str] = field(default=lambda: secrets.token_urlsafe(18))

    def placed(self, conn: Connection, form_row: int, replies: Sequence[Reply]) -> tuple[Reply, ...]:
        """Replies of a conversation on this form version as the outbox keeps them: their media by stored names."""
        if self.media is None:
            return tuple(replace(reply, media=()) for reply in replies)
        return self.media.placed(conn, form_row, replies)

    def local(self, now: datetime) -> datetime:
        """`now` in the call's time zone, as conversations want it."""
        return now.astimezone(self.zone)


def window(call: Call) -> Window:
    """When a call is open, with an early closing taken into account."""
    closes = call.closes
    if call.closed_at is not None and (closes is None or call.closed_at < closes):
        closes = call.closed_at
    return Window(call.opens, closes)

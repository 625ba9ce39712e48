"""What other processes on the same database tell at their commits: there is something to show, to send, to move."""

import asyncio
from collections.abc import Callable

import structlog

from storage.database import Database

TRY_AGAIN_SECONDS = 1.0

log = structlog.get_logger(__name__)


async def listen(database: Database, hear: Callable[[str, str], None]) -> None:
    """Hand on to `hear` (see storage.news.Hear) until cancelled; a lost connection is opened again.

    On SQLite there is nobody to hear. One line when the connection is lost, none while it is.
    """
    is_lost = False

    def heard(topic: str, detail: str) -> None:
        nonlocal is_lost
        is_lost = False
        hear(topic, detail)

    while database.has_company:
        try:
            await database.listen(heard)
            why = "the connection ended"
        except Exception as failure:
            why = type(failure).__name__
        if not is_lost:
            log.warning("news_not_heard", reason=why)
            is_lost = True
        await asyncio.sleep(TRY_AGAIN_SECONDS)

"""Pending files → downloaded, checked by content, stored by hash → an internal turn that accepts or refuses them.

The row of the file and its turn are one transaction: after a kill the file is fetched again, and the answer given once.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import structlog
from sqlalchemy import Connection

from bot.channels.base import Blocked, Channel, GiveUp, Outcome, RetryLater, Update
from bot.house import House
from bot.stored_files import LIMIT_BYTES, StoredFiles, type_of
from bot.turn import INTERNAL, apologise, take_turn
from storage import attachments, drafts
from storage.attachments import Attachment
from storage.database import Database

AT_ONCE = 4
SLEEP_SECONDS = 1.0
FIRST_RETRY_SECONDS = 2.0
GIVE_UP_AFTER = timedelta(minutes=45)
"""Viber keeps a sent file for an hour; nobody should wait longer to hear that it failed."""

log = structlog.get_logger(__name__)


class Fetcher:
    """Fetches what waits for `channels`. `done` is called after each internal turn: there are replies to send."""

    def __init__(
        self,
        database: Database,
        house: House,
        channels: Mapping[str, Channel],
        files: StoredFiles,
        clock: Callable[[], datetime],
        done: Callable[[], None],
    ) -> None:
        self._database = database
        self._house = house
        self._channels = channels
        self._files = files
        self._clock = clock
        self._done = done
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There may be something to fetch."""
        self._woken.set()

    async def run(self) -> None:
        """Fetch until cancelled."""
        while True:
            self._woken.clear()
            now = self._clock()
            try:
                due = await self._database.write(
                    partial(attachments.due, now=now, limit=AT_ONCE, channels=tuple(self._channels))
                )
                await asyncio.gather(*(self._fetch(attachment) for attachment in due))
            except Exception as failure:
                log.error("fetching failed", error=type(failure).__name__)
                due = []
            if not due:
                try:
                    await asyncio.wait_for(self._woken.wait(), SLEEP_SECONDS)
                except TimeoutError:
                    continue

    async def _fetch(self, attachment: Attachment) -> None:
        """One try at one file.

        A whole file stays in `incoming` until its turn is committed: the web gives it to us once, and a kill or a
        database that is away must not lose it.
        """
        whole = self._files.incoming / f"fetched-{attachment.id}"
        try:
            if not whole.is_file():
                await self._download(attachment, whole)
            await self._take(attachment, whole)
        except RetryLater as later:
            await self._retry(attachment, later)
        except Blocked:
            await self._refuse(attachment, "unreachable")
        except GiveUp as refused:
            await self._refuse(attachment, "too_big" if "too_big" in str(refused) else "unreachable")
        else:
            whole.unlink(missing_ok=True)

    async def _download(self, attachment: Attachment, whole: Path) -> None:
        """Fetch to `whole`, which is there entirely or not at all. Raises SendError."""
        self._files.incoming.mkdir(parents=True, exist_ok=True)
        into = self._files.incoming / f"fetching-{uuid4().hex}"
        try:
            await self._channels[attachment.channel].fetch(attachment.file_id, into, LIMIT_BYTES)
            into.replace(whole)
        finally:
            into.unlink(missing_ok=True)

    async def _take(self, attachment: Attachment, into: Path) -> None:
        type, fault = await asyncio.to_thread(_look_at, into)
        if fault:
            return await self._refuse(attachment, fault)
        sha256, size = await asyncio.to_thread(self._files.keep, into)
        log.info("file stored", attachment=attachment.id, type=type, size=size)
        return await self._turn(attachment, Outcome(attachment.id, type=type, size=size), sha256)

    async def _retry(self, attachment: Attachment, later: RetryLater) -> None:
        now = self._clock()
        if now - attachment.created_at > GIVE_UP_AFTER:
            return await self._refuse(attachment, "unreachable")
        seconds = later.after_seconds or FIRST_RETRY_SECONDS * 2 ** min(attachment.attempts - 1, 8)
        at = now + timedelta(seconds=seconds)
        log.info("fetch later", attachment=attachment.id, seconds=seconds, why=str(later))
        return await self._database.write(lambda conn: attachments.retry_at(conn, attachment.id, at))

    async def _refuse(self, attachment: Attachment, reason: str) -> None:
        log.info("file refused", attachment=attachment.id, reason=reason)
        await self._turn(attachment, Outcome(attachment.id, reason=reason))

    async def _turn(self, attachment: Attachment, outcome: Outcome, sha256: str = "") -> None:
        """Mark the file and take the internal turn in one transaction."""
        now = self._clock()

        def settle(conn: Connection, turn: Callable[..., object] = take_turn) -> None:
            if outcome.reason:
                attachments.refuse(conn, attachment.id, outcome.reason, now)
            else:
                attachments.ready(conn, attachment.id, sha256, outcome.type, outcome.size, now)
            draft = drafts.by_attachment(conn, attachment.id)
            if draft is not None:
                chat, person = str(attachment.chat_id), str(draft.person_id)
                turn(conn, self._house, Update(INTERNAL, f"file:{attachment.id}", chat, person, outcome), now)

        try:
            await self._database.write(settle)
        except Exception as bug:
            log.exception("turn failed", attachment=attachment.id, error=type(bug).__name__)
            await self._database.write(lambda conn: settle(conn, turn=apologise))
        self._done()


def _look_at(fetched: Path) -> tuple[str, str]:
    """(type, why it cannot be taken): one of the two is empty."""
    size = fetched.stat().st_size
    if size == 0:
        return "", "empty"
    if size > LIMIT_BYTES:
        return "", "too_big"
    type = type_of(fetched)
    return type, "" if type else "wrong_type"

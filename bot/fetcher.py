"""Pending files → downloaded, checked by content, stored by hash → an internal turn that accepts or refuses them.

A file that answers no question is a form: one sent in is checked, one asked for is made. That may take a minute, so it
is done beside the others.
The row of the file and its turn are one transaction: after a kill the file is fetched again, and the answer given once.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path, PurePath
from uuid import uuid4

import structlog
from sqlalchemy import Connection

from bot import form_files
from bot.channels.base import (
    INTERNAL,
    Blocked,
    Channel,
    FormChecked,
    FormExported,
    GiveUp,
    Outcome,
    RetryLater,
    Update,
)
from bot.checking import Passed
from bot.form_files import FormFiles
from bot.house import House
from bot.stored_files import LIMIT_BYTES, StoredFiles, type_of
from bot.turn import apologise, take_turn
from storage import attachments, drafts
from storage.attachments import Attachment
from storage.database import Database, DatabaseAway

AT_ONCE = 16
SLEEP_SECONDS = 1.0
PROLONG_EVERY_SECONDS = attachments.CLAIM_SECONDS / 4
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
        self._expiring = tuple(name for name, channel in channels.items() if channel.files_expire)
        self._files = files
        self._forms = FormFiles(database, files)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._beside: set[asyncio.Task[None]] = set()
        self._at_work: set[str] = set()
        self._looked_at: datetime | None = None
        self._clock = clock
        self._done = done
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There may be something to fetch."""
        self._woken.set()

    async def run(self) -> None:
        """Fetch until cancelled."""
        prolonging = asyncio.create_task(self._prolong_claims())
        try:
            await self._run()
        finally:
            tasks = [prolonging, *self._beside, *self._under_way.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _prolong_claims(self) -> None:
        """Other processes leave to us what we are at work on, however long it takes."""
        while True:
            await asyncio.sleep(PROLONG_EVERY_SECONDS)
            if not self._at_work:
                continue
            ids, now = tuple(self._at_work), self._clock()
            try:
                await self._database.write(partial(attachments.prolong, ids=ids, now=now))
            except Exception as failure:
                log.error("claims not prolonged", error=type(failure).__name__)

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            free = AT_ONCE - len(self._under_way)
            due = await self._claim(free) if free else []
            for attachment in due:
                self._begin(attachment)
            if len(due) < free or not free:
                with suppress(TimeoutError):
                    async with asyncio.timeout(SLEEP_SECONDS):
                        await self._woken.wait()

    async def _claim(self, limit: int) -> list[Attachment]:
        now = self._clock()
        claim = partial(
            attachments.due, now=now, limit=limit, channels=(INTERNAL, *self._channels), first=self._expiring
        )
        try:
            if self._looked_at is None or now < self._looked_at:
                await self._database.write(partial(attachments.forget_waits, now=now))
            due = await self._database.write(claim)
        except Exception as failure:
            log.error("fetching failed", error=type(failure).__name__)
            return []
        self._looked_at = now
        return [attachment for attachment in due if attachment.id not in self._at_work]

    def _begin(self, attachment: Attachment) -> None:
        """Each goes by itself: a platform that hangs over one file must not hold up the others."""
        self._at_work.add(attachment.id)
        if attachment.purpose != "answer":
            task = asyncio.create_task(self._until_told(attachment))
            self._beside.add(task)
            task.add_done_callback(lambda task: self._ended(attachment, task))
            return
        task = self._under_way[attachment.id] = asyncio.create_task(self._until_told(attachment))
        task.add_done_callback(lambda task: self._ended(attachment, task))

    def _ended(self, attachment: Attachment, task: asyncio.Task[None]) -> None:
        self._at_work.discard(attachment.id)
        self._beside.discard(task)
        self._under_way.pop(attachment.id, None)
        self.wake()

    async def _until_told(self, attachment: Attachment) -> None:
        """Until the database has taken what became of the file. What else fails comes again when its claim runs out."""
        while True:
            try:
                await (self._export(attachment) if attachment.purpose == "export" else self._fetch(attachment))
            except DatabaseAway as away:
                log.warning("file waits", attachment=attachment.id, why=str(away))
                await asyncio.sleep(SLEEP_SECONDS)
            except Exception as failure:
                log.error("file not handled", attachment=attachment.id, error=type(failure).__name__)
                return
            else:
                return

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
        except OSError as failure:  # a full disk, say
            await self._retry(attachment, RetryLater(type(failure).__name__))
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
        if attachment.purpose == "form":
            return await self._take_form(attachment, into, "" if fault == "wrong_type" else fault)
        if fault:
            return await self._refuse(attachment, fault)
        sha256, size = await asyncio.to_thread(self._files.keep, into)
        log.info("file stored", attachment=attachment.id, type=type, size=size)
        outcome = Outcome(attachment.id, type=type, size=size)
        return await self._turn(attachment, outcome, self._marking_ready(attachment, sha256, type, size))

    async def _take_form(self, attachment: Attachment, into: Path, fault: str) -> None:
        """Check a form that an admin sent; its name decides how it is read, not what its content looks like."""
        if fault:
            return await self._refuse(attachment, fault)
        checked = await self._forms.check(attachment, into)
        if not isinstance(checked.verdict, Passed):
            return await self._turn(
                attachment, checked, lambda conn: self._mark_refused(conn, attachment, "not_a_form")
            )
        sha256, size = await asyncio.to_thread(self._files.keep, into)
        log.info("form checked", attachment=attachment.id, size=size)
        ending = PurePath(attachment.name).suffix.lower().lstrip(".")
        return await self._turn(attachment, checked, self._marking_ready(attachment, sha256, ending, size))

    async def _export(self, attachment: Attachment) -> None:
        into = self._files.incoming / f"made-{uuid4().hex}"
        try:
            await self._forms.export(attachment, into)
            sha256, size = await asyncio.to_thread(self._files.keep, into)
        finally:
            into.unlink(missing_ok=True)
        ready = self._marking_ready(attachment, sha256, "xlsx", size)
        await self._turn(attachment, FormExported(attachment.id), ready)

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
        is_form = attachment.purpose == "form"
        news = form_files.refused(attachment, reason) if is_form else Outcome(attachment.id, reason=reason)
        await self._turn(attachment, news, lambda conn: self._mark_refused(conn, attachment, reason))

    def _mark_refused(self, conn: Connection, attachment: Attachment, reason: str) -> None:
        attachments.refuse(conn, attachment.id, reason, self._clock())

    def _marking_ready(self, attachment: Attachment, sha256: str, type: str, size: int) -> Callable[[Connection], None]:
        return lambda conn: attachments.ready(conn, attachment.id, sha256, type, size, self._clock())

    async def _turn(
        self, attachment: Attachment, news: Outcome | FormChecked | FormExported, mark: Callable[[Connection], None]
    ) -> None:
        """Mark the file and take the internal turn in one transaction."""
        now = self._clock()

        def settle(conn: Connection, turn: Callable[..., object] = take_turn) -> None:
            mark(conn)
            draft = drafts.by_attachment(conn, attachment.id)
            person_id = attachment.person_id or (draft.person_id if draft else None)
            if person_id is not None:
                chat, person = str(attachment.chat_id), str(person_id)
                turn(conn, self._house, Update(INTERNAL, f"file:{attachment.id}", chat, person, news), now)

        try:
            await self._database.write(settle)
        except DatabaseAway:
            raise
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

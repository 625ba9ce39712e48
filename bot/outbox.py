"""Due rows → channel → sent | retry at | held | given up | blocked. One way out, one retry policy, one rate limiter.

At least once: a row is marked as sent after the platform took it, so a kill between the two repeats one message.
A chat has one message under way at a time, which keeps its order; interactive rows go before the rest.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import orjson
import structlog
from sqlalchemy import Connection

from bot.bulk import BulkPace
from bot.channels.base import Blocked, Channel, Document, GiveUp, Message, RetryLater
from bot.channels.remembering import remember
from bot.composing import compose
from bot.limits import Limiter
from bot.sessions import Sessions
from bot.stored_files import StoredFiles
from conversations.replies import Reply, read_reply
from storage import outbox
from storage.database import Database, DatabaseAway
from storage.outbox import OutboxRow

CLAIMED_AT_ONCE = 32
LONGEST_SLEEP_SECONDS = 1.0
DATABASE_AWAY_SECONDS = 0.5
FIRST_RETRY_SECONDS = 1.0
LONGEST_RETRY_SECONDS = 300.0
MOST_DOUBLINGS = 10
GIVE_UP_AFTER = timedelta(days=3)
CLOCK_SLACK = timedelta(minutes=1)
"""A row may be put while we look at the clock, or by a host whose clock is a little ahead."""

log = structlog.get_logger(__name__)


class Sender:
    """Sends what waits in the outbox for `channels`. `limiters` holds those channels that have a limit.

    `may_pay` are the channels with sessions on which what must not wait goes out for money.
    `may_send` tells whether this process is the one that sends to a channel just now.
    """

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        files: StoredFiles,
        clock: Callable[[], datetime],
        language: str,
        limiters: Mapping[str, Limiter] | None = None,
        may_pay: Set[str] = frozenset(),
        may_send: Callable[[str], bool] = lambda channel: True,
    ) -> None:
        self._database = database
        self._channels = channels
        self._files = files
        self._clock = clock
        self._language = language
        self._limiters = limiters or {}
        self._bulk = BulkPace(self._limiters, CLAIMED_AT_ONCE)
        self._sessions = Sessions.of(channels, may_pay)
        self._may_send = may_send
        self._under_way: dict[int, asyncio.Task[bool]] = {}
        self._not_before: dict[int, float] = {}
        self._waiting_chats: dict[tuple[str, str], int] = {}
        self._arrived: dict[int, str] = {}  # the newest rows that went out → what the platform calls them
        self._woken = asyncio.Event()
        self._is_finishing = False
        self._ended = asyncio.Event()
        self.moved_at: datetime | None = None
        """When the sender last looked for rows: /health says whether it moves."""

    def wake(self) -> None:
        """There may be something to send."""
        self._woken.set()

    def heard(self, channel: str, chat: str) -> None:
        """The person wrote (`chat` is the platform's id): what the platform counted against the chat begins anew."""
        limiter = self._limiters.get(channel)
        if limiter is not None:
            limiter.heard(chat)
        self._not_before.pop(self._waiting_chats.get((channel, chat), 0), None)

    async def run(self) -> None:
        """Send until cancelled or finished. A database that fails for a while is waited for."""
        while not self._is_finishing:
            self._woken.clear()
            try:
                rows = await self._claim()
            except Exception as failure:
                log.warning("outbox unreachable", error=type(failure).__name__)
                rows = []
            for row in rows:
                self._begin([row], self.wake)
            if len(rows) < CLAIMED_AT_ONCE and not self._is_finishing:
                await self._sleep()
        self._ended.set()

    async def finish(self, seconds: float) -> None:
        """Begin no more, and wait for the messages under way; for so long at most. `run` must be running."""
        self._is_finishing = True
        self.wake()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ended.wait()
                if self._under_way:
                    await asyncio.wait(self._under_way.values())

    def takes(self, channel: str) -> bool:
        """Whether `take_over` may be given messages of this channel."""
        return not self._is_finishing and channel in self._channels and self._may_send(channel)

    def take_over(self, rows: Sequence[OutboxRow]) -> None:
        """Send what a turn has just put and claimed for its chat, in order, after what is under way there.

        It is the short way of nearly all messages; `run` finds what waits for any other reason.
        """
        if rows:
            self._begin(rows)

    def _begin(self, rows: Sequence[OutboxRow], then: Callable[[], None] | None = None) -> None:
        """`rows` are of one chat."""
        chat = rows[0].chat_id
        task = asyncio.create_task(self._deliver(rows, self._under_way.get(chat)))
        self._under_way[chat] = task

        def ended(task: asyncio.Task[bool]) -> None:
            if self._under_way.get(chat) is task:
                del self._under_way[chat]
            if then is not None or task.cancelled() or not task.result():
                self.wake()

        task.add_done_callback(ended)

    async def _claim(self) -> list[OutboxRow]:
        now = time.monotonic()
        self._not_before = {chat: at for chat, at in self._not_before.items() if at > now}
        self._waiting_chats = {names: chat for names, chat in self._waiting_chats.items() if chat in self._not_before}
        busy = frozenset(self._under_way) | frozenset(self._not_before)
        at = self._clock()
        if self.moved_at is None or at < self.moved_at:
            await self._database.write(partial(_settle_times, at=at, seen=self.moved_at))
        ours = tuple(filter(self._may_send, self._channels))
        bulk = self._bulk.room(ours, now)
        claim = partial(_claim_one_a_chat, at=at, channels=ours, bulk=bulk, exclude_chats=busy)
        rows = await self._database.write(claim)
        self._bulk.found(bulk, {row.channel for row in rows if row.priority == outbox.BULK}, now)
        self.moved_at = at
        return rows

    async def _sleep(self) -> None:
        soonest = min((*self._not_before.values(), self._bulk.soonest())) - time.monotonic()
        # Not wait_for: in Python 3.11 it swallows a cancellation that comes together with the event.
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.005, min(LONGEST_SLEEP_SECONDS, soonest))):
                await self._woken.wait()

    async def _deliver(self, rows: Sequence[OutboxRow], before: asyncio.Task[bool] | None) -> bool:
        """Whether all of them went out, after those `before`. When one must wait, the rest wait with it."""
        try:
            if before is not None:
                if not await before:
                    await self._unclaim(rows)
                    return False
                rows = await self._look_again(rows)
            return await self._take_steps(rows)
        except Exception as failure:
            # The database is away: the claims run out by themselves and the rows are tried again.
            log.error("outbox unreachable", chat=rows[0].chat_id, error=type(failure).__name__)
            return False

    def _steps(self, rows: Sequence[OutboxRow]) -> Iterator[tuple[int, Sequence[OutboxRow]]]:
        """What may go side by side, and where it begins: changes of earlier messages, and one new message."""
        start = 0
        for at, row in enumerate(rows, start=1):
            if at == len(rows) or not self._changes_in_place(row):
                yield start, rows[start:at]
                start = at

    async def _take_steps(self, rows: Sequence[OutboxRow]) -> bool:
        """As `_deliver`. The next new message does not wait until the last one's changes are made."""
        changing: list[tuple[OutboxRow, asyncio.Task[str | None]]] = []
        for at, (*changed, awaited) in self._steps(rows):
            changing += [(row, asyncio.create_task(self._attempt_or_retry(row))) for row in changed]
            new = await self._attempt_or_retry(awaited)  # begun at once, and so before the others
            rest = rows[at + len(changed) + 1 :]
            if new is None or not rest:
                await asyncio.gather(*(task for _, task in changing))
            made = [(row, task.result()) for row, task in changing if task.done()]
            changing = [(row, task) for row, task in changing if not task.done()]
            await self._note_arrived([*made, (awaited, new)])
            if new is None:
                await self._unclaim(rest)
                return False
        return True

    async def _note_arrived(self, taken: Sequence[tuple[OutboxRow, str | None]]) -> None:
        arrived = [(row, platform_id) for row, platform_id in taken if platform_id is not None]
        for row, platform_id in arrived:
            remember(self._arrived, row.id, platform_id)
        if arrived:
            await self._mark_sent(arrived)

    async def _unclaim(self, rows: Sequence[OutboxRow]) -> None:
        def unclaim(conn: Connection) -> None:
            for row in rows:
                outbox.unclaim(conn, row.id)

        if rows:
            await self._database.write(unclaim)

    async def _look_again(self, rows: Sequence[OutboxRow]) -> Sequence[OutboxRow]:
        """What they change in place may have got its platform's id only now."""
        rows = [
            row
            if row.replaces_platform_id
            else replace(row, replaces_platform_id=self._arrived.get(row.replaces_id or 0))
            for row in rows
        ]
        if all(row.replaces_id is None or row.replaces_platform_id for row in rows):
            return rows
        return await self._database.read(partial(outbox.look_again, rows=rows))

    async def _attempt_or_retry(self, row: OutboxRow) -> str | None:
        try:
            return await self._attempt(row)
        except DatabaseAway as away:  # the row's claim runs out by itself and it is tried again
            log.error("outbox unreachable", row=row.id, chat=row.chat_id, why=str(away))
        except Exception as bug:
            log.exception("delivery failed", row=row.id, chat=row.chat_id)
            await self._retry(row, RetryLater(type(bug).__name__), None)
        return None

    async def _attempt(self, row: OutboxRow) -> str | None:
        """The platform's id of the message when it has taken it; None when the database knows what else became of
        it."""
        reply = read_reply(orjson.loads(row.body))
        if reply.only_in_place and not (row.replaces_platform_id and self._channels[row.channel].edits):
            return ""  # There is no message to change, and a new one would only say what the person has just done.
        why = self._sessions.why_not(row, self._clock())
        if why:
            await self._hold(row, reply, why)
            return None
        limiter = self._limiters.get(row.channel)
        message = await self._message(row, reply)
        if not self._may_send(row.channel):
            return None  # The lease was lost since the claim, and whoever has it now has the row, too.
        if limiter is not None and await self._must_wait(row, message, limiter):
            return None
        try:
            return await self._send(row, message, limiter)
        except Blocked as blocked:
            await self._block(row, reply, str(blocked))
        except GiveUp as refused:
            log.error("given up", row=row.id, chat=row.chat_id, why=str(refused))
            why = str(refused)
            await self._database.write(lambda conn: outbox.give_up(conn, row.id, why, self._clock()))
        except RetryLater as later:
            await self._retry(row, later, limiter)
        return None

    async def _hold(self, row: OutboxRow, reply: Reply, why: str) -> None:
        hold = partial(self._sessions.hold, row=row, reply=reply, why=why, language=self._language, now=self._clock())
        if await self._database.write(hold):
            log.info("held", row=row.id, chat=row.chat_id, why=why)

    async def _block(self, row: OutboxRow, reply: Reply, why: str) -> None:
        log.info("blocked", row=row.id, chat=row.chat_id, why=why)
        now = self._clock()
        if row.channel in self._sessions.lengths:
            hold = partial(self._sessions.hold_chat, row=row, reply=reply, language=self._language, now=now)
            await self._database.write(hold)
        else:
            await self._database.write(lambda conn: outbox.block_chat(conn, row.chat_id, now))

    def _let_rest(self, row: OutboxRow, until: float) -> None:
        """Begin nothing for the chat before `until`, unless its person writes."""
        self._not_before[row.chat_id] = until
        self._waiting_chats[row.channel, row.chat] = row.chat_id

    async def _mark_sent(self, arrived: Sequence[tuple[OutboxRow, str]]) -> None:
        """Note that messages have arrived, however long the database is away: forgotten, they would be sent again."""

        now = self._clock()

        def mark(conn: Connection) -> None:
            for row, platform_id in arrived:
                outbox.mark_sent(conn, row.id, platform_id, now)

        while True:
            try:
                # A power cut that took the mark away would repeat a message: not worth a wait for the disk.
                await self._database.write(mark, outlasts=False)
                break
            except DatabaseAway:
                await asyncio.sleep(DATABASE_AWAY_SECONDS)
        for row, _ in arrived:
            log.debug("sent", row=row.id, chat=row.chat_id, channel=row.channel)

    async def _must_wait(self, row: OutboxRow, message: Message, limiter: Limiter) -> bool:
        """Whether the row went back to wait its turn; otherwise its tokens are taken."""
        now = time.monotonic()
        # A change in place counts for nothing at the platform, but waits when we were asked to wait.
        many = 0 if self._changes_in_place(row) else limiter.count(message)
        wait = limiter.wait(row.chat, row.in_group, now, many) if many else limiter.paused(row.chat, now)
        if wait > 0:
            self._let_rest(row, now + wait)
            await self._database.write(lambda conn: outbox.unclaim(conn, row.id))
            return True
        if many:
            limiter.spend(row.chat, row.in_group, now, many)
        return False

    async def _send(self, row: OutboxRow, message: Message, limiter: Limiter | None) -> str:
        try:
            return await self._channels[row.channel].send(message)
        finally:
            if limiter is not None and not self._changes_in_place(row):
                limiter.landed(row.chat, row.in_group, time.monotonic())

    def _changes_in_place(self, row: OutboxRow) -> bool:
        return row.replaces_platform_id is not None and self._channels[row.channel].edits

    async def _retry(self, row: OutboxRow, later: RetryLater, limiter: Limiter | None) -> None:
        now, why = self._clock(), str(later)
        if now - row.created_at > GIVE_UP_AFTER:
            log.error("given up", row=row.id, chat=row.chat_id, why=why)
            await self._database.write(lambda conn: outbox.give_up(conn, row.id, why, now))
            return
        doubled = FIRST_RETRY_SECONDS * 2 ** min(row.attempts - 1, MOST_DOUBLINGS)
        seconds = later.after_seconds or min(doubled, LONGEST_RETRY_SECONDS)
        if limiter is not None and later.after_seconds is not None:
            limiter.pause(seconds, time.monotonic(), None if later.everyone else row.chat)
        log.info("retry", row=row.id, chat=row.chat_id, seconds=seconds, why=why)
        self._let_rest(row, time.monotonic() + seconds)
        await self._database.write(lambda conn: outbox.retry_at(conn, row.id, now + timedelta(seconds=seconds), why))

    async def _message(self, row: OutboxRow, reply: Reply) -> Message:
        documents: tuple[Document, ...] = ()
        if reply.attachments:
            documents = await self._database.read(lambda conn: self._files.documents(conn, reply.attachments))
        return compose(row, reply, self._files, self._language, documents)


def _settle_times(conn: Connection, at: datetime, seen: datetime | None) -> None:
    """The clock was set back, also before the start (`seen` None): what was put by the old one would wait for it.

    Pauses that a platform asked for hold all the same: `_not_before` and the limiter go by the monotonic clock.
    """
    if seen is not None or outbox.is_from_the_future(conn, at + CLOCK_SLACK):
        log.warning("clock set back", seconds=round((seen - at).total_seconds(), 1) if seen else None)
        outbox.forget_waits(conn, at)


def _claim_one_a_chat(
    conn: Connection, at: datetime, channels: tuple[str, ...], bulk: Mapping[str, int], exclude_chats: Set[int]
) -> list[OutboxRow]:
    """Due rows, of each chat only the most urgent one: a chat may be due with a question and with a notification.

    `bulk` is how many rows of that priority each channel has room for.
    """
    urgent = (outbox.INTERACTIVE, outbox.NOTIFICATION)
    claim = partial(outbox.due, conn, at, exclude_chats=exclude_chats)
    rows = claim(CLAIMED_AT_ONCE, channels=channels, priorities=urgent)
    for channel, many in bulk.items():
        rows += claim(many, channels=(channel,), priorities=(outbox.BULK, outbox.BULK))
    first: dict[int, OutboxRow] = {}
    for row in rows:
        if first.setdefault(row.chat_id, row) is not row:
            outbox.unclaim(conn, row.id)
    return list(first.values())

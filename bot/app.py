"""Wiring: database, form, channels, sender and fetcher; started and stopped in order."""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy import Connection

from bot.channels import telegram, viber
from bot.channels.base import INTERNAL, Channel, File, Message, NotTaken, Update
from bot.composing import compose_all
from bot.fetcher import Fetcher
from bot.form_media import FormMedia
from bot.house import House
from bot.invitations import invite
from bot.leases import Job, Leases
from bot.limits import TELEGRAM_RATES, VIBER_RATES, Limiter
from bot.listening import listen
from bot.metrics import MESSAGES, TURN_SECONDS, TURNS
from bot.mover import Mover
from bot.opening import open_database
from bot.order import InOrder
from bot.outbox import Sender
from bot.settings import Settings
from bot.shelf import FormShelf
from bot.stored_files import StoredFiles
from bot.turn import TurnDone, apologise, take_turn
from bot.warming import warm_up
from bot.web import Health
from conversations.form import Form
from storage import attachments, history, news, outbox, people, soundness, tallies
from storage.database import Database, DatabaseAway
from storage.outbox import OutboxCounts, OutboxRow
from storage.tallies import Tally

SENDER_STUCK_AFTER = timedelta(seconds=30)
STOP_SECONDS = 5.0
DATABASE_LATE_SECONDS = 3.0
NOTHING_WAITS = OutboxCounts(0, 0, None)
SENT_BY_ANY = frozenset({"web", "console"})
"""Channels without a platform that counts our messages: whichever process sends there."""
POLLING, MOVING = "polling telegram", "moving drafts"

T = TypeVar("T")

log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    return datetime.now(UTC)


class App:
    """One process of the desk. `open` readies the database and the form; `run_channels` brings channels to life."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = utc_now, house: House | None = None) -> None:
        self.settings = settings
        self.clock = clock
        self.database = Database(settings.database)
        self.files = StoredFiles(settings.data_dir)
        media = FormMedia(self.files)
        self.house = house or House(FormShelf(), settings.zone, settings.language, media=media)
        self.form: Form
        self.channels: Mapping[str, Channel] = {}
        self._order = InOrder()
        self._jobs: list[asyncio.Task[None]] = []
        self._sender: Sender
        self._fetcher: Fetcher
        self._mover: Mover
        self._leases: Leases

    async def open(self) -> None:
        """Raises StartError for a database that cannot be used or a form that is refused."""
        self.form = await open_database(self.database, self.house, self.settings, self.clock())

    async def run_channels(self, channels: Mapping[str, Channel]) -> None:
        """Start sending and fetching for `channels`, then receiving."""
        self.channels = channels
        limiters = {
            "telegram": Limiter(TELEGRAM_RATES, telegram.messages_made),
            "viber": Limiter(VIBER_RATES, viber.messages_made),
        }
        may_pay = frozenset({"viber"} if self.settings.viber_paid_messages else ())
        self._sender = Sender(
            self.database,
            channels,
            self.files,
            self.clock,
            self.settings.language,
            limiters,
            may_pay,
            may_send=self._may_send,
        )
        self._fetcher = Fetcher(self.database, self.house, channels, self.files, self.clock, self._sender.wake)
        self._mover = self.mover(self._sender.wake, lambda: self._leases.holds(MOVING))
        self._leases = Leases(self.database, _shared_jobs(channels), self._wake_all)
        if not self.database.has_company:
            await self.database.write(partial(_release_claims, channels=(INTERNAL, *channels)))
        await self._leases.beat()
        for job in (
            self._leases.run(),
            listen(self.database, self._hear),
            self._sender.run(),
            self._fetcher.run(),
            self._mover.run(),
        ):
            self._jobs.append(asyncio.create_task(job))
        for channel in channels.values():
            await channel.start(self.take)

    def warm_up(self, then: Callable[[], None]) -> None:
        """Make what the first person would have to wait for, beside the turns, and call `then` when it is there."""
        warming = asyncio.create_task(warm_up(self.database, self.house, self.form, self.clock()))
        warming.add_done_callback(lambda done: None if done.cancelled() else then())
        self._jobs.append(warming)

    def mover(self, done: Callable[[], None], may_move: Callable[[], bool] = lambda: True) -> Mover:
        """What moves open drafts to the version in use; `self.form` follows it."""
        return Mover(self.database, self.house, self.clock, done, lambda form: setattr(self, "form", form), may_move)

    async def may_poll(self) -> bool:
        """Whether this process is the one that asks Telegram for updates."""
        return self._leases.holds(POLLING)

    async def stop(self) -> None:
        """Let the messages under way end, receive no more, close the database.

        The sender ends first: a channel that is closed under a message cannot tell whether it arrived, and it would
        be sent again. What turns still say after that goes out at the next start.
        """
        if self._jobs:
            await self._sender.finish(STOP_SECONDS)
        for channel in self.channels.values():
            await channel.stop()
        for job in self._jobs:
            job.cancel()
        for job in self._jobs:
            with suppress(asyncio.CancelledError):
                await job
        if self._jobs:
            await self._leases.give_back()
        await self.database.close()

    async def take(self, update: Update) -> None:
        """One update, from any channel: returns after its turn is committed, in order per person.

        Raises NotTaken while the database is away, and what kept even the apology after a bug from being stored; the
        channel then has the update delivered again.
        """
        await self._handle(update, _nothing_more)

    async def answer_opening(self, update: Update) -> tuple[Message, ...]:
        """As `take`, for a platform that takes the answer in its response: those messages, in order, are sent by it.

        A repeated update gets the chat's last answers again: the first response may never have arrived.
        """
        return await self._handle(update, self._answer)

    def _answer(self, conn: Connection, update: Update, done: TurnDone) -> tuple[Message, ...]:
        chat = people.find_chat(conn, update.channel, update.chat)
        if chat is None:
            return ()
        rows = outbox.answer_now(conn, chat.id, self.clock())
        if not rows and done.what == "repeated":
            rows = history.last_answers(conn, chat.id)
        return compose_all(conn, rows, self.files, self.settings.language)

    async def bill(self, channel: str, free: int, paid: int) -> None:
        """The platform said what messages cost: so many were free, so many paid for."""
        MESSAGES.labels(channel, "free").inc(free)
        MESSAGES.labels(channel, "paid").inc(paid)
        month = self._month()
        await self.database.write(lambda conn: tallies.add(conn, channel, month, free, paid))

    def _month(self) -> str:
        return f"{self.house.local(self.clock()):%Y-%m}"

    async def _handle(self, update: Update, settle: Callable[[Connection, Update, TurnDone], T]) -> T:
        """One turn, and what `settle` makes of it in the same transaction."""
        began = time.perf_counter()
        async with self._order.turn((update.channel, update.chat)):
            done, settled = await self._turn(update, settle)
        if update.opens_session:
            self._sender.heard(update.channel, update.chat)
        if done.tells_others:
            self._sender.wake()
        if isinstance(update.content, File) or done.what == "form":
            self._fetcher.wake()
        if done.what == "form":
            self._mover.wake()
        spent = round((time.perf_counter() - began) * 1000, 1)
        TURNS.labels(update.channel, done.what).inc()
        TURN_SECONDS.observe(spent / 1000)
        log.info(
            "turn",
            channel=update.channel,
            update=update.update_id,
            person=done.person_id,
            what=done.what,
            ms=spent,
            **({"reference": done.reference} if done.reference else {}),
            **({"refused": True} if done.refused else {}),
            **({"stuck": done.stuck} if done.stuck else {}),
            **({"failed": done.failed} if done.failed else {}),
        )
        return settled

    def _may_send(self, channel: str) -> bool:
        return channel in SENT_BY_ANY or self._leases.holds(f"sending {channel}")

    def _wake_all(self) -> None:
        self._sender.wake()
        self._mover.wake()

    def _hear(self, topic: str, detail: str) -> None:
        """Another process has put messages into the outbox, taken a turn or published a form; see storage.news.Hear."""
        if topic == news.HEARD:
            self._sender.heard(*detail.split(" ", 1))
        if topic in (news.FORM, news.EVERYTHING):
            self._mover.wake()
        if topic != news.FORM:
            self._sender.wake()
        for name, channel in self.channels.items():
            if topic in (name, news.EVERYTHING) and hasattr(channel, "look"):
                channel.look(detail)

    async def _turn(self, update: Update, settle: Callable[[Connection, Update, TurnDone], T]) -> tuple[TurnDone, T]:
        def finish(conn: Connection, done: TurnDone) -> tuple[TurnDone, T, list[OutboxRow]]:
            settled, sends = settle(conn, update, done), self._sender.takes(update.channel)
            rows = outbox.claim_answers(conn, update.channel, update.chat, self.clock()) if sends else []
            return done, settled, rows

        def turn(conn: Connection) -> tuple[TurnDone, T, list[OutboxRow]]:
            done = take_turn(conn, self.house, update, self.clock())
            if update.opens_session:
                news.announce(conn, news.HEARD, f"{update.channel} {update.chat}")
            return finish(conn, done)

        def regret(conn: Connection) -> tuple[TurnDone, T, list[OutboxRow]]:
            apologise(conn, self.house, update, self.clock())
            return finish(conn, TurnDone("failed"))

        try:
            done, settled, rows = await self.database.write(turn)
        except DatabaseAway as away:
            log.warning("turn refused", channel=update.channel, update=update.update_id, why=str(away))
            raise NotTaken from away
        except Exception as bug:
            log.exception("turn failed", channel=update.channel, update=update.update_id, error=type(bug).__name__)
            done, settled, rows = await self.database.write(regret)
        self._sender.take_over(rows)
        await asyncio.sleep(0)  # The person is waiting, the platform's request is not: the messages go out first.
        return done, settled

    async def invite(self, role: str) -> str:
        """A one-time start payload for `role`."""
        return await self.database.write(lambda conn: invite(conn, self.house, role, self.clock()))

    async def has_admin(self) -> bool:
        return await self.database.read(people.has_admin)

    async def health(self) -> Health:
        """Touches the database and says whether the sender and the channels move, and what messages cost."""
        now, month, counted, carried = self.clock(), self._month(), NOTHING_WAITS, {}
        try:
            async with asyncio.timeout(DATABASE_LATE_SECONDS):
                await self.database.write(partial(soundness.write_something, now=now))
                counted = await self.database.read(outbox.counts)
                carried = await self.database.read(lambda conn: tallies.of_month(conn, month))
            database = "ok"
        except TimeoutError:
            database = f"no answer within {DATABASE_LATE_SECONDS:g} s"
        except DatabaseAway as away:
            database = str(away)
        except Exception as failure:
            database = type(failure).__name__
        moved = self._sender.moved_at
        moves = moved is not None and now - moved < SENDER_STUCK_AFTER
        channels = {
            name: "ok" if getattr(channel, "is_receiving", True) else "not receiving"
            for name, channel in self.channels.items()
        }
        messages = {
            name: carried.get(name, Tally(month))
            for name, channel in self.channels.items()
            if channel.session is not None
        }
        return Health(database, "ok" if moves else "stuck", channels, counted.waiting, counted.held, messages)


def _nothing_more(conn: Connection, update: Update, done: TurnDone) -> None:
    """A turn whose answers go through the outbox alone."""


def _shared_jobs(channels: Mapping[str, Channel]) -> list[Job]:
    """What one process does for all. Who begins to send to a channel gives back what the last one had claimed."""
    sending = [
        Job(f"sending {name}", partial(outbox.release_claims, channels=(name,)))
        for name in channels
        if name not in SENT_BY_ANY
    ]
    return [*sending, *([Job(POLLING)] if "telegram" in channels else []), Job(MOVING)]


def _release_claims(conn: Connection, channels: tuple[str, ...]) -> None:
    outbox.release_claims(conn, channels)
    attachments.release_claims(conn, channels)

"""Gets updates by long polling and hands them on; a batch is confirmed only after its turns are committed.

The library's own Updater confirms an update before it is handled: a kill in between would lose it.
https://core.telegram.org/bots/api#getupdates: an update is confirmed by asking for those after it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from telegram.error import Conflict, NetworkError, RetryAfter, TelegramError

from bot.channels.telegram.api import Api, reason, wait_seconds
from bot.channels.telegram.updates import KINDS, Json

POLL_SECONDS = 25
ANSWER_LATE_SECONDS = 10.0
SILENT_SECONDS = 90.0
NOT_OURS_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0

Pause = Callable[[float], Awaitable[Any]]
HandOver = Callable[[Json], Awaitable[None]]
MayPoll = Callable[[], Awaitable[bool]]

log = structlog.get_logger(__name__)


def back_off(failures: int) -> float:
    """Seconds to wait after that many failures in a row: 1, 2, 4 … 30."""
    return min(2.0 ** (failures - 1), LONGEST_PAUSE_SECONDS)


class Polling:
    """`hand_over` returns after the commit of one update; `may_poll` says whether this process is the one to ask."""

    def __init__(self, api: Api, hand_over: HandOver, may_poll: MayPoll, pause: Pause) -> None:
        self._api = api
        self._hand_over = hand_over
        self._may_poll = may_poll
        self._pause = pause
        self._offset = 0
        self._failures = 0
        self._moved_at: float | None = None

    @property
    def is_moving(self) -> bool:
        """Whether a poll was answered, or was another process's to make, within the last minute and a half."""
        return self._moved_at is not None and time.monotonic() - self._moved_at < SILENT_SECONDS

    async def run(self) -> None:
        """Poll until cancelled. A turn under way is let to its end first."""
        while True:
            if not await self._may_poll():
                self._moved_at = time.monotonic()
                await self._pause(NOT_OURS_SECONDS)
                continue
            batch = await self._fetch()
            if batch:
                await _to_its_end(self._take(batch))

    async def _fetch(self) -> list[Json]:
        asked = {"offset": self._offset, "timeout": POLL_SECONDS, "allowed_updates": KINDS}
        try:
            batch = await self._api.call("getUpdates", asked, read_timeout_seconds=POLL_SECONDS + ANSWER_LATE_SECONDS)
        except TelegramError as error:
            await self._wait_after(error)
            return []
        if self._failures:
            log.info("telegram_polling_again", after_failures=self._failures)
        self._failures = 0
        self._moved_at = time.monotonic()
        return list(batch)

    async def _wait_after(self, error: TelegramError) -> None:
        """One line when trouble begins, none while it lasts."""
        self._failures += 1
        if self._failures == 1:
            if isinstance(error, Conflict):
                log.error("telegram_conflict", reason="another program polls with this token, or a webhook is set")
            else:
                level = log.warning if isinstance(error, NetworkError | RetryAfter) else log.error
                level("telegram_polling_failed", reason=reason(error))
        await self._pause(wait_seconds(error) if isinstance(error, RetryAfter) else back_off(self._failures))

    async def _take(self, batch: list[Json]) -> None:
        """Chats side by side, each in its order. What was not committed is fetched again."""
        chats: dict[Any, list[Json]] = {}
        for raw in batch:
            chats.setdefault(chat_of(raw), []).append(raw)
        left = [number for number in await asyncio.gather(*map(self._in_order, chats.values())) if number is not None]
        self._offset = min(left) if left else batch[-1]["update_id"] + 1
        if left:
            self._failures += 1
            await self._pause(back_off(self._failures))

    async def _in_order(self, updates: list[Json]) -> int | None:
        """The number of the first update whose turn could not be committed, None when all were."""
        for raw in updates:
            try:
                await self._hand_over(raw)
            except Exception as failure:  # the database is away, say: whatever it is, the update must come again
                log.error("telegram_turn_failed", update=raw["update_id"], error=type(failure).__name__)
                return int(raw["update_id"])
        return None


def chat_of(raw: Json) -> Any:
    """What keeps updates in order: the chat they happened in, else the update itself."""
    for kind in KINDS:
        if kind in raw:
            event = raw[kind].get("message") or raw[kind] if kind == "callback_query" else raw[kind]
            return event.get("chat", {}).get("id", raw["update_id"])
    return raw["update_id"]


async def _to_its_end(work: Awaitable[None]) -> None:
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise

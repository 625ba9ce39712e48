"""Keeps the bot's webhook at Viber: sets it, looks now and then whether it is still ours, and sets it again.

Viber asks the webhook while `set_webhook` is answered, so this runs beside the server and never before it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from bot.channels.viber.api import ALARMS, INVALID_URL, Api, Json, ViberError

EVENT_TYPES = ("delivered", "seen", "failed", "conversation_started")
"""Those that can be chosen; messages and subscriptions always come."""
SENDER_NAME_LIMIT = 28
CHECK_SECONDS = 600.0
PUBLIC_URL_PROBLEM = (
    "Viber cannot reach PUBLIC_URL: it must lead here by https, with a certificate of a known authority, "
    "and answer within 5 seconds."
)
LONGEST_PAUSE_SECONDS = 300.0

Pause = Callable[[float], Awaitable[Any]]

log = structlog.get_logger(__name__)


def back_off(failures: int) -> float:
    """Seconds to wait after that many failures in a row: 1, 2, 4 … 300."""
    return min(2.0 ** min(failures - 1, 10), LONGEST_PAUSE_SECONDS)


class Registration:
    """`webhook_url` empty: nothing is set, only the account is looked up. `name` and `uri` are the account's."""

    def __init__(self, api: Api, webhook_url: str, pause: Pause) -> None:
        self._api = api
        self._webhook_url = webhook_url
        self._pause = pause
        self._is_set_by_us = False
        self._failures = 0
        self._trouble = ""
        self._lost = asyncio.Event()
        self.name = ""
        self.uri = ""
        self.is_reachable = False
        """Whether Viber knew, when last asked, where to post what people write."""

    async def look_up(self) -> str:
        """Ask Viber who we are. Returns the address of the webhook it has, '' for none. Raises ViberError."""
        account = await self._api.call("get_account_info", {})
        self.name = str(account.get("name") or "").strip()[:SENDER_NAME_LIMIT]
        self.uri = str(account.get("uri") or "")
        return str(account.get("webhook") or "")

    def lost(self) -> None:
        """A refusal says that there is no webhook: look now and not at the next round."""
        self._lost.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._lost.clear()
            try:
                await self._ensure()
            except ViberError as error:
                self._failures += 1
                self.is_reachable = False
                self._tell(error)
                await self._wait(error.after_seconds or back_off(self._failures))
            else:
                self._failures, self._trouble = 0, ""
                await self._wait(CHECK_SECONDS)

    async def _ensure(self) -> None:
        """At the start always: what is set may be ours, and yet lack an event or the people's names."""
        there = await self.look_up()
        if not self._webhook_url:
            self.is_reachable = bool(there)
            return
        if self._is_set_by_us and there == self._webhook_url:
            self.is_reachable = True
            return
        if self._is_set_by_us:
            log.warning("viber_webhook_lost", problem="another program may use VIBER_TOKEN" if there else "none set")
        await self._api.call("set_webhook", _wanted(self._webhook_url))
        self._is_set_by_us = self.is_reachable = True
        log.info("viber_webhook_set", bot=self.uri)

    def _tell(self, error: ViberError) -> None:
        """One line when trouble begins or becomes another, none while it lasts."""
        if str(error) == self._trouble:
            return
        self._trouble = str(error)
        if error.status == INVALID_URL:
            log.error("viber_webhook_refused", problem=PUBLIC_URL_PROBLEM)
        elif error.status in ALARMS:
            log.error("viber_refuses_the_bot", status=error.status, problem=ALARMS[error.status])
        else:
            log.warning("viber_unreachable", reason=str(error))

    async def _wait(self, seconds: float) -> None:
        waiting = [asyncio.ensure_future(self._pause(seconds)), asyncio.ensure_future(self._lost.wait())]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()


def _wanted(url: str) -> Json:
    return {"url": url, "event_types": list(EVENT_TYPES), "send_name": True}

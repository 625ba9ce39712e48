"""Sends the bodies of a message: one after the other, simpler where a client is too old, counted for the bill."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from bot.channels.base import GiveUp, RetryLater, SendError
from bot.channels.remembering import remember
from bot.channels.viber.api import (
    ALARMS,
    NO_WEBHOOK,
    NOT_SUBSCRIBED,
    TOO_MANY_REQUESTS,
    WANTS_SIMPLER,
    Api,
    Json,
    ViberError,
    send_error,
)
from bot.channels.viber.messages import simpler

JUST_HEARD_SECONDS = 60.0
JUST_HEARD_RETRY_SECONDS = 3.0
NOT_YET_SUBSCRIBED_PAUSE_SECONDS = 1.0
PAID_STATUSES = range(3, 6)
MEDIA_TYPES = frozenset({"picture", "video", "file", "url"})

Bill = Callable[[int, int], Awaitable[None]]
"""How many free and how many paid messages Viber has just taken."""

log = structlog.get_logger(__name__)


class Sending:
    """What it remembers may be lost at any time: it only spares refused calls and repeated parts.

    `clock` tells seconds that only grow; `lost_webhook` is called when a refusal says that there is none.
    """

    def __init__(
        self,
        api: Api,
        bill: Bill,
        pause: Callable[[float], Awaitable[Any]],
        clock: Callable[[], float],
        lost_webhook: Callable[[], None],
    ) -> None:
        self._api = api
        self._bill = bill
        self._pause = pause
        self._clock = clock
        self._lost_webhook = lost_webhook
        self._half_sent: dict[int, tuple[int, str]] = {}  # outbox row → bodies sent, token of the last text
        self._heard: dict[str, float] = {}  # chat → when it last wrote
        self._levels: dict[str, int] = {}  # chat → the highest level its devices understand
        self._links: dict[str, None] = {}  # the addresses of link buttons
        self.alarm = 0
        """The status with which Viber last refused the bot as such, 0 when its last answer was another."""

    def heard(self, chat: str) -> None:
        remember(self._heard, chat, self._clock())

    def left(self, chat: str) -> None:
        self._heard.pop(chat, None)

    def has_level(self, chat: str, level: int) -> None:
        remember(self._levels, chat, level)

    def is_pressed_link(self, text: str) -> bool:
        """Whether a text is what Viber posts, beside opening it, when one of our link buttons is pressed."""
        return text in self._links

    def note_links(self, body: Json) -> None:
        for button in body.get("keyboard", {}).get("Buttons", ()):
            if button.get("ActionType") == "open-url":
                remember(self._links, button["ActionBody"], None)

    def fitting(self, chat: str, body: Json) -> Json:
        """The body, simpler where the person's devices are known to be too old for it."""
        return simpler(body) if body.get("min_api_version", 1) > self._levels.get(chat, 1_000) else body

    async def send(self, row: int, chat: str, bodies: list[Json], sender: str) -> str:
        """Send all, or go on where the last try of this outbox row stopped.

        Returns the token of the last body with words or buttons. Raises SendError.
        """
        done, token = self._half_sent.pop(row, (0, ""))
        for place, body in enumerate(bodies[done:], done):
            fitting = self.fitting(chat, body)
            if not fitting:
                continue
            try:
                sent = await self._send_one(chat, {**fitting, "receiver": chat, "sender": {"name": sender}})
            except GiveUp as refused:
                if _has_words(body) or not any(map(_has_words, bodies[place + 1 :])):
                    raise
                # Without its media a message is still worth sending.
                log.error("viber_media_refused", chat=chat, reason=str(refused))
                continue
            except SendError:
                if place:
                    remember(self._half_sent, row, (place, token))
                raise
            token = sent if sent and (_has_words(body) or not token) else token
        return token

    async def _send_one(self, chat: str, body: Json) -> str:
        self.note_links(body)
        try:
            try:
                return await self._post(body)
            except ViberError as error:
                again = await self._another_try(chat, body, error)
                if again is None:
                    raise
            return await self._post(again) if again else ""
        except ViberError as error:
            raise self._refused(chat, error) from None

    async def _another_try(self, chat: str, body: Json, error: ViberError) -> Json | None:
        """What to post at once after a refusal, None to believe it; {} when nothing is left to be shown.

        Status 6 was seen right after a person's first message, too (Bogdaan/viber-bot-php issue 22).
        """
        if error.status in WANTS_SIMPLER and (plainer := simpler(body)) != body:
            return plainer
        if error.status == NOT_SUBSCRIBED and self._was_just_heard(chat):
            del self._heard[chat]
            await self._pause(NOT_YET_SUBSCRIBED_PAUSE_SECONDS)
            return body
        return None

    def _was_just_heard(self, chat: str) -> bool:
        heard = self._heard.get(chat)
        return heard is not None and self._clock() - heard < JUST_HEARD_SECONDS

    async def _post(self, body: Json) -> str:
        try:
            answer = await self._api.call("send_message", body)
        except ViberError as error:
            self._note(error.status)
            raise
        self._note(0)
        await self._count(answer.get("billing_status"))
        return str(answer.get("message_token") or "")

    def _note(self, status: int | None) -> None:
        """An operator hears once of what only an operator can mend. No answer says nothing about the bot."""
        if status is None:
            return
        if status in ALARMS and status != self.alarm:
            log.error("viber_refuses_the_bot", status=status, problem=ALARMS[status])
        self.alarm = status if status in ALARMS else 0

    async def _count(self, billing: object) -> None:
        is_paid = isinstance(billing, int) and billing in PAID_STATUSES
        try:
            await self._bill(*((0, 1) if is_paid else (1, 0)))
        except Exception as failure:  # the message is out: to fail now would send it again
            log.error("viber_message_not_counted", paid=is_paid, error=type(failure).__name__)

    def _refused(self, chat: str, error: ViberError) -> SendError:
        refusal = send_error(error)
        if error.status == TOO_MANY_REQUESTS and error.after_seconds is None and self._was_just_heard(chat):
            refusal = RetryLater(str(refusal), JUST_HEARD_RETRY_SECONDS)  # their word has ended the count: try soon
        log.info("viber_refused", chat=chat, outcome=type(refusal).__name__, reason=str(refusal))
        if error.status == NO_WEBHOOK:
            self._lost_webhook()
        return refusal


def _has_words(body: Json) -> bool:
    return body.get("type") not in MEDIA_TYPES or "keyboard" in body

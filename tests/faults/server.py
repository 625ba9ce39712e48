"""The Bot API server of the tests with bad days: updates twice or out of order, and every so many calls go wrong."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import aiohttp

from tests.bot.telegram_server import Fault, TelegramServer

DELIVER_AGAIN_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that somebody saw, by the platform's ids, and in which of the bot's lives it was sent."""

    chat: str
    message: str
    life: int


class FaultyServer(TelegramServer):
    """`twice`: every update comes two times. `overtaken`: every so many-th comes after the one that follows it, which
    a webhook can do and a poll cannot. Of the calls of each method every `every`-th meets the next of `troubles`.

    `met` counts the troubles by method; `refused` counts deliveries not answered with 200, `delivered` updates,
    `sent` is every message shown; `life` grows with each kill.
    """

    def __init__(self) -> None:
        super().__init__()
        self.twice = False
        self.overtaken = 0
        self.every = 0
        self.troubles: Sequence[Fault] = ()
        self.met: Counter[str] = Counter()
        self.refused = 0
        self.delivered = 0
        self.spared: set[int] = set()
        self.life = 0
        self.sent: list[Sent] = []
        self._count: Counter[str] = Counter()
        self._happened = itertools.count(1)
        self._held: dict[str, Any] | None = None
        self._deliveries: set[asyncio.Task[None]] = set()

    async def __aexit__(self, *_: object) -> None:
        for task in self._deliveries:
            task.cancel()
        await super().__aexit__()

    async def happens(self, kind: str, event: dict[str, Any]) -> None:
        update = {"update_id": next(self._numbers) + 70_000, kind: event}
        self.delivered += 1
        if not self.webhook:
            self.queue(*[update] * (2 if self.twice else 1))
            return
        if self.overtaken and self._held is None and next(self._happened) % self.overtaken == 0:
            self._held = update
            self._post_soon(self._deliver_when_overtaken(update))
            return
        self._post_soon(self._deliver(update))

    def _post_soon(self, delivery: Any) -> None:
        task = asyncio.create_task(delivery)
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)

    async def _deliver(self, update: dict[str, Any]) -> None:
        """Until it is taken, and once more when everything comes twice; what was held back for it follows."""
        for _ in range(2 if self.twice else 1):
            while not await self._is_taken(update):
                self.refused += 1
                await asyncio.sleep(DELIVER_AGAIN_SECONDS)
        held, self._held = self._held, None
        if held is not None and held is not update:
            await self._deliver(held)

    async def _deliver_when_overtaken(self, update: dict[str, Any]) -> None:
        """When nothing follows within a while, it has waited long enough."""
        await asyncio.sleep(DELIVER_AGAIN_SECONDS)
        if self._held is update:
            self._held = None
            await self._deliver(update)

    async def _is_taken(self, update: dict[str, Any]) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook.get("secret_token", "")}
        try:
            async with self._client.post(self.webhook["url"], json=update, headers=headers) as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    def _next_fault(self, method: str, given: dict[str, Any]) -> Fault:
        if not self.every or given.get("chat_id") in self.spared:
            return super()._next_fault(method, given)
        self._count[method] += 1
        if self._count[method] % self.every:
            return Fault()
        trouble = self.troubles[self.met[method] % len(self.troubles)]
        self.met[method] += 1
        return replace(trouble)

    def _show(self, chat: Any, content: dict[str, Any], markup: dict[str, Any]) -> dict[str, Any]:
        shown = super()._show(chat, content, markup)
        self.sent.append(Sent(str(chat.id), str(shown["message_id"]), self.life))
        return shown

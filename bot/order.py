"""The keyed queue in front of a turn: one person's updates keep their order, different people go side by side."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager


class InOrder:
    """Work with the same key runs one after another, in the order of arrival; memory holds only keys at work."""

    def __init__(self) -> None:
        self._tails: dict[Hashable, asyncio.Future[None]] = {}

    @asynccontextmanager
    async def turn(self, key: Hashable) -> AsyncIterator[None]:
        """Wait for everything that came before with this key."""
        before = self._tails.get(key)
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._tails[key] = mine
        try:
            if before is not None:
                await asyncio.shield(before)
            yield
        finally:
            if before is not None and not before.done():
                # Given up while waiting: who waits for us must still wait for who was before us.
                before.add_done_callback(lambda _: mine.set_result(None))
                if self._tails.get(key) is mine:
                    self._tails[key] = before
            else:
                mine.set_result(None)
                if self._tails.get(key) is mine:
                    del self._tails[key]

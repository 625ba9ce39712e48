"""How much of what answers nobody is begun, and when: as much as the platform's limit leaves after the answers.

Rows that wait for nothing but the limit stay in the outbox. Were they claimed and given back, ten thousand of them
would keep the database busy, and whoever waits for an answer would wait for that.
"""

from collections.abc import Collection, Iterable, Mapping, Set

from bot.limits import Limiter

LOOK_SECONDS = 0.2
"""How long nobody looks for bulk after there was none: a look at every turn would cost every turn."""


class BulkPace:
    """Times are seconds of a monotonic clock. `most` is how many rows are claimed at once."""

    def __init__(self, limiters: Mapping[str, Limiter], most: int) -> None:
        self._limiters = limiters
        self._most = most
        self._not_before: dict[str, float] = {}
        self._to_look: set[str] = set()

    def room(self, channels: Iterable[str], now: float) -> dict[str, int]:
        """How many bulk messages may be begun on each channel; channels without room are left out."""
        rooms = {}
        for channel in channels:
            limiter = self._limiters.get(channel)
            if limiter is not None and not limiter.spare(now):
                self._not_before[channel] = max(self._not_before.get(channel, 0.0), now + limiter.until_spare(now))
            if self._not_before.get(channel, 0.0) > now:
                self._to_look.add(channel)
            else:
                rooms[channel] = self._most if limiter is None else min(self._most, limiter.spare(now))
        return rooms

    def found(self, asked: Collection[str], flowing: Set[str], now: float) -> None:
        """Of the channels `asked` for bulk, `flowing` had some."""
        for channel in asked:
            if channel in flowing:
                self._to_look.add(channel)
            else:
                self._to_look.discard(channel)
                self._not_before[channel] = now + LOOK_SECONDS

    def soonest(self) -> float:
        """When to look again; infinity when there is no reason to."""
        return min((self._not_before.get(channel, 0.0) for channel in self._to_look), default=float("inf"))

"""Telegram's limits as the platform may keep them: 30 messages a second in all, one a second to a chat, small bursts.

https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this. How Telegram counts is not told; here
it is a bucket that holds a second's worth of messages, filled evenly. Messages count when they arrive.
"""

import math
from dataclasses import dataclass, field

OVERALL_PER_SECOND = 30.0
CHAT_PER_SECOND, CHAT_BURST = 1.0, 3.0


@dataclass(slots=True)
class _Bucket:
    per_second: float
    most: float
    at: float
    tokens: float

    def fill(self, now: float) -> float:
        self.tokens = min(self.most, self.tokens + (now - self.at) * self.per_second)
        self.at = now
        return self.tokens


@dataclass(slots=True)
class TelegramLimits:
    """What is refused spends nothing; a chat that was told to wait is refused until then."""

    _overall: _Bucket = field(default_factory=lambda: _Bucket(OVERALL_PER_SECOND, OVERALL_PER_SECOND, 0, 0))
    _chats: dict[int, _Bucket] = field(default_factory=dict)

    def refuse_for(self, chat: int, now: float) -> int:
        """0: the message is taken. Otherwise the whole seconds after which to try again."""
        own = self._chats.get(chat)
        if own is None:
            own = self._chats[chat] = _Bucket(CHAT_PER_SECOND, CHAT_BURST, now, CHAT_BURST)
        if self._overall.fill(now) < 1:
            return 1
        if own.fill(now) < 1:
            return math.ceil((1 - own.tokens) / CHAT_PER_SECOND)
        self._overall.tokens -= 1
        own.tokens -= 1
        return 0

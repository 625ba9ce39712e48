"""How fast a platform lets us send, kept by token buckets.

Telegram: 30 messages a second in all, one a second to a chat with a small burst, 20 a minute to a group.
Source: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this

The platform counts when a message reaches it, we when it leaves: messages that are late on their way arrive together
with those behind them. So our burst is smaller than a second's worth, by a third of a second; our rate, which counts
for longer than any delay, is nearly theirs. A group's burst and its refill together stay within 20 in any minute.

Half of the burst is kept for those who wait for an answer: what answers nobody goes out as fast as it can without
taking from that, and so uses what the answers leave.

Viber: the 101st message to a person within an hour without a word from them is refused, and any word resets that; of a
limit for the whole bot nothing is said, so ours is cautious. Burst and refill of an hour make 100.
Source: https://developers.viber.com/docs/api/rest-bot-api/
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.channels.base import Message


@dataclass(frozen=True, slots=True)
class Rate:
    """`per_second` messages on average, `burst` at once."""

    per_second: float
    burst: float


@dataclass(frozen=True, slots=True)
class Rates:
    """A platform's limits: for the whole bot, for a private chat and for a group."""

    overall: Rate
    chat: Rate
    group: Rate


TELEGRAM_RATES = Rates(overall=Rate(29.8, 20), chat=Rate(1, 3), group=Rate(10 / 60, 10))
VIBER_RATES = Rates(overall=Rate(50, 50), chat=Rate(40 / 3600, 60), group=Rate(40 / 3600, 60))


@dataclass(slots=True)
class _Bucket:
    rate: Rate
    tokens: float
    at: float

    def wait(self, now: float, tokens: int = 1) -> float:
        """Seconds until there are so many tokens, or a whole burst when that is fewer; 0 when they are there."""
        self.tokens = min(self.rate.burst, self.tokens + (now - self.at) * self.rate.per_second)
        self.at = now
        return max(0.0, (min(tokens, self.rate.burst) - self.tokens) / self.rate.per_second)


@dataclass(slots=True)
class Limiter:
    """`wait` tells how long a chat must wait, `spend` takes the tokens. Times are seconds of a monotonic clock.

    `count` tells how many messages the platform sees in one of ours: a long text, files and furniture make several.
    """

    rates: Rates
    count: Callable[[Message], int] = lambda _: 1
    _overall: _Bucket = field(init=False)
    _chats: dict[str, _Bucket] = field(default_factory=dict)
    _paused_until: float = 0.0
    _chat_paused_until: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._overall = _Bucket(self.rates.overall, self.rates.overall.burst, 0.0)

    def wait(self, chat: str, in_group: bool, now: float, messages: int = 1) -> float:
        """Seconds until so many messages may go to the chat; 0: now."""
        free = self._of(chat, in_group, now).wait(now, messages)
        return max(self.paused(chat, now), self._overall.wait(now, messages), free)

    def spare(self, now: float) -> int:
        """How many messages may go now of those for which nobody waits."""
        self._overall.wait(now)
        kept = self.rates.overall.burst / 2
        return 0 if self._paused_until > now else max(0, int(self._overall.tokens - kept))

    def until_spare(self, now: float) -> float:
        """Seconds until one such message may go, were no other sent."""
        full = self._overall.wait(now, int(self.rates.overall.burst / 2) + 1)
        return max(self._paused_until - now, full, 0.0)

    def paused(self, chat: str, now: float) -> float:
        """Seconds until the pause that the platform asked for is over; 0: there is none."""
        return max(self._paused_until - now, self._chat_paused_until.get(chat, 0.0) - now, 0.0)

    def spend(self, chat: str, in_group: bool, now: float, messages: int = 1) -> None:
        self._overall.wait(now)
        bucket = self._of(chat, in_group, now)
        bucket.wait(now)
        self._overall.tokens -= messages
        bucket.tokens -= messages
        if len(self._chats) > 10_000:
            self._forget_full(now)

    def landed(self, chat: str, in_group: bool, now: float) -> None:
        """What was spent has reached the platform, whose clock starts there: the time on the way fills no tokens."""
        self._of(chat, in_group, now).at = now

    def heard(self, chat: str) -> None:
        """The person wrote, and the platform counts anew: a whole burst may go, and nothing is to be waited for."""
        self._chats.pop(chat, None)
        self._chat_paused_until.pop(chat, None)

    def pause(self, seconds: float, now: float, chat: str | None = None) -> None:
        """The platform asked us to wait: the whole bot, or one chat."""
        if chat is None:
            self._paused_until = max(self._paused_until, now + seconds)
        else:
            self._chat_paused_until[chat] = now + seconds

    def _of(self, chat: str, in_group: bool, now: float) -> _Bucket:
        bucket = self._chats.get(chat)
        if bucket is None:
            rate = self.rates.group if in_group else self.rates.chat
            bucket = self._chats[chat] = _Bucket(rate, rate.burst, now)
        return bucket

    def _forget_full(self, now: float) -> None:
        """Chats that could send a whole burst again need no memory."""
        for chat, bucket in list(self._chats.items()):
            if bucket.wait(now) == 0 and bucket.tokens >= bucket.rate.burst:
                del self._chats[chat]
        self._chat_paused_until = {chat: until for chat, until in self._chat_paused_until.items() if until > now}

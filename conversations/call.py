"""When a call is open, and how its deadline is said. Moments are aware; they are shown in the zone of `now`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from conversations import reading
from conversations.phrases import say

SOON = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """`opens` None: open from the start; `closes` None: no deadline. The closing moment itself is still in time."""

    opens: datetime | None = None
    closes: datetime | None = None

    def is_before(self, now: datetime) -> bool:
        return self.opens is not None and now < self.opens

    def is_after(self, now: datetime) -> bool:
        return self.closes is not None and now > self.closes

    def is_open(self, now: datetime) -> bool:
        return not self.is_before(now) and not self.is_after(now)

    def closes_soon(self, now: datetime) -> bool:
        """Whether less than a day is left."""
        return self.is_open(now) and self.closes is not None and self.closes - now < SOON


ALWAYS = Window()


def say_moment(moment: datetime, now: datetime, language: str) -> str:
    """„2 февруари 2024 г., 23:59 ч.“ in the zone of `now`."""
    local = moment.astimezone(now.tzinfo)
    return say(
        "moment", language, date=reading.date_in_words(local.date().isoformat(), language), time=f"{local:%H:%M}"
    )


def deadline_line(window: Window, now: datetime, language: str) -> str:
    """What to tell an applicant about the deadline now; '' when there is none or the call is not open."""
    if window.closes is None or not window.is_open(now):
        return ""
    phrase = "closes_soon" if window.closes_soon(now) else "closes_on"
    return say(phrase, language, moment=say_moment(window.closes, now, language))

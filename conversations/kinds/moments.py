"""Days and times: typed as people write them; today and yesterday are one tap away.

A `dateTime` is one question for the person: what is known of it already, the day, waits in the draft's selection.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from conversations import reading
from conversations.form import Kind, Question
from conversations.journey import Journey
from conversations.kinds.offer import Offer
from conversations.phrases import say
from conversations.reading import Misread

SHORTER_DATES = frozenset({"year", "month-year"})


@dataclass(frozen=True, slots=True)
class Day:
    """The first half of a dateTime, `YYYY-MM-DD`: the time is still to come."""

    value: str


def offered_days(journey: Journey, question: Question) -> tuple[Offer, ...]:
    """Today and yesterday, where the constraint takes them; of a dateTime as long as its day is not known."""
    if SHORTER_DATES & question.appearance or (question.kind is Kind.DATETIME and journey.draft.selecting):
        return ()
    today = journey.now.date()
    days = [(phrase, (today - timedelta(days=ago)).isoformat()) for ago, phrase in enumerate(("today", "yesterday"))]
    language = journey.draft.language
    return tuple(
        Offer(day, say(f"day_{phrase}", language, date=reading.show_date(day, language)))
        for phrase, day in days
        if _takes(journey, question, day)
    )


def _takes(journey: Journey, question: Question, day: str) -> bool:
    """Whether the constraint takes the day; of a dateTime, its first or its last minute."""
    if question.kind is not Kind.DATETIME:
        return not journey.refusal(question, day)
    zone = journey.now.tzinfo
    minutes = (datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=zone) for time in ("00:00:00", "23:59:00"))
    return any(not journey.refusal(question, minute.isoformat(timespec="milliseconds")) for minute in minutes)


def read_date(journey: Journey, question: Question, text: str) -> str | Misread:
    if "year" in question.appearance:
        return reading.read_year(text)
    if "month-year" in question.appearance:
        return reading.read_month_year(text)
    return reading.read_date(text, journey.now.date())


def read_time(journey: Journey, question: Question, text: str) -> str | Misread:
    offset = journey.now.isoformat()[-6:] if journey.now.utcoffset() else "+00:00"
    return reading.read_time(text, offset)


def read_moment(journey: Journey, question: Question, text: str) -> str | Day | Misread:
    """Day and time in one text, a time for the day that is known already, or a day alone."""
    today, zone = journey.now.date(), journey.now.tzinfo
    if zone is None:
        raise ValueError("a moment without a time zone")
    whole = reading.read_datetime(text, today, zone)
    if not isinstance(whole, Misread):
        return whole
    day = reading.read_date(text, today)
    if not isinstance(day, Misread):
        return Day(day)
    known = journey.draft.selecting
    if known:
        return reading.read_datetime(f"{known[0]} {text}", today, zone)
    return whole if day.reason == "not_a_date" else day

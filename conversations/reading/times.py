"""Times of day and moments typed by a person, as XLSForm stores them. Source: XLSForm reference, `time`, `dateTime`."""

import re
from datetime import date, datetime, time, tzinfo

from conversations.reading.dates import read_date
from conversations.reading.misread import Misread
from conversations.reading.texts import plain

_HOUR_WORD = r"(?:часа|часът|час|ч|h|o'clock)"
_TIME = re.compile(
    rf"(?:в |at )?([0-9]{{1,2}})(?: ?(?::|\.|,|{_HOUR_WORD}\.?) ?([0-9]{{2}})(?::([0-9]{{2}})(?:\.[0-9]{{1,6}})?)?)?"
    rf" ?(?:(am|pm|a\.m\.|p\.m\.)|{_HOUR_WORD}\.?|мин\.?)?"
)
_STORED_OFFSET = re.compile(r"(?<=[0-9])(?:z|[+-][0-9]{2}:?[0-9]{2})$")
_JOINED = re.compile(r"(?<=[0-9])t(?=[0-9]{1,2}:)")


def read_time(text: str, offset: str) -> str | Misread:
    """A time of day as stored, `HH:MM:SS.000` followed by `offset` ("+02:00" or "Z", from the caller's zone).

    Understands 14:30, 14.30, „9 ч.“, „9:05 ч.“, 2:30 pm, 14:30:15. Misread: "empty", "too_long", "not_a_time".
    """
    line = plain(text)
    if isinstance(line, Misread):
        return line
    moment = _time_of(line)
    return moment if isinstance(moment, Misread) else moment.isoformat(timespec="milliseconds") + offset


def read_datetime(text: str, today: date, zone: tzinfo) -> str | Misread:
    """A moment as stored, `YYYY-MM-DDTHH:MM:SS.000+02:00`, in the form's `zone`, from a date and then a time.

    An offset in the text itself is not taken over: people name local times. Misread: "empty", "too_long",
    "not_a_time" (a date alone), "not_a_date", "no_such_date".
    """
    line = plain(text)
    if isinstance(line, Misread):
        return line
    parts = _JOINED.sub(" ", _STORED_OFFSET.sub("", line)).replace(", ", " ").split(" ")
    outcome: Misread | None = None
    for cut in range(1, len(parts)):
        moment = _time_of(" ".join(parts[cut:]))
        day = read_date(" ".join(parts[:cut]), today)
        if isinstance(day, str) and isinstance(moment, time):
            return datetime.combine(date.fromisoformat(day), moment, zone).isoformat(timespec="milliseconds")
        if isinstance(day, Misread) and isinstance(moment, time) and outcome != Misread("no_such_date"):
            outcome = day
    return outcome or Misread("not_a_time")


def _time_of(line: str) -> time | Misread:
    found = _TIME.fullmatch(_STORED_OFFSET.sub("", line))
    if not found:
        return Misread("not_a_time")
    hour, half = int(found[1]), found[4]
    if half:
        if not 1 <= hour <= 12:
            return Misread("not_a_time")
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    try:
        return time(hour, int(found[2] or 0), int(found[3] or 0))
    except ValueError:
        return Misread("not_a_time")


def show_time(value: str) -> str:
    """A stored time as `14:30`; other text unchanged."""
    return value[:5] if re.match(r"[0-9]{2}:[0-9]{2}:[0-9]{2}", value) else value

"""Dates, times of day and moments, as texts and as numbers of days.

A date is text: `2026-12-31`, or with a time `2026-12-31T14:30:00.000+02:00` (no offset = the form's own zone). As a
number it is the days since 1970-01-01 on the calendar of the form's zone, and the fraction of the clock's day: never
elapsed time divided by 24 hours, so a day with summer time is one day. Source: XLSForm in chat, Values 5.
"""

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import get_day_names, get_month_names

from conversations.xpath.errors import ExpressionError

_EPOCH = date(1970, 1, 1).toordinal()
_LAST_ORDINAL = date.max.toordinal()
_MILLISECONDS_PER_DAY = 86_400_000
_CLOCK = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
_TIME = re.compile(_CLOCK)
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T" + _CLOCK)
_DATE_LENGTH = 10


def read_moment(text: str, zone: tzinfo | None) -> date | datetime | None:
    """The date that `text` looks like, or the moment on the clock of `zone`; None when it looks like neither.

    `zone` None leaves the clock as it is written.
    """
    if len(text) < _DATE_LENGTH or text[4] != "-" or text[7] != "-":
        return None
    try:
        if len(text) == _DATE_LENGTH:
            return date.fromisoformat(text)
        if _MOMENT.fullmatch(text) is None:
            return None
        moment = datetime.fromisoformat(text)
        if zone is None:
            return moment
        return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)
    except (ValueError, OverflowError):
        return None


def looks_like_date(text: str) -> bool:
    return read_moment(text, None) is not None


def read_days(text: str, zone: tzinfo | None) -> float | None:
    """The date or moment in `text` as a number of days, None when it is no date."""
    moment = read_moment(text, zone)
    if moment is None:
        return None
    days = float(moment.toordinal() - _EPOCH)
    return days + fraction_of_day(moment.time()) if isinstance(moment, datetime) else days


def read_clock(text: str) -> float | None:
    """A time of day (`14:30`, `14:30:00.000+02:00`) as a fraction of the day, as the clock shows it; else None."""
    if _TIME.fullmatch(text) is None:
        return None
    try:
        return fraction_of_day(time.fromisoformat(text))
    except ValueError:
        return None


def fraction_of_day(clock: time) -> float:
    seconds = clock.hour * 3600 + clock.minute * 60 + clock.second
    return (seconds * 1000 + clock.microsecond / 1000) / _MILLISECONDS_PER_DAY


def moment_of_days(days: float, zone: tzinfo) -> datetime | None:
    """The moment, to the millisecond, that stands `days` after the first midnight of 1970; None out of the calendar."""
    if not math.isfinite(days) or not 1 - _EPOCH <= days < _LAST_ORDINAL - _EPOCH:
        return None
    whole = math.floor(days)
    midnight = datetime.combine(date.fromordinal(_EPOCH + whole), time())
    moment = midnight + timedelta(milliseconds=round((days - whole) * _MILLISECONDS_PER_DAY))
    return moment.replace(tzinfo=zone)


def moment_text(moment: datetime) -> str:
    """ISO 8601 with milliseconds and offset."""
    return moment.isoformat(timespec="milliseconds")


@lru_cache(maxsize=64)
def _names(language: str, what: str, width: Literal["abbreviated", "wide"]) -> dict[int, str]:
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    names = get_month_names(width, locale=locale) if what == "month" else get_day_names(width, locale=locale)
    return dict(names)


_SIGNS: dict[str, Callable[[datetime, str], str]] = {
    "Y": lambda m, _: f"{m.year:04}",
    "y": lambda m, _: f"{m.year % 100:02}",
    "m": lambda m, _: f"{m.month:02}",
    "n": lambda m, _: str(m.month),
    "b": lambda m, language: _names(language, "month", "abbreviated")[m.month],
    "B": lambda m, language: _names(language, "month", "wide")[m.month],
    "d": lambda m, _: f"{m.day:02}",
    "e": lambda m, _: str(m.day),
    "a": lambda m, language: _names(language, "day", "abbreviated")[m.weekday()],
    "A": lambda m, language: _names(language, "day", "wide")[m.weekday()],
    "H": lambda m, _: f"{m.hour:02}",
    "h": lambda m, _: str(m.hour),
    "M": lambda m, _: f"{m.minute:02}",
    "S": lambda m, _: f"{m.second:02}",
    "3": lambda m, _: f"{m.microsecond // 1000:03}",
    "%": lambda _, __: "%",
}
_SIGN = re.compile(r"%(.?)", re.DOTALL)


def format_moment(moment: datetime, pattern: str, language: str) -> str:
    """`moment` by the signs of ODK's format-date (`%d.%m.%Y`); names of months and days in `language`.

    Raises ExpressionError (`date_format`) for a sign that does not exist.
    """

    def written(sign: re.Match[str]) -> str:
        write = _SIGNS.get(sign[1])
        if write is None:
            raise ExpressionError("date_format", token=sign[0])
        return write(moment, language)

    return _SIGN.sub(written, pattern)

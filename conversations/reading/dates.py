"""Dates typed by a person, as XLSForm stores them, and stored dates as a person reads them.

Source: XLSForm reference, question type `date` and the appearances `year` and `month-year`; stored as `YYYY-MM-DD`
(a year as its first day, a month as its first day, as ODK Collect does).
"""

import re
from datetime import date, timedelta

from conversations.reading.misread import Misread
from conversations.reading.texts import plain

#: A year written with two digits is at most so many years ahead of today; otherwise it belongs to the last hundred.
SHORT_YEAR_AHEAD = 20

MONTHS = {
    "bg": [
        "януари", "февруари", "март", "април", "май", "юни", "юли", "август", "септември", "октомври", "ноември",
        "декември",
    ],
    "en": [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ],
}  # fmt: skip
_LEAST_MONTH_LETTERS = 3
_DAYS = {
    "днес": 0, "today": 0, "вчера": -1, "yesterday": -1, "утре": 1, "tomorrow": 1, "завчера": -2, "онзи ден": -2,
    "вдругиден": 2,
}  # fmt: skip

_YEAR_WORD = re.compile(r"(?<=[0-9]) ?(?:година|год|г)\.?$")
_ORDINAL = re.compile(r"(?<=[0-9])-?(?:ви|ри|ти|ми|st|nd|rd|th)(?![^\W_])")
_ISO = re.compile(r"([0-9]{4})([-./])([0-9]{1,2})\2([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2}) ?[-./] ?([0-9]{1,2})(?: ?[-./] ?([0-9]{4}|[0-9]{2}))?\.?")
_DAY_MONTH = re.compile(r"([0-9]{1,2})(?: of)?[ .-]*([^\W\d_]+)[ .,-]*([0-9]{4})?")
_MONTH_DAY = re.compile(r"([a-z]+)[ .]*([0-9]{1,2})(?:[ ,]+([0-9]{4}))?")
_MONTH_YEAR = re.compile(r"(?:([0-9]{1,2})|([^\W\d_]+))[ ./,-]+([0-9]{4})|([0-9]{4})[-./ ]([0-9]{1,2})")
_STORED = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}:[0-9]{2}).*)?", re.DOTALL)


def read_date(text: str, today: date) -> str | Misread:
    """A date as stored, `YYYY-MM-DD`.

    Understands 31.12.2026 (г.), 31/12/26, 2026-12-31, „1 септември 2026“, “Sept 1, 2026”, „днес“, “tomorrow” and the
    like, day before month; a missing year is the year of `today`. Misread: "empty", "too_long", "not_a_date",
    "no_such_date" (31.02.2026).
    """
    line = _date_line(text)
    if isinstance(line, Misread):
        return line
    if line in _DAYS:
        return _shifted(today, _DAYS[line])
    if found := _ISO.fullmatch(line):
        return _stored(found[1], found[3], found[4])
    if found := _DAY_FIRST.fullmatch(line):
        return _stored(_full_year(found[3], today), found[2], found[1])
    if found := _DAY_MONTH.fullmatch(line):
        return _stored(found[3] or today.year, _month(found[2]), found[1])
    if found := _MONTH_DAY.fullmatch(line):
        return _stored(found[3] or today.year, _month(found[1]), found[2])
    return Misread("not_a_date")


def read_year(text: str) -> str | Misread:
    """A year of four digits as stored, `YYYY-01-01`; its first day is taken too.

    Misread: "empty", "too_long", "not_a_year".
    """
    line = _date_line(text)
    if isinstance(line, Misread):
        return line
    found = re.fullmatch(r"([1-9][0-9]{3})(?:-01-01)?", line)
    return f"{found[1]}-01-01" if found else Misread("not_a_year")


def read_month_year(text: str) -> str | Misread:
    """A month of a year as stored, `YYYY-MM-01`: 09.2026, 2026-09, „септември 2026“.

    Misread: "empty", "too_long", "not_a_month".
    """
    line = _date_line(text)
    if isinstance(line, Misread):
        return line
    line = re.sub(r"^([0-9]{4}-[0-9]{2})-01$", r"\1", line)
    found = _MONTH_YEAR.fullmatch(line)
    if not found:
        return Misread("not_a_month")
    month = _month(found[2]) if found[2] else int(found[1] or found[5])
    stored = _stored(found[3] or found[4], month, 1)
    return Misread("not_a_month") if isinstance(stored, Misread) else stored


def _date_line(text: str) -> str | Misread:
    line = plain(text)
    return line if isinstance(line, Misread) else _YEAR_WORD.sub("", _ORDINAL.sub("", line)).strip(" ,;!")


def _shifted(today: date, days: int) -> str | Misread:
    try:
        return (today + timedelta(days=days)).isoformat()
    except OverflowError:
        return Misread("no_such_date")


def _full_year(digits: str | None, today: date) -> int:
    if digits is None:
        return today.year
    if len(digits) == 4:
        return int(digits)
    year = today.year - today.year % 100 + int(digits)
    return year - 100 if year > today.year + SHORT_YEAR_AHEAD else year


def _month(name: str) -> int:
    """Number of the month whose name begins so (three letters are enough; "sept" too); 0 when there is none."""
    if len(name) >= _LEAST_MONTH_LETTERS:
        for names in MONTHS.values():
            for number, month in enumerate(names, start=1):
                if month.casefold().startswith(name):
                    return number
    return 0


def _stored(year: str | int, month: str | int, day: str | int) -> str | Misread:
    if int(month) == 0:
        return Misread("not_a_date")
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return Misread("no_such_date")


def show_date(value: str, language: str = "bg") -> str:
    """A stored date as `31.12.2026`, a stored dateTime as `31.12.2026 14:30`; other text unchanged."""
    found = _STORED.fullmatch(value)
    if not found:
        return value
    year, month, day, time = found.groups()
    return f"{day}.{month}.{year}" + (f" {time}" if time else "")


def date_in_words(value: str, language: str) -> str:
    """A stored date as „31 декември 2026 г.“ in Bulgarian, "31 December 2026" in any other language; else unchanged."""
    found = _STORED.fullmatch(value)
    if not found or not 1 <= int(found[2]) <= 12:
        return value
    in_bulgarian = language.replace("_", "-").split("-")[0] == "bg"
    month = MONTHS["bg" if in_bulgarian else "en"][int(found[2]) - 1]
    return f"{int(found[3])} {month} {found[1]}" + (" г." if in_bulgarian else "")

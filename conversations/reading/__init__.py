"""Reading what a person types, one function per kind of value; and showing stored values again.

A reader takes any text and returns the value as XLSForm stores it, or a `Misread` that says why not. It never raises.
"""

from conversations.reading.dates import date_in_words, read_date, read_month_year, read_year, show_date
from conversations.reading.misread import REASONS, Misread
from conversations.reading.numbers import read_decimal, read_integer, show_decimal, show_integer
from conversations.reading.personal import looks_like_egn, read_phone, show_phone
from conversations.reading.places import read_geopoint
from conversations.reading.texts import clean_text
from conversations.reading.times import read_datetime, read_time, show_time

__all__ = [
    "REASONS",
    "Misread",
    "clean_text",
    "date_in_words",
    "looks_like_egn",
    "read_date",
    "read_datetime",
    "read_decimal",
    "read_geopoint",
    "read_integer",
    "read_month_year",
    "read_phone",
    "read_time",
    "read_year",
    "show_date",
    "show_decimal",
    "show_integer",
    "show_phone",
    "show_time",
]

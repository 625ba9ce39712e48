"""How a stored value looks to a person. One place: the chat, the review, the staff's card and the archive agree."""

import re
from collections.abc import Callable

from conversations import reading
from conversations.form import FILE_KINDS, SELECT_KINDS, Choice, Form, Kind, Question
from conversations.phrases import say

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def show_inserted(value: str, language: str) -> str:
    """A value that stands in a label by `${…}`: a date as people write it, anything else as stored."""
    return reading.show_date(value, language) if ISO_DATE.fullmatch(value) else value


def show_value(form: Form, question: Question, value: str, language: str, choice_label: Callable[[Choice], str]) -> str:
    """A question's value as plain text, '' when blank. `choice_label` renders a choice in the person's language."""
    if not value:
        return ""
    if question.kind in (*SELECT_KINDS, Kind.RANK) and question.choices is not None:
        by_name = form.lists[question.choices].by_name
        names = [value] if question.kind is Kind.SELECT_ONE else value.split()
        shown = [choice_label(by_name[name]) if name in by_name else name for name in names]
        return " › ".join(shown) if question.kind is Kind.RANK else "; ".join(shown)
    if question.kind is Kind.INTEGER:
        return reading.show_integer(value, language)
    if question.kind in (Kind.DECIMAL, Kind.RANGE):
        return reading.show_decimal(value, language)
    if question.kind in (Kind.DATE, Kind.TIME, Kind.DATETIME):
        return _show_moment(question, value, language)
    if question.kind is Kind.GEOPOINT:
        return ", ".join(value.split()[:2])
    if question.kind is Kind.ANOTHER:
        return say(f"said_{value}", language)
    if question.kind is Kind.ACKNOWLEDGE:
        return say("acknowledged", language)
    if question.kind in FILE_KINDS:
        return say("file_attached", language)
    return value


def _show_moment(question: Question, value: str, language: str) -> str:
    """A date in words; a shorter one without what was not asked for; a time by the clock it was said by."""
    if question.kind is Kind.TIME:
        return reading.show_time(value)
    words = reading.date_in_words(value, language)
    if question.kind is Kind.DATETIME:
        return f"{words}, {value[11:16]}"
    if "year" in question.appearance:
        return value[:4]
    return words.partition(" ")[2] if "month-year" in question.appearance else words

"""Repeats: how many entries there are, and what may reach into them."""

from collections.abc import Iterator

from conversations.entries import MOST_ENTRIES
from conversations.errors import Problem
from conversations.xlsform.lint.entries import Entry, Survey
from conversations.xlsform.lint.texts import REFERENCE
from conversations.xlsform.messages import problem


def check_repeats(survey: Survey) -> Iterator[Problem]:
    for entry in survey.entries:
        if not entry.is_refused:
            yield from _count(survey, entry)
            yield from _trigger(survey, entry)


def _count(survey: Survey, entry: Entry) -> Iterator[Problem]:
    count = entry.row.get("repeat_count")
    place = survey.tables.survey.at(entry.row, "repeat_count")
    if count and not entry.is_repeat:
        yield problem("count_without_repeat", place)
    elif count.isdigit() and int(count) > MOST_ENTRIES:
        yield problem("count_too_large", place, most=MOST_ENTRIES)


def _trigger(survey: Survey, entry: Entry) -> Iterator[Problem]:
    """A calculation inside a repeat set off from outside would not know which entry is meant."""
    if entry.repeat is None:
        return
    place = survey.tables.survey.at(entry.row, "trigger")
    for name in REFERENCE.findall(entry.row.get("trigger")):
        for source in survey.by_name.get(name, []):
            if source.repeat is not entry.repeat:
                yield problem("trigger_outside_repeat", place, name=name)

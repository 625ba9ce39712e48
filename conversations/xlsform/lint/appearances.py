"""The column appearance: what a chat follows, what it leaves out in silence, what it warns of and what it refuses."""

import re
from collections.abc import Iterator

from conversations.errors import Problem
from conversations.xlsform.lint.entries import Entry, Survey
from conversations.xlsform.messages import closest, problem

_REFUSED = frozenset({"signature", "annotate", "draw"})
_USED = frozenset({"multiline", "numbers", "minimal", "autocomplete", "search", "month-year", "year"})
_SILENT = frozenset({
    "likert", "compact", "quick", "horizontal", "columns", "columns-pack", "columns-flex", "field-list", "list",
    "no-calendar", "new", "thousands-sep", "masked", "url", "no-buttons", "vertical", "no-ticks", "picker", "rating",
    "maps", "placement-map", "quickcompact",
})  # fmt: skip
KNOWN_APPEARANCES = _REFUSED | _USED | _SILENT
_SILENT_PATTERN = re.compile(r"^(w\d+|columns-\d+|horizontal-compact|compact-\d+|quickcompact-\d+)$")


def check_appearances(survey: Survey) -> Iterator[Problem]:
    for entry in survey.entries:
        if not entry.is_refused:
            yield from _appearance(survey, entry)


def _appearance(survey: Survey, entry: Entry) -> Iterator[Problem]:
    place = survey.tables.survey.at(entry.row, "appearance")
    for word in entry.row.get("appearance").split():
        if word in _REFUSED or word.startswith("search("):
            yield problem("refused_appearance", place, appearance=word)
        elif word not in _USED | _SILENT and not _SILENT_PATTERN.match(word):
            yield problem("ignored_appearance", place, appearance=word, nearest=closest(word, _USED, 0.8))

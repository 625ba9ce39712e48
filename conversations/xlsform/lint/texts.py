"""Labels, hints and messages: the questions they name, and the languages they lack."""

import re
from collections.abc import Iterator

from conversations.errors import Problem
from conversations.xlsform.columns import SPOKEN, translations
from conversations.xlsform.lint.entries import Survey
from conversations.xlsform.messages import Place, closest, problem
from conversations.xlsform.workbook import Row, Sheet

REFERENCE = re.compile(r"\$\{([^{}\s]+)\}")


def check_texts(survey: Survey) -> list[Problem]:
    found: list[Problem] = []
    for sheet in (survey.tables.survey, survey.tables.choices):
        for row in sheet.rows:
            for base in SPOKEN[sheet.name]:
                found += _row_problems(survey, sheet, row, base)
    return found


def _row_problems(survey: Survey, sheet: Sheet, row: Row, base: str) -> Iterator[Problem]:
    texts = dict(translations(row, base))
    for code, text in texts.items():
        yield from reference_problems(survey, text, sheet.at(row, f"{base}::{code}"))
    for code in survey.tables.languages:
        if texts and code not in texts:
            place = sheet.at(row, f"{base}::{code}")
            if f"{base}::{code}" not in sheet.columns:
                place = Place(sheet.name, row.number, f"{base}::{survey.tables.language_title(code)}")
            yield problem("missing_translation", place, language=survey.tables.language_title(code))


def reference_problems(survey: Survey, text: str, place: Place) -> Iterator[Problem]:
    """What is wrong with the `${…}` in a text or expression."""
    for name in dict.fromkeys(REFERENCE.findall(text)):
        named = survey.by_name.get(name, [])
        if "#" in name:
            yield problem("bad_reference", place, near="${" + name + "}")
        elif not named and name in survey.added:
            path = "/".join(survey.added[name].path)
            yield problem("added_question", place, name=name, path=f"/{path}")
        elif not named:
            yield problem("unknown_question", place, name=name, nearest=closest(name, survey.by_name))
        elif len(named) > 1:
            yield problem("ambiguous_question", place, name=name)
    rest = REFERENCE.sub("", text)
    if "${" in rest:
        yield problem("bad_reference", place, near=rest[rest.index("${") :][:20])

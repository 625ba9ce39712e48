"""The sheet choices: every list complete, nothing twice."""

import re
from collections.abc import Iterator, Mapping

from conversations.errors import Problem
from conversations.form import Kind
from conversations.xlsform.columns import translations
from conversations.xlsform.lint.entries import Survey
from conversations.xlsform.lint.questions import YES
from conversations.xlsform.lists import Table
from conversations.xlsform.messages import problem

_LIST_NAME = re.compile(r"^[^\W\d][\w.-]*$")


def check_choices(survey: Survey, files: Mapping[str, Table]) -> list[Problem]:
    sheet = survey.tables.choices
    found: list[Problem] = []
    for row in sheet.rows:
        if not row.get("list_name"):
            found.append(problem("choice_without_list", sheet.at(row, "list_name")))
        if not row.get("name"):
            found.append(problem("choice_without_name", sheet.at(row, "name")))
        elif not any(translations(row, "label")):
            found.append(problem("choice_without_label", sheet.at(row, "label"), name=row.get("name")))
    multiples = _lists_of_many(survey)
    may_repeat = survey.tables.setting("allow_choice_duplicates").lower() in YES
    for name, rows in survey.lists.items():
        if f"{name}.csv" in files:
            found.append(problem("list_and_file", sheet.at(rows[0], "list_name"), name=name))
        found.extend(_list_problems(survey, name, name in multiples, may_repeat))
    return found


def _lists_of_many(survey: Survey) -> frozenset[str]:
    return frozenset(
        entry.cell.list_name
        for entry in survey.entries
        if entry.cell.type and entry.cell.type.kind in {Kind.SELECT_MULTIPLE, Kind.RANK}
    )


def _list_problems(survey: Survey, name: str, multiple: bool, may_repeat: bool) -> Iterator[Problem]:
    sheet = survey.tables.choices
    rows = survey.lists[name]
    if not _LIST_NAME.match(name):
        yield problem("bad_list_name", sheet.at(rows[0], "list_name"), name=name)
    seen: dict[str, int] = {}
    for row in rows:
        choice = row.get("name")
        if choice in seen and not may_repeat:
            yield problem("choice_twice", sheet.at(row, "name"), name=choice, other=seen[choice])
        if choice:
            seen.setdefault(choice, row.number)
        if multiple and " " in choice:
            yield problem("choice_with_space", sheet.at(row, "name"), name=choice)

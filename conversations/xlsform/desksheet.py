"""The sheet `desk` of a workbook → the mapping that call.yaml holds.

| key                     | label::Български (bg) | label::English (en) | value             |
| prefix                  |                       |                     | ВО                |
| card_questions          |                       |                     | pupils, mediators |
| decisions.accepted.label| Прието                | Accepted            |                   |
| decisions.accepted.text | Добра новина…         | Good news…          |                   |
| about.links.1.label     | Нашият сайт           | Our site            |                   |
| about.links.1.url       |                       |                     | https://…         |
"""

import re
from collections.abc import Mapping
from typing import Any

from conversations.errors import Problem
from conversations.xlsform.desk import DeskSource
from conversations.xlsform.messages import closest, problem
from conversations.xlsform.spelling import read_language
from conversations.xlsform.workbook import Row, Sheet

_TEXT_COLUMNS = frozenset({"label", "text"})
_LISTED = frozenset({"title_question", "place_question", "card_questions"})


def read_desk_sheet(sheet: Sheet) -> tuple[DeskSource, list[Problem]]:
    """The desk of a workbook, and the columns that are not understood."""
    languages, found = _columns(sheet)
    values: dict[str, Any] = {}
    rows: dict[str, int] = {}
    places: dict[str, dict[str, int]] = {}
    for row in sheet.rows:
        if not row.get("key"):
            found.append(problem("desk_missing", sheet.at(row, "key"), what="key"))
            continue
        parts = _numbered(row.get("key").split("."), places)
        rows[".".join(parts)] = row.number
        _put(values, parts, _value(row, languages))
    for index, key in enumerate(places.get("decisions", {})):
        values["decisions"][str(index)]["key"] = key
    return DeskSource("desk", {key: _as_list(value) for key, value in values.items()}, rows), found


def _columns(sheet: Sheet) -> tuple[Mapping[str, str], list[Problem]]:
    languages: dict[str, str] = {}
    found = []
    for header in sheet.columns:
        base, separator, title = (part.strip() for part in header.partition("::"))
        spoken = read_language(title)
        if separator and base in _TEXT_COLUMNS and spoken:
            languages[header] = spoken.code
        elif separator and base in _TEXT_COLUMNS:
            found.append(problem("language_without_code", sheet.at(None, header), language=title))
        elif header not in {"key", "value", "label"}:
            nearest = closest(header, ["key", "value", "label"])
            found.append(problem("unknown_column", sheet.at(None, header), column=header, nearest=nearest))
    return languages, found


def _numbered(parts: list[str], places: dict[str, dict[str, int]]) -> list[str]:
    """Names of decisions and numbers of links as positions, counted from 0 in the order of the sheet."""
    for at, listed in ((1, parts[:1] == ["decisions"]), (2, parts[1:2] == ["links"])):
        if listed and len(parts) > at:
            seen = places.setdefault(".".join(parts[:at]), {})
            parts = [*parts[:at], str(seen.setdefault(parts[at], len(seen))), *parts[at + 1 :]]
    return parts


def _value(row: Row, languages: Mapping[str, str]) -> Any:
    texts = {code: row.get(header) for header, code in languages.items() if row.get(header)}
    plain = row.get("value") or row.get("label")
    if texts:
        return texts
    listed = row.get("key") in _LISTED
    return [name for name in re.split(r"[\s,;]+", plain) if name] if listed else plain


def _put(values: dict[str, Any], parts: list[str], value: Any) -> None:
    for part in parts[:-1]:
        inner = values.setdefault(part, {})
        if not isinstance(inner, dict):
            inner = values[part] = {}
        values = inner
    values[parts[-1]] = value


def _as_list(value: Any) -> Any:
    """Mappings whose keys are positions become lists."""
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [_as_list(value[key]) for key in sorted(value, key=int)]
    return {key: _as_list(inner) for key, inner in value.items()}

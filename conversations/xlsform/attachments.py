"""The files beside a form that it uses: lists for its questions and look-ups, and what is shown with its labels."""

import re

from conversations.xlsform.columns import MEDIA, Tables, translations
from conversations.xlsform.question_types import ATTACHMENT, read_type
from conversations.xlsform.source import used_files

_STORED_MEDIA = re.compile(r"^jr://(?:images|audio|video)/")


def media_name(written: str) -> str:
    """The file's name, with or without pyxform's `jr://images/` before it."""
    return _STORED_MEDIA.sub("", written)


def named_files(tables: Tables) -> frozenset[str]:
    """Names of all files that the form speaks of, there or not."""
    sheets = (tables.survey, tables.choices, tables.settings)
    cells = (cell for sheet in sheets for row in sheet.rows for cell in row.cells.values())
    return used_files(cells) | _attached(tables) | media_files(tables)


def media_files(tables: Tables) -> frozenset[str]:
    """Names of the pictures, sounds and films that labels of questions and choices show."""
    rows = (*tables.survey.rows, *tables.choices.rows)
    return frozenset(media_name(text) for row in rows for base in MEDIA for _, text in translations(row, base))


def _attached(tables: Tables) -> frozenset[str]:
    """The files of the rows `csv-external`, which are named without their ending."""
    types = ((row, read_type(row.get("type")).type) for row in tables.survey.rows if row.get("name"))
    return frozenset(f"{row.get('name')}.csv" for row, type_ in types if type_ and type_.name == ATTACHMENT)

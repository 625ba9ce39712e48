"""Pictures, sounds and films shown with labels: every file is there, and is what its column says."""

from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

from conversations.errors import Problem
from conversations.xlsform.attachments import media_name
from conversations.xlsform.columns import MEDIA, Tables, translations
from conversations.xlsform.messages import closest, problem
from conversations.xlsform.source import MEDIA_ENDINGS
from conversations.xlsform.workbook import Row, Sheet


def check_media(tables: Tables, beside: Collection[str]) -> Iterator[Problem]:
    """`beside` are the names of all files beside the form."""
    for sheet in (tables.survey, tables.choices):
        for row in sheet.rows:
            for base in MEDIA:
                yield from _cells(sheet, row, base, beside)


def _cells(sheet: Sheet, row: Row, base: str, beside: Collection[str]) -> Iterator[Problem]:
    known = MEDIA_ENDINGS[base.removeprefix("media::")]
    for code, text in translations(row, base):
        place, name = sheet.at(row, f"{base}::{code}"), media_name(text)
        if PurePosixPath(name).suffix.lower() not in known:
            yield problem("media_kind", place, name=name, known=", ".join(known))
        elif name not in beside:
            yield problem("unknown_file", place, name=name, nearest=closest(name, beside))

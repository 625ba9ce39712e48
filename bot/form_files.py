"""Forms as files: one that an admin sent is checked, one that an admin asked for is made. For the fetcher."""

import asyncio
from dataclasses import dataclass
from pathlib import Path, PurePath

from sqlalchemy import Connection

from bot.channels.base import FormChecked
from bot.checking import Passed, Stopped, Verdict, check_form
from bot.proposals import in_use
from bot.stored_files import StoredFiles
from conversations.form import Form
from conversations.xlsform import FormSource, read_bundle, read_form, write_bundle
from storage import attachments, forms
from storage.attachments import Attachment
from storage.database import Database

LIST_ENDING = ".csv"


@dataclass(frozen=True, slots=True)
class _Base:
    """The form in use as a zip, and the lists that this admin has sent since it was published."""

    bundle: bytes
    lists: dict[str, Path]


class FormFiles:
    """One form is checked at a time: each may take a gigabyte."""

    def __init__(self, database: Database, files: StoredFiles) -> None:
        self._database = database
        self._files = files
        self._one_at_a_time = asyncio.Lock()

    async def check(self, attachment: Attachment, path: Path) -> FormChecked:
        """Check the file at `path`: a form, or a CSV named like a list of the form in use, checked together with it."""
        base = await self._database.read(lambda conn: self._base(conn, attachment))
        name = PurePath(attachment.name.replace("\\", "/")).name
        async with self._one_at_a_time:
            source, current, list_name = await asyncio.to_thread(_compose, name, path, base)
            verdict: Verdict = await check_form(source, current)
        form = await asyncio.to_thread(_read, verdict) if isinstance(verdict, Passed) else None
        return FormChecked(attachment.id, verdict, form, list_name)

    async def export(self, attachment: Attachment, into: Path) -> None:
        """Write the version whose row is the attachment's file id as a workbook."""
        row = await self._database.read(lambda conn: forms.load(conn, int(attachment.file_id)))
        await asyncio.to_thread(_export, row.source, into)

    def _base(self, conn: Connection, attachment: Attachment) -> _Base:
        assert attachment.person_id is not None
        current = in_use(conn)
        since = current.published_at or current.created_at
        sent = attachments.ready_of(conn, attachment.person_id, "form", since)
        lists = {row.name: self._files.path(row.sha256) for row in sent if row.name.lower().endswith(LIST_ENDING)}
        return _Base(current.source, lists)


def refused(attachment: Attachment, reason: str) -> FormChecked:
    """A form that could not even be fetched."""
    return FormChecked(attachment.id, Stopped(reason))


def _compose(name: str, path: Path, base: _Base) -> tuple[FormSource, bytes, str]:
    """The form to check, what it is completed from, and the list's name when the file is one."""
    current = read_bundle(base.bundle)
    newer = {known: place.read_bytes() for known, place in base.lists.items() if known in current.files}
    if name in current.files and name.lower().endswith(LIST_ENDING):
        files = {**current.files, **newer, name: path.read_bytes()}
        return FormSource(current.name, current.content, files), b"", name
    completed = FormSource(current.name, current.content, {**current.files, **newer})
    return FormSource(name, path.read_bytes(), {}), write_bundle(completed), ""


def _read(passed: Passed) -> Form:
    """The form, its search indexes made: nobody should wait for them later."""
    form = read_form(passed.xform, passed.files, passed.desk)
    for choices in form.lists.values():
        if choices.from_file:
            choices.search.find("")
    return form


def _export(bundle: bytes, into: Path) -> None:
    from conversations.xlsform.export import export_workbook

    into.parent.mkdir(parents=True, exist_ok=True)
    into.write_bytes(export_workbook(read_bundle(bundle)))

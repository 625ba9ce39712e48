"""The first start: the form becomes version 1, the call opens, ADMINS and STAFF get their rights, once."""

import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Connection

from bot.errors import StartError
from bot.house import House
from bot.settings import Settings
from conversations.form import Form
from conversations.xlsform import (
    FORM_ENDINGS,
    FormError,
    FormSource,
    may_stand_beside,
    shipped_source,
    write_bundle,
)
from storage import calls, forms, people
from storage.database import Database, DatabaseUnavailable
from storage.locks import Lock, hold

if TYPE_CHECKING:
    from conversations.xlsform import Compiled

FIRST_CALL_DAYS = 30

log = structlog.get_logger(__name__)


def read_source(path: str) -> FormSource:
    """The form that the setting FORM names, with the lists and the desk beside it; '' is the shipped one.

    Raises StartError when the file is not there or is no form.
    """
    if not path:
        return shipped_source()
    file = Path(path)
    if file.suffix.lower() not in FORM_ENDINGS:
        raise StartError(f"FORM: {path} is none of {', '.join(FORM_ENDINGS)}.")
    try:
        beside = {
            other.name: other.read_bytes()
            for other in file.parent.iterdir()
            if other.is_file() and other != file and may_stand_beside(other.name)
        }
        return FormSource(file.name, file.read_bytes(), beside)
    except OSError as failure:
        raise StartError(f"FORM: {path} cannot be read ({failure.strerror or type(failure).__name__}).") from None


def compile_or_refuse(source: FormSource) -> "Compiled":
    """Raises StartError with every problem of the form."""
    from conversations.xlsform import compile_form

    try:
        return compile_form(source)
    except FormError as wrong:
        raise StartError(f"FORM: {source.name} cannot be used:\n{wrong}") from None


async def open_database(database: Database, house: House, settings: Settings, now: datetime) -> Form:
    """Open the database, with its newest schema and all that the first start makes. Returns the form in use.

    Raises StartError for a database that cannot be used or a form that is refused.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        await database.open()
    except DatabaseUnavailable as unavailable:
        raise StartError(str(unavailable)) from None
    except OSError as failure:
        raise StartError(f"DATA_DIR: {settings.data_dir} cannot be written ({failure.strerror}).") from None
    form = await database.write(lambda conn: open_house(conn, house, settings, now))
    await database.forget_pages()  # the form's, which fill the whole cache, are read this once
    return form


def open_house(conn: Connection, house: House, settings: Settings, now: datetime) -> Form:
    """Everything that the first start makes, in one transaction; later starts find it made. Returns the form in use."""
    hold(conn, Lock.FIRST_CALL)
    row = forms.current(conn)
    if row is None:
        row = _publish_first(conn, house, settings, now)
    elif settings.form and not _is_same_source(conn, row, settings.form):
        log.warning("FORM is ignored: a form is published already; publish the new one with the form commands")
    form = house.forms.get(conn, row)
    opens, closes = settings.moment(settings.call_opens), settings.moment(settings.call_closes)
    if closes is None:
        begins = max(opens or now, now).astimezone(house.zone)
        closes = (begins + timedelta(days=FIRST_CALL_DAYS)).replace(hour=23, minute=59, second=59, microsecond=0)
    title = form.desk.call_title.in_language(house.language) or form.title
    calls.open_first(conn, opens=opens, closes=closes, title=title, now=now)
    people.seed_roles(
        conn, [(a.channel, a.id) for a in settings.admins], [(s.channel, s.id) for s in settings.staff], now
    )
    return form


def _publish_first(conn: Connection, house: House, settings: Settings, now: datetime) -> int:
    source = read_source(settings.form)
    compiled = compile_or_refuse(source)
    for warning in compiled.warnings:
        log.warning("form", warning=warning.in_language(settings.language))
    row = forms.add(
        conn,
        form_id=compiled.form.id,
        version=compiled.form.version,
        title=compiled.form.title,
        source=write_bundle(compiled.source),
        xform=compiled.xform,
        files=json.dumps(compiled.files, ensure_ascii=False),
        desk=json.dumps(compiled.desk, ensure_ascii=False),
        now=now,
    )
    forms.publish(conn, row, now)
    house.forms.put(row, compiled.form)
    return row


def _is_same_source(conn: Connection, row: int, path: str) -> bool:
    from conversations.xlsform import in_use

    stored = forms.load(conn, row).source
    try:
        return hashlib.sha256(write_bundle(in_use(read_source(path)))).digest() == hashlib.sha256(stored).digest()
    except (StartError, FormError):
        return False

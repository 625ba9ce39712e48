"""Backup and restore: the whole desk in one file, made while it runs, and put back into either database.

What a process is doing at the moment stays behind: leases, claims of the outbox and of files. Messages that waited at
the moment of the backup wait again in the restored desk and go out when it starts.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection

from bot.archive import ArchiveReader, ArchiveWriter, DamagedArchive, FilePart, Manifest
from bot.errors import StartError
from bot.settings import Settings
from bot.stored_files import MEDIA_NAME, StoredFiles, sync_folder
from storage import application_counts, copying
from storage.database import Database, DatabaseUnavailable
from storage.migrations import current_step, knows, migrate

FOLDER = "backups"

Progress = Callable[[str, int], object]
"""Hears the name of each table that is restored, and its number of rows."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a backup holds. `missing`: SHA-256 of files that the database names and that are not there."""

    path: Path
    made_at: datetime
    rows: int
    files: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """What one moment of the database gave: its step, and the files it names below DATA_DIR."""

    revision: str
    hashes: tuple[str, ...]
    arriving: tuple[str, ...]


async def back_up(settings: Settings, to: Path | None, now: datetime) -> Kept:
    """Write a backup to `to`, or to DATA_DIR/backups under the moment's name. The desk may be running.

    The file has another name until it is whole, on the disk, and was read back. Raises StartError.
    """
    path = to or settings.data_dir / FOLDER / f"desk-{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}.zip"
    if path.exists():
        raise StartError(f"{path} exists already; name another file.")
    database = Database(settings.database)
    half = path.with_name(f"{path.name}.half")
    try:
        await database.open_unchanged()
        path.parent.mkdir(parents=True, exist_ok=True)
        manifest = await _write(database, StoredFiles(settings.data_dir), half, now)
        kept = _kept(path, manifest)
        _check(half, manifest)
        half.replace(path)
        sync_folder(path.parent)
        return kept
    except DatabaseUnavailable as unavailable:
        raise StartError(str(unavailable)) from None
    except DamagedArchive as damage:
        raise StartError(f"The backup was not kept: read back from the disk, it {damage}.") from None
    except OSError as failure:
        raise StartError(f"{path} cannot be written ({failure.strerror or type(failure).__name__}).") from None
    finally:
        await database.close()
        with suppress(OSError):
            half.unlink(missing_ok=True)


async def restore(settings: Settings, path: Path, *, replaces: bool, tell: Progress) -> Kept:
    """Put a backup into the database of the settings, and its files under DATA_DIR; all of it or nothing.

    The database must be empty, unless `replaces`: then what it holds is lost. Raises StartError.
    """
    try:
        with ArchiveReader(path) as archive:
            if not knows(archive.manifest.revision):
                raise StartError(f"{path} was made by a newer version of this program; restore it with that one.")
            archive.verify()
            database = Database(settings.database)
            await database.rebuild(lambda conn: _fill(conn, archive, settings.data_dir, replaces, tell))
            return _kept(path, archive.manifest)
    except DatabaseUnavailable as unavailable:
        raise StartError(str(unavailable)) from None
    except DamagedArchive as damage:
        raise StartError(f"{path} cannot be restored: it {damage}. Nothing was changed.") from None
    except OSError as failure:
        raise StartError(f"{path} cannot be read ({failure.strerror or type(failure).__name__}).") from None


# ---------- out ----------


async def _write(database: Database, files: StoredFiles, half: Path, now: datetime) -> Manifest:
    with _private(half) as file, ArchiveWriter(file) as archive:
        found = await database.read(lambda conn: _copy_tables(conn, archive))
        missing = tuple(_copy_files(archive, files, found))
        manifest = Manifest(
            revision=found.revision,
            created_at=now,
            tables=tuple(archive.tables),
            files=tuple(archive.files),
            missing=missing,
        )
        archive.finish(manifest)
    return manifest


@contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    """A new file that nobody else may read, for it holds all that people have told; on the disk at the end."""
    with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _copy_tables(conn: Connection, archive: ArchiveWriter) -> _Found:
    revision = current_step(conn)
    if not revision:
        raise StartError("There is nothing to back up: the desk was never started on this database.")
    if not knows(revision):
        raise StartError("The database was made by a newer version of this program; back it up with that one.")
    for table in copying.tables(conn):
        archive.add_table(table.name, copying.rows_out(conn, table), copying.last_id(conn, table))
    arriving = [name for id, file_id in copying.arriving_files(conn) for name in (file_id, f"fetched-{id}")]
    return _Found(revision, tuple(copying.stored_hashes(conn)), tuple(arriving))


def _copy_files(archive: ArchiveWriter, files: StoredFiles, found: _Found) -> Iterator[str]:
    """Add the files that the rows name; gives the hashes of those that are not there.

    The moment of the database is over by now, so that the desk's log of writes need not grow: what is stored by its
    hash never changes. What is only arriving may be gone; its sender is asked again.
    """
    for sha256 in found.hashes:
        if not _copy_file(archive, f"files/{sha256[:2]}/{sha256}", files.path(sha256)):
            yield sha256
    media = sorted(files.media_folder.iterdir()) if files.media_folder.is_dir() else []
    for path in media:
        if MEDIA_NAME.fullmatch(path.name):
            _copy_file(archive, f"files/form/{path.name}", path)
    for name in found.arriving:
        if Path(name).name == name:
            _copy_file(archive, f"incoming/{name}", files.incoming / name)


def _copy_file(archive: ArchiveWriter, name: str, path: Path) -> bool:
    try:
        content = path.open("rb")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return False
    with content:
        archive.add_file(name, content)
    return True


def _check(half: Path, manifest: Manifest) -> None:
    with ArchiveReader(half) as written:
        if written.manifest != manifest:
            raise DamagedArchive("tells another manifest than was written")
        written.verify()


# ---------- in ----------


def _fill(conn: Connection, archive: ArchiveReader, data_dir: Path, replaces: bool, tell: Progress) -> None:
    """Everything in the caller's transaction; files before its commit, so that no row names one that is not there."""
    if not replaces and not copying.is_empty(conn):
        raise StartError(
            "The database holds data already and was left as it is; restore into an empty one, "
            "or add --replace to throw away what it holds."
        )
    copying.drop_all(conn)
    migrate(conn, archive.manifest.revision)
    _fill_tables(conn, archive, tell)
    migrate(conn)
    application_counts.recount(conn)
    for part in archive.manifest.tables:
        if part.last_id is not None:
            copying.go_on_after(conn, part.name, part.last_id)
    with _data_dir_told(data_dir):
        for file in archive.manifest.files:
            _put(archive, file, data_dir / file.name)


def _fill_tables(conn: Connection, archive: ArchiveReader, tell: Progress) -> None:
    parts = {part.name: part for part in archive.manifest.tables}
    tables = copying.tables(conn)
    if {table.name for table in tables} != set(parts):
        raise DamagedArchive("holds other tables than its schema has")
    for table in tables:
        part = parts[table.name]
        try:
            copying.rows_in(conn, table, archive.rows(part))
        except (KeyError, ValueError, TypeError, AttributeError):
            raise DamagedArchive(f"holds a row that does not fit the table {part.name}") from None
        if copying.row_count(conn, table) != part.rows:
            raise DamagedArchive(f"lost rows of the table {part.name} on the way")
        tell(part.name, part.rows)
    if copying.has_broken_references(conn):
        raise DamagedArchive("holds a row that refers to one that is not there")


def _put(archive: ArchiveReader, file: FilePart, place: Path) -> None:
    """A file in its place, durable; one that is there already has the same content by its name, unless damaged."""
    place.parent.mkdir(parents=True, exist_ok=True)
    half = place.with_name(f"{place.name}.half")
    try:
        with half.open("wb") as target:
            for chunk in archive.chunks(file):
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        half.replace(place)
    finally:
        half.unlink(missing_ok=True)
    sync_folder(place.parent)
    sync_folder(place.parent.parent)


@contextmanager
def _data_dir_told(data_dir: Path) -> Iterator[None]:
    try:
        yield
    except OSError as failure:
        reason = failure.strerror or type(failure).__name__
        raise StartError(f"DATA_DIR: {data_dir} cannot be written ({reason}). Nothing was restored.") from None


def _kept(path: Path, manifest: Manifest) -> Kept:
    rows = sum(table.rows for table in manifest.tables)
    return Kept(path, manifest.created_at, rows, len(manifest.files), manifest.missing)

"""The file that a backup is: a zip of tables as JSON lines, files by their content hash, and a manifest.

tables/people.jsonl           one row a line, out of one moment of the database
files/3f/3f2a…                what people sent, named by SHA-256
files/form/9c41….png          what stands beside a form, named by SHA-256
incoming/…                    what had just arrived and was not stored yet
manifest.json                 the step of the schema, and of each part the rows or bytes and the SHA-256
"""

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Literal
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

MANIFEST = "manifest.json"
MANIFEST_LIMIT_BYTES = 64 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024
STORED = re.compile(r"files/([0-9a-f]{2})/(\1[0-9a-f]{62})")
MEDIA = re.compile(r"files/form/([0-9a-f]{64})\.[a-z0-9]{3,4}")
INCOMING = re.compile(r"incoming/[A-Za-z0-9_-]{1,120}")


class DamagedArchive(Exception):
    """What lies there is no whole backup. The text ends a sentence: `… cannot be restored: it …`."""


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TablePart(_Read):
    """`last_id`: the highest id ever given away; None when ids are not counted."""

    name: str
    rows: int
    sha256: str
    last_id: int | None


class FilePart(_Read):
    """`name` is the path in the archive and, below DATA_DIR, outside of it."""

    name: str
    size: int
    sha256: str


class Manifest(_Read):
    """`revision` is the step of the schema; `missing` are stored files that the rows name and that were not there."""

    format: Literal["application-desk-backup"] = "application-desk-backup"
    version: Literal[1] = 1
    revision: str
    created_at: AwareDatetime
    tables: tuple[TablePart, ...]
    files: tuple[FilePart, ...]
    missing: tuple[str, ...]


@dataclass
class ArchiveWriter:
    """Writes an archive into an open file; the manifest comes last, with `finish`."""

    file: BinaryIO
    tables: list[TablePart] = field(default_factory=list)
    files: list[FilePart] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._zip = ZipFile(self.file, "w", ZIP_DEFLATED, compresslevel=6)

    def __enter__(self) -> "ArchiveWriter":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        # After a failure the rest is thrown away, whatever happens to it.
        with suppress(OSError, ValueError) if kind is not None else nullcontext():
            self._zip.close()

    def add_table(self, name: str, rows: Iterable[dict[str, Any]], last_id: int | None) -> None:
        digest, count = hashlib.sha256(), 0
        with self._zip.open(_table_path(name), "w", force_zip64=True) as part:
            for row in rows:
                line = orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
                part.write(line)
                digest.update(line)
                count += 1
        self.tables.append(TablePart(name=name, rows=count, sha256=digest.hexdigest(), last_id=last_id))

    def add_file(self, name: str, content: BinaryIO) -> None:
        digest, size = hashlib.sha256(), 0
        about = ZipInfo(name)
        about.compress_type = ZIP_STORED
        with self._zip.open(about, "w", force_zip64=True) as part:
            while chunk := content.read(CHUNK_BYTES):
                part.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.files.append(FilePart(name=name, size=size, sha256=digest.hexdigest()))

    def finish(self, manifest: Manifest) -> None:
        self._zip.writestr(MANIFEST, manifest.model_dump_json(indent=1))


class ArchiveReader:
    """An archive, opened and its manifest read. Raises DamagedArchive, OSError when the file cannot be read."""

    def __init__(self, path: Path) -> None:
        with _damage_told():
            self._zip = ZipFile(path)
            try:
                self.manifest = self._read_manifest()
            except BaseException:
                self._zip.close()
                raise

    def __enter__(self) -> "ArchiveReader":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def verify(self) -> None:
        """Read everything once, and compare it with the manifest. Raises DamagedArchive."""
        parts = [_table_path(table.name) for table in self.manifest.tables]
        parts += [file.name for file in self.manifest.files]
        if sorted([*parts, MANIFEST]) != sorted(self._zip.namelist()):
            raise DamagedArchive("holds other parts than its manifest tells")
        for table in self.manifest.tables:
            for _ in self.rows(table):
                pass
        for file in self.manifest.files:
            for _ in self.chunks(file):
                pass

    def rows(self, table: TablePart) -> Iterator[tuple[dict[str, Any], int]]:
        """Each row with its size in bytes. Raises DamagedArchive at the end when there was anything wrong."""
        digest, count = hashlib.sha256(), 0
        with _damage_told(), self._zip.open(_table_path(table.name)) as part:
            for line in part:
                digest.update(line)
                count += 1
                yield orjson.loads(line), len(line)
        if (count, digest.hexdigest()) != (table.rows, table.sha256):
            raise DamagedArchive(f"is damaged in the table {table.name}")

    def chunks(self, file: FilePart) -> Iterator[bytes]:
        """The content of a file. Raises DamagedArchive at the end when there was anything wrong."""
        digest, size = hashlib.sha256(), 0
        with _damage_told(), self._zip.open(file.name) as part:
            while chunk := part.read(CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
                yield chunk
        if (size, digest.hexdigest()) != (file.size, file.sha256):
            raise DamagedArchive(f"is damaged in the file {file.name}")

    def _read_manifest(self) -> Manifest:
        try:
            if self._zip.getinfo(MANIFEST).file_size > MANIFEST_LIMIT_BYTES:
                raise DamagedArchive("is no backup of this program")
            manifest = Manifest.model_validate_json(self._zip.read(MANIFEST))
        except (KeyError, ValidationError):
            raise DamagedArchive("is no backup of this program") from None
        for file in manifest.files:
            named = STORED.fullmatch(file.name) or MEDIA.fullmatch(file.name)
            by_hash = named is not None and named.groups()[-1] == file.sha256
            if not by_hash and not INCOMING.fullmatch(file.name):
                raise DamagedArchive(f"names a file {file.name!r}, which no backup does")
        return manifest


@contextmanager
def _damage_told() -> Iterator[None]:
    """What zip and JSON say of broken bytes, as DamagedArchive."""
    try:
        yield
    except (BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, KeyError):
        raise DamagedArchive("is damaged, or no zip file at all") from None


def _table_path(name: str) -> str:
    return f"tables/{name}.jsonl"

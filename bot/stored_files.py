"""The files people sent, under DATA_DIR/files by content hash, never under their given names."""

import hashlib
import mimetypes
import os
import shutil
from codecs import getincrementaldecoder
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import filetype
from sqlalchemy import Connection

from bot.channels.base import Document
from storage import attachments

LIMIT_BYTES = 10 * 1024 * 1024
ACCEPTED_TYPES = frozenset(
    {"pdf", "jpg", "png", "gif", "webp", "heic", "avif", "bmp", "tif", "txt", "csv", "rtf"}
    | {"doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp"}
    | {"mp3", "ogg", "oga", "opus", "m4a", "aac", "wav", "amr", "flac"}
    | {"mp4", "m4v", "mov", "webm", "mkv", "avi", "3gp", "mpg"}
)
SAME_TYPE = {"jpeg": "jpg", "tiff": "tif", "htm": "html"}
HEAD_BYTES = 8192


class StoredFiles:
    """`folder` is made when first needed."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "files"
        self.incoming = data_dir / "incoming"

    def path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def keep(self, fetched: Path) -> tuple[str, int]:
        """Put a fetched file in its place, too, and make it durable; the same content is stored once.

        Returns its SHA-256 (hex) and its size in bytes. `fetched` stays: until the commit it is the only thing that
        a next try can begin with.
        """
        with fetched.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        size = fetched.stat().st_size
        place = self.path(sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            _link(fetched, place)
        return sha256, size

    def documents(self, conn: Connection, ids: Sequence[str]) -> tuple[Document, ...]:
        """The stored files of these attachments, ready to be sent; one that is not there is left out."""
        found = (attachments.get(conn, attachment_id) for attachment_id in ids)
        return tuple(
            Document(self.path(row.sha256), _shown_name(row.name, row.type), media_type(row.type))
            for row in found
            if row is not None and row.state == "ready" and self.path(row.sha256).is_file()
        )


def _link(source: Path, target: Path) -> None:
    """One content under two names; a copy where the file system knows no links. Raises FileExistsError."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        half = target.with_name(f"{target.name}.half")
        shutil.copyfile(source, half)
        half.replace(target)


def type_of(path: Path) -> str:
    """The ending that a file's content says (`pdf`), '' when it is of no kind that we take."""
    kind = filetype.guess(str(path))
    found = SAME_TYPE.get(kind.extension, kind.extension) if kind is not None else _text_type(path)
    return found if found in ACCEPTED_TYPES else ""


def media_type(ending: str) -> str:
    """The media type of an ending that `type_of` gives."""
    known = filetype.get_type(ext=ending)
    return str(known.mime) if known is not None else mimetypes.types_map.get(f".{ending}", "application/octet-stream")


def _text_type(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    try:
        # Not final when there is more: the last letter may be cut in two.
        text = getincrementaldecoder("utf-8")().decode(head, final=len(head) < HEAD_BYTES)
    except UnicodeDecodeError:
        return ""
    return "txt" if text and "\x00" not in text else ""


def _shown_name(given: str, ending: str) -> str:
    """The given name without folders and control characters, with the ending that the content says."""
    stem = Path(given.replace("\\", "/")).name.rsplit(".", 1)[0]
    clean = "".join(letter for letter in stem if letter.isprintable() and letter not in '/:*?"<>|')[:80].strip(". ")
    return f"{clean or 'file'}.{ending}"

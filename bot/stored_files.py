"""The files people sent, under DATA_DIR/files by content hash, never under their given names.

What stands beside a form lies apart, in its folder `form`: anybody who is asked may see it, and nobody's wish to be
forgotten takes it away.
"""

import hashlib
import mimetypes
import os
import re
import shutil
from codecs import getincrementaldecoder
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from uuid import uuid4

import filetype
from sqlalchemy import Connection

from bot.channels.base import Document, Media
from conversations.replies import Enclosed
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
MEDIA_NAME = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{3,4}")


class StoredFiles:
    """`folder` is made when first needed."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "files"
        self.incoming = data_dir / "incoming"
        self.media_folder = self.folder / "form"

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
        sync_folder(place.parent)
        sync_folder(self.folder)
        return sha256, size

    def documents(self, conn: Connection, ids: Sequence[str]) -> tuple[Document, ...]:
        """The stored files of these attachments, ready to be sent; one that is not there is left out."""
        found = (attachments.get(conn, attachment_id) for attachment_id in ids)
        return tuple(
            Document(self.path(row.sha256), _shown_name(row.name, row.type), media_type(row.type))
            for row in found
            if row is not None and row.state == "ready" and self.path(row.sha256).is_file()
        )

    def keep_media(self, name: str, content: bytes) -> str:
        """Store a file of a form; the same content is stored once. Returns its stored name, hash and ending."""
        stored = f"{hashlib.sha256(content).hexdigest()}{PurePosixPath(name).suffix.lower()}"
        place = self.media_folder / stored
        if not place.is_file():
            self.media_folder.mkdir(parents=True, exist_ok=True)
            half = self.media_folder / f"{uuid4().hex}.half"
            with half.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            half.replace(place)
            sync_folder(self.media_folder)
        return stored

    def media_document(self, stored: str) -> Document | None:
        """A form's file by its stored name; None when there is none such."""
        place = self.media_folder / stored
        if not MEDIA_NAME.fullmatch(stored) or not place.is_file():
            return None
        ending = place.suffix.lstrip(".")
        type = media_type(SAME_TYPE.get(ending, ending))
        return Document(place, f"{type.partition('/')[0]}.{ending}", type)

    def media(self, enclosed: Sequence[Enclosed]) -> tuple[Media, ...]:
        """A form's files, ready to be sent; one that is not there is left out."""
        found = ((each, self.media_document(each.name)) for each in enclosed)
        return tuple(Media(document, each.kind, each.caption) for each, document in found if document is not None)


def _link(source: Path, target: Path) -> None:
    """One content under two names; a copy where the file system knows no links. Raises FileExistsError."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        half = target.with_name(f"{target.name}.half")
        with source.open("rb") as content, half.open("wb") as file:
            shutil.copyfileobj(content, file)
            file.flush()
            os.fsync(file.fileno())
        half.replace(target)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable: without it a power cut may forget a file whose content is on the disk."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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

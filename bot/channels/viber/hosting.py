"""Our files for Viber's clients, which fetch what a message shows from an address: nothing can be uploaded.

An address is good for one file, for as long as Viber goes on delivering a message, and cannot be guessed or changed:
it carries a signature over everything that it names.
"""

import asyncio
import base64
import binascii
import hmac
import mimetypes
import os
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from bot.channels.base import Document
from bot.channels.viber.pictures import fitted

FILES_PATH = "/viber/files"
GOOD_FOR = timedelta(days=15)
"""Viber tries to deliver a message for 14 days."""
OPEN_FOLDERS = ("files", "viber")
"""What may be shown of DATA_DIR: the stored files, and what this channel makes of them."""
SHOWN_INLINE = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "video/mp4": ".mp4"}
SAME_ENDING = {".jpeg": ".jpg"}
STEM_CHARACTERS = 60
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, max-age=86400",
}

_EXPIRES = re.compile(r"[0-9]{1,12}")


class Hosting:
    """`folder` is DATA_DIR; `secret` signs, so that addresses outlive a restart; `clock` tells aware UTC."""

    def __init__(self, secret: bytes, public_url: str, folder: Path, clock: Callable[[], datetime]) -> None:
        self._secret = secret
        self._root = public_url.rstrip("/") + FILES_PATH
        self._folders = {name: (folder / name).resolve() for name in OPEN_FOLDERS}
        self._clock = clock
        self.made = self._folders["viber"]
        """Where pictures made for Viber may be kept. The folder is made when first needed."""

    def address(self, path: Path, name: str, type: str) -> str:
        """An address of the file at `path`; its last segment is an ASCII file name with the ending of `type`.

        Raises ValueError for a file outside the folders that may be shown.
        """
        there = path.resolve()
        places = (
            f"{folder}/{there.relative_to(root).as_posix()}"
            for folder, root in self._folders.items()
            if there.is_relative_to(root)
        )
        place = next(places, None)
        if place is None:
            raise ValueError("this file may not be shown")
        expires = str(int((self._clock() + GOOD_FOR).timestamp()))
        rest = f"{_urlsafe(place.encode())}/{_file_name(name, type)}"
        return f"{self._root}/{expires}/{self._signature(expires, rest)}/{rest}"

    def keep_made(self, path: Path) -> None:
        """A picture made for Viber is shown once more; those that no good address leads to any longer are removed."""
        now = self._clock()
        os.utime(path, (now.timestamp(), now.timestamp()))
        for each in self.made.iterdir():
            with suppress(FileNotFoundError):
                if each.stat().st_mtime < (now - GOOD_FOR).timestamp():
                    each.unlink()

    def routes(self) -> list[Route]:
        return [Route(f"{FILES_PATH}/{{expires}}/{{signature}}/{{place}}/{{name}}", self._show)]

    async def _show(self, request: Request) -> Response:
        asked = request.path_params
        expires, name = asked["expires"], asked["name"]
        true = self._signature(expires, f"{asked['place']}/{name}")
        if not hmac.compare_digest(asked["signature"].encode(), true.encode()) or not self._is_good(expires):
            return Response(status_code=404)
        path = await asyncio.to_thread(self._find, asked["place"])
        if path is None:
            return Response(status_code=404)
        type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        shown = "inline" if type in SHOWN_INLINE else "attachment"
        return FileResponse(
            path, media_type=type, filename=name, content_disposition_type=shown, headers=HEADERS.copy()
        )

    def _signature(self, expires: str, rest: str) -> str:
        return _urlsafe(hmac.digest(self._secret, f"{expires}/{rest}".encode(), "sha256"))

    def _is_good(self, expires: str) -> bool:
        return _EXPIRES.fullmatch(expires) is not None and self._clock().timestamp() < int(expires)

    def _find(self, place: str) -> Path | None:
        """The file, when it is there and may be shown: a signature of ours is no reason to follow a link away."""
        try:
            folder, _, below = base64.urlsafe_b64decode(place + "=" * (-len(place) % 4)).decode().partition("/")
            root = self._folders[folder]
            path = (root / below).resolve()
            return path if path.is_relative_to(root) and path.is_file() else None
        except (binascii.Error, KeyError, ValueError, OSError):
            return None


class HostedFiles:
    """Documents as addresses with their sizes in bytes, as messages want them. Raises FileNotFoundError."""

    def __init__(self, hosting: Hosting) -> None:
        self._hosting = hosting

    def address(self, document: Document) -> tuple[str, int]:
        size = document.path.stat().st_size
        return self._hosting.address(document.path, document.name, document.type), size

    def picture(self, document: Document) -> tuple[str, int] | None:
        """The address of a picture that Viber shows, made for it when the given one is too big or of another kind;
        None when it is no picture."""
        shown = fitted(document, self._hosting.made)
        if shown is None:
            return None
        if shown.path != document.path:
            self._hosting.keep_made(shown.path)
        return self.address(shown)


def _urlsafe(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _file_name(name: str, type: str) -> str:
    """`Заявление 2.PDF` as `2.pdf`: letters and digits that need no escaping, and the ending that `type` has."""
    given = PurePosixPath(name)
    ending = given.suffix.lower() if re.fullmatch(r"\.[A-Za-z0-9]{1,8}", given.suffix) else ""
    if type in ENDINGS and SAME_ENDING.get(ending, ending) != ENDINGS[type]:
        ending = ENDINGS[type]
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", given.stem).strip("-")[:STEM_CHARACTERS]
    return f"{stem or 'file'}{ending or mimetypes.guess_extension(type) or '.bin'}"

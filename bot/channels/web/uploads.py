"""Files on their way in: one POST becomes one file under DATA_DIR/incoming, until the fetcher takes it."""

import hashlib
import re
import shutil
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from bot.channels.base import GiveUp
from bot.channels.web.wire import UPDATE_ID, Refused

FORM_OVERHEAD_BYTES = 16 * 1024
WAITING_PER_CHAT = 8
FORGOTTEN_AFTER_SECONDS = 24 * 3600
LONGEST_NAME_CHARACTERS = 200
FILE_ID = re.compile(r"[0-9a-f]{16}-[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that has arrived. `file_id` is its name under `incoming`; `name` is the sender's word; `size` in bytes."""

    update_id: str
    seen: int | None
    file_id: str
    name: str
    size: int


class Incoming:
    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes

    async def receive(self, request: Request, chat: str) -> Upload:
        """Read one multipart POST (`update_id`, `seen`, `file`) to disk. Raises Refused: 400, 413 or 429.

        The same update id gives the same file id: a repeated POST overwrites its own file and adds none.
        """
        try:
            form = await MultiPartParser(request.headers, self._counted(request), max_files=1, max_fields=4).parse()
        except (MultiPartException, KeyError) as bad:
            raise Refused(400, "not_a_form") from bad
        try:
            file, update_id, seen = form.get("file"), str(form.get("update_id", "")), str(form.get("seen", ""))
            if not isinstance(file, UploadFile) or not UPDATE_ID.fullmatch(update_id):
                raise Refused(400, "not_a_form")
            if (file.size or 0) > self._limit_bytes:
                raise Refused(413, "too_large")
            file_id = f"{chat[:16]}-{hashlib.sha256(f'{chat}:{update_id}'.encode()).hexdigest()[:32]}"
            await run_in_threadpool(self._store, file, file_id)
            name = Path((file.filename or "").replace("\\", "/")).name.replace("\0", "")[:LONGEST_NAME_CHARACTERS]
            return Upload(
                update_id, int(seen) if seen.isascii() and seen.isdigit() else None, file_id, name, file.size or 0
            )
        finally:
            await form.close()

    def take(self, file_id: str, into: Path, limit_bytes: int) -> None:
        """Move a received file to `into`. Raises GiveUp: it is gone, or larger than the limit."""
        path = self._folder / file_id
        if not FILE_ID.fullmatch(file_id) or not path.is_file():
            raise GiveUp("gone")
        if path.stat().st_size > limit_bytes:
            path.unlink()
            raise GiveUp("too_big")
        into.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path, into)

    def drop(self, file_id: str) -> None:
        (self._folder / file_id).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove what nobody has taken for a day."""
        if not self._folder.is_dir():
            return
        for path in self._folder.iterdir():
            if path.is_file() and time.time() - path.stat().st_mtime > FORGOTTEN_AFTER_SECONDS:
                path.unlink(missing_ok=True)

    def _store(self, file: UploadFile, file_id: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self.sweep()
        others = [path for path in self._folder.glob(f"{file_id[:16]}-*") if path.name != file_id]
        if len(others) >= WAITING_PER_CHAT:
            raise Refused(429, "too_many_files")
        with (self._folder / file_id).open("wb") as target:
            shutil.copyfileobj(file.file, target)

    async def _counted(self, request: Request) -> AsyncGenerator[bytes, None]:
        """The body, refused as soon as it is known to be too long: before the first byte when its length is told."""
        longest = self._limit_bytes + FORM_OVERHEAD_BYTES
        told = request.headers.get("content-length", "0")
        if told.isascii() and told.isdigit() and int(told) > longest:
            raise Refused(413, "too_large")
        received = 0
        async for chunk in request.stream():
            received += len(chunk)
            if received > longest:
                raise Refused(413, "too_large")
            yield chunk

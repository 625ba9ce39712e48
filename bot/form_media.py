"""The pictures, sounds and films that stand beside a form, taken out of its stored version so that they can be sent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from threading import Lock

import structlog
from sqlalchemy import Connection

from bot.stored_files import StoredFiles
from conversations.replies import Reply
from conversations.xlsform import read_bundle
from conversations.xlsform.source import MEDIA_ENDINGS
from storage import forms

ENDINGS = frozenset(ending for endings in MEDIA_ENDINGS.values() for ending in endings)

log = structlog.get_logger(__name__)


class FormMedia:
    """Of each version the media's stored names; the files are written when the version first needs one."""

    def __init__(self, files: StoredFiles) -> None:
        self._files = files
        self._stored: dict[int, Mapping[str, str]] = {}
        self._lock = Lock()

    def placed(self, conn: Connection, form_row: int, replies: Sequence[Reply]) -> tuple[Reply, ...]:
        """The replies with the stored names of their media. A file that is not there is left out: the question goes."""
        return tuple(self._place(conn, form_row, reply) if reply.media else reply for reply in replies)

    def _place(self, conn: Connection, form_row: int, reply: Reply) -> Reply:
        stored = self._of_version(conn, form_row)
        there = (each for each in reply.media if each.name in stored)
        return replace(reply, media=tuple(replace(each, name=stored[each.name]) for each in there))

    def _of_version(self, conn: Connection, form_row: int) -> Mapping[str, str]:
        with self._lock:
            if form_row not in self._stored:
                beside = read_bundle(forms.load(conn, form_row).source).files
                try:
                    self._stored[form_row] = {
                        name: self._files.keep_media(name, content)
                        for name, content in beside.items()
                        if PurePosixPath(name).suffix.lower() in ENDINGS
                    }
                except OSError as failure:
                    log.error("form media not stored", form=form_row, error=type(failure).__name__)
                    return {}
            return self._stored[form_row]

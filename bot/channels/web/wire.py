"""The wire between page and house: JSON that the page posts → content of an update; outbox row → event for the page."""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Annotated, Any
from urllib.parse import urlsplit

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from starlette.requests import Request

from bot.channels.base import Command, Content, Document, Location, Tap, Text
from bot.channels.markup import to_web_html
from bot.channels.web.streams import StreamRow
from conversations.replies import Button, Enclosed, Reply, read_reply

LONGEST_TEXT_CHARACTERS = 20_000
LONGEST_BODY_BYTES = 128 * 1024
UPDATE_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
MEDIA_PATH = "/chat/file/media"
LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel"})

FindFile = Callable[[str, str], Awaitable[Document | None]]
"""`(chat, file id)` → the stored file if this chat may see it, else None."""


class Refused(Exception):
    """A POST that is not taken: the HTTP status and one word for the page."""

    def __init__(self, status: int, word: str) -> None:
        super().__init__(word)
        self.status = status
        self.word = word


class SentCommand(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    word: Annotated[str, Field(pattern=r"^[a-z]{1,32}$")]
    argument: Annotated[str, Field(max_length=1000)] = ""


class SentLocation(BaseModel):
    model_config = ConfigDict(extra="forbid")

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class Sent(BaseModel):
    """What the page posts: exactly one of the four contents.

    `update_id` is drawn by the page and kept through its retries; `seen` is the last row that it had shown when the
    person wrote, None when there was none.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    update_id: Annotated[str, Field(pattern=rf"^{UPDATE_ID.pattern}$")]
    seen: Annotated[int, Field(ge=0)] | None = None
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT_CHARACTERS)] | None = None
    tap: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    command: SentCommand | None = None
    location: SentLocation | None = None

    @model_validator(mode="after")
    def one_content(self) -> "Sent":
        contents = (self.text, self.tap, self.command, self.location)
        if sum(content is not None for content in contents) != 1:
            raise ValueError("exactly one content")
        return self

    def content(self) -> Content:
        if self.tap is not None:
            return Tap(self.tap)
        if self.command is not None:
            return Command(self.command.word, self.command.argument.strip())
        if self.location is not None:
            return Location(self.location.latitude, self.location.longitude)
        return typed(self.text or "")


def typed(text: str) -> Command | Text:
    """What a person typed: `/word rest` is a command."""
    text = text.replace("\0", "").strip()
    word, _, rest = text[1:].partition(" ")
    if text.startswith("/") and word:
        return Command(word.casefold(), rest.strip())
    return Text(text)


async def read_sent(request: Request) -> Sent:
    """The body of a POST. Raises Refused: 400 when it is not what our page sends, 413 when it is too long."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY_BYTES:
            raise Refused(413, "too_long")
    try:
        return Sent.model_validate(orjson.loads(body))
    except (orjson.JSONDecodeError, ValidationError) as bad:
        raise Refused(400, "not_understood") from bad


async def events(
    rows: AsyncGenerator[StreamRow | None, None], chat: str, find_file: FindFile, language: str
) -> AsyncGenerator[bytes, None]:
    """Server-sent events: a row as a message whose id is the row's, a pause as the event `pause`.

    The pause is an event and not a comment, because a page cannot see comments and would not notice a dead line.
    """
    async with aclosing(rows):
        async for row in rows:
            if row is None:
                yield b"event: pause\ndata:\n\n"
                continue
            reply = read_reply(dict(row.body))
            files = [await _file(chat, file_id, find_file) for file_id in reply.attachments]
            shown = as_shown(row, reply, [file for file in files if file is not None], language)
            yield b"id: %d\ndata: %b\n\n" % (row.id, orjson.dumps(shown))


def as_shown(row: StreamRow, reply: Reply, files: list[dict[str, Any]], language: str) -> dict[str, Any]:
    """The JSON of one event; `language` (a code) stands in for rows that name none."""
    return {
        "id": row.id,
        "html": to_web_html(reply.text),
        "rows": [[_button(button) for button in buttons] for buttons in reply.rows],
        "awaits": reply.awaits.value,
        "replaces": row.replaces,
        "onlyInPlace": reply.only_in_place,
        "files": files,
        "media": [_media(enclosed) for enclosed in reply.media],
        "language": row.language or language,
    }


def _button(button: Button) -> dict[str, str]:
    is_link = urlsplit(button.url).scheme in LINK_SCHEMES or (button.url.startswith("/") and button.url[1:2] != "/")
    return {"id": button.id, "label": button.label, "url": button.url if is_link else ""}


def _media(enclosed: Enclosed) -> dict[str, str]:
    return {"kind": enclosed.kind, "url": f"{MEDIA_PATH}/{enclosed.name}", "caption": enclosed.caption}


async def _file(chat: str, file_id: str, find_file: FindFile) -> dict[str, Any] | None:
    document = await find_file(chat, file_id)
    if document is None:
        return None
    return {"name": document.name, "url": f"/chat/file/{file_id}", "image": document.type.startswith("image/")}

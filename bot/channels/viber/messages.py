"""A message of ours as bodies of `send_message` calls. Pure: nothing is sent here.

Text goes out plain. Viber reads `*bold*`, `_italic_` and `~strike~`, but which clients do and from which version on is
nowhere stated, and a client that does not shows the signs; a plain text looks the same everywhere.

Limits: https://developers.viber.com/docs/api/rest-bot-api/#send-message
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any, Protocol

from bot.channels.base import Document, Message
from bot.channels.changes import changed
from bot.channels.markup import split, to_plain
from bot.channels.viber.keyboards import Board, keyboard, without_sharing
from conversations.markdown import escape
from conversations.phrases import say

TEXT_LIMIT = 7000
CAPTION_LIMIT = 512
FILE_NAME_LIMIT = 256
URL_LIMIT = 2000
FILE_LIMIT_BYTES = 50 * 1024 * 1024
VIDEO_LIMIT_BYTES = 26 * 1024 * 1024
REQUEST_LIMIT_BYTES = 29_000
"""Viber takes 30 KB; the difference is left to `receiver`, `sender` and the like, which the sending adds."""

_EXECUTABLE = """
action apk app bat bin cmd com command cpl csh exe gadget inf1 ins inx ipa isu job jse ksh lnk msc msi msp mst osx out
paf pif ps1 reg rgs run sct shb shs u3p vb vbe vbs vbscript workflow ws wsf
"""
EXECUTABLE = frozenset(_EXECUTABLE.split())
"""Endings that no client opens: https://developers.viber.com/docs/api/rest-bot-api/#forbiddenFileFormats"""

Body = dict[str, Any]


class Hosted(Protocol):
    """Where Viber's clients can fetch a file: media are always URLs. Both raise OSError when it is gone."""

    def address(self, document: Document) -> tuple[str, int]:
        """The URL of the file as it is, ending as its name does, and its size in bytes."""

    def picture(self, document: Document) -> tuple[str, int] | None:
        """The URL of a picture of at most 1 MB that ends in .jpg or .png, and its size; None when it cannot be made."""


def bodies(message: Message, hosted: Hosted | None) -> list[Body]:
    """The calls that show the message, in order, without `receiver` and `sender`; empty when nothing is to be shown.

    They are small enough only when the JSON keeps its letters (`ensure_ascii=False`). The keyboard is on the last one,
    because only the last keyboard received is shown. Of a message that takes the place of another only what is new
    goes out; when that is nothing, the keyboard alone, as a body without `type`. What cannot be shown (`hosted` None:
    the desk has no public address) is named in the text. `hosted` may have to make a picture, which takes its time.
    """
    board = keyboard(message)
    media = [(each.document, each.caption, _media(each.document, each.caption, hosted)) for each in message.media]
    files = [(document, "", _media(document, document.name, hosted)) for document in message.documents]
    unseen = [
        _elsewhere(document, caption, message.language) for document, caption, made in (*media, *files) if not made
    ]
    shown = [body for _, _, made in media for body in made]
    shown += [_text(part) for part in _parts(_joined(changed(message.before, message.text), board.written, *unseen))]
    shown += [body for _, _, made in files for body in made]
    return _with_keyboard(shown, board)


def messages_made(message: Message) -> int:
    """About how many messages Viber counts when this one is sent: what takes one file's place may need a second."""
    return len(message.media) + len(_parts(message.text)) + len(message.documents)


def simpler(body: Body) -> Body:
    """The same body for a client that refused its `min_api_version`; {} when it was a share button alone."""
    plainer = {key: value for key, value in body.items() if key not in ("min_api_version", "keyboard")}
    board = without_sharing(body["keyboard"]) if "keyboard" in body else None
    if board is not None:
        plainer["keyboard"] = board
    return plainer if board is not None or "type" in body else {}


def welcome(messages: Sequence[Message]) -> Body:
    """The one message that answers an opened chat: all texts as far as they fit, and the last keyboard.

    It needs no `receiver`; {} when there is nothing to say. Files are named in the text.
    """
    boards = [keyboard(message) for message in messages]
    board = next((board for board in reversed(boards) if board.keyboard is not None), Board())
    texts = (
        _joined(message.text, each.written, *_named(message)) for message, each in zip(messages, boards, strict=True)
    )
    text = "\n\n".join(filter(None, texts))
    if not to_plain(text).strip():
        return _keyboard_of(board)
    limit = TEXT_LIMIT
    while True:
        body = {**_text(_parts(text, limit)[0]), **_keyboard_of(board)}
        if _size(body) <= REQUEST_LIMIT_BYTES:
            return body
        limit //= 2


def _with_keyboard(shown: list[Body], board: Board) -> list[Body]:
    """The keyboard on the last body, or by itself where there is none or the two are too big together."""
    if board.keyboard is None:
        return shown
    last = {**(shown[-1] if shown else {}), **_keyboard_of(board)}
    return [*shown[:-1], last] if _size(last) <= REQUEST_LIMIT_BYTES else [*shown, _keyboard_of(board)]


def _keyboard_of(board: Board) -> Body:
    if board.keyboard is None:
        return {}
    return {"keyboard": board.keyboard, **({"min_api_version": board.level} if board.level else {})}


def _text(text: str) -> Body:
    return {"type": "text", "text": text}


def _joined(*parts: str) -> str:
    return "\n\n".join(filter(None, parts))


def _parts(markdown: str, limit: int = TEXT_LIMIT) -> list[str]:
    """The text, plain, in parts that Viber takes however it counts: in code points, in UTF-16, in bytes of JSON."""
    parts = [part for part in map(to_plain, split(markdown, limit)) if part.strip()]
    return parts if all(map(_fits, parts)) else _parts(markdown, limit // 2)


def _fits(text: str) -> bool:
    return len(text.encode("utf-16-le")) // 2 <= TEXT_LIMIT and _size(_text(text)) <= REQUEST_LIMIT_BYTES


def _size(body: Body) -> int:
    return len(json.dumps(body, ensure_ascii=False).encode())


def _named(message: Message) -> Iterator[str]:
    for media in message.media:
        yield _elsewhere(media.document, media.caption, message.language)
    for document in message.documents:
        yield _elsewhere(document, "", message.language)


def _elsewhere(document: Document, caption: str, language: str) -> str:
    return say("file_elsewhere", language, name=escape(caption or document.name))


def _media(document: Document, caption: str, hosted: Hosted | None) -> list[Body]:
    """The bodies that show a file, with its caption before it where a body can hold none; empty when none can."""
    if hosted is None:
        return []
    ending = PurePosixPath(document.name).suffix.lstrip(".").lower()
    if document.type == "image/gif":
        url, _ = hosted.address(document)
        return [*_captioned(caption), {"type": "url", "media": url}] if len(url) <= URL_LIMIT else []
    picture = hosted.picture(document) if document.type.startswith("image/") else None
    if picture is not None:
        return [{"type": "picture", "media": picture[0], "text": caption[:CAPTION_LIMIT]}]
    url, size = hosted.address(document)
    if document.type == "video/mp4" and 0 < size <= VIDEO_LIMIT_BYTES:
        return [{"type": "video", "media": url, "size": size, "text": caption[:CAPTION_LIMIT]}]
    if not ending or ending in EXECUTABLE or not 0 < size <= FILE_LIMIT_BYTES:
        return []
    told = _captioned(caption) if caption != document.name else []
    return [*told, {"type": "file", "media": url, "size": size, "file_name": document.name[-FILE_NAME_LIMIT:]}]


def _captioned(caption: str) -> list[Body]:
    return [_text(caption[:CAPTION_LIMIT])] if caption.strip() else []

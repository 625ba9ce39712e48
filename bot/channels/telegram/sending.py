"""Sends our messages: new or in place, with files, and with the keyboard that shares a number or a place."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO

import structlog
from telegram import InputFile, InputMediaPhoto
from telegram.error import BadRequest, ChatMigrated, RetryAfter, TelegramError

from bot.channels.base import Document, GiveUp, Media, Message, RetryLater, SendError
from bot.channels.remembering import remember
from bot.channels.telegram.api import Api, reason, send_error, wait_seconds
from bot.channels.telegram.messages import (
    CAPTION_LIMIT,
    Parameters,
    albums,
    as_edit,
    is_private,
    sharing,
    texts,
)

METHODS = {"image": ("sendPhoto", "photo"), "audio": ("sendAudio", "audio"), "video": ("sendVideo", "video")}

_SAME_ALREADY = "message is not modified"
_CANNOT_CHANGE = (
    "message to edit not found",
    "message can't be edited",
    "no text in the message to edit",
    "message_id_invalid",
    "message identifier is not specified",
)

Step = tuple[Media, ...] | Parameters | Document
"""One call: an album or a single one of the form's files, a part of the text, a document."""

log = structlog.get_logger(__name__)


class Sending:
    """What it remembers may be lost at any time: a lost keyboard puts itself away, a lost place begins a message anew.

    `clock` tells seconds that only grow.
    """

    def __init__(self, api: Api, clock: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._clock = clock
        self._moved: dict[str, str] = {}  # group → the number it has now
        self._sharing: dict[str, int] = {}  # chat → the message that carries its open keyboard
        self._stuck: set[str] = set()  # chats whose keyboard's message can no longer be deleted
        self._half_sent: dict[int, tuple[int, str]] = {}  # outbox row → parts sent, id of the last text
        self._floods: dict[str, float] = {}  # private chat → when it may be written to again

    async def send(self, message: Message) -> str:
        """See Channel.send; the id is that of the text with the buttons. Raises SendError."""
        try:
            return await self._send(self._at_home(message))
        except ChatMigrated as moved:
            self._moved[message.chat] = str(moved.new_chat_id)
            log.info("telegram_group_moved", chat=message.chat, to=str(moved.new_chat_id))
        except TelegramError as error:
            raise self._refused(error, message.chat) from None
        try:
            return await self._send(self._at_home(message))
        except TelegramError as error:
            raise self._refused(error, message.chat) from None

    def _at_home(self, message: Message) -> Message:
        """The message for the number that its group has now."""
        return replace(message, chat=self._moved[message.chat]) if message.chat in self._moved else message

    async def _send(self, message: Message) -> str:
        parts = texts(message)
        if message.replaces and parts and await self._changed(message, parts):
            sent = message.replaces
        elif message.only_in_place:
            return ""
        else:
            sent = await self._send_new(message, parts)
        if not message.only_in_place:
            await self._arrange_keyboard(message)
        return sent

    async def _changed(self, message: Message, parts: list[Parameters]) -> bool:
        """Whether the message now stands changed. A text of several parts cannot take the place of one message;
        when it may stand only there, the part with the buttons was what stood there."""
        if not message.replaces.isdecimal() or ((len(parts) > 1 or message.documents) and not message.only_in_place):
            return False
        try:
            await self._api.call("editMessageText", as_edit(parts[-1], message.replaces))
        except BadRequest as error:
            text = error.message.lower()
            if _SAME_ALREADY in text:
                return True
            if any(sign in text for sign in _CANNOT_CHANGE):
                return False
            raise
        return True

    async def _send_new(self, message: Message, parts: list[Parameters]) -> str:
        """All parts in order; when one is refused for now, the next try goes on from there."""
        steps: list[Step] = [*albums(message.media), *parts, *message.documents]
        done, sent = self._half_sent.pop(message.id, (0, ""))
        self._put_keyboard_away(message.chat, parts)
        for step in steps[done:]:
            try:
                identity = await self._send_step(message.chat, step)
            except TelegramError:
                if done:
                    remember(self._half_sent, message.id, (done, sent))
                raise
            done += 1
            sent = identity if isinstance(step, dict) or not sent else sent
        return sent

    async def _send_step(self, chat: str, step: Step) -> str:
        if isinstance(step, Document):
            return await self._send_document(chat, step)
        if isinstance(step, tuple):
            return await self._send_media(chat, step)
        return str((await self._api.call("sendMessage", step))["message_id"])

    async def _send_media(self, chat: str, album: tuple[Media, ...]) -> str:
        """Pictures as one album, anything else by itself. What Telegram will never take must not hold the text up."""
        opened: list[BinaryIO] = []
        try:
            for media in album:
                opened.append(await asyncio.to_thread(media.document.path.open, "rb"))
            answer = await self._api.upload(*_showing(chat, album, opened))
            return str((answer[0] if isinstance(answer, list) else answer)["message_id"])
        except FileNotFoundError:
            log.error("telegram_media_gone", chat=chat)
        except TelegramError as error:
            if isinstance(error, ChatMigrated) or not isinstance(send_error(error), GiveUp):
                raise
            log.error("telegram_media_refused", chat=chat, reason=reason(error))
        finally:
            for file in opened:
                file.close()
        return ""

    async def _send_document(self, chat: str, document: Document) -> str:
        try:
            file = await asyncio.to_thread(document.path.open, "rb")
        except FileNotFoundError:
            raise GiveUp("the file is gone") from None
        with file:
            upload = _upload(document, file)
            answer = await self._api.upload("sendDocument", {"chat_id": int(chat), "document": upload})
        return str(answer["message_id"])

    async def _arrange_keyboard(self, message: Message) -> None:
        """Open the sharing keyboard under a question that asks for it, and take it away after the next message.

        It is furniture: the number can be typed as well, so its failures are logged and the message counts as sent.
        """
        offer = sharing(message)
        opened = self._sharing.get(message.chat)
        try:
            if offer is not None and opened is None:
                answer = await self._api.call("sendMessage", offer)
                remember(self._sharing, message.chat, answer["message_id"])
            elif offer is None and opened is not None:
                del self._sharing[message.chat]
                await self._api.call("deleteMessage", {"chat_id": int(message.chat), "message_id": opened})
        except TelegramError as error:
            log.warning("telegram_keyboard_failed", message=message.id, reason=reason(error))
            if offer is None:  # a message older than 48 hours stays, and its keyboard with it
                self._stuck.add(message.chat)

    def _put_keyboard_away(self, chat: str, parts: list[Parameters]) -> None:
        """Removing a keyboard needs a message without inline buttons: the first one to come takes it along."""
        if chat in self._stuck and parts and "reply_markup" not in parts[0]:
            parts[0]["reply_markup"] = {"remove_keyboard": True}
            self._stuck.discard(chat)

    def _refused(self, error: TelegramError, chat: str) -> SendError:
        if isinstance(error, RetryAfter):
            return self._flooded(chat, wait_seconds(error))
        refusal = send_error(error)
        log.info("telegram_refused", chat=chat, outcome=type(refusal).__name__, reason=str(refusal))
        return refusal

    def _flooded(self, chat: str, seconds: float) -> RetryLater:
        """Telegram does not say whose limit it is. A group has its own; a second private chat refused while the
        first still waits means the bot's (about 30 messages a second)."""
        now = self._clock()
        self._floods = {known: until for known, until in self._floods.items() if until > now and known != chat}
        everyone = is_private(chat) and bool(self._floods)
        if is_private(chat):
            remember(self._floods, chat, now + seconds)
        return RetryLater("flood", seconds, everyone=everyone)


def _showing(chat: str, album: tuple[Media, ...], opened: list[BinaryIO]) -> tuple[str, Parameters]:
    """The method that shows these media, and its parameters."""
    to: Parameters = {"chat_id": int(chat)}
    if len(album) > 1:
        shown = [
            InputMediaPhoto(_upload(media.document, file, attach=True), **_caption(media))
            for media, file in zip(album, opened, strict=True)
        ]
        return "sendMediaGroup", {**to, "media": shown}
    (media,), (file,) = album, opened
    method, parameter = METHODS[media.kind]
    return method, {**to, parameter: _upload(media.document, file), **_caption(media)}


def _caption(media: Media) -> Parameters:
    return {"caption": media.caption[:CAPTION_LIMIT]} if media.caption else {}


def _upload(document: Document, file: BinaryIO, attach: bool = False) -> InputFile:
    upload = InputFile(file, filename=_file_name(document.name), attach=attach, read_file_handle=False)
    upload.mimetype = document.type or upload.mimetype
    return upload


def _file_name(name: str) -> str:
    """A name that can stand in a multipart header."""
    return "".join(sign for sign in name if sign.isprintable() and sign not in '"\\/') or "file"

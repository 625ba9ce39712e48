"""A small Bot API server for tests, as strict as the real one where the desk touches it, and the people on it.

async with TelegramServer() as server:
    anna = server.person("Анна", "Иванова")
    await anna.says("/start")
    await anna.hears("…")          # the next message or edit that she sees
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from tests.bot.telegram_rules import (
    METHODS,
    Refused,
    bad,
    check_markup,
    check_parameters,
    shown_text,
)

TOKEN = "123456:test-token_of-the-desk"
BOT = {"id": 123456, "is_bot": True, "first_name": "Desk", "username": "DeskBot"}
NOON = 1_706_875_200  # 2 February 2024, 12:00 UTC
PATIENCE_SECONDS = 20.0
WORDS = {401: "Unauthorized", 403: "Forbidden: bot was blocked by the user", 413: "Request Entity Too Large"}


FIRST_MESSAGE = 10_000
"""Numbers of messages lie apart from all others, so that one of something else is never taken for a message."""


@dataclass
class Fault:
    """What the next `times` calls of a method meet: a status, or a connection dropped before or after the work.

    `meanwhile` is awaited at that very moment: the call has arrived and the caller has no answer. `seconds` is how long
    the call hangs before anything is done.
    """

    status: int = 0
    retry_after: int = 0
    drop: bool = False
    after: bool = False
    times: int = 1
    meanwhile: Callable[[], Awaitable[None]] | None = None
    seconds: float = 0.0


@dataclass
class Chat:
    """`seen` wakes whoever waits for the bot; `screen` holds its messages by id, `log` what it did, in order."""

    info: dict[str, Any]
    is_reachable: bool = True
    moved_to: int = 0
    screen: dict[int, dict[str, Any]] = field(default_factory=dict)
    log: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    keyboard: dict[str, Any] | None = None
    keyboard_of: int = 0

    @property
    def id(self) -> int:
        return int(self.info["id"])


class TelegramServer:
    """Serves on a free port of this machine; `calls` is everything that was asked, `refusals` what was refused."""

    def __init__(self) -> None:
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, bytes] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.refusals: list[str] = []
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.flood_seconds = 0
        self.pending: list[dict[str, Any]] = []
        self.polls: list[int] = []
        self.queries: dict[str, bool] = {}
        self.webhook: dict[str, Any] = {}
        self.delivery: dict[str, Any] = {}
        self.statuses: list[int] = []
        self._news = asyncio.Event()
        self._asked = asyncio.Event()
        self._numbers = iter(range(1, 1_000_000))
        self._client: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "TelegramServer":
        app = web.Application(client_max_size=50 * 1024 * 1024)
        app.router.add_post("/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/{path:.*}", self._download)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._client = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()
        await self._runner.cleanup()

    def person(self, first_name: str, last_name: str = "", language: str = "bg") -> "Person":
        number = 1000 + next(self._numbers)
        who = {"id": number, "is_bot": False, "first_name": first_name, "language_code": language}
        who |= {"last_name": last_name} if last_name else {}
        chat = Chat({"id": number, "type": "private", "first_name": first_name})
        self.chats[number] = chat
        return Person(self, who, chat)

    def group(self, title: str) -> Chat:
        chat = Chat({"id": -next(self._numbers), "type": "group", "title": title})
        self.chats[chat.id] = chat
        return chat

    def asked(self, method: str) -> list[dict[str, Any]]:
        return [given for called, given in self.calls if called == method]

    async def happens(self, kind: str, event: dict[str, Any]) -> None:
        """An update: queued for polling, or posted until the webhook answers 200."""
        update = {"update_id": next(self._numbers) + 70_000, kind: event}
        if not self.webhook:
            self.queue(update)
            return
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook.get("secret_token", "")}
        for _ in range(3):
            async with self._client.post(self.webhook["url"], json=update, headers=headers) as answer:
                self.statuses.append(answer.status)
            if self.statuses[-1] == 200:
                return

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for what the bot's calls bring about."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                self._asked.clear()
                await self._asked.wait()

    def queue(self, *updates: dict[str, Any]) -> None:
        """Let the next poll find these updates in one batch, whatever they look like."""
        self.pending += updates
        self._news.set()

    async def _answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        try:
            if request.match_info["token"] != TOKEN:
                raise Refused(401, "Unauthorized")
            if method not in METHODS:
                raise Refused(404, "Not Found")
            given = await _parameters(request)
            check_parameters(method, given)
            self.calls.append((method, given))
            result = await self._with_faults(method, given)
        except Refused as refusal:
            self.refusals.append(refusal.description)
            body = {"ok": False, "error_code": refusal.status, "description": refusal.description}
            body |= {"parameters": refusal.parameters} if refusal.parameters else {}
            return web.json_response(body, status=refusal.status)
        except ConnectionAbortedError:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        self._asked.set()
        return web.json_response({"ok": True, "result": result})

    async def _with_faults(self, method: str, given: dict[str, Any]) -> Any:
        if self.flood_seconds and method.startswith("send"):
            raise Refused(429, "Too Many Requests", {"retry_after": self.flood_seconds})
        fault = self._next_fault(method, given)
        await asyncio.sleep(fault.seconds)
        if fault.status:
            words = WORDS.get(fault.status, "Bad Request: fault")
            raise Refused(fault.status, words, {"retry_after": fault.retry_after} if fault.retry_after else {})
        if fault.drop and not fault.after:
            await _happens(fault)
            raise ConnectionAbortedError
        result = await getattr(self, f"_{method}")(given)
        if fault.drop:
            await _happens(fault)
            raise ConnectionAbortedError
        return result

    def _next_fault(self, method: str, given: dict[str, Any]) -> Fault:
        faults = self.faults[method]
        fault = faults[0] if faults else Fault()
        fault.times -= 1
        if faults and fault.times <= 0:
            faults.pop(0)
        return fault

    def _target(self, given: dict[str, Any]) -> Chat:
        chat = self.chats.get(given["chat_id"])
        if chat is None:
            raise bad("chat not found")
        if chat.moved_to:
            moved = {"migrate_to_chat_id": chat.moved_to}
            raise Refused(400, "Bad Request: group chat was upgraded to a supergroup chat", moved)
        if not chat.is_reachable:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        return chat

    async def _getMe(self, given: dict[str, Any]) -> Any:
        return BOT

    async def _getWebhookInfo(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"url": self.webhook.get("url", ""), "pending_update_count": len(self.pending), **self.delivery}

    async def _setMyCommands(self, given: dict[str, Any]) -> bool:
        return True

    async def _setWebhook(self, given: dict[str, Any]) -> bool:
        if not given["url"].startswith(("https://", "http://127.0.0.1")):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook = given
        return True

    async def _deleteWebhook(self, given: dict[str, Any]) -> bool:
        self.webhook = {}
        return True

    async def _getUpdates(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        """Asking for what comes after an update confirms it; the others stay."""
        if self.webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        self.polls.append(given.get("offset", 0))
        self._asked.set()
        self.pending = [update for update in self.pending if update["update_id"] >= given.get("offset", 0)]
        if not self.pending:
            self._news.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), given.get("timeout", 0))
        return self.pending[:100]

    async def _sendMessage(self, given: dict[str, Any]) -> dict[str, Any]:
        chat = self._target(given)
        return self._show(chat, {"text": shown_text(given)}, given.get("reply_markup", {}))

    async def _sendDocument(self, given: dict[str, Any]) -> dict[str, Any]:
        name, media_type, content = given["document"]
        document = {"file_id": "sent", "file_name": name, "mime_type": media_type, "file_size": len(content)}
        return self._show(self._target(given), {"document": document}, given.get("reply_markup", {}))

    async def _sendPhoto(self, given: dict[str, Any]) -> dict[str, Any]:
        return self._show(self._target(given), _captioned("photo", given), {})

    async def _sendAudio(self, given: dict[str, Any]) -> dict[str, Any]:
        return self._show(self._target(given), _captioned("audio", given), {})

    async def _sendVideo(self, given: dict[str, Any]) -> dict[str, Any]:
        return self._show(self._target(given), _captioned("video", given), {})

    async def _sendMediaGroup(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        """An album holds two to ten; each is a message of its own."""
        chat, album = self._target(given), given["media"]
        if not 2 <= len(album) <= 10:
            raise bad("wrong number of items in the album")
        return [self._show(chat, _captioned(item["type"], {item["type"]: item["media"], **item}), {}) for item in album]

    def _show(self, chat: Chat, content: dict[str, Any], markup: dict[str, Any]) -> dict[str, Any]:
        check_markup(markup, private=chat.id > 0)
        number = FIRST_MESSAGE + next(self._numbers)
        message = {"message_id": number, "date": NOON, "chat": chat.info, "from": BOT, **content}
        if "inline_keyboard" in markup:
            message["reply_markup"] = markup
        elif markup:
            chat.keyboard = markup if "keyboard" in markup else None
            chat.keyboard_of = message["message_id"]
        chat.screen[message["message_id"]] = message
        chat.log.put_nowait(message)
        return message

    async def _editMessageText(self, given: dict[str, Any]) -> dict[str, Any]:
        chat = self._target(given)
        old = chat.screen.get(given["message_id"])
        if old is None:
            raise bad("message to edit not found")
        if old["from"] != BOT or chat.keyboard_of == old["message_id"]:
            raise bad("message can't be edited")
        if "text" not in old:
            raise bad("there is no text in the message to edit")
        markup = given.get("reply_markup", {})
        check_markup(markup, private=chat.id > 0)
        new = {key: value for key, value in old.items() if key not in ("reply_markup", "edit_date")}
        new |= {"text": shown_text(given), **({"reply_markup": markup} if markup else {})}
        if new == {key: value for key, value in old.items() if key != "edit_date"}:
            raise bad("message is not modified: specified new message content and reply markup are exactly the same")
        chat.screen[old["message_id"]] = {**new, "edit_date": NOON}
        chat.log.put_nowait(chat.screen[old["message_id"]])
        return new

    async def _deleteMessage(self, given: dict[str, Any]) -> bool:
        chat = self._target(given)
        if chat.screen.pop(given["message_id"], None) is None:
            raise bad("message to delete not found")
        if chat.keyboard_of == given["message_id"]:
            chat.keyboard, chat.keyboard_of = None, 0
        return True

    async def _answerCallbackQuery(self, given: dict[str, Any]) -> bool:
        if self.queries.get(given["callback_query_id"], True):
            raise bad("query is too old and response timeout expired or query ID is invalid")
        self.queries[given["callback_query_id"]] = True
        return True

    async def _getFile(self, given: dict[str, Any]) -> dict[str, Any]:
        content = self.files.get(given["file_id"])
        if content is None:
            raise bad("wrong file_id or the file is temporarily unavailable")
        if len(content) > 20 * 1024 * 1024:
            raise bad("file is too big")
        return {"file_id": given["file_id"], "file_path": f"documents/{given['file_id']}"}

    async def _download(self, request: web.Request) -> web.Response:
        content = self.files.get(request.match_info["path"].removeprefix("documents/"))
        if request.match_info["token"] != TOKEN or content is None:
            return web.Response(status=404)
        return web.Response(body=content)


async def _happens(fault: Fault) -> None:
    if fault.meanwhile is not None:
        await fault.meanwhile()


def _captioned(kind: str, given: dict[str, Any]) -> dict[str, Any]:
    if len(given.get("caption", "")) > 1024:
        raise bad("message caption is too long")
    return {
        kind: {"file_id": "sent", "file_name": given[kind][0]},
        **({"caption": given["caption"]} if "caption" in given else {}),
    }


async def _parameters(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return dict(await request.json())
    given: dict[str, Any] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            given[name] = (value.filename, value.content_type, value.file.read())
        else:
            words = ("text", "caption", "url", "file_id", "callback_query_id")
            given[name] = value if name in words else _plain_or_json(value)
    for item in given.get("media", ()):
        item["media"] = given.pop(item["media"].removeprefix("attach://"))
    return given


def _plain_or_json(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


class Person:
    """Somebody with a phone: acts in the private chat, or `at` a group."""

    def __init__(self, server: TelegramServer, who: dict[str, Any], chat: Chat) -> None:
        self.server, self.who, self.chat = server, who, chat

    def at(self, group: Chat) -> "Person":
        return Person(self.server, self.who, group)

    def message(self, **content: Any) -> dict[str, Any]:
        number = FIRST_MESSAGE + next(self.server._numbers)
        return {"message_id": number, "from": self.who, "chat": self.chat.info, "date": NOON, **content}

    async def sends(self, **content: Any) -> None:
        await self.server.happens("message", self.message(**content))

    async def says(self, text: str, **more: Any) -> None:
        await self.sends(text=text, **more)

    async def edits(self, text: str) -> None:
        await self.server.happens("edited_message", self.message(text=text, edit_date=NOON + 60))

    async def shares_contact(self, phone: str) -> None:
        await self.sends(contact={"phone_number": phone, "first_name": "x", "user_id": self.who["id"]})

    async def sends_file(self, name: str, content: bytes) -> str:
        file_id = f"file-{next(self.server._numbers)}"
        self.server.files[file_id] = content
        await self.sends(document={"file_id": file_id, "file_name": name, "file_size": len(content)})
        return file_id

    async def taps(self, label: str) -> None:
        """Tap the newest button of that label that is on the screen."""
        for message in reversed(self.chat.screen.values()):
            for row in message.get("reply_markup", {}).get("inline_keyboard", ()):
                for button in row:
                    if button["text"] == label:
                        await self.sends_tap(button["callback_data"], message)
                        return
        raise AssertionError(f"no button {label!r} on the screen")

    async def sends_tap(self, data: str, message: dict[str, Any]) -> str:
        query = f"query-{next(self.server._numbers)}"
        self.server.queries[query] = False
        event = {"id": query, "from": self.who, "message": message, "chat_instance": "1", "data": data}
        await self.server.happens("callback_query", event)
        return query

    async def blocks(self, *, blocked: bool = True) -> None:
        self.chat.is_reachable = not blocked
        statuses = ("member", "kicked") if blocked else ("kicked", "member")
        old, new = ({"status": status, "user": BOT} for status in statuses)
        event = {"chat": self.chat.info, "from": self.who, "date": NOON, "old_chat_member": old, "new_chat_member": new}
        await self.server.happens("my_chat_member", event)

    async def hears(self) -> dict[str, Any]:
        """The next message or edit of the bot, waited for."""
        return await asyncio.wait_for(self.chat.log.get(), PATIENCE_SECONDS)

    def screen(self) -> list[str]:
        """The bot's messages as they stand now, oldest first."""
        return [_line(message) for message in self.chat.screen.values()]


def _line(message: dict[str, Any]) -> str:
    kind = next((kind for kind in ("photo", "audio", "video") if kind in message), None)
    if kind is not None:
        return f"[{kind}] {message.get('caption', '')}".strip()
    return str(message.get("text") or message["document"]["file_name"])

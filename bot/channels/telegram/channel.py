"""The Telegram channel: connects, receives by polling or by webhook, answers taps at once, sends and fetches."""

import asyncio
import hmac
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import structlog
from telegram.error import BadRequest, EndPointNotFound, InvalidToken, TelegramError

from bot.channels.base import GiveUp, HttpAnswer, Message, RetryLater, TakeTurn
from bot.channels.remembering import remember
from bot.channels.telegram.api import Api, reason, send_error
from bot.channels.telegram.receiving import MayPoll, Pause, Polling, back_off
from bot.channels.telegram.request import TooBig
from bot.channels.telegram.sending import Sending
from bot.channels.telegram.updates import KINDS, Json, Myself, read_update
from bot.errors import StartError

WEBHOOK_PATH = "/telegram/webhook"
SECRET_HEADER = "x-telegram-bot-api-secret-token"
BODY_LIMIT_BYTES = 1024 * 1024
COMMAND_DESCRIPTION_LIMIT = 256
STOP_SECONDS = 5.0
TAP_ATTEMPTS = 4
TAP_RETRY_SECONDS = 0.5
TURN_PATIENCE_SECONDS = 0.05

log = structlog.get_logger(__name__)


async def _always() -> bool:
    return True


class TelegramChannel:
    """One bot on Telegram.

    `public_url` set: by webhook at `public_url` + WEBHOOK_PATH; empty: by polling, as long as `may_poll` says that
    this process is the one to do it. `commands` are shown in Telegram's menu: word and description by language, of
    which `language` is the one for everybody else.
    """

    name = "telegram"
    edits = True
    session: timedelta | None = None
    files_expire = False

    def __init__(
        self,
        token: str,
        api_url: str = "https://api.telegram.org",
        public_url: str = "",
        *,
        commands: Sequence[tuple[str, Mapping[str, str]]] = (),
        language: str = "bg",
        may_poll: MayPoll = _always,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._api = Api(token, api_url)
        self._sending = Sending(self._api)
        self._secret = hmac.new(token.encode(), b"telegram webhook", "sha256").hexdigest()
        self._webhook_url = public_url.rstrip("/") + WEBHOOK_PATH if public_url else ""
        self._commands = commands
        self._language = language
        self._pause = pause
        self._polling = Polling(self._api, self._hand_over, may_poll, pause)
        self._take_turn: TakeTurn | None = None
        self._is_connected = False
        self._receiving: asyncio.Task[None] | None = None
        self._answers: set[asyncio.Task[None]] = set()
        self._tapped: dict[str, None] = {}  # the newest taps, answered or being answered

    @property
    def username(self) -> str:
        """For links `https://t.me/<username>?start=<payload>`; empty until Telegram was reached."""
        return self._api.username

    @property
    def is_receiving(self) -> bool:
        """For /health: the webhook is set, or polls are answered."""
        return self._is_connected and (bool(self._webhook_url) or self._polling.is_moving)

    async def start(self, take_turn: TakeTurn) -> None:
        """Begin to receive. Raises StartError for a rejected token or webhook address; when Telegram cannot be
        reached it returns and goes on trying."""
        self._take_turn = take_turn
        try:
            await self._connect()
        except TelegramError as error:
            sentence = _start_refusal(error)
            if sentence:
                await self._api.close()
                raise StartError(sentence) from None
            log.warning("telegram_unreachable", reason=reason(error))
        self._receiving = asyncio.create_task(self._receive())

    async def stop(self) -> None:
        """Let the turns and the answers to taps under way end, then close the connections."""
        if self._receiving is not None:
            self._receiving.cancel()
            await asyncio.wait({self._receiving})
        if self._answers:
            await asyncio.wait(self._answers, timeout=STOP_SECONDS)
        await self._api.close()

    async def send(self, message: Message) -> str:
        return await self._sending.send(message)

    async def fetch(self, file_id: str, into: Path, limit_bytes: int) -> None:
        """Download a file; Telegram itself gives bots at most 20 MB. Raises SendError; leaves nothing half-written."""
        try:
            found = await self._api.call("getFile", {"file_id": file_id})
            if found.get("file_size", 0) > limit_bytes:
                raise TooBig
            status = await self._api.download(found["file_path"], into, limit_bytes)
        except (TooBig, TelegramError, OSError) as error:
            await asyncio.to_thread(into.unlink, missing_ok=True)
            if isinstance(error, TooBig):
                raise GiveUp("too_big") from None
            if isinstance(error, TelegramError):
                raise send_error(error) from None
            raise
        if status != 200:
            raise RetryLater(f"download answered {status}")

    async def handle_webhook(self, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Take what Telegram posted. The status is 200 after the commit, 403, 413, 400, or 500 to have
        it delivered again. `headers` finds names in any case, or has them in lower case."""
        if not self.is_from_telegram(headers):
            return HttpAnswer(403)
        if len(body) > BODY_LIMIT_BYTES:
            return HttpAnswer(413)
        try:
            raw = orjson.loads(body)
        except orjson.JSONDecodeError:
            return HttpAnswer(400)
        if not isinstance(raw, dict) or not isinstance(raw.get("update_id"), int):
            return HttpAnswer(400)
        try:
            await self._hand_over(raw)
        except Exception as failure:  # whatever it is, Telegram must deliver the update again
            log.error("telegram_turn_failed", update=raw["update_id"], error=type(failure).__name__)
            return HttpAnswer(500)
        return HttpAnswer(200)

    def is_from_telegram(self, headers: Mapping[str, str]) -> bool:
        """Whether a request carries our secret; to be asked before its body is read."""
        given = headers.get(SECRET_HEADER, "")
        return bool(self._webhook_url) and hmac.compare_digest(given.encode(), self._secret.encode())

    async def _connect(self) -> None:
        await self._api.connect()
        await self._show_commands()
        if self._webhook_url:
            where = {"url": self._webhook_url, "secret_token": self._secret, "allowed_updates": KINDS}
            await self._api.call("setWebhook", where)
        else:
            await self._api.call("deleteWebhook", {})
        self._is_connected = True
        log.info("telegram_connected", bot=self.username, by="webhook" if self._webhook_url else "polling")

    async def _show_commands(self) -> None:
        """The menu is a convenience: a refusal is logged, only an unreachable Telegram is an error here."""
        others = {code for _, descriptions in self._commands for code in descriptions} - {self._language}
        for code in ("", *sorted(others)) if self._commands else ():
            try:
                await self._api.call("setMyCommands", _menu(self._commands, code, self._language))
            except BadRequest as error:
                log.error("telegram_menu_refused", language=code, reason=reason(error))

    async def _receive(self) -> None:
        failures = 0
        while not self._is_connected:
            failures += 1
            await self._pause(back_off(failures))
            try:
                await self._connect()
            except TelegramError as error:
                if sentence := _start_refusal(error):
                    log.error("telegram_refused_to_start", problem=sentence)
                    return
        if not self._webhook_url:
            await self._polling.run()

    async def _hand_over(self, raw: Json) -> None:
        """One update to the house. What cannot be read is logged and passed over: it would come again for ever."""
        with self._spinner_stopped(raw):
            try:
                update = read_update(raw, Myself(self._api.id, self._api.username))
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                log.error("telegram_update_unreadable", update=raw.get("update_id"), error=type(error).__name__)
                return
            if update is not None and self._take_turn is not None:
                await self._take_turn(update)

    @contextmanager
    def _spinner_stopped(self, raw: Json) -> Iterator[None]:
        """Answer a tap behind the messages of its turn, which the person waits for, or at once when these take long."""
        tap = raw.get("callback_query")
        if not isinstance(tap, dict) or "id" not in tap:
            yield
            return
        query = str(tap["id"])
        late = asyncio.get_running_loop().call_later(TURN_PATIENCE_SECONDS, self._answer_once, query)
        try:
            yield
        finally:
            late.cancel()
            self._answer_once(query)

    def _answer_once(self, query: str) -> None:
        """In the background; a tap that is delivered again was answered the first time."""
        if query not in self._tapped:
            remember(self._tapped, query, None)
            self._in_background(self._answer(query))

    async def _answer(self, query: str) -> None:
        """Stop the tapped button's spinner: once per tap, tried anew for as long as the person may be looking at it."""
        for attempt in range(1, TAP_ATTEMPTS + 1):
            try:
                await self._api.call("answerCallbackQuery", {"callback_query_id": query})
                return
            except TelegramError as error:
                refusal = send_error(error)
                if attempt == TAP_ATTEMPTS or not isinstance(refusal, RetryLater):
                    log.info("telegram_tap_not_answered", reason=str(refusal))
                    return
                await self._pause(refusal.after_seconds or TAP_RETRY_SECONDS)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)


def _menu(commands: Sequence[tuple[str, Mapping[str, str]]], code: str, fallback: str) -> dict[str, Any]:
    shown = [
        {"command": word, "description": text[:COMMAND_DESCRIPTION_LIMIT]}
        for word, descriptions in commands
        if (
            text := descriptions.get(code or fallback)
            or descriptions.get(fallback)
            or next(iter(descriptions.values()))
        )
    ]
    return {"commands": shown, **({"language_code": code} if code else {})}


def _start_refusal(error: TelegramError) -> str:
    """The sentence with which the program ends, empty when trying again may help."""
    if isinstance(error, InvalidToken):
        return "Telegram does not accept TELEGRAM_TOKEN: copy it again from @BotFather, or check TELEGRAM_API_URL."
    if isinstance(error, BadRequest):
        return f"Telegram does not accept PUBLIC_URL as the address of a webhook: {reason(error)}."
    if isinstance(error, EndPointNotFound):
        return "TELEGRAM_API_URL does not lead to a Bot API server."
    return ""

"""The Viber channel: receives by a webhook, answers an opened chat in the HTTP response, sends, fetches and hosts."""

import asyncio
import hmac
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import structlog
from starlette.routing import Route

from bot.channels.base import GiveUp, HttpAnswer, Membership, Message, TakeTurn, Text, Update
from bot.channels.viber.api import INVALID_TOKEN, Api, Json, ViberError, send_error
from bot.channels.viber.callbacks import CHANNEL, client_level, read_callback
from bot.channels.viber.hosting import HostedFiles, Hosting
from bot.channels.viber.messages import bodies, welcome
from bot.channels.viber.registering import Pause, Registration
from bot.channels.viber.sending import Bill, Sending
from bot.errors import StartError

WEBHOOK_PATH = "/viber/webhook"
SIGNATURE_HEADER = "x-viber-content-signature"
BODY_LIMIT_BYTES = 1024 * 1024
NAMELESS = "Bot"
KIND_SHOWN_CHARACTERS = 40

AnswerOpening = Callable[[Update], Awaitable[tuple[Message, ...]]]
"""Takes the turn of an update that only opened the chat and returns the answer; on a repeated one the last again."""

log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    return datetime.now(UTC)


class ViberChannel:
    """One bot on Viber, which reaches us at `public_url` + WEBHOOK_PATH and in no other way.

    `data_dir` holds the files that messages show. `answer_opening` answers whoever opened the chat and wrote nothing
    yet, `bill` counts what Viber took.
    """

    name = CHANNEL
    edits = False
    session: timedelta | None = timedelta(hours=24)
    files_expire = True

    def __init__(
        self,
        token: str,
        api_url: str = "https://chatapi.viber.com/pa",
        public_url: str = "",
        *,
        data_dir: Path,
        answer_opening: AnswerOpening,
        bill: Bill,
        clock: Callable[[], datetime] = utc_now,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._token = token.encode()
        self._api = Api(token, api_url)
        self._webhook_url = public_url.rstrip("/") + WEBHOOK_PATH if public_url else ""
        self._registration = Registration(self._api, self._webhook_url, pause)
        self._sending = Sending(self._api, bill, pause, time.monotonic, self._registration.lost)
        secret = hmac.digest(self._token, b"viber files", "sha256")
        self._hosting = Hosting(secret, public_url, data_dir, clock)
        # Without an address of our own there is nothing that Viber's clients could fetch: the words go alone.
        self._hosted = HostedFiles(self._hosting) if public_url else None
        self._answer_opening = answer_opening
        self._take_turn: TakeTurn | None = None
        self._registering: asyncio.Task[None] | None = None

    @property
    def uri(self) -> str:
        """For links `viber://pa?chatURI=<uri>&context=<payload>`; empty until Viber was reached."""
        return self._registration.uri

    @property
    def is_receiving(self) -> bool:
        """For /health: Viber knows our webhook, and its last answer was none that an operator must mend."""
        return self._registration.is_reachable and not self._sending.alarm

    def routes(self) -> list[Route]:
        """Where Viber's clients fetch the files of our messages."""
        return self._hosting.routes()

    async def start(self, take_turn: TakeTurn) -> None:
        """Ask who we are and begin to register the webhook, which goes on when the server serves.

        Raises StartError for a rejected token; when Viber cannot be reached it returns and goes on trying.
        """
        self._take_turn = take_turn
        await self._api.open()
        try:
            await self._registration.look_up()
        except ViberError as error:
            if error.status == INVALID_TOKEN:
                await self._api.close()
                raise StartError(
                    "Viber does not accept VIBER_TOKEN: copy it again from the bot's page in Viber's admin panel, "
                    "or check VIBER_API_URL."
                ) from None
            log.warning("viber_unreachable", reason=str(error))
        if not self._webhook_url:
            log.warning("viber_without_webhook", problem="Viber reaches the bot only by a webhook: set PUBLIC_URL.")
        self._registering = asyncio.create_task(self._registration.run())

    async def stop(self) -> None:
        """The webhook stays set: taking it away would close people's chats with the bot."""
        if self._registering is not None:
            self._registering.cancel()
            await asyncio.wait({self._registering})
        await self._api.close()

    async def send(self, message: Message) -> str:
        try:
            made = await asyncio.to_thread(bodies, message, self._hosted)
        except FileNotFoundError:
            raise GiveUp("the file is gone") from None
        return await self._sending.send(message.id, message.chat, made, await self._sender_name())

    async def fetch(self, file_id: str, into: Path, limit_bytes: int) -> None:
        """Download what a person sent: `file_id` is its address, good for an hour. Raises SendError."""
        await self._api.download(file_id, into, limit_bytes)

    async def handle_webhook(self, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Take what Viber posted. The status is 200 after the commit, 403, 413, 400, or 500 to have it delivered
        again. `headers` finds names in any case, or has them in lower case."""
        if not self._is_from_viber(headers, body):
            return HttpAnswer(403)
        if len(body) > BODY_LIMIT_BYTES:
            return HttpAnswer(413)
        try:
            raw = orjson.loads(body)
        except orjson.JSONDecodeError:
            return HttpAnswer(400)
        if not isinstance(raw, dict) or not isinstance(raw.get("event"), str):
            return HttpAnswer(400)
        try:
            return HttpAnswer(200, await self._hand_over(raw))
        except Exception as failure:  # whatever it is, Viber must deliver the event again
            log.error("viber_turn_failed", kind=_kind(raw), error=type(failure).__name__)
            return HttpAnswer(500)

    def _is_from_viber(self, headers: Mapping[str, str], body: bytes) -> bool:
        given = headers.get(SIGNATURE_HEADER, "")
        return hmac.compare_digest(given.encode(), hmac.digest(self._token, body, "sha256").hex().encode())

    async def _hand_over(self, raw: Json) -> bytes:
        """One event to the house; returns the body of the answer. What cannot be read is logged and passed over: it
        would come again for an hour."""
        try:
            update = read_callback(raw)
        except ValueError as error:
            log.error("viber_event_unreadable", kind=_kind(raw), error=type(error).__name__)
            return b""
        if update is None:
            return b""
        self._notice(update, client_level(raw))
        if isinstance(update.content, Text) and self._sending.is_pressed_link(update.content.text):
            return b""
        if update.only_opened:
            return await self._greet(update)
        if self._take_turn is None:
            raise RuntimeError("the channel has not been started")
        await self._take_turn(update)
        return b""

    def _notice(self, update: Update, level: int | None) -> None:
        if level is not None:
            self._sending.has_level(update.chat, level)
        if update.opens_session:
            self._sending.heard(update.chat)
        elif update.content == Membership(reachable=False):
            self._sending.left(update.chat)

    async def _greet(self, update: Update) -> bytes:
        """The one message that Viber takes before the person has written: the body of our answer."""
        body = self._sending.fitting(update.chat, welcome(await self._answer_opening(update)))
        if not body:
            return b""
        self._sending.note_links(body)
        return orjson.dumps({**body, "sender": {"name": self._registration.name or NAMELESS}})

    async def _sender_name(self) -> str:
        """The account's own. Raises SendError while Viber cannot be reached to tell it."""
        if not self._registration.name:
            try:
                await self._registration.look_up()
            except ViberError as error:
                raise send_error(error) from None
        return self._registration.name or NAMELESS


def _kind(raw: Json) -> str:
    return str(raw["event"])[:KIND_SHOWN_CHARACTERS]

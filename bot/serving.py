"""`python -m bot`: everything in one process, served until it is told to stop."""

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import quote

import structlog
import uvicorn

from bot import metrics
from bot.app import App
from bot.channels.base import Channel
from bot.channels.telegram import TelegramChannel
from bot.channels.viber import ViberChannel
from bot.channels.web import WebChannel
from bot.commands.request import Who
from bot.commands.table import COMMANDS
from bot.errors import StartError
from bot.facing import face, find_file, page_texts, read_rows
from bot.settings import Settings
from bot.settling import settle
from bot.web import web_application
from conversations.phrases import languages, say

GRACEFUL_STOP_SECONDS = 3
BACKLOG = 2048

log = structlog.get_logger(__name__)


async def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Run until SIGINT or SIGTERM. `announce` gets the lines for the operator. Raises StartError."""
    listening = bind(settings.http_host, settings.http_port)
    settings = settings.model_copy(update={"http_port": listening.getsockname()[1]})
    app = App(settings)
    try:
        await app.open()
        web = _web_channel(app)
        telegram, viber = _telegram_channel(settings, app.may_poll), _viber_channel(app)
        channels: dict[str, Channel] = {"web": web}
        channels |= {each.name: each for each in (telegram, viber) if each is not None}
        await app.run_channels(channels)
    except BaseException:
        listening.close()
        await app.stop()
        raise
    application = web_application(
        pages=[*web.routes(), *(viber.routes() if viber is not None else ())],
        webhooks={each.name: each.handle_webhook for each in (telegram, viber) if each is not None},
        health=app.health,
        metrics=_metrics(app),
        stop=app.stop,
    )
    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACEFUL_STOP_SECONDS,
        proxy_headers=True,
    )
    server = Server(config, when_started=partial(app.warm_up, settle), before_stop=web.stop)
    with stopped_by_sigterm(server):
        await _announce(app, telegram, viber, announce)
        await server.serve(sockets=[listening])


class Server(uvicorn.Server):
    """Ends the open event streams before waiting for connections to end: they would never end by themselves."""

    def __init__(
        self, config: uvicorn.Config, when_started: Callable[[], None], before_stop: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__(config)
        self._when_started = when_started
        self._before_stop = before_stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._when_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._before_stop()
        await super().shutdown(sockets)


@contextmanager
def stopped_by_sigterm(server: uvicorn.Server) -> Iterator[None]:
    """Let SIGTERM end the server and not the process.

    uvicorn stops at SIGTERM and then raises it again for whoever handled it before; that was the system, which would
    end the process with 143 and tell a supervisor of a failure.
    """

    def stop(*_: object) -> None:
        server.should_exit = True

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def bind(host: str, port: int) -> socket.socket:
    """The listening socket. Raises StartError when the address is taken or is not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as failure:
        listening.close()
        raise StartError(
            f"HTTP_HOST, HTTP_PORT: {host}:{port} cannot be used ({failure.strerror or failure}); "
            "stop the other program or choose another port."
        ) from None
    listening.setblocking(False)
    return listening


def _web_channel(app: App) -> WebChannel:
    return WebChannel(
        stream=read_rows(app.database),
        find_file=find_file(app.database, app.files),
        find_media=app.files.media_document,
        face=face(app),
        texts=page_texts(),
        data_dir=app.settings.data_dir,
        public_url=app.settings.public_url,
    )


def _telegram_channel(settings: Settings, may_poll: Callable[[], Awaitable[bool]]) -> TelegramChannel | None:
    if not settings.telegram_token:
        return None
    everyone = [command.word for command in COMMANDS if command.who is Who.EVERYONE]
    menu = [(word, {code: say(f"help_{word}", code) for code in languages()}) for word in everyone]
    return TelegramChannel(
        settings.telegram_token,
        settings.telegram_api_url,
        settings.public_url,
        commands=menu,
        language=settings.language,
        may_poll=may_poll,
    )


def _viber_channel(app: App) -> ViberChannel | None:
    settings = app.settings
    if not settings.viber_token:
        return None
    return ViberChannel(
        settings.viber_token,
        settings.viber_api_url,
        settings.public_url,
        data_dir=settings.data_dir,
        answer_opening=app.answer_opening,
        bill=partial(app.bill, ViberChannel.name),
    )


def _metrics(app: App) -> Callable[[], Awaitable[str]]:
    async def read() -> str:
        health = await app.health()
        metrics.WAITING.set(health.waiting)
        metrics.HELD.set(health.held)
        return await asyncio.to_thread(metrics.exposition)

    return read


async def _announce(
    app: App, telegram: TelegramChannel | None, viber: ViberChannel | None, announce: Callable[[str], None]
) -> None:
    """The links that the operator passes on: one for principals, and the first admin's, once."""
    language, address = app.settings.language, app.settings.web_address
    announce(say("start_web", language, address=f"{address}/"))
    if telegram is not None and telegram.username:
        announce(say("start_telegram", language, address=f"https://t.me/{telegram.username}"))
    if viber is not None and viber.uri:
        announce(say("start_viber", language, address=f"viber://pa?chatURI={quote(viber.uri)}"))
    if not await app.has_admin():
        payload = await app.invite("admin")
        announce(say("start_admin", language, address=f"{address}/start/{payload}"))

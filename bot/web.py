"""The ASGI application: the platforms' webhooks, the web chat, and what the operator watches."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.channels.base import HttpAnswer
from storage.tallies import Tally

WEBHOOK_LIMIT_BYTES = 1024 * 1024

Webhook = Callable[[Mapping[str, str], bytes], Awaitable[HttpAnswer]]
"""Headers and raw body in."""


@dataclass(frozen=True, slots=True)
class Health:
    """`database`, `sender` and each channel: `ok`, or what is wrong in a few words.

    `held` messages wait for their person to write; `messages` are this month's, of channels where they may cost.
    """

    database: str
    sender: str
    channels: Mapping[str, str]
    waiting: int = 0
    held: int = 0
    messages: Mapping[str, Tally] = field(default_factory=dict)

    @property
    def is_well(self) -> bool:
        return all(state == "ok" for state in (self.database, self.sender, *self.channels.values()))


def web_application(
    *,
    pages: list[Route],
    webhooks: Mapping[str, Webhook],
    health: Callable[[], Awaitable[Health]],
    metrics: Callable[[], Awaitable[str]],
    stop: Callable[[], Awaitable[None]],
) -> ASGIApp:
    """`webhooks` maps a channel's name to its handler at `/<channel>/webhook`. What must start and stop in order does
    so in the lifespan: uvicorn raises SIGTERM again after serving."""

    async def show_health(request: Request) -> Response:
        state = await health()
        return JSONResponse({"ok": state.is_well, **asdict(state)}, status_code=200 if state.is_well else 503)

    async def show_metrics(request: Request) -> Response:
        return PlainTextResponse(await metrics(), media_type="text/plain; version=0.0.4")

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await stop()

    routes = [*pages, Route("/health", show_health), Route("/metrics", show_metrics)]
    rest = Starlette(routes=routes, lifespan=lifespan)
    return _in_front({f"/{name}/webhook": take for name, take in webhooks.items()}, rest)


def _in_front(webhooks: Mapping[str, Webhook], rest: ASGIApp) -> ASGIApp:
    """Webhooks by their paths, past what Starlette has around its pages: it takes as long as our half of a request."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        is_post = scope["type"] == "http" and scope["method"] == "POST"
        take = webhooks.get(scope["path"]) if is_post else None
        if take is None:
            await rest(scope, receive, send)
        else:
            response = await _respond(Request(scope, receive), take)
            await response(scope, receive, send)

    return application


async def _respond(request: Request, take: Webhook) -> Response:
    size = request.headers.get("content-length", "0")
    if not size.isdigit() or int(size) > WEBHOOK_LIMIT_BYTES:
        return Response(status_code=413)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > WEBHOOK_LIMIT_BYTES:
            return Response(status_code=413)
    answer = await take(request.headers, bytes(body))
    return Response(answer.body, answer.status, media_type="application/json" if answer.body else None)

"""The web channel: its routes, and how a person's POST becomes an update and a sent message wakes the page."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.channels.base import Content, Document, File, Message, NotTaken, TakeTurn, Update
from bot.channels.web.page import PAYLOAD, SECURITY_HEADERS, STATIC_PATH, Face, Page, page_language, preferred_language
from bot.channels.web.session import Sessions
from bot.channels.web.streams import HEARTBEAT_SECONDS, ReadRows, Streams
from bot.channels.web.uploads import Incoming
from bot.channels.web.wire import MEDIA_PATH, FindFile, Refused, events, read_sent

UPLOAD_LIMIT_BYTES = 10 * 1024 * 1024
SHOWN_INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
FILE_HEADERS = {**SECURITY_HEADERS, "Content-Security-Policy": "default-src 'none'; sandbox"}
TRY_AGAIN = {"Retry-After": "5"}
EVENT_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}


class WebChannel:
    """A person is the browser that holds the cookie: chat id = person id = hash of its token.

    `stream` reads a chat's outbox rows (see `ReadRows`), `find_file` gives a stored file to those who may see it,
    `find_media` a form's file by its stored name, `face` tells at each page load what the call looks like now,
    `texts` are the page's own phrases (PHRASE_KEYS) by language. `stop()` ends the open streams; call it before
    the server waits for its connections to end.
    """

    name = "web"
    edits = True
    session: timedelta | None = None
    files_expire = False

    def __init__(
        self,
        *,
        stream: ReadRows,
        find_file: FindFile,
        find_media: Callable[[str], Document | None],
        face: Callable[[], Face],
        texts: Mapping[str, Mapping[str, str]],
        data_dir: Path,
        public_url: str = "",
        upload_limit_bytes: int = UPLOAD_LIMIT_BYTES,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
    ) -> None:
        self._face = face
        self._find_file = find_file
        self._find_media = find_media
        self._sessions = Sessions(public_url)
        self._streams = Streams(stream, heartbeat_seconds)
        self._incoming = Incoming(data_dir / "incoming", upload_limit_bytes)
        self._page = Page(texts, upload_limit_bytes)
        self._take_turn: TakeTurn | None = None

    async def start(self, take_turn: TakeTurn) -> None:
        self._take_turn = take_turn
        self._incoming.sweep()

    async def stop(self) -> None:
        self._take_turn = None
        self._streams.shut()

    async def send(self, message: Message) -> str:
        """The row is in the outbox already: its readers are woken and read it there. Never fails."""
        self._streams.wake(message.chat, message.id)
        return str(message.id)

    def look(self, chat: str) -> None:
        """Another process has put rows for the chat into the outbox, or, for chat '', maybe for anybody."""
        self._streams.wake(chat) if chat else self._streams.wake_all()

    async def fetch(self, file_id: str, into: Path, limit_bytes: int) -> None:
        self._incoming.take(file_id, into, limit_bytes)

    def routes(self) -> list[Route]:
        return [
            Route("/", self._show_page),
            Route("/start/{payload}", self._show_page),
            Route(f"{STATIC_PATH}/{{name}}", self._show_static),
            Route("/chat/stream", self._show_stream),
            Route("/chat/send", self._take_sent, methods=["POST"]),
            Route("/chat/file", self._take_file, methods=["POST"]),
            Route("/chat/file/{file_id}", self._show_file),
            Route(f"{MEDIA_PATH}/{{name}}", self._show_media),
        ]

    async def _show_page(self, request: Request) -> Response:
        face = self._face()
        payload = request.path_params.get("payload") or request.query_params.get("start", "")
        start = payload if PAYLOAD.fullmatch(payload) else ""
        response = self._page.render(face, page_language(request, face), start)
        self._sessions.keep(request, response)
        return response

    async def _show_static(self, request: Request) -> Response:
        return self._page.static(request.path_params["name"])

    async def _show_stream(self, request: Request) -> Response:
        chat = self._sessions.chat(request)
        if chat is None:
            return Response(status_code=401)
        told = request.headers.get("last-event-id") or request.query_params.get("after", "")
        after = int(told) if told.isascii() and told.isdigit() and len(told) < 19 else 0
        if not self._streams.has_room(chat):
            return Response(status_code=503)
        body = events(self._streams.follow(chat, after), chat, self._find_file, self._face().language)
        return StreamingResponse(body, media_type="text/event-stream", headers=EVENT_HEADERS)

    async def _take_sent(self, request: Request) -> Response:
        async def take(chat: str) -> None:
            sent = await read_sent(request)
            await self._turn(request, chat, sent.update_id, sent.seen, sent.content())

        return await self._answer(request, take)

    async def _take_file(self, request: Request) -> Response:
        async def take(chat: str) -> None:
            upload = await self._incoming.receive(request, chat)
            content = File(upload.file_id, upload.name, upload.size)
            try:
                await self._turn(request, chat, upload.update_id, upload.seen, content)
            except BaseException:
                self._incoming.drop(upload.file_id)
                raise

        return await self._answer(request, take)

    async def _answer(self, request: Request, take: Callable[[str], Awaitable[None]]) -> Response:
        """204 after the commit; otherwise the status and one word that the page has a sentence for."""
        if not self._sessions.is_own_page(request):
            return JSONResponse({"error": "other_site"}, status_code=403)
        chat = self._sessions.chat(request)
        if chat is None:
            return JSONResponse({"error": "no_session"}, status_code=401)
        try:
            await take(chat)
        except Refused as refused:
            return JSONResponse({"error": refused.word}, status_code=refused.status)
        except ClientDisconnect:
            return Response(status_code=400)
        except (NotTaken, OSError):  # the database is away, or the disk is full: the page keeps it and tries again
            return JSONResponse({"error": "try_again"}, status_code=503, headers=TRY_AGAIN)
        return Response(status_code=204)

    async def _turn(self, request: Request, chat: str, update_id: str, seen: int | None, content: Content) -> None:
        """Update ids are unique per channel, so the page's own is bound to its chat: nobody can spend another's."""
        if self._take_turn is None:
            raise Refused(503, "stopping")
        language = preferred_language(request, self._face())
        own_id = f"{chat[:24]}:{update_id}"
        await self._take_turn(Update(self.name, own_id, chat, chat, content, language=language, seen=seen))
        self._streams.wake(chat)

    async def _show_file(self, request: Request) -> Response:
        chat = self._sessions.chat(request)
        document = None if chat is None else await self._find_file(chat, request.path_params["file_id"])
        if document is None or not document.path.is_file():
            return Response(status_code=404)
        headers = {**FILE_HEADERS, "Cache-Control": "private, no-store"}
        shown = "inline" if document.type in SHOWN_INLINE else "attachment"
        return FileResponse(
            document.path,
            media_type=document.type,
            filename=document.name,
            content_disposition_type=shown,
            headers=headers,
        )

    async def _show_media(self, request: Request) -> Response:
        """A form's file is nobody's own: it is shown to whoever talks with us."""
        chat = self._sessions.chat(request)
        document = None if chat is None else self._find_media(request.path_params["name"])
        if document is None:
            return Response(status_code=404)
        headers = {**FILE_HEADERS, "Cache-Control": "private, max-age=31536000, immutable"}
        return FileResponse(document.path, media_type=document.type, headers=headers)

"""The page and what belongs to it: rendered in one language, with everything it needs for the others."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

FALLBACK_LANGUAGE = "en"
STATIC_PATH = "/chat/static"
CACHED_FOR_A_YEAR = "public, max-age=31536000, immutable"
PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,128}")
MEDIA_TYPES = MappingProxyType({"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"})
STATIC_FILES = ("chat.css", "bubbles.css", "icon.svg", "wire.js", "bubbles.js", "composer.js", "chat.js")

PHRASE_KEYS = (
    "skip_to_question",
    "conversation",
    "menu",
    "you",
    "your_answer",
    "send",
    "type_text",
    "type_number",
    "type_date",
    "type_time",
    "type_datetime",
    "type_phone",
    "type_email",
    "type_location",
    "type_search",
    "type_or_choose",
    "type_anything",
    "type_or_file",
    "choose_file",
    "take_photo",
    "choose_image",
    "pick_date",
    "share_location",
    "location_refused",
    "uploading",
    "uploaded",
    "cancel",
    "cancelled",
    "file_too_large",
    "file_empty",
    "too_many_files",
    "text_too_long",
    "offline",
    "offline_with_unsent",
    "not_sent",
    "try_again_soon",
    "retry",
    "not_taken",
    "session_lost",
    "reload",
    "writing",
    "newer_below",
    "loading",
    "loading_slow",
    "without_script",
    "opens_new_window",
)
"""Every text of the page itself. `uploading` holds {percent} and {name}, `file_too_large` {limit} (megabytes)."""

SECURITY_HEADERS = MappingProxyType(
    {
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
)


@dataclass(frozen=True, slots=True)
class Face:
    """What the page shows of the call at hand. Every mapping is by language code.

    `languages` are (code, the language's own name) in the order of the switch, at least one; `title` names the call;
    `menu` lists (command, label). A language that `title` or `menu` lacks borrows English, else the first language.
    """

    language: str
    languages: tuple[tuple[str, str], ...]
    title: Mapping[str, str]
    menu: Mapping[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class StaticFile:
    content: bytes
    media_type: str


class Page:
    """`texts` are by language code, each with every key of PHRASE_KEYS; English stands in for a missing language."""

    def __init__(self, texts: Mapping[str, Mapping[str, str]], limit_bytes: int) -> None:
        folder = files("bot.channels.web")
        self._texts = texts
        self._limit_bytes = limit_bytes
        self._static: dict[str, StaticFile] = {}
        self._addresses: dict[str, str] = {}
        for name in STATIC_FILES:
            content = folder.joinpath(name).read_bytes()
            stem, ending = name.rsplit(".", 1)
            hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{ending}"
            self._static[hashed] = StaticFile(content, MEDIA_TYPES[ending])
            self._addresses[name] = f"{STATIC_PATH}/{hashed}"
        environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        self._template = environment.from_string(folder.joinpath("page.html").read_text(encoding="utf-8"))

    def render(self, face: Face, language: str, start: str = "") -> HTMLResponse:
        """The page in `language`; `start` is the payload of a one-time link, '' without one."""
        settings = self._settings(face, language, start)
        html = self._template.render(
            language=language,
            title=settings["titles"][language],
            texts=settings["texts"][language],
            all_texts=settings["texts"],
            languages=face.languages,
            menu=settings["menus"][language],
            assets=self._addresses,
            settings=settings,
        )
        return HTMLResponse(html, headers={**SECURITY_HEADERS, "Cache-Control": "no-store"})

    def static(self, name: str) -> Response:
        """A file by its hashed name; 404 for any other."""
        found = self._static.get(name)
        if found is None:
            return Response(status_code=404)
        headers = {"Cache-Control": CACHED_FOR_A_YEAR, "X-Content-Type-Options": "nosniff"}
        return Response(found.content, media_type=found.media_type, headers=headers)

    def _settings(self, face: Face, language: str, start: str) -> dict[str, Any]:
        codes = tuple(dict.fromkeys((language, *(code for code, _ in face.languages))))
        return {
            "language": language,
            "start": start,
            "limitBytes": self._limit_bytes,
            "titles": {code: _borrowed(face.title, code, face.language) for code in codes},
            "menus": {code: _borrowed(face.menu, code, face.language) for code in codes},
            "texts": {code: dict(_borrowed(self._texts, code, FALLBACK_LANGUAGE)) for code in codes},
        }


def page_language(request: Request, face: Face) -> str:
    """The language that the visitor's page last had (cookie `page_language`), else the house's own."""
    chosen = request.cookies.get("page_language", "")
    return chosen if any(chosen == code for code, _ in face.languages) else face.language


def preferred_language(request: Request, face: Face) -> str:
    """The first of the browser's languages that the form speaks, '' when it speaks none of them."""
    wanted = [
        part.split(";")[0].strip().split("-")[0].lower()
        for part in request.headers.get("accept-language", "").split(",")
    ]
    spoken = {code for code, _ in face.languages}
    return next((code for code in wanted if code in spoken), "")


def _borrowed(values: Mapping[str, Any], language: str, otherwise: str) -> Any:
    for code in (language, FALLBACK_LANGUAGE, otherwise):
        if code in values:
            return values[code]
    return next(iter(values.values()))

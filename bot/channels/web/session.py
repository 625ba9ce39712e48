"""Who is writing: a random token in a cookie, known to the house only by its hash; and whether a POST is our page's."""

import hashlib
import re
import secrets
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

TOKEN_BYTES = 32
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
COOKIE_AGE_SECONDS = 365 * 24 * 3600


class Sessions:
    """`public_url` is the address people open, '' when unknown; with https the cookie never leaves TLS."""

    def __init__(self, public_url: str) -> None:
        address = urlsplit(public_url)
        self._secure = address.scheme == "https"
        self._public_host = address.netloc.lower()
        # A browser takes a __Host- cookie from this very host over TLS only: no neighbouring subdomain can plant one.
        self.cookie = "__Host-chat" if self._secure else "chat"

    def token(self, request: Request) -> str | None:
        """The visitor's token, None without a well-formed one."""
        token = request.cookies.get(self.cookie, "")
        return token if TOKEN.fullmatch(token) else None

    def chat(self, request: Request) -> str | None:
        """The chat id, which is the person id too: SHA-256 (hex) of the token. None without a session."""
        token = self.token(request)
        return None if token is None else hashlib.sha256(token.encode()).hexdigest()

    def keep(self, request: Request, response: Response) -> None:
        """Give the visitor a token, or prolong the one they have by a year."""
        response.set_cookie(
            self.cookie,
            self.token(request) or secrets.token_urlsafe(TOKEN_BYTES),
            max_age=COOKIE_AGE_SECONDS,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def is_own_page(self, request: Request) -> bool:
        """Whether a POST comes from a page of this host.

        `Sec-Fetch-Site` decides where the browser sends it; an older browser's `Origin`, else `Referer`, is compared
        with the host (or the public one, when a proxy rewrote it). A POST with none of the three is refused.
        """
        site = request.headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        source = request.headers.get("origin") or request.headers.get("referer") or ""
        host = urlsplit(source).netloc.lower()
        return bool(host) and host in {request.headers.get("host", "").lower(), self._public_host}

"""Markdown as labels use it (bold, italics, links, line breaks; everything else is plain), rendered per channel.

Every new line of the source is a line break and an empty line parts two paragraphs. Links lead only to the web, to
mail, to a telephone, to Telegram and to Viber; any other address leaves the source standing as it was written.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape as escape_html

from markdown_it import MarkdownIt
from markdown_it.token import Token

from conversations.markdown import escape

REMEMBERED = 512
"""Texts whose rendering is kept: a message is looked at several times on its way, and people are asked the same."""

_LINK = re.compile(r"(https?|tg|viber)://\S|(mailto|tel):\S", re.IGNORECASE)
_WEB_LINK = re.compile(r"https?://[^/?#\s]*\.[^\s]|tg://", re.IGNORECASE)
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n\s*")
_NEW_LINES = re.compile(r"\r\n?")


def _reader() -> MarkdownIt:
    reader = MarkdownIt("zero").enable(["emphasis", "link", "escape", "newline"])
    reader.validateLink = lambda url: _LINK.match(url) is not None  # type: ignore[method-assign]
    return reader


_READER = _reader()


@dataclass(frozen=True, slots=True)
class _Dialect:
    """How one channel writes each part; `link` gets the rendered label and the address."""

    text: Callable[[str], str]
    strong: tuple[str, str]
    emphasis: tuple[str, str]
    link: Callable[[str, str], str]
    line_break: str
    paragraph: tuple[str, str]
    between: str


@lru_cache(REMEMBERED)
def to_telegram_html(md: str) -> str:
    """HTML for Telegram's parse_mode; addresses that Telegram would drop from a link follow their label."""
    return _render(md, _TELEGRAM)


def to_web_html(md: str) -> str:
    """HTML for a page, with everything that a person wrote escaped."""
    return _render(md, _WEB)


@lru_cache(REMEMBERED)
def to_plain(md: str) -> str:
    """The text alone; a link becomes „text (https://…)“."""
    return "\n".join(line.strip() for line in _render(md, _PLAIN).split("\n"))


def split(md: str, limit: int) -> list[str]:
    """Cut a text into pieces whose plain text has at most `limit` characters, at paragraphs, else lines, else words.

    A paragraph or a line whose markup a cut would tear goes on as plain text. One piece, the same text, when it fits.
    """
    if ("](" not in md and len(md) <= limit) or len(to_plain(md)) <= limit:  # only an address can grow in plain text
        return [md]
    paragraphs = _PARAGRAPH_END.split(_NEW_LINES.sub("\n", md).strip())
    return _packed((piece for paragraph in paragraphs for piece in _lines(paragraph, limit)), "\n\n", limit)


def _lines(paragraph: str, limit: int) -> list[str]:
    if len(to_plain(paragraph)) <= limit:
        return [paragraph]
    lines = _untorn(paragraph, paragraph.split("\n"), "\n")
    return _packed((piece for line in lines for piece in _words(line, limit)), "\n", limit)


def _words(line: str, limit: int) -> list[str]:
    if len(to_plain(line)) <= limit:
        return [line]
    words = _untorn(line, line.split(), " ")
    return _packed((piece for word in words for piece in _characters(word, limit)), " ", limit)


def _characters(word: str, limit: int) -> Iterator[str]:
    plain = to_plain(word)
    if len(plain) <= limit:
        yield word
        return
    for start in range(0, len(plain), limit):
        yield escape(plain[start : start + limit])


def _untorn(whole: str, parts: list[str], separator: str) -> list[str]:
    """The parts, or the parts of the plain text when markup reaches from one part into another."""
    plain = to_plain(whole)
    together = separator.join(to_plain(part) for part in parts)
    if together.split() == plain.split():
        return parts
    return [escape(part) for part in plain.split(None if separator == " " else separator)]


def _packed(pieces: Iterable[str], separator: str, limit: int) -> list[str]:
    """Neighbours put together again as long as they fit."""
    packed: list[str] = []
    length = 0
    for piece in pieces:
        size = len(to_plain(piece))
        if packed and length + len(separator) + size <= limit:
            packed[-1] += separator + piece
            length += len(separator) + size
        elif size:
            packed.append(piece)
            length = size
    return packed


def _render(md: str, dialect: _Dialect) -> str:
    paragraphs = (_inline(token.children or [], dialect) for token in _READER.parse(md) if token.type == "inline")
    opening, closing = dialect.paragraph
    return dialect.between.join(opening + paragraph + closing for paragraph in paragraphs)


def _inline(tokens: list[Token], dialect: _Dialect) -> str:
    levels: list[list[str]] = [[]]
    addresses: list[str] = []
    for token in tokens:
        if token.type == "link_open":
            levels.append([])
            addresses.append(str(token.attrs["href"]))
        elif token.type == "link_close":
            label = "".join(levels.pop())
            levels[-1].append(dialect.link(label, addresses.pop()))
        else:
            levels[-1].append(_part(token, dialect))
    return "".join(levels[0])


def _part(token: Token, dialect: _Dialect) -> str:
    match token.type:
        case "strong_open" | "strong_close":
            return dialect.strong[token.nesting < 0]
        case "em_open" | "em_close":
            return dialect.emphasis[token.nesting < 0]
        case "softbreak" | "hardbreak":
            return dialect.line_break
        case _:
            return dialect.text(token.content)


def _label_and_address(label: str, address: str) -> str:
    shown = re.sub(r"^(mailto|tel):", "", address, flags=re.IGNORECASE)
    if not label.strip() or label in (address, shown):
        return shown
    return f"{label} ({shown})" if address else label


def _telegram_link(label: str, address: str) -> str:
    """Telegram keeps web and tg links only, and only those whose host has a dot."""
    if _WEB_LINK.match(address) and label.strip():
        return f'<a href="{escape_html(address)}">{label}</a>'
    return _label_and_address(label, escape_html(address))


def _web_link(label: str, address: str) -> str:
    if not address:
        return label
    href = escape_html(address)
    return f'<a href="{href}" target="_blank" rel="noopener noreferrer">{label if label.strip() else href}</a>'


def _same(text: str) -> str:
    return text


_TELEGRAM = _Dialect(
    text=lambda text: escape_html(text, quote=False),
    strong=("<b>", "</b>"),
    emphasis=("<i>", "</i>"),
    link=_telegram_link,
    line_break="\n",
    paragraph=("", ""),
    between="\n\n",
)
_WEB = _Dialect(
    text=escape_html,
    strong=("<strong>", "</strong>"),
    emphasis=("<em>", "</em>"),
    link=_web_link,
    line_break="<br>\n",
    paragraph=("<p>", "</p>"),
    between="\n",
)
_PLAIN = _Dialect(
    text=_same,
    strong=("", ""),
    emphasis=("", ""),
    link=_label_and_address,
    line_break="\n",
    paragraph=("", ""),
    between="\n\n",
)

"""Our Markdown: bold, italics and links, everything else plain. Making a text safe in it, and taking it off."""

import re
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

_INTERPRETED = re.compile(r"[\\*_\[\]]")


def escape(text: str) -> str:
    r"""Put a backslash before whatever our Markdown (bold, italics, links) would interpret, so that it shows literally.

    Blanks at the ends of lines and several blank lines in a row are shown as in any Markdown: trimmed, and as one.
    A text that stands between our own `**` must be neither empty nor begin or end with a blank.
    """
    return _INTERPRETED.sub(r"\\\g<0>", text)


def plain(text: str) -> str:
    """The words alone, without signs of emphasis and without the addresses of links."""
    if not _INTERPRETED.search(text):
        return text
    blocks = [block.children for block in _reader().parse(text) if block.children]
    return "\n".join("".join(_word(token) for token in tokens) for tokens in blocks)


def _word(token: Token) -> str:
    return "\n" if token.type in ("softbreak", "hardbreak") else token.content


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    return MarkdownIt("zero").enable(["emphasis", "link", "escape", "newline"])

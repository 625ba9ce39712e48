"""Every sentence the desk itself says, to applicants and to staff, by key and language.

The catalogues are `locale/<language>.po` (gettext, read without a compile step); a language without a catalogue, or
a phrase missing in one, falls back to English. Placeholders are `{name}`; a value that stands in Markdown must be
escaped by the caller. Catalogues are read once, when first needed.
"""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from io import BytesIO

from babel.messages.pofile import read_po

FALLBACK_LANGUAGE = "en"


class UnknownPhrase(KeyError):
    """A key that stands in no catalogue: a bug of ours."""


@lru_cache
def languages() -> tuple[str, ...]:
    """The languages that have a catalogue, sorted."""
    return tuple(
        sorted(entry.name[:-3] for entry in files("conversations.locale").iterdir() if entry.name.endswith(".po"))
    )


@lru_cache
def catalogue(language: str) -> Mapping[str, tuple[str, ...]]:
    """Key → its text, or its singular and plural; empty for a language we have no catalogue for."""
    if language not in languages():
        return {}
    read = read_po(BytesIO(files("conversations.locale").joinpath(f"{language}.po").read_bytes()), locale=language)
    found: dict[str, tuple[str, ...]] = {}
    for message in read:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            texts = (message.string,) if isinstance(message.string, str) else message.string or ()
            found[key] = tuple(texts)
    return found


def say(key: str, language: str, **values: object) -> str:
    """The phrase `key` in `language`, its placeholders filled. Raises UnknownPhrase."""
    return _texts(key, language)[0].format(**values)


def count(key: str, language: str, number: int, **values: object) -> str:
    """A counted phrase: its first form for 1, its second for any other number; `{n}` is the number."""
    texts = _texts(key, language)
    return texts[0 if number == 1 else -1].format(n=number, **values)


@lru_cache(maxsize=1024)
def spoken(key: str) -> frozenset[str]:
    """The words of `key` in every language, normalised by `plain_word`: to recognise them when typed.

    A phrase may hold several words, parted by `|`.
    """
    return frozenset(plain_word(word) for language in languages() for word in _texts(key, language)[0].split("|"))


def plain_word(text: str) -> str:
    """A label or a typed word without signs around it and without case: „◀ Назад“ and „назад.“ are the same."""
    letters = text.casefold().replace("\u00a0", " ")
    start, end = 0, len(letters)
    while start < end and not letters[start].isalnum():
        start += 1
    while end > start and not letters[end - 1].isalnum():
        end -= 1
    return " ".join(letters[start:end].split())


def _texts(key: str, language: str) -> tuple[str, ...]:
    texts = catalogue(language).get(key)
    if not texts or not texts[0]:
        texts = catalogue(FALLBACK_LANGUAGE).get(key)
    if not texts:
        raise UnknownPhrase(key)
    return texts

"""What is said back, free of any channel. A channel renders it; the outbox keeps it as JSON until then."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from conversations.buttons import Verb, read_button
from conversations.phrases import plain_word

NAVIGATION_VERBS = frozenset(
    {Verb.BACK, Verb.SKIP, Verb.DONE, Verb.KEEP, Verb.PAGE, Verb.EDIT, Verb.USE_HELD, Verb.HELP, Verb.RESTART}
    | {Verb.REMOVE}
)
ANSWER_VERBS = frozenset({Verb.CHOOSE, Verb.TICK, Verb.UNTICK, Verb.ACKNOWLEDGE})


class Awaits(StrEnum):
    """The kind of input a message asks for, so that a channel can offer its own furniture for it."""

    NOTHING = "nothing"
    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    DECIMAL = "decimal"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    PHONE = "phone"
    OTHER_PHONE = "other_phone"
    EMAIL = "email"
    LOCATION = "location"
    FILE = "file"
    IMAGE = "image"
    CHOICE = "choice"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Button:
    """`id` is short (at most 64 bytes) and opaque to channels; `label` is plain text; `url` makes it a link."""

    id: str
    label: str
    url: str = ""


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that stands beside the form. `kind` is `image`, `audio` or `video`; `caption` is plain text, may be ''."""

    kind: str
    name: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One message. `text` is Markdown (bold, italics, links, lists of lines).

    `key` names what the message shows (`q3f2a1`), so that a later reply can replace it: `replaces` is the key of
    the message to change in place. With `only_in_place` a channel that cannot edit says nothing (the person has just
    given that very answer); otherwise it sends what is new as a new message.
    `attachments` are ids of stored files sent with it. `media` are files of the form, sent before the text; several
    images together are one album, and their captions number them as the buttons are numbered.
    """

    text: str
    rows: Rows = ()
    awaits: Awaits = Awaits.NOTHING
    key: str = ""
    replaces: str = ""
    only_in_place: bool = False
    attachments: tuple[str, ...] = ()
    media: tuple[Enclosed, ...] = ()


def write_reply(reply: Reply) -> str:
    """The reply as JSON text, for the outbox: every field by its name."""
    return orjson.dumps(reply).decode()


def read_reply(body: dict[str, Any]) -> Reply:
    """The reply that `write_reply` wrote, its JSON parsed."""
    rows = tuple(tuple(Button(**button) for button in row) for row in body["rows"])
    media = tuple(Enclosed(**enclosed) for enclosed in body.get("media", ()))
    rest = {key: value for key, value in body.items() if key not in ("rows", "awaits", "attachments", "media")}
    return Reply(**rest, rows=rows, awaits=Awaits(body["awaits"]), attachments=tuple(body["attachments"]), media=media)


def button_meant(reply: Reply, text: str) -> Button | None:
    """The button whose label, or whose number among the choices, a typed text is; None when it is neither."""
    buttons = [button for row in reply.rows for button in row if not button.url]
    word = plain_word(text)
    named = [button for button in buttons if word and plain_word(button.label) == word]
    if len(named) == 1:
        return named[0]
    number = text.strip().rstrip(".)")
    return next((button for at, button in enumerate(numbered(reply), start=1) if str(at) == number), None)


def numbered(reply: Reply) -> tuple[Button, ...]:
    """The buttons that a number can stand for, in order: the choices, not the navigation below them.

    None where no choice is awaited: there a number is an answer, or a line of the review. Below the answers to a
    question a command is no choice either: a mistyped number must not leave the question.
    """
    if reply.awaits not in (Awaits.CHOICE, Awaits.SEARCH):
        return ()
    buttons = [button for row in reply.rows for button in row if not button.url and not is_navigation(button)]
    presses = [read_button(button.id) for button in buttons]
    if any(press is not None and press.verb in ANSWER_VERBS for press in presses):
        return tuple(button for button, press in zip(buttons, presses, strict=True) if press is not None)
    return tuple(buttons)


def is_navigation(button: Button) -> bool:
    """Whether it moves through the conversation rather than answers; such a button is typed as a word."""
    press = read_button(button.id)
    return press is not None and press.verb in NAVIGATION_VERBS

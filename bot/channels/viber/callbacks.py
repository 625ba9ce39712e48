"""What Viber posts to the webhook, read into ours. https://developers.viber.com/docs/api/rest-bot-api/#callbacks

Strict about what we act upon and deaf to the rest: a profile's odd name must not cost the person's answer, so what is
only furniture becomes blank instead of an error.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.channels.base import (
    Command,
    Contact,
    Content,
    File,
    Location,
    Membership,
    Other,
    Receipt,
    Tap,
    Text,
    Update,
)
from conversations.buttons import read_button

CHANNEL = "viber"
PLACEHOLDER_NAME = "subscriber"
"""What a profile is called when the person keeps the name to themselves."""
BUTTON_LIMIT_BYTES = 64
INTERNATIONAL_DIGITS = 11

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:\s+(.*))?", re.DOTALL)
_BUTTON = re.compile(r"[a-z0-9]{1,16}\.[^.]\.[a-z0-9]{0,10}\..*", re.DOTALL)
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MS = 253_402_300_799_000  # the end of the year 9999

Json = dict[str, Any]


def _number_as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _text_or_blank(value: object) -> object:
    return value if isinstance(value, str) else ""


def _number_or_none(value: object) -> object:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


Token = Annotated[str, BeforeValidator(_number_as_text), Field(pattern=r"^-?[0-9]{1,20}$")]
"""A 64-bit number, as text."""
Id = Annotated[str, Field(min_length=1, max_length=200)]
Blank = Annotated[str, BeforeValidator(_text_or_blank)]
Perhaps = Annotated[int | None, BeforeValidator(_number_or_none)]


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Profile(_Model):
    id: Id
    name: Blank = ""
    language: Blank = ""
    api_version: Perhaps = None


class Place(_Model):
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class Card(_Model):
    phone_number: Blank = ""


class Event(_Model):
    message_token: Token
    timestamp: Perhaps = None


class Said(_Model):
    """What a person sent. Which of the fields are there depends on `type`.

    The size of a file is `file_size` in Viber's reference and `size` in its official client for Python.
    """

    type: str
    text: Blank = ""
    media: Blank = ""
    file_name: Blank = ""
    file_size: Perhaps = None
    size: Perhaps = None
    contact: Card | None = None
    location: Place | None = None


class MessageEvent(Event):
    sender: Profile
    message: Said
    silent: Annotated[bool, BeforeValidator(lambda value: value is True)] = False


class Opened(Event):
    user: Profile
    context: Blank = ""


class Subscribed(Event):
    user: Profile


class Unsubscribed(Event):
    user_id: Id


class ReceiptEvent(Event):
    event: Literal["delivered", "seen", "failed"]
    user_id: Id
    desc: Blank = ""


def read_callback(raw: Json) -> Update | None:
    """What happened, or None for what is nothing to us: the check of the webhook, payments, kinds we do not know.

    Raises ValueError when an event that matters is not in Viber's shape.
    """
    match raw.get("event"):
        case "message":
            return _message(MessageEvent.model_validate(raw))
        case "conversation_started":
            return _opened(Opened.model_validate(raw))
        case "subscribed":
            subscribed = Subscribed.model_validate(raw)
            return _update(subscribed, _own_id("subscribed", subscribed), subscribed.user, Membership(reachable=True))
        case "unsubscribed":
            left = Unsubscribed.model_validate(raw)
            return _update(left, _own_id("unsubscribed", left), Profile(id=left.user_id), Membership(reachable=False))
        case "delivered" | "seen" | "failed":
            return _receipt(ReceiptEvent.model_validate(raw))
        case _:
            return None


def client_level(raw: Json) -> int | None:
    """The highest `min_api_version` that the person's devices understand; None when the event does not say."""
    profile = raw.get("sender") or raw.get("user")
    level = profile.get("api_version") if isinstance(profile, dict) else None
    return level if isinstance(level, int) else None


def _message(event: MessageEvent) -> Update | None:
    """A link button posts its address, too, as if it had been typed; ours are silent, and nobody types silently."""
    said = event.message
    if event.silent and said.type == "text" and _LINK.fullmatch(said.text):
        return None
    return _update(event, event.message_token, event.sender, _content(said), opens_session=True)


def _opened(event: Opened) -> Update:
    """Also with `subscribed`: whoever has a history reads the answer just as well, and it is free."""
    command = Command("start", event.context.strip())
    return _update(event, event.message_token, event.user, command, only_opened=True)


def _receipt(event: ReceiptEvent) -> Update:
    """The token is that of our message, and each device of the person delivers it: the first time counts."""
    receipt = Receipt(event.event, event.message_token, event.desc)
    update_id = f"{_own_id(event.event, event)}:{event.user_id}"
    return _update(event, update_id, Profile(id=event.user_id), receipt)


def _own_id(kind: str, event: Event) -> str:
    """Whether a subscription shares its token with the first message is told nowhere."""
    return f"{kind}:{event.message_token}"


def _update(event: Event, update_id: str, profile: Profile, content: Content, **more: bool) -> Update:
    return Update(
        channel=CHANNEL,
        update_id=update_id,
        chat=profile.id,
        person=profile.id,
        content=content,
        name="" if profile.name.strip().casefold() == PLACEHOLDER_NAME else profile.name.strip(),
        language=_language(profile.language),
        sent_at=_moment(event.timestamp),
        **more,
    )


def _content(said: Said) -> Content:
    match said.type:
        case "text" if said.text:
            return _words(said.text)
        case "url" if said.media or said.text:
            return Text(said.media or said.text)
        case "contact":
            return Contact(_phone(said.contact.phone_number if said.contact else ""))
        case "location" if said.location is not None:
            return Location(said.location.lat, said.location.lon)
        case "picture" | "video" | "file" if said.media:
            return File(said.media, said.file_name, said.size if said.file_size is None else said.file_size)
        case "sticker":
            return Other("sticker")
        case _:
            return Other("other")


def _words(text: str) -> Content:
    """A button arrives as the text it carries, so one typed by hand is the same to us."""
    if len(text.encode()) <= BUTTON_LIMIT_BYTES and _BUTTON.fullmatch(text) and read_button(text) is not None:
        return Tap(text)
    command = _COMMAND.fullmatch(text.strip())
    if command is None:
        return Text(text)
    word, argument = command.groups()
    return Command(word.lower(), (argument or "").strip())


def _phone(number: str) -> str:
    """In international form; Viber's own come without the plus sign. Empty from a computer, which shares none."""
    digits = re.sub(r"[\s().-]", "", number)
    is_international = digits.isascii() and digits.isdecimal() and digits[0] != "0"
    return f"+{digits}" if is_international and len(digits) >= INTERNATIONAL_DIGITS else number.strip()


def _language(code: str) -> str:
    letters = code[:2].lower()
    return letters if len(letters) == 2 and letters.isascii() and letters.isalpha() else ""


def _moment(milliseconds: int | None) -> datetime | None:
    if milliseconds is None or milliseconds > _LATEST_MS:
        return None
    return _EPOCH + timedelta(milliseconds=milliseconds)

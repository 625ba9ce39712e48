"""What every channel speaks: `Update` in, `Message` out, `SendError` when the platform refuses.

A channel translates and maps errors; it never looks at a draft and decides nothing about the conversation.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from bot.checking import Verdict
from conversations.form import Form
from conversations.replies import Awaits, Rows

INTERNAL = "internal"
"""The channel of the desk's own updates: what became of a file. Their chat and person are our row ids."""


@dataclass(frozen=True, slots=True)
class Text:
    """`early`: written before the chat's last question could be seen, as the house finds out."""

    text: str
    early: bool = False


@dataclass(frozen=True, slots=True)
class Tap:
    """`button` is the id that our own button carried."""

    button: str


@dataclass(frozen=True, slots=True)
class Command:
    """`word` is lower case and without the slash or the bot's name; `argument` is the rest, stripped."""

    word: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    phone: str


@dataclass(frozen=True, slots=True)
class Location:
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class File:
    """`file_id` is what `Channel.fetch` needs. `name` and `size` (bytes) are the platform's word, not checked.

    `what` is `voice` for words spoken into the chat, which only a question for a recording takes; '' for a file.
    """

    file_id: str
    name: str = ""
    size: int | None = None
    what: str = ""


@dataclass(frozen=True, slots=True)
class Other:
    """Anything else a person can send: `what` is `sticker`, `forwarded`, `edited` or `other`."""

    what: str


@dataclass(frozen=True, slots=True)
class Membership:
    """The person blocked (`reachable` False) or unblocked the bot, or the bot was put out of or into a group.

    `moved_to` is the new id of a group that the platform renumbered, else empty: its rights go there.
    """

    reachable: bool
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message of ours on the person's device: `what` is `delivered`, `seen` or `failed`.

    `message` is the platform's id of it; `why` is the platform's word for a failure. Repeats say nothing new.
    """

    what: str
    message: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the fetcher found (channel `internal` only): `reason` is empty when the file is ready.

    `type` is the ending that the content says (`pdf`), `size` is in bytes.
    """

    attachment: str
    reason: str = ""
    type: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class FormChecked:
    """What became of a form that an admin sent (channel `internal` only). `form` is there when it can be asked.

    `list_name`: the file was a list of the form in use, checked together with it.
    """

    attachment: str
    verdict: Verdict
    form: Form | None = None
    list_name: str = ""


@dataclass(frozen=True, slots=True)
class FormExported:
    """The workbook that an admin asked for is stored (channel `internal` only)."""

    attachment: str


FromPerson = Text | Tap | Command | Contact | Location | File | Other
AboutChat = Membership | Receipt
FromHouse = Outcome | FormChecked | FormExported
Content = FromPerson | AboutChat | FromHouse


@dataclass(frozen=True, slots=True)
class Update:
    """One thing that happened on a platform. `channel` and `update_id` together are unique for ever.

    `chat` and `person` are the platform's ids as text. `sent_at` is the platform's time of writing (aware, UTC), None
    when it tells none; `seen` is the outbox row the person's screen had last shown, None when the channel cannot
    know (only the web and the console can).

    `only_opened`: the person opened the chat and wrote nothing yet, so the platform takes one answer to this very
    update and nothing more. `opens_session`: from now on messages to the chat are free for the channel's `session`.
    """

    channel: str
    update_id: str
    chat: str
    person: str
    content: Content
    in_group: bool = False
    name: str = ""
    language: str = ""
    sent_at: datetime | None = None
    seen: int | None = None
    only_opened: bool = False
    opens_session: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A stored file to send along: where it lies, what it is called for the person, and its media type."""

    path: Path
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Media:
    """A file of the form to show. `kind` is `image`, `audio` or `video`; `caption` is plain text, may be ''."""

    document: Document
    kind: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message for one chat. `id` is the outbox row; `text` is Markdown.

    `media` are shown before the text, `documents` after it; without the media the message is still worth sending.
    `replaces` is the platform's id of the message to change in place, empty for a new one. `before` is the text of the
    message that this one takes the place of, empty for a new one: a channel that cannot edit says only what changed.
    """

    id: int
    chat: str
    text: str
    rows: Rows = ()
    awaits: Awaits = Awaits.NOTHING
    replaces: str = ""
    before: str = ""
    only_in_place: bool = False
    documents: tuple[Document, ...] = ()
    media: tuple[Media, ...] = ()
    language: str = "bg"


class NotTaken(Exception):
    """A turn could not be stored just now. The update is to be delivered again; nobody has heard of it yet."""


class SendError(Exception):
    """Why a platform did not take a message. Texts name no token, address or content."""


class RetryLater(SendError):
    """Try again; `after_seconds` None leaves the wait to the sender's back-off. `everyone`: the limit is the bot's,
    not this chat's."""

    def __init__(self, why: str, after_seconds: float | None = None, *, everyone: bool = False) -> None:
        super().__init__(why)
        self.after_seconds = after_seconds
        self.everyone = everyone


class GiveUp(SendError):
    """This message will never be taken (a bug of ours, or content the platform refuses)."""


class Blocked(SendError):
    """The person stopped the bot or the chat is gone: write no more to this chat until they come back."""


TakeTurn = Callable[[Update], Awaitable[None]]
"""Hands an update to the house. Returns after the commit; the same person's updates keep their order.

Raises NotTaken, and whatever else kept even an apology from being stored: in both cases it is to come again."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What a webhook's caller gets: the status, and a JSON body where the platform takes one."""

    status: int
    body: bytes = b""


class Channel(Protocol):
    """`edits`: whether a sent message can be changed in place.

    `session` is how long messages are free after the person's last word, None where they always are. `files_expire`:
    a file that a person sent can be fetched for a short time only.
    """

    name: str
    edits: bool
    session: timedelta | None
    files_expire: bool

    async def start(self, take_turn: TakeTurn) -> None:
        """Begin to receive. Raises SettingsError-like SystemExit text only through app.StartError."""

    async def stop(self) -> None: ...

    async def send(self, message: Message) -> str:
        """Send and return the platform's id of the message ('' when there is none). Raises SendError."""

    async def fetch(self, file_id: str, into: Path, limit_bytes: int) -> None:
        """Download a file that a person sent. Raises SendError; GiveUp('too_big') past the limit."""

"""What a person (or the desk) can do to a conversation. The turn makes one of these out of an update."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Started:
    """`/start`, or the first words of a stranger."""


@dataclass(frozen=True, slots=True)
class Continued:
    """`/continue`: show where we were."""


@dataclass(frozen=True, slots=True)
class ReviewAsked:
    """`/review`: show the answers so far."""


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """`language` is a code, or None for `/language` alone: offer the languages."""

    language: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """A text. `early`: it was written before the question now open had reached the person."""

    text: str
    early: bool = False


@dataclass(frozen=True, slots=True)
class Tapped:
    """A button, by the id it carries (replies.Button.id)."""

    button: str


@dataclass(frozen=True, slots=True)
class SharedContact:
    phone: str


@dataclass(frozen=True, slots=True)
class SharedLocation:
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file has arrived at the platform and is not fetched yet; `attachment` is our id for it.

    `what` is `voice` for words spoken into the chat, '' for a file.
    """

    attachment: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class FileReady:
    """The fetched file. `type` is the ending its content says (`pdf`), `size` is in bytes."""

    attachment: str
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class FileRefused:
    """The file could not be taken: `too_big`, `wrong_type`, `empty`, `unreachable`."""

    attachment: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something we cannot take as an answer; `what` is `sticker`, `voice`, `forwarded`, `edited`, `other`."""

    what: str


Input = (
    Started
    | Continued
    | ReviewAsked
    | LanguageChosen
    | Said
    | Tapped
    | SharedContact
    | SharedLocation
    | SentFile
    | FileReady
    | FileRefused
    | Unreadable
)

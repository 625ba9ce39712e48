"""The office around a form as the conversation knows it: its texts, links, decisions, and what names an application."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """A plain text of the desk in several languages (code → text); not a form's label, holds no expressions."""

    texts: Mapping[str, str]

    def in_language(self, language: str) -> str:
        """The text in `language`, else in English, else in whichever language there is; '' when there is none."""
        return self.texts.get(language) or self.texts.get("en") or next(iter(self.texts.values()), "")


NO_WORDS = Words({})


@dataclass(frozen=True, slots=True)
class Link:
    label: Words
    url: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What staff can decide, and what the applicant is told."""

    key: str
    label: Words
    text: Words


@dataclass(frozen=True, slots=True)
class Notice:
    """The privacy notice (GDPR art. 13). `version` is what we record together with language and time.

    `summary` is its first layer, shown before the first question with the whole text one tap away; without texts,
    the whole is shown.
    """

    version: str
    text: Words
    summary: Words = NO_WORDS


@dataclass(frozen=True, slots=True)
class Desk:
    """How the office around the form works: `call.yaml`, or a workbook's sheet `desk`.

    Questions are named by their paths. `title`, `place`, `card`: in order; blank answers are passed over.
    Empty `title` = instance_name or the first text answer. `region`, `kind`, `key` None = the call has none.
    `region_labels` is the question whose choices name the regions, when `region` itself is a calculation (else None).
    """

    prefix: str = "A"
    latin_prefix: str = "A"
    call_title: Words = NO_WORDS
    welcome: Words = NO_WORDS
    notice: Notice | None = None
    about: Words = NO_WORDS
    about_links: tuple[Link, ...] = ()
    criteria: Words = NO_WORDS
    criteria_links: tuple[Link, ...] = ()
    contact: Words = NO_WORDS
    decisions: tuple[Decision, ...] = ()
    title: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    region: str | None = None
    region_labels: str | None = None
    kind: str | None = None
    key: str | None = None
    card: tuple[str, ...] = ()
    capacity: int | None = None

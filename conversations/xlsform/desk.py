"""The office around a form: `call.yaml` or the sheet `desk` → Desk.

Both give the same mapping. A text is a mapping of language codes to texts; one text without a language counts as the
form's default language. A question is named by its name, or by its path when the name is not enough.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conversations.desk import NO_WORDS, Decision, Desk, Link, Notice, Words
from conversations.errors import Problem
from conversations.xlsform.messages import Place, closest, problem

MAX_CARD_QUESTIONS = 6
KEYS = (
    "prefix", "latin_prefix", "title", "capacity", "title_question", "place_question", "region_question",
    "region_labels", "kind_question", "key_question", "card_questions", "decisions", "welcome", "about", "criteria",
    "contact", "controller", "notice",
)  # fmt: skip
_CONTROLLER = ("name", "id", "address", "contact")
_DECISION_KEY = re.compile(r"^[a-z][a-z0-9_]{0,19}$")
_DEFAULT_DECISIONS = (
    Decision(
        "accepted",
        Words({"bg": "Прието", "en": "Accepted"}),
        Words({
            "bg": "Добра новина: заявлението Ви е **прието**.",
            "en": "Good news: your application is **accepted**.",
        }),
    ),
    Decision(
        "declined",
        Words({"bg": "Неприето", "en": "Declined"}),
        Words({
            "bg": "Благодарим Ви, че кандидатствахте. Този път заявлението Ви **не беше прието**.",
            "en": "Thank you for applying. This time your application was **not accepted**.",
        }),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DeskSource:
    """`values` as call.yaml holds them; `rows` tells the row or line of each dotted key in `sheet`."""

    sheet: str = "call.yaml"
    values: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)

    def at(self, key: str) -> Place:
        nearest = key
        while nearest and nearest not in self.rows:
            nearest = nearest.rpartition(".")[0]
        return Place(self.sheet, self.rows.get(nearest), key)


def read_desk(source: DeskSource, paths: Mapping[str, Sequence[str]], default: str) -> tuple[Desk, list[Problem]]:
    """The desk, and what is wrong with it.

    `paths` maps a question's name, and its path, to the paths (without the root) it may mean; `default` is the form's
    default language. An empty source gives the desk of a form that has none.
    """
    reader = _Reader(source, paths, default)
    prefix = reader.plain("prefix") or "A"
    latin = reader.plain("latin_prefix") or prefix
    if not latin.isascii():
        reader.report("desk_missing", "latin_prefix", what="latin_prefix")
    for key in source.values:
        if key not in KEYS:
            reader.report("desk_unknown_key", key, nearest=closest(key, KEYS))
    desk = Desk(
        prefix=prefix,
        latin_prefix=latin,
        call_title=reader.words("title"),
        welcome=reader.words("welcome"),
        notice=reader.notice(),
        about=reader.words("about.text"),
        about_links=reader.links("about.links"),
        criteria=reader.words("criteria.text"),
        criteria_links=reader.links("criteria.links"),
        contact=reader.words("contact.text"),
        decisions=reader.decisions(),
        title=reader.questions("title_question"),
        place=reader.questions("place_question"),
        region=reader.question("region_question"),
        region_labels=reader.question("region_labels"),
        kind=reader.question("kind_question"),
        key=reader.question("key_question"),
        card=reader.questions("card_questions", MAX_CARD_QUESTIONS),
        capacity=reader.number("capacity"),
    )
    return desk, reader.found


class _Reader:
    """Looks values up by dotted key and notes what is wrong with them."""

    def __init__(self, source: DeskSource, paths: Mapping[str, Sequence[str]], default: str) -> None:
        self.source = source
        self.paths = paths
        self.default = default
        self.found: list[Problem] = []

    def report(self, code: str, key: str, **params: object) -> None:
        self.found.append(problem(code, self.source.at(key), **params))

    def value(self, key: str) -> Any:
        """What stands at the dotted key; None when nothing does."""
        value: Any = self.source.values
        for part in key.split("."):
            if isinstance(value, Mapping):
                value = value.get(part)
            elif isinstance(value, Sequence) and not isinstance(value, str) and part.isdigit():
                value = value[int(part)] if int(part) < len(value) else None
            else:
                return None
        return value

    def plain(self, key: str) -> str:
        value = self.value(key)
        if value is None or isinstance(value, str):
            return (value or "").strip()
        self.report("desk_not_text", key)
        return ""

    def words(self, key: str) -> Words:
        value = self.value(key)
        if not value:
            return NO_WORDS
        if isinstance(value, str):
            return Words({self.default: value.strip()})
        if isinstance(value, Mapping) and all(isinstance(text, str) for text in value.values()):
            return Words({code: text.strip() for code, text in value.items() if text.strip()})
        self.report("desk_not_text", key)
        return NO_WORDS

    def many(self, key: str) -> list[Any]:
        """The items of a list; an item alone counts as a list of one."""
        value = self.value(key)
        if not value:
            return []
        return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]

    def number(self, key: str) -> int | None:
        text = self.plain(key)
        if text and not (text.isdecimal() and int(text) > 0):
            self.report("desk_not_number", key, value=text)
            return None
        return int(text) if text else None

    def question(self, key: str) -> str | None:
        found = self.questions(key)
        return found[0] if found else None

    def questions(self, key: str, limit: int | None = None) -> tuple[str, ...]:
        named = [str(item) for item in self.many(key)]
        if limit is not None and len(named) > limit:
            self.report("desk_too_many_cards", key, limit=limit)
        paths = []
        for name in named:
            meant = self.paths.get(name, ())
            if not meant:
                self.report("desk_unknown_question", key, name=name, nearest=closest(name, self.paths))
            elif len(meant) > 1:
                self.report("ambiguous_question", key, name=name)
            else:
                paths.append(meant[0])
        return tuple(paths)

    def links(self, key: str) -> tuple[Link, ...]:
        found = []
        for index in range(len(self.many(key))):
            url = self.plain(f"{key}.{index}.url")
            if not url.startswith(("https://", "http://", "mailto:", "tel:")):
                self.report("desk_missing", f"{key}.{index}.url", what="https://…")
            found.append(Link(self.words(f"{key}.{index}.label"), url))
        return tuple(found)

    def decisions(self) -> tuple[Decision, ...]:
        found: dict[str, Decision] = {}
        for index in range(len(self.many("decisions"))):
            where = f"decisions.{index}"
            key = self.plain(f"{where}.key")
            label, text = self.words(f"{where}.label"), self.words(f"{where}.text")
            if not _DECISION_KEY.match(key):
                self.report("desk_bad_key", f"{where}.key", value=key)
            elif key in found:
                self.report("desk_key_twice", f"{where}.key", value=key)
            for part, words in (("label", label), ("text", text)):
                if not words.texts:
                    self.report("desk_missing", f"{where}.{part}", what=part)
            found[key] = Decision(key, label, text)
        return tuple(found.values()) or _DEFAULT_DECISIONS

    def notice(self) -> Notice | None:
        """The privacy notice with the controller's particulars in their places; blank ones are left out."""
        words = self.words("notice.text")
        if not words.texts:
            return None
        version = self.plain("notice.version")
        if not version:
            self.report("desk_missing", "notice.version", what="version")
        particulars = {part: self.words(f"controller.{part}") for part in _CONTROLLER}
        filled, summary = (
            Words({code: _fill(text, code, particulars) for code, text in found.texts.items()})
            for found in (words, self.words("notice.summary"))
        )
        return Notice(version, filled, summary)


def _fill(text: str, language: str, particulars: Mapping[str, Words]) -> str:
    said = {part: words.in_language(language) for part, words in particulars.items()}
    text = text.replace("{controller}", ", ".join(_present(said[part] for part in ("name", "id", "address"))))
    text = text.replace("{contact}", said["contact"])
    for part, words in said.items():
        text = text.replace("{controller_" + part + "}", words)
    return text


def _present(texts: Iterable[str]) -> list[str]:
    return [text for text in texts if text]

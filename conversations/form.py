"""A form as the conversation knows it: frozen values, look-ups only.

`conversations.xlsform` makes a Form out of an XForm; nothing here reads a spreadsheet, evaluates an expression
or decides what to ask. Words are XLSForm's own: https://xlsform.org/en/
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from conversations import markdown
from conversations.buttons import choice_key, question_key
from conversations.desk import Desk
from conversations.entries import MOST_ENTRIES, another_path, entry_path, in_entry, template_of
from conversations.search import SearchIndex
from conversations.xpath import Expression, Node

Part = str | Expression
"""A piece of a label: fixed Markdown, or an expression whose value stands in its place."""


@dataclass(frozen=True, slots=True)
class Text:
    """A label, hint or message in several languages; a language code maps to its parts."""

    parts: Mapping[str, tuple[Part, ...]]

    def in_language(self, language: str, default: str) -> tuple[Part, ...]:
        """The parts in `language`, else in `default`, else in whichever language there is."""
        if language in self.parts:
            return self.parts[language]
        if default in self.parts:
            return self.parts[default]
        return next(iter(self.parts.values()), ())

    def fixed(self, language: str, default: str) -> str:
        """The text as one plain line, without what stands in it by expression: for a choice's label."""
        parts = self.in_language(language, default)
        return " ".join(markdown.plain("".join(part for part in parts if isinstance(part, str))).split())


class Kind(StrEnum):
    """What a question is, which decides how it is asked and how its answer is read."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    TIME = "time"
    DATETIME = "dateTime"
    RANGE = "range"
    RANK = "rank"
    GEOPOINT = "geopoint"
    AUDIO = "audio"
    VIDEO = "video"
    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    NOTE = "note"
    ACKNOWLEDGE = "acknowledge"
    FILE = "file"
    IMAGE = "image"
    QUIET = "quiet"
    """calculate, hidden and metadata: has a value, is never asked."""
    ANOTHER = "another"
    """„Add another entry?“, `yes` or `no`: stands in no form, every entry of an uncounted repeat has it."""
    LEFTOVER = "leftover"
    """What becomes of entries that exist no longer, `drop` or `keep`: stands in no form, asked by the journey."""


WAYS_OUT = frozenset({"none", "other"})
FILE_KINDS = frozenset({Kind.FILE, Kind.IMAGE, Kind.AUDIO, Kind.VIDEO})
SELECT_KINDS = frozenset({Kind.SELECT_ONE, Kind.SELECT_MULTIPLE})
ENTRY_KINDS = frozenset({Kind.ANOTHER, Kind.LEFTOVER})
UNASKED_KINDS = frozenset({Kind.NOTE, Kind.QUIET})


@dataclass(frozen=True, slots=True)
class Steps:
    """A range's bounds and step, as the form writes them."""

    start: str
    end: str
    step: str


@dataclass(frozen=True, slots=True)
class Media:
    """Files shown with a label: `image`, `audio` or `video` → language code → name of the file beside the form."""

    files: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


NO_MEDIA = Media()


@dataclass(frozen=True, slots=True)
class Choice:
    """One row of a list. `columns` are its other columns, for filters and look-ups; `keywords` widen the search."""

    name: str
    label: Text
    columns: Mapping[str, str] = field(default_factory=dict)
    keywords: str = ""
    media: Media = NO_MEDIA


@dataclass(frozen=True)
class ChoiceList:
    """A list of choices. `node` is the same list as the expressions see it (`instance('name')`).

    `value_column` is the column of `node`'s items that holds a choice's name (`parameters: value=code`).
    """

    name: str
    choices: tuple[Choice, ...]
    node: Node = field(compare=False, repr=False)
    from_file: bool = False
    value_column: str = "name"

    @cached_property
    def by_name(self) -> Mapping[str, Choice]:
        return {choice.name: choice for choice in self.choices}

    @cached_property
    def by_key(self) -> Mapping[str, Choice]:
        """By the short key that buttons carry."""
        return {choice_key(choice.name): choice for choice in self.choices}

    @cached_property
    def search(self) -> SearchIndex:
        """Finds choices by what a person types; made when first asked for and kept as long as the list is."""
        return SearchIndex((choice.name, _all_labels(choice), choice.keywords) for choice in self.choices)

    @cached_property
    def always_offered(self) -> tuple[Choice, ...]:
        """The ways out of a search: a row named `none` or `other` stands under every list of hits."""
        return tuple(choice for choice in self.choices if choice.name in WAYS_OUT) if self.from_file else ()


def _all_labels(choice: Choice) -> str:
    return " ".join(dict.fromkeys(choice.label.fixed(language, language) for language in choice.label.parts))


@dataclass(frozen=True, slots=True)
class Repeat:
    """A group that is answered entry by entry. `count` fixes how many entries there are; None: „add another?“.

    Nested repeats are refused. A question inside has the template's path (`members/name`) in the form; in a draft its
    answers are kept by entry, `members[2]/name`, counted from 1.
    """

    count: Expression | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A section. `path` is without the root (`school/address`); its label heads the first question asked inside.

    `repeat` None: an ordinary group. `lists_once`: its questions share one list, so its label stands with each.
    """

    path: str
    label: Text | None = None
    relevant: Expression | None = None
    repeat: Repeat | None = None
    lists_once: bool = False


@dataclass(frozen=True, slots=True)
class Trigger:
    """A calculation that runs when the answer to `source` (a path) changes, not otherwise."""

    source: str
    calculation: Expression


@dataclass(frozen=True, slots=True)
class Question:
    """One question, note or quiet value.

    `path` is without the root, `group/name`, and is the question's identity everywhere (drafts, stored answers).
    `required` None = never required. `default` is the static prefill, `first_default` an expression evaluated once
    when the draft begins. `itemset` is the expression for the choices on offer (None: the whole list).
    `accept` lists file endings with their dot, lower case; empty = any that the desk stores.
    """

    path: str
    kind: Kind
    groups: tuple[str, ...] = ()
    label: Text | None = None
    hint: Text | None = None
    guidance: Text | None = None
    media: Media = NO_MEDIA
    relevant: Expression | None = None
    required: Expression | None = None
    required_message: Text | None = None
    constraint: Expression | None = None
    constraint_message: Text | None = None
    calculation: Expression | None = None
    triggers: tuple[Trigger, ...] = ()
    default: str = ""
    first_default: Expression | None = None
    read_only: bool = False
    appearance: frozenset[str] = frozenset()
    choices: str | None = None
    itemset: Expression | None = None
    accept: tuple[str, ...] = ()
    steps: Steps | None = None
    preload: str = ""
    """`start`, `end`, `today`, `deviceid`, `username`, `phonenumber`, `email`: what a metadata question holds."""

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def template(self) -> str:
        """The path as the form has it: of a question in an entry, the one without the entry's number."""
        return template_of(self.path)

    @property
    def is_asked(self) -> bool:
        """Whether a person is ever asked for a value here (relevance aside)."""
        return self.kind not in UNASKED_KINDS and not self.read_only

    @property
    def is_shown(self) -> bool:
        """Whether it is shown without waiting for an answer: a note, or a read-only question."""
        return self.kind is Kind.NOTE or (self.read_only and self.kind is not Kind.QUIET)

    @property
    def is_drawn(self) -> bool:
        return self.calculation is not None and "once" in self.calculation.functions

    @property
    def is_multiline(self) -> bool:
        """A text that may come in several messages, until „done“."""
        return self.kind is Kind.TEXT and "multiline" in self.appearance

    @property
    def wants_phone(self) -> bool:
        """A text named as a phone: the channel may offer its "share contact" button."""
        return self.kind is Kind.TEXT and ("numbers" in self.appearance or "phone" in self.name)


@dataclass(frozen=True)
class Entry:
    """One entry of a repeat, its questions and groups by their own paths (`members[2]/name`), the entry's group first.

    `another` is the question that follows it.
    """

    repeat: Group
    number: int
    items: tuple[Question | Group, ...]
    another: Question

    @property
    def path(self) -> str:
        return entry_path(self.repeat.path, self.number)

    @cached_property
    def by_template(self) -> Mapping[str, Question | Group]:
        return {template_of(item.path): item for item in self.items}


@dataclass(frozen=True, slots=True)
class Bed:
    """What stands side by side in the group at `above` ('' = the form's root), in form order."""

    above: str
    paths: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """One version of a form. `order` is the evaluation order of all paths (groups and questions), no cycles."""

    id: str
    title: str
    version: str
    default_language: str
    languages: Mapping[str, str]
    """Language code → its name as the form writes it, in the form's order."""
    root: str
    items: tuple[Question | Group, ...]
    """Questions and groups in form order; a group stands before what it holds."""
    lists: Mapping[str, ChoiceList]
    order: tuple[str, ...]
    desk: Desk
    instance_name: Expression | None = None
    texts: Mapping[str, Text] = field(default_factory=dict)
    """All translated texts by their ids in the XForm, which `jr:itext(itextId)` names."""

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return tuple(item for item in self.items if isinstance(item, Question))

    @cached_property
    def askable(self) -> tuple[Question, ...]:
        """Those that a person is asked, relevance aside."""
        return tuple(question for question in self.questions if question.is_asked)

    @cached_property
    def filtered(self) -> tuple[Question, ...]:
        """Those whose choices depend on other answers."""
        return tuple(question for question in self.questions if question.itemset is not None)

    @cached_property
    def drawn(self) -> tuple[Question, ...]:
        """Those whose calculation holds once(): what it gives is kept in the draft."""
        return tuple(question for question in self.questions if question.is_drawn)

    @cached_property
    def by_path(self) -> Mapping[str, Question]:
        return {question.path: question for question in self.questions}

    @cached_property
    def by_key(self) -> Mapping[str, Question]:
        """By the short key that buttons carry."""
        return {question_key(question.path): question for question in self.questions}

    @cached_property
    def groups(self) -> Mapping[str, Group]:
        return {item.path: item for item in self.items if isinstance(item, Group)}

    @cached_property
    def certain(self) -> Mapping[str, bool]:
        """What is relevant whatever is answered: nothing around it has a condition, and it stands in no repeat."""
        found: dict[str, bool] = {}
        for item, inside in self.sown:
            above = item.path.rpartition("/")[0]
            is_repeat = isinstance(item, Group) and item.repeat is not None
            if not inside and not is_repeat and item.relevant is None and (not above or above in found):
                found[item.path] = True
        return found

    @cached_property
    def plain(self) -> frozenset[str]:
        """Paths of the certain questions that hold their answer and nothing else."""
        certain = (self.by_path[path] for path in self.certain if path in self.by_path)
        return frozenset(q.path for q in certain if q.calculation is None and not q.preload)

    @cached_property
    def plan(self) -> tuple[tuple[Question | Group, str], ...]:
        """What has to be worked out, in evaluation order, each with the path of the repeat it stands in ('' = none)."""
        inside = {item.path: repeat for item, repeat in self.sown}
        known = self.plain | (self.certain.keys() & self.groups.keys())
        open_paths = (path for path in self.order if path not in known)
        return tuple((self.by_path.get(path) or self.groups[path], inside[path]) for path in open_paths)

    @cached_property
    def beds(self) -> tuple[Bed, ...]:
        """What stands outside of repeats, by the group it stands in, outer groups first; a repeat counts as one."""
        found: dict[str, list[str]] = {}
        for item, inside in self.sown:
            if not inside:
                found.setdefault(item.path.rpartition("/")[0], []).append(item.path)
        return tuple(
            Bed(above, tuple(paths), tuple(path.rpartition("/")[2] for path in paths)) for above, paths in found.items()
        )

    @cached_property
    def sown(self) -> tuple[tuple[Question | Group, str], ...]:
        """Everything in form order, each with the path of the repeat it stands in ('' outside of any)."""
        repeats = [path for path, group in self.groups.items() if group.repeat is not None]
        return tuple(
            (item, next((repeat for repeat in repeats if item.path.startswith(f"{repeat}/")), ""))
            for item in self.items
        )

    @cached_property
    def entries(self) -> Mapping[str, tuple[Entry, ...]]:
        """Repeat → its entries from 0 to MOST_ENTRIES; entry 0 holds nothing but its question whether to begin."""
        repeats = [group for group in self.groups.values() if group.repeat is not None]
        return {r.path: tuple(self._entry(r, number) for number in range(MOST_ENTRIES + 1)) for r in repeats}

    def _entry(self, repeat: Group, number: int) -> Entry:
        within = f"{repeat.path}/"
        another = Question(
            another_path(repeat.path, number),
            Kind.ANOTHER,
            (*_above(repeat.path), *((entry_path(repeat.path, number),) if number else ())),
        )
        items = (item for item in self.items if item is repeat or item.path.startswith(within))
        return Entry(repeat, number, tuple(_moved(item, repeat.path, number) for item in items if number), another)

    @cached_property
    def triggered_by(self) -> Mapping[str, tuple[tuple[Question, Trigger], ...]]:
        """Source path → the questions whose calculation it sets off."""
        found: dict[str, tuple[tuple[Question, Trigger], ...]] = {}
        for question, trigger in self._triggers():
            found[trigger.source] = (*found.get(trigger.source, ()), (question, trigger))
        return found

    @cached_property
    def media_files(self) -> frozenset[str]:
        """Names of all files that are shown with labels of questions and choices."""
        shown = [question.media for question in self.questions]
        shown += [choice.media for each in self.lists.values() for choice in each.choices]
        return frozenset(name for media in shown for spoken in media.files.values() for name in spoken.values())

    def _triggers(self) -> Iterator[tuple[Question, Trigger]]:
        return ((question, trigger) for question in self.questions for trigger in question.triggers)

    def region_choices(self) -> Mapping[str, Choice]:
        """The regions of the call by their codes; empty when the call has none or its regions are free text."""
        question = self.by_path.get(self.desk.region_labels or self.desk.region or "")
        return self.lists[question.choices].by_name if question and question.choices else {}

    def language_or_default(self, language: str) -> str:
        """`language` when the form has it, else the form's default language."""
        return language if language in self.languages else self.default_language


def _moved(item: Question | Group, repeat: str, number: int) -> Question | Group:
    path = in_entry(item.path, repeat, number)
    if isinstance(item, Group):
        return replace(item, path=path)
    return replace(item, path=path, groups=tuple(in_entry(group, repeat, number) for group in item.groups))


def _above(path: str) -> Iterator[str]:
    """The groups around a path, outermost first."""
    names = path.split("/")[:-1]
    return ("/".join(names[:length]) for length in range(1, len(names) + 1))

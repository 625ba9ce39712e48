"""Two versions of a form: what differs.

Questions are the same when their paths are; one whose path is gone is looked for by its name, when that is unique.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

from conversations.desk import Desk
from conversations.draft import Draft
from conversations.form import ChoiceList, Form, Group, Kind, Question

WORDING = ("label", "hint", "guidance", "media", "constraint_message", "required_message")
PLACE = ("path", "groups")
_ENTRY = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Retyped:
    path: str
    """In the new version."""
    old: Kind
    new: Kind


@dataclass(frozen=True, slots=True)
class Relocated:
    """`old` and `new` are paths; they are equal when only the order has changed."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ChoiceChange:
    """A choice by its list and name; `becomes` is its new name when it was renamed, else ''."""

    list: str
    name: str
    becomes: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a new version does to an old one. Paths are the new version's, those of `gone` the old one's.

    `rules`: when it is asked, what is taken and offered. `quiet`: values that nobody is asked for. `lists`: those whose
    order or other columns differ. `settings` and `desk` name fields of Form and Desk; languages are codes.
    """

    old: Form = field(repr=False, compare=False)
    new: Form = field(repr=False, compare=False)
    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    reworded: tuple[str, ...] = ()
    retyped: tuple[Retyped, ...] = ()
    moved: tuple[Relocated, ...] = ()
    rules: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()
    choices_added: tuple[ChoiceChange, ...] = ()
    choices_gone: tuple[ChoiceChange, ...] = ()
    choices_renamed: tuple[ChoiceChange, ...] = ()
    choices_reworded: tuple[ChoiceChange, ...] = ()
    lists: tuple[str, ...] = ()
    languages_new: tuple[str, ...] = ()
    languages_gone: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    desk: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, each.name) for each in fields(self) if each.name not in ("old", "new"))

    @property
    def touches_questions(self) -> bool:
        """Whether an applicant may notice: anything about questions, choices or languages."""
        silent = ("old", "new", "quiet", "lists", "settings", "desk")
        return any(getattr(self, each.name) for each in fields(self) if each.name not in silent)


@dataclass(frozen=True, slots=True)
class Impact:
    """How many open drafts there are, and how many of them answered a question (by path) or chose (list, name)."""

    drafts: int = 0
    answered: Mapping[str, int] = field(default_factory=dict)
    chosen: Mapping[tuple[str, str], int] = field(default_factory=dict)


def compare(old: Form, new: Form) -> Changes:
    """Everything that differs between two versions, in the new one's order."""
    partners = counterparts(old, new)
    found = {path: here for here, path in partners.items()}
    pairs = [(old.by_path[found[q.path]], q) for q in new.questions if q.path in found]
    visible = [(was, now) for was, now in pairs if now.kind is not Kind.QUIET]
    groups = [(old.groups[g.path], g) for g in new.groups.values() if g.path in old.groups]
    quiet = [q.path for q in new.questions if q.kind is Kind.QUIET and q.path not in found]
    quiet += [now.path for was, now in pairs if now.kind is Kind.QUIET and _rules_differ(was, now)]
    quiet += [q.path for q in old.questions if q.kind is Kind.QUIET and q.path not in partners]
    return Changes(
        old,
        new,
        added=tuple(q.path for q in new.questions if q.kind is not Kind.QUIET and q.path not in found),
        gone=tuple(q.path for q in old.questions if q.kind is not Kind.QUIET and q.path not in partners),
        reworded=(
            *(now.path for was, now in groups if was.label != now.label),
            *(now.path for was, now in visible if wording(was) != wording(now)),
        ),
        retyped=tuple(Retyped(now.path, was.kind, now.kind) for was, now in visible if was.kind is not now.kind),
        moved=tuple(_relocated([(was.path, now.path) for was, now in visible], old)),
        rules=(
            *(now.path for was, now in groups if replace(was, label=now.label) != now),
            *(now.path for was, now in visible if was.kind is now.kind and _rules_differ(was, now)),
        ),
        quiet=tuple(quiet),
        **_choices(old, new),
        lists=tuple(
            name for name in new.lists if name in old.lists and _columns_differ(old.lists[name], new.lists[name])
        ),
        languages_new=tuple(code for code in new.languages if code not in old.languages),
        languages_gone=tuple(code for code in old.languages if code not in new.languages),
        settings=tuple(
            name
            for name in ("id", "title", "default_language", "instance_name")
            if getattr(old, name) != getattr(new, name)
        ),
        desk=tuple(each.name for each in fields(Desk) if getattr(old.desk, each.name) != getattr(new.desk, each.name)),
    )


def impact(form: Form, drafts: Iterable[Draft]) -> Impact:
    """What a change of `form` would touch in these open drafts."""
    answered: Counter[str] = Counter()
    chosen: Counter[tuple[str, str]] = Counter()
    number = 0
    for draft in drafts:
        number += 1
        answered.update({template(path) for path in draft.answers if draft.has_answer(path)})
        chosen.update(set(_chosen(form, draft)))
    return Impact(number, answered, chosen)


def item_of(form: Form, path: str) -> Question | Group | None:
    """The question or group at the path."""
    return form.by_path.get(path) or form.groups.get(path)


def counterparts(old: Form, new: Form) -> Mapping[str, str]:
    """Old path → new path of every question that both versions have.

    One that became a quiet value, or is asked entry by entry where it was not, is another question.
    """
    left = _by_unique_name(q for q in old.questions if q.path not in new.by_path)
    right = _by_unique_name(q for q in new.questions if q.path not in old.by_path)
    found = {path: path for path in old.by_path if path in new.by_path}
    found |= {left[name]: right[name] for name in left if name in right}
    return {was: now for was, now in found.items() if _role(old, was) == _role(new, now)}


def template(path: str) -> str:
    """The path of the question in the form, of an answer inside a repeat: `members[2]/name` → `members/name`."""
    return _ENTRY.sub("", path)


def _role(form: Form, path: str) -> tuple[bool, str]:
    """Whether anybody is asked for it, and in which repeat."""
    parts = path.split("/")
    above = ("/".join(parts[:depth]) for depth in range(1, len(parts)))
    repeat = next((group for group in above if group in form.groups and form.groups[group].repeat is not None), "")
    return form.by_path[path].kind is Kind.QUIET, repeat


def _by_unique_name(questions: Iterable[Question]) -> dict[str, str]:
    paths: dict[str, list[str]] = {}
    for question in questions:
        paths.setdefault(question.name, []).append(question.path)
    return {name: found[0] for name, found in paths.items() if len(found) == 1}


def wording(question: Question) -> tuple[object, ...]:
    """All that a person reads of a question: equal when nothing of it was reworded."""
    return tuple(getattr(question, name) for name in WORDING)


def _rules_differ(was: Question, now: Question) -> bool:
    """Whether more than words, kind and place differ."""
    alike = {name: getattr(now, name) for name in (*WORDING, *PLACE, "kind")}
    return replace(was, **alike) != now


def _relocated(pairs: Sequence[tuple[str, str]], old: Form) -> Iterator[Relocated]:
    """Questions with another path, and the fewest that must have been carried elsewhere to give the new order."""
    place = {question.path: at for at, question in enumerate(old.questions)}
    steady = _longest_rise([place[was] for was, _ in pairs])
    for was, now in pairs:
        if was != now or place[was] not in steady:
            yield Relocated(was, now)


def _longest_rise(numbers: Sequence[int]) -> frozenset[int]:
    """The members of a longest rising subsequence of different numbers (patience sorting)."""
    tops: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(tops, number)
        before[number] = tops[at - 1] if at else None
        tops[at : at + 1] = [number]
    found: set[int] = set()
    step = tops[-1] if tops else None
    while step is not None:
        found.add(step)
        step = before[step]
    return frozenset(found)


def _choices(old: Form, new: Form) -> dict[str, tuple[ChoiceChange, ...]]:
    found: dict[str, list[ChoiceChange]] = {"added": [], "gone": [], "renamed": [], "reworded": []}
    for name in new.lists:
        if name in old.lists and old.lists[name].choices != new.lists[name].choices:
            _compare_lists(name, old.lists[name], new.lists[name], found)
    return {f"choices_{what}": tuple(changes) for what, changes in found.items()}


def _compare_lists(name: str, was: ChoiceList, now: ChoiceList, found: dict[str, list[ChoiceChange]]) -> None:
    renamed = renamed_choices(was, now)
    found["renamed"] += [ChoiceChange(name, before, after) for before, after in renamed.items()]
    gone = (choice.name for choice in was.choices if choice.name not in now.by_name and choice.name not in renamed)
    found["gone"] += [ChoiceChange(name, each) for each in gone]
    known = {*was.by_name, *renamed.values()}
    found["added"] += [ChoiceChange(name, choice.name) for choice in now.choices if choice.name not in known]
    found["reworded"] += [
        ChoiceChange(name, choice.name)
        for choice in now.choices
        if choice.name in was.by_name and choice.label != was.by_name[choice.name].label
    ]


def _columns_differ(was: ChoiceList, now: ChoiceList) -> bool:
    """Whether the choices that both lists have stand in another order or differ in more than their labels."""
    if was.choices == now.choices:
        return False
    before = [
        replace(choice, label=now.by_name[choice.name].label) for choice in was.choices if choice.name in now.by_name
    ]
    return before != [choice for choice in now.choices if choice.name in was.by_name]


def renamed_choices(was: ChoiceList, now: ChoiceList) -> Mapping[str, str]:
    """Old name → new name of choices that kept their label and have another name; never a guess between two."""
    left = _by_unique_label(was, now)
    right = _by_unique_label(now, was)
    return {left[label]: right[label] for label in left if label in right}


def _by_unique_label(choices: ChoiceList, other: ChoiceList) -> dict[str, str]:
    """Of the choices whose names the other list does not have, those whose label is theirs alone."""
    names: dict[str, list[str]] = {}
    for choice in choices.choices:
        if choice.name not in other.by_name:
            names.setdefault(repr(sorted(choice.label.parts.items())), []).append(choice.name)
    return {label: found[0] for label, found in names.items() if len(found) == 1}


def _chosen(form: Form, draft: Draft) -> Iterator[tuple[str, str]]:
    for path, answer in draft.answers.items():
        question = form.by_path.get(template(path))
        if question is not None and question.choices is not None and draft.has_answer(path):
            yield from ((question.choices, name) for name in answer.value.split())

"""A draft under another version of its form.

Answers are kept wherever question and kind are still there; each is checked anew under the new version's rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from conversations.call import ALWAYS
from conversations.draft import Answer, Draft, Mode, State
from conversations.form import FILE_KINDS, Form, Question
from conversations.greeting import notice_version
from conversations.journey import Journey, begin
from conversations.talk import Talk
from conversations.versions import counterparts, renamed_choices, template, wording


@dataclass(frozen=True, slots=True)
class Moved:
    """A draft under its new version.

    `kept` and `asked_again` are answered questions by their new paths, `dropped` by their old ones; `added` are the
    questions, now to be answered, that the old version did not have. `reopened`: what is open now is not what was.
    """

    draft: Draft
    kept: tuple[str, ...] = ()
    asked_again: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    reopened: bool = False


def move_draft(old: Form, new: Form, draft: Draft, now: datetime, form_version: int) -> Moved:
    """The draft pinned to `new` (the row `form_version`). `now` is aware and in the call's zone.

    What was open stays open when it still can; ticks in progress, a held text and a file on its way go with it.
    """
    partners = counterparts(old, new)
    carried, refused = _carry(old, new, draft, partners)
    moved = replace(
        draft,
        form_version=form_version,
        language=new.language_or_default(draft.language),
        answers={**_defaults(old, new, draft, now, form_version, partners), **carried},
        open=tuple(path for path in (_carry_path(old, new, path, partners) for path in draft.open) if path),
        waiting_file=_waiting_file(old, new, draft, partners),
        consent=draft.consent if draft.consent and draft.consent.version == notice_version(new) else None,
    )
    moved, refused_now = _check_again(new, moved, now)
    was_open = Talk(old, draft, now, ALWAYS).open_question
    moved = _settle(old, new, draft, moved, was_open, now)
    talk = Talk(new, moved, now, ALWAYS)
    is_open, unanswered = talk.open_question, [question.path for question in talk.journey.unanswered]
    lost, fresh = {*refused, *refused_now}, set(new.by_path) - set(partners.values())
    was = _carry_path(old, new, was_open.path, partners) if was_open else None
    return Moved(
        moved,
        kept=tuple(path for path in carried if path not in lost and moved.has_answer(path)),
        asked_again=tuple(path for path in dict.fromkeys((*refused, *refused_now)) if path in unanswered),
        dropped=tuple(p for p in draft.answers if draft.has_answer(p) and template(p) in _gone(old, partners)),
        added=tuple(path for path in unanswered if template(path) in fresh),
        reopened=(is_open.path if is_open else None) != was
        or (was_open is not None and is_open is not None and _looks_different(old, new, was_open, is_open)),
    )


def _carry_path(old: Form, new: Form, path: str, partners: Mapping[str, str]) -> str | None:
    """The answer's key under the new version; None when its question is gone, or stands in an entry and has moved.

    What a draft keeps about a repeat's entries besides their answers stays while the repeat does.
    """
    own = template(path)
    if own in old.by_path:
        found = partners.get(own)
        return path if found == own else found if own == path else None
    above = own
    while above and above not in new.groups:
        above = above.rpartition("/")[0]
    return path if above and new.groups[above].repeat is not None else None


def _carry(
    old: Form, new: Form, draft: Draft, partners: Mapping[str, str]
) -> tuple[dict[str, Answer], tuple[str, ...]]:
    """The answers that can stand, and the paths of those that were given and cannot."""
    carried: dict[str, Answer] = {}
    refused: list[str] = []
    for path, answer in draft.answers.items():
        key = _carry_path(old, new, path, partners)
        if key is None:
            continue
        was, now = old.by_path.get(template(path)), new.by_path.get(template(key))
        if was is None or now is None:
            carried[key] = answer
        elif was.kind is now.kind and (value := _carry_value(old, new, was, now, answer.value)) is not None:
            carried[key] = replace(answer, value=value)
        elif answer.state is not State.PREFILLED:
            refused.append(key)
    return carried, tuple(refused)


def _carry_value(old: Form, new: Form, was: Question, now: Question, value: str) -> str | None:
    """The value under the new version: chosen names follow their renamed choices; None when one is gone."""
    if was.choices is None or now.choices is None:
        return value
    before, after = old.lists[was.choices], new.lists[now.choices]
    if before.choices == after.choices:
        return value
    renamed = renamed_choices(before, after)
    names = [name if name in after.by_name else renamed.get(name) for name in value.split()]
    return None if None in names else " ".join(name for name in names if name)


def _defaults(
    old: Form, new: Form, draft: Draft, now: datetime, form_version: int, partners: Mapping[str, str]
) -> Mapping[str, Answer]:
    """Prefilled values of the questions that are new, as a new draft would have them."""
    known = set(partners.values())
    fresh = begin(
        new,
        tag=draft.tag,
        form_version=form_version,
        language=draft.language,
        seed=draft.seed,
        now=draft.began.astimezone(now.tzinfo),
    )
    return {path: answer for path, answer in fresh.answers.items() if template(path) not in known}


def _waiting_file(old: Form, new: Form, draft: Draft, partners: Mapping[str, str]) -> tuple[str, str] | None:
    if draft.waiting_file is None:
        return None
    path = _carry_path(old, new, draft.waiting_file[0], partners)
    question = new.by_path.get(template(path)) if path else None
    return (path, draft.waiting_file[1]) if path and question and question.kind in FILE_KINDS else None


def _check_again(new: Form, draft: Draft, now: datetime) -> tuple[Draft, tuple[str, ...]]:
    """Take out what the new rules refuse; one answer less may make another stand or fall, so until all stand."""
    refused: list[str] = []
    while broken := {question.path for question in Journey(new, draft, now).refused_again()} & set(draft.answers):
        refused += [path for path in draft.answers if path in broken and draft.has_answer(path)]
        draft = draft.without_answers(broken)
    return draft, tuple(refused)


def _settle(old: Form, new: Form, was: Draft, moved: Draft, was_open: Question | None, now: datetime) -> Draft:
    """Mode and what is in progress made to fit: nothing is open that cannot be asked."""
    journey = Journey(new, moved, now)
    asked = {question.path for question in journey.asked}
    still_open = tuple(path for path in moved.open if path in asked)
    mode = moved.mode
    if mode in (Mode.EDITING, Mode.CORRECTING) and not still_open:
        mode = Mode.ASKING
    if mode is Mode.REVIEWING and journey.unanswered:
        mode = Mode.ASKING
    moved = replace(moved, mode=mode, open=still_open if mode in (Mode.EDITING, Mode.CORRECTING) else ())
    is_open = Talk(new, moved, now, ALWAYS).open_question
    same = (
        was_open is not None and is_open is not None and is_open.name == was_open.name and is_open.kind is was_open.kind
    )
    if not same:
        return replace(moved, selecting=None, held=None)
    if was.selecting is None or was_open is None or is_open is None:
        return moved
    ticks = (_carry_value(old, new, was_open, is_open, name) for name in was.selecting)
    return replace(moved, selecting=tuple(name for name in ticks if name))


def _gone(old: Form, partners: Mapping[str, str]) -> frozenset[str]:
    return frozenset(path for path in old.by_path if path not in partners)


def _looks_different(old: Form, new: Form, was: Question, now: Question) -> bool:
    lists = (
        old.lists[was.choices].choices if was.choices else (),
        new.lists[now.choices].choices if now.choices else (),
    )
    return wording(was) != wording(now) or lists[0] != lists[1] or was.kind is not now.kind

"""What was sent: a draft frozen with the labels it was answered under. Immutable; staff see exactly this."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from conversations import markdown
from conversations.form import ENTRY_KINDS, FILE_KINDS, Kind, Question
from conversations.journey import Journey
from conversations.kinds.repeats import plain_title
from conversations.letters import to_latin
from conversations.offering import choice_label
from conversations.phrases import plain_word
from conversations.questions import shown_answer


@dataclass(frozen=True, slots=True)
class Line:
    """One answer: `question` is its path (in an entry `members[2]/name`), `value` as XLSForm stores it.

    `shown` is what the applicant saw. `label` is empty for quiet values, which are kept but not shown; `section` is
    the heading it stood under.
    `is_file`: the value is an attachment's id.
    """

    question: str
    section: str
    label: str
    value: str
    shown: str
    is_file: bool = False


@dataclass(frozen=True, slots=True)
class Submission:
    """`title`, `place`, `region`, `kind`, `key` are what the desk names them for ('' when the call has none).

    `region_value` and `kind_value` are stored values, for counting. `card` are (label, shown) pairs for staff.
    """

    form: str
    form_version: int
    language: str
    title: str
    place: str
    region: str
    region_value: str
    kind: str
    kind_value: str
    key: str
    card: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]

    @property
    def files(self) -> tuple[str, ...]:
        """The attachment ids among the answers."""
        return tuple(line.value for line in self.lines if line.is_file)


def submit(journey: Journey) -> Submission:
    """The submission that a complete journey makes: relevant questions only, hidden values are gone."""
    desk = journey.form.desk
    shown = {
        path: _shown(journey, path) for path in (*desk.title, *desk.place, *desk.card) if journey.is_relevant(path)
    }
    return Submission(
        form=journey.form.id,
        form_version=journey.draft.form_version,
        language=journey.draft.language,
        title=_title(journey, [shown[path] for path in desk.title if shown.get(path)]),
        place=", ".join(shown[path] for path in desk.place if shown.get(path)),
        region=_region(journey),
        region_value=journey.value(desk.region) if desk.region else "",
        kind=_shown(journey, desk.kind),
        kind_value=journey.value(desk.kind) if desk.kind else "",
        key=journey.value(desk.key) if desk.key else "",
        card=tuple((_label(journey, path), shown[path]) for path in desk.card if shown.get(path)),
        lines=tuple(_lines(journey)),
    )


def write_submission(submission: Submission) -> str:
    return orjson.dumps(submission).decode()


def read_submission(text: str) -> Submission:
    """The submission that `write_submission` wrote."""
    body: dict[str, Any] = orjson.loads(text)
    card = tuple((label, shown) for label, shown in body.pop("card"))
    lines = tuple(Line(**line) for line in body.pop("lines"))
    return Submission(**body, card=card, lines=lines)


def reference_terms(latin_prefix: str, submission: Submission) -> tuple[str, ...]:
    """Further words under which staff may look for the application: the Latin spelling of its title and place."""
    words = plain_word(f"{submission.title} {submission.place}").split()
    return (latin_prefix.casefold(), *(to_latin(word) for word in words))


def _lines(journey: Journey) -> Iterator[Line]:
    for question in journey.questions:
        if question.kind is Kind.NOTE or question.kind in ENTRY_KINDS or not journey.is_relevant(question.path):
            continue
        value = journey.value(question.path)
        section = journey.section(question)
        visible = question.kind is not Kind.QUIET
        yield Line(
            question=question.path,
            section=plain_title(journey, section) if section else "",
            label=_label(journey, question.path) if visible else "",
            value=value,
            shown=shown_answer(journey, question),
            is_file=question.kind in FILE_KINDS and bool(value),
        )


def _title(journey: Journey, named: list[str]) -> str:
    if named:
        return " ".join(named)
    if journey.form.instance_name is not None:
        title = journey.ask(journey.form.instance_name, "")
        if title:
            return title
    texts = (journey.value(q.path) for q in journey.questions if q.kind is Kind.TEXT and journey.is_relevant(q.path))
    return next((text for text in texts if text), journey.form.title)


def _shown(journey: Journey, path: str | None) -> str:
    return shown_answer(journey, _question(journey, path)) if path and journey.is_relevant(path) else ""


def _region(journey: Journey) -> str:
    """The region's label, also when its question is a calculation that holds the code alone."""
    path = journey.form.desk.region
    choice = journey.form.region_choices().get(journey.value(path)) if path else None
    return _shown(journey, path) if choice is None else choice_label(journey, choice)


def _question(journey: Journey, path: str) -> Question:
    return journey.by_path[path]


def _label(journey: Journey, path: str) -> str:
    question = _question(journey, path)
    return _plain(journey.render(question.label, path)) if question.label else question.name


def _plain(text: str) -> str:
    return " ".join(markdown.plain(text).split())

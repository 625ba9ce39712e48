"""Applications: submissions that staff handle, their answers, and how they are found and counted."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import starmap
from typing import Any, TypedDict, Unpack

from sqlalchemy import Connection, bindparam, func, insert, select, update

from storage import application_counts, events
from storage.application_counts import Kind
from storage.attachments import COLUMNS as ATTACHMENT_COLUMNS
from storage.attachments import Attachment
from storage.locks import Lock, hold
from storage.prepared import Prepared
from storage.search import matching_ids, terms_of
from storage.tables import answers, applications, attachments, drafts, literal_state, search_terms


class KeyTaken(Exception):
    """Another application of this call, not withdrawn, has the key: `reference` is that one's."""

    def __init__(self, reference: str) -> None:
        super().__init__(reference)
        self.reference = reference


class Particulars(TypedDict):
    """What the desk knows about a submission. `submission` is JSON; `key` '' stands for none."""

    call_id: int
    draft_id: int
    person_id: int
    chat_id: int
    form_row: int
    prefix: str
    year: int
    title: str
    place: str
    region: str
    kind: str
    key: str
    submission: str


@dataclass(frozen=True, slots=True)
class Application:
    """`submission` is what was sent, as JSON. `key` '' stands for none, `decision` '' for none yet.

    `form_row` is the form version it was filled in with; `state_at` is when the state last changed.
    """

    id: int
    call_id: int
    draft_id: int
    person_id: int
    chat_id: int
    form_row: int
    reference: str
    prefix: str
    year: int
    number: int
    title: str
    place: str
    region: str
    kind: str
    key: str
    state: str
    decision: str
    submission: str
    submitted_at: datetime
    state_at: datetime


@dataclass(frozen=True, slots=True)
class ApplicationLine:
    """An application as lists show it."""

    id: int
    reference: str
    title: str
    place: str
    region: str
    state: str
    decision: str
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """`question` is the path without the root, `value` as XLSForm stores it, `label` as the applicant saw it."""

    question: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Counts:
    """`by_decision` splits the decided ones, `by_region` counts all but the withdrawn ones.

    `today` and `week` count what was submitted since the two moments that were asked for.
    """

    by_state: Mapping[str, int]
    by_decision: Mapping[str, int]
    by_region: Mapping[str, int]
    today: int
    week: int
    drafts_under_way: int


_APPLICATION_COLUMNS = tuple(applications.c[name] for name in Application.__dataclass_fields__)
LINE_COLUMNS = tuple(applications.c[name] for name in ApplicationLine.__dataclass_fields__)

_INSERT = Prepared(
    insert(applications).returning(applications.c.id),
    [name for name in Application.__dataclass_fields__ if name != "id"],
)
_LAST_NUMBER = Prepared(
    select(func.max(applications.c.number)).where(
        applications.c.prefix == bindparam("prefix"), applications.c.year == bindparam("year")
    )
)
_KEY_HOLDER = Prepared(
    select(applications.c.reference).where(
        applications.c.call_id == bindparam("call"),
        applications.c.key == bindparam("key"),
        applications.c.state != "withdrawn",
    )
)
_INSERT_ANSWER = Prepared(insert(answers), ("application_id", "position", "question", "value", "label"))
_INSERT_TERM = Prepared(insert(search_terms), ("term", "application_id"))
_GET = select(*_APPLICATION_COLUMNS).where(applications.c.id == bindparam("application"))
_BY_PERSON = (
    select(*_APPLICATION_COLUMNS)
    .where(applications.c.person_id == bindparam("person"))
    .order_by(applications.c.id.desc())
)
_PAGE = select(*LINE_COLUMNS).order_by(applications.c.id.desc()).limit(bindparam("limit")).offset(bindparam("offset"))
_TOTAL = select(func.count()).select_from(applications)
_STATE = (
    select(applications.c.call_id, applications.c.region, applications.c.state, applications.c.decision)
    .where(applications.c.id == bindparam("application"))
    .with_for_update(key_share=True)
)
_SET_STATE = (
    update(applications)
    .where(applications.c.id == bindparam("application"))
    .values(state=bindparam("becomes"), decision=bindparam("decided"), state_at=bindparam("now"))
)
_ANSWERS = (
    select(answers.c.question, answers.c.value, answers.c.label)
    .where(answers.c.application_id == bindparam("application"))
    .order_by(answers.c.position)
)
_ATTACHMENTS = (
    select(*ATTACHMENT_COLUMNS)
    .join(answers, answers.c.value == attachments.c.id)
    .where(answers.c.application_id == bindparam("application"), attachments.c.state == "ready")
    .order_by(answers.c.position)
)

_RECENT = _TOTAL.where(applications.c.submitted_at >= bindparam("since"))
_UNDER_WAY = select(func.count()).select_from(drafts).where(drafts.c.state == literal_state("open"))


def submit(
    conn: Connection,
    *,
    answers: Sequence[tuple[str, str, str]],
    terms: Iterable[str] = (),
    now: datetime,
    **particulars: Unpack[Particulars],
) -> Application:
    """Make an application out of a submission, with the next number of its prefix and year, in state `submitted`.

    `answers` are (question, value, label) in the form's order; `terms` are further words to be found by, besides
    those of title, place and reference. Submissions wait for one another, so numbers have no gaps.
    Raises KeyTaken before anything is written.
    """
    hold(conn, Lock.SUBMISSIONS)
    holder = key_holder(conn, particulars["call_id"], particulars["key"])
    if holder is not None:
        raise KeyTaken(holder)
    prefix, year = particulars["prefix"], particulars["year"]
    (last,) = _LAST_NUMBER.one(conn, prefix=prefix, year=year)
    number = (last or 0) + 1
    row: dict[str, Any] = {
        **particulars,
        "number": number,
        "reference": f"{prefix}-{year}-{number:04d}",
        "state": "submitted",
        "decision": "",
        "submitted_at": now,
        "state_at": now,
    }
    application = Application(*_INSERT.one(conn, **row), **row)
    application_counts.add(conn, application.id, Kind(application.call_id, application.region, "submitted", ""))
    _fill(conn, application, answers, terms)
    return application


def key_holder(conn: Connection, call_id: int, key: str) -> str | None:
    """The reference of the call's application with this key that is not withdrawn; None for '' too."""
    if not key:
        return None
    found = _KEY_HOLDER.first(conn, call=call_id, key=key)
    return None if found is None else str(found[0])


def get(conn: Connection, application_id: int) -> Application | None:
    row = conn.execute(_GET, {"application": application_id}).first()
    return None if row is None else Application(*row)


def by_number(conn: Connection, prefix: str | None, year: int | None, number: int) -> list[Application]:
    """Every application with the number, newest first; None leaves the prefix or the year open."""
    wanted = select(*_APPLICATION_COLUMNS).where(applications.c.number == number)
    if prefix is not None:
        wanted = wanted.where(applications.c.prefix == prefix)
    if year is not None:
        wanted = wanted.where(applications.c.year == year)
    return list(starmap(Application, conn.execute(wanted.order_by(applications.c.id.desc()))))


def by_person(conn: Connection, person_id: int) -> list[Application]:
    """The person's applications, newest first."""
    return list(starmap(Application, conn.execute(_BY_PERSON, {"person": person_id})))


def page(conn: Connection, state: str | None, offset: int, limit: int) -> tuple[list[ApplicationLine], int]:
    """One page of the list, newest first, and how many there are in all. `state` None: in every state."""
    lines, total = _PAGE, _TOTAL
    if state is not None:
        lines, total = (statement.where(applications.c.state == state) for statement in (_PAGE, _TOTAL))
    found = conn.execute(lines, {"limit": limit, "offset": offset})
    return list(starmap(ApplicationLine, found)), conn.execute(total).scalar_one()


def find(conn: Connection, text: str, limit: int) -> list[ApplicationLine]:
    """Applications in which every word of the text begins a word of title, place, reference or terms; newest first."""
    matching = matching_ids(text)
    if matching is None:
        return []
    wanted = select(*LINE_COLUMNS).where(applications.c.id.in_(matching))
    return list(starmap(ApplicationLine, conn.execute(wanted.order_by(applications.c.id.desc()).limit(limit))))


def counts(conn: Connection, call_id: int | None, since_today: datetime, since_week: datetime) -> Counts:
    """How many there are; `call_id` None counts every call. Drafts are those still open."""
    recent, under_way = _RECENT, _UNDER_WAY
    if call_id is not None:
        recent = recent.where(applications.c.call_id == call_id)
        under_way = under_way.where(drafts.c.call_id == call_id)
    by_state, by_decision, by_region = Counter[str](), Counter[str](), Counter[str]()
    for kind, count in application_counts.by_kind(conn, call_id):
        by_state[kind.state] += count
        if kind.state == "decided":
            by_decision[kind.decision] += count
        if kind.state != "withdrawn":
            by_region[kind.region] += count
    # One walk that tells today from the week would look at each of them, and take twice as long.
    today, week = (conn.execute(recent, {"since": since}).scalar_one() for since in (since_today, since_week))
    return Counts(
        by_state=dict(by_state),
        by_decision=dict(by_decision),
        by_region=dict(by_region),
        today=today,
        week=week,
        drafts_under_way=conn.execute(under_way).scalar_one(),
    )


def set_state(
    conn: Connection,
    application_id: int,
    *,
    was: str,
    becomes: str,
    decision: str = "",
    actor_person_id: int | None,
    now: datetime,
) -> bool:
    """Move the application on and record the event `state`, with state and decision before and after.

    False, and nothing changes, when it is not in state `was` any more: somebody else was faster.
    """
    found = conn.execute(_STATE, {"application": application_id}).first()
    before = None if found is None else Kind(*found)
    if before is None or before.state != was:
        return False
    change = {"application": application_id, "becomes": becomes, "decided": decision, "now": now}
    conn.execute(_SET_STATE, change)
    application_counts.move(conn, application_id, before, before._replace(state=becomes, decision=decision))
    detail = json.dumps({"old": [was, before.decision], "new": [becomes, decision]}, ensure_ascii=False)
    subject = f"application:{application_id}"
    events.record(conn, kind="state", actor_person_id=actor_person_id, subject=subject, detail=detail, now=now)
    return True


def answers_of(conn: Connection, application_id: int) -> list[AnswerRow]:
    """What was answered, in the form's order."""
    return list(starmap(AnswerRow, conn.execute(_ANSWERS, {"application": application_id})))


def attachments_of(conn: Connection, application_id: int) -> list[Attachment]:
    """The stored files that are answers of this application, in the form's order."""
    return list(starmap(Attachment, conn.execute(_ATTACHMENTS, {"application": application_id})))


def _fill(
    conn: Connection, application: Application, given: Sequence[tuple[str, str, str]], terms: Iterable[str]
) -> None:
    if given:
        rows = [
            {
                "application_id": application.id,
                "position": position,
                "question": question,
                "value": value,
                "label": label,
            }
            for position, (question, value, label) in enumerate(given)
        ]
        _INSERT_ANSWER.run_many(conn, rows)
    words = terms_of(application.reference, application.title, application.place, *terms)
    _INSERT_TERM.run_many(conn, [{"term": word, "application_id": application.id} for word in sorted(words)])

"""A submission becomes an application: it gets its number, the audit trail an event, staff the card, the applicant a
receipt. All of it in the turn's transaction."""

import json
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot import notifications
from bot.house import House
from bot.sitting import Sitting
from conversations.greeting import key_taken, receipt
from conversations.submission import Submission, reference_terms, write_submission
from conversations.talk import Outcome
from storage import applications, events
from storage.applications import Application
from storage.people import Visitor


def receive(
    conn: Connection,
    house: House,
    visitor: Visitor,
    sitting: Sitting,
    outcome: Outcome,
    submission: Submission,
    call_id: int,
    local: datetime,
) -> Outcome:
    """Register what was sent; a key that another application of the call holds leaves the draft open.

    `local` is now, in the call's zone.
    """
    draft_id = sitting.draft_id(conn, visitor, call_id, local)
    try:
        application = _register(conn, visitor, sitting, draft_id, submission, call_id, local)
    except applications.KeyTaken:
        return Outcome(sitting.draft, (key_taken(sitting.form, sitting.draft),))
    events.record(
        conn,
        kind="state",
        actor_person_id=visitor.person_id,
        subject=f"application:{application.id}",
        detail=json.dumps({"old": ["draft", ""], "new": [application.state, ""]}),
        now=local,
    )
    notifications.tell_of_submission(conn, house, application, submission, visitor, local)
    draft = replace(outcome.draft, reference=application.reference)
    return Outcome(draft, (*outcome.replies, receipt(draft, application.reference, local)))


def _register(
    conn: Connection,
    visitor: Visitor,
    sitting: Sitting,
    draft_id: int,
    submission: Submission,
    call_id: int,
    local: datetime,
) -> Application:
    desk = sitting.form.desk
    return applications.submit(
        conn,
        call_id=call_id,
        draft_id=draft_id,
        person_id=visitor.person_id,
        chat_id=visitor.chat_id,
        form_row=sitting.form_row,
        prefix=desk.prefix,
        year=local.year,
        title=submission.title,
        place=submission.place,
        region=submission.region_value,
        kind=submission.kind_value,
        key=submission.key,
        submission=write_submission(submission),
        answers=[(line.question, line.value, line.shown) for line in submission.lines],
        terms=reference_terms(desk.latin_prefix, submission),
        now=local,
    )

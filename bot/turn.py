"""ONE TURN, top to bottom: what happens between an update and the commit. The file to read first.

    begin → seen before? → can they be reached? → command? → load the draft and the form version it is pinned to →
    make an Input → step(form, draft, input, now) → save draft, submission, events → put replies and notifications
    into the outbox → commit → wake the sender

A turn is a plain function of (connection, update, now): nothing in it waits for anything but the database, and what
it raises undoes all of it. Sending comes afterwards (outbox.py); a file is fetched afterwards, too (fetcher.py).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot import rehearsal
from bot.channels.base import INTERNAL, Membership, Receipt, Update
from bot.commands import COMMANDS, Request, form, recognise
from bot.hearing import hear, read_text
from bot.house import House, window
from bot.presence import note_presence, note_receipt
from bot.queueing import put_replies
from bot.reception import receive
from bot.sitting import sit_down, sit_down_anew
from bot.trouble import Trouble, tell_of_trouble
from conversations import inputs
from conversations.call import ALWAYS
from conversations.draft import Mode
from conversations.machine import step
from conversations.phrases import say
from conversations.replies import Reply
from storage import calls, people, updates
from storage.people import Visitor


@dataclass(frozen=True, slots=True)
class TurnDone:
    """What the log may know: `what` is `repeated`, `membership`, `receipt`, a command's word or an input's name.

    `stuck` and `failed` are paths of questions, see conversations.talk.Outcome. `tells_others`: somebody else may have
    got a message, too.
    """

    what: str
    person_id: int | None = None
    reference: str = ""
    refused: bool = False
    stuck: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    tells_others: bool = True


def take_turn(conn: Connection, house: House, update: Update, now: datetime) -> TurnDone:
    """Handle one update inside the caller's transaction. What it raises is a bug: roll back and `apologise`."""
    if isinstance(update.content, Receipt):
        return TurnDone("receipt", note_receipt(conn, update, update.content, now))
    if not updates.mark_seen(conn, update.channel, update.update_id, now):
        return TurnDone("repeated")
    visitor = _arrive(conn, update, now)
    note_presence(conn, visitor, update, now)
    if isinstance(update.content, Membership):
        return TurnDone("membership", visitor.person_id)

    update = read_text(conn, visitor, update)
    request = Request(conn, house, visitor, update.channel, now, COMMANDS)
    about_form = form.hear(request, update.content)
    if about_form is not None:
        put_replies(conn, visitor.chat_id, about_form.replies, now)
        return TurnDone("form", visitor.person_id)
    meant = recognise(request, update.content)
    if meant is None:
        return _converse(conn, house, visitor, update, None, now)
    answer = meant.command.run(replace(request, argument=meant.argument))
    put_replies(conn, visitor.chat_id, answer.replies, now)
    if answer.said is not None:
        done = _converse(conn, house, visitor, update, answer.said, now)
        return done if not answer.replies else replace(done, what=meant.command.word)
    return TurnDone(meant.command.word, visitor.person_id, refused=meant.refused)


def apologise(conn: Connection, house: House, update: Update, now: datetime) -> None:
    """After a turn that failed: the update counts as seen and the person hears of it; the draft is as it was."""
    if isinstance(update.content, Receipt) or not updates.mark_seen(conn, update.channel, update.update_id, now):
        return
    visitor = _arrive(conn, update, now)
    note_presence(conn, visitor, update, now)
    if not visitor.in_group:
        put_replies(conn, visitor.chat_id, [Reply(say("apology", visitor.language or house.language))], now)


def _arrive(conn: Connection, update: Update, now: datetime) -> Visitor:
    if update.channel == INTERNAL:
        return people.of_chat(conn, chat_id=int(update.chat), person_id=int(update.person))
    return people.arrive(
        conn,
        channel=update.channel,
        chat=update.chat,
        person=update.person,
        name=update.name,
        language=update.language,
        in_group=update.in_group,
        now=now,
    )


def _converse(
    conn: Connection, house: House, visitor: Visitor, update: Update, said: inputs.Input | None, now: datetime
) -> TurnDone:
    """The applicant's side of a turn: load, step, save, queue. In a group nobody applies."""
    if visitor.in_group:
        return TurnDone("group", visitor.person_id)
    local = house.local(now)
    call = calls.current(conn)
    sitting = sit_down(conn, house, visitor, local)
    when = ALWAYS if sitting.is_rehearsal else window(call)
    said = said or hear(house, update)
    outcome = step(sitting.form, sitting.draft, said, local, when)
    if outcome.begin_anew:
        sitting = sit_down_anew(conn, house, visitor, sitting, local)
        outcome = step(sitting.form, sitting.draft, inputs.Continued(), local, when)
    trouble, submission = Trouble(outcome.stuck, outcome.failed), outcome.submission
    if submission is not None and sitting.is_rehearsal:
        outcome = rehearsal.completed(conn, sitting, outcome)
    elif submission is not None:
        outcome = receive(conn, house, visitor, sitting, outcome, submission, call.id, local)
    draft_id = sitting.save(conn, visitor, update, said, outcome.draft, call.id, now)
    put_replies(conn, visitor.chat_id, tell_of_trouble(conn, house, sitting, draft_id, trouble, now), now)
    is_rehearsing = sitting.is_rehearsal and outcome.draft.mode is not Mode.SUBMITTED
    replies = rehearsal.marked(outcome.replies, outcome.draft.language) if is_rehearsing else outcome.replies
    put_replies(conn, visitor.chat_id, house.placed(conn, sitting.form_row, replies), now)
    return TurnDone(
        type(said).__name__,
        visitor.person_id,
        outcome.draft.reference,
        stuck=trouble.stuck,
        failed=trouble.failed,
        tells_others=submission is not None or trouble != Trouble(),
    )

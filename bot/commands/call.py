"""`/call`: when the call is open. Every change is asked twice, written to the audit trail and announced to staff."""

import json
from datetime import datetime, timedelta

from bot import notifications
from bot.commands.information import published
from bot.commands.request import Answer, Request, answer
from bot.house import window
from conversations import markdown, reading
from conversations.call import say_moment
from conversations.phrases import say
from conversations.replies import Button, Rows
from storage import calls, events, people

USUAL_LENGTH = timedelta(days=30)
USUAL_EXTENSION = timedelta(days=7)
CONFIRMED = "yes"


def call(request: Request) -> Answer:
    """`/call`, `/call open`, `/call close`, `/call deadline 2026-12-31 23:59`; a confirmed change ends in `yes`."""
    verb, _, rest = request.argument.partition(" ")
    words = rest.split()
    confirmed = bool(words) and words[-1] == CONFIRMED
    rest = " ".join(words[:-1] if confirmed else words)
    if verb == "open":
        return _open(request, confirmed)
    if verb == "close":
        return _close(request, confirmed)
    if verb == "deadline":
        return _deadline(request, rest, confirmed)
    return _show(request, say("call_kept", request.language) if verb == "no" else "")


def _show(request: Request, before: str = "") -> Answer:
    language, current = request.language, calls.current(request.conn)
    when = window(current)
    # The closing moment itself is still in time, but who has just closed the call should read that it is closed.
    is_closed = when.is_after(request.now) or current.closed_at is not None
    state = "before" if when.is_before(request.now) else "closed" if is_closed else "open"
    form = published(request)
    text = say(
        "call_now",
        language,
        title=markdown.escape(form.desk.call_title.in_language(language) or form.title),
        state=say(f"call_state_{state}", language),
        opens=_moment(request, when.opens),
        closes=_moment(request, when.closes),
    )
    return answer(
        "\n\n".join(part for part in (before, text, say("call_how", language)) if part), _rows(request, state)
    )


def _rows(request: Request, state: str) -> Rows:
    language = request.language
    if state != "open":
        return ((Button("/call open", say("call_open_button", language)),),)
    rows = [(Button("/call close", say("call_close_button", language)),)]
    closes = window(calls.current(request.conn)).closes
    if closes is not None:
        later = (closes + USUAL_EXTENSION).astimezone(request.house.zone).replace(tzinfo=None)
        rows.append((Button(f"/call deadline {_written(later)}", say("call_extend_button", language)),))
    return tuple(rows)


def _open(request: Request, confirmed: bool) -> Answer:
    current = calls.current(request.conn)
    closes = current.closes
    if closes is not None and closes <= request.now:
        closes = _end_of_day(request.local + USUAL_LENGTH)
    if not confirmed:
        phrase = "call_ask_open_until" if closes else "call_ask_open"
        return _ask(request, say(phrase, request.language, moment=_moment(request, closes)), "open")
    calls.change(request.conn, current.id, opens=request.now, closes=closes, now=request.now)
    return _announce(request, "open")


def _close(request: Request, confirmed: bool) -> Answer:
    if not confirmed:
        return _ask(request, say("call_ask_close", request.language), "close")
    calls.close(request.conn, calls.current(request.conn).id, request.now)
    return _announce(request, "close")


def _deadline(request: Request, text: str, confirmed: bool) -> Answer:
    moment = _read_moment(request, text)
    if moment is None:
        return answer(say("call_unreadable", request.language))
    if moment <= request.now:
        return answer(say("call_in_the_past", request.language))
    if not confirmed:
        question = say("call_ask_deadline", request.language, moment=_moment(request, moment))
        return _ask(request, question, f"deadline {_written(moment.replace(tzinfo=None))}")
    current = calls.current(request.conn)
    calls.change(request.conn, current.id, opens=current.opens, closes=moment, now=request.now)
    return _announce(request, "deadline")


def _ask(request: Request, question: str, change: str) -> Answer:
    yes = Button(f"/call {change} {CONFIRMED}", say("call_yes", request.language))
    no = Button("/call no", say("call_no", request.language))
    return answer(question, ((yes, no),))


def _announce(request: Request, change: str) -> Answer:
    """The change is made: note it, tell the rest of the staff, show how the call stands now."""
    conn, visitor = request.conn, request.visitor
    current = calls.current(conn)
    times = {
        name: moment.isoformat() if moment else ""
        for name, moment in (("opens", current.opens), ("closes", current.closes))
    }
    events.record(
        conn,
        kind=f"call_{change}",
        actor_person_id=visitor.person_id,
        subject=f"call:{current.id}",
        detail=json.dumps(times),
        now=request.now,
    )
    notifications.tell_of_call(
        conn, request.house, change, people.name(conn, visitor.person_id), visitor.chat_id, request.now
    )
    return _show(request)


def _read_moment(request: Request, text: str) -> datetime | None:
    """A local date with a time, or a date alone: its last minute. A minute before midnight is a whole one."""
    zone, today = request.house.zone, request.local.date()
    day = reading.read_date(text, today)
    if isinstance(day, str):
        return _end_of_day(datetime.fromisoformat(day).replace(tzinfo=zone))
    told = reading.read_datetime(text, today, zone)
    if isinstance(told, reading.Misread):
        return None
    moment = datetime.fromisoformat(told).astimezone(zone)
    return _end_of_day(moment) if (moment.hour, moment.minute) == (23, 59) else moment


def _end_of_day(moment: datetime) -> datetime:
    return moment.replace(hour=23, minute=59, second=59, microsecond=0)


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}"


def _moment(request: Request, moment: datetime | None) -> str:
    if moment is None:
        return say("call_no_date", request.language)
    return say_moment(moment, request.local, request.language)

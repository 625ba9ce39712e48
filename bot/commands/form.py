"""`/form`: the form goes out as a workbook, comes back changed, is checked, tried and published.

/form                 the form in use, as .xlsx
a workbook sent in    → checked in a child process → report: what is wrong, or what changes
/form try [ROW]       rehearse it here (without a row: the form in use); /form stop ends the rehearsal
/form publish ROW     the plan; `/form publish ROW BASE yes` is the tap under it, good while BASE is in use
/form cancel ROW      put it away
"""

from pathlib import PurePath

from bot import notifications, proposals, rehearsal
from bot.channels import base
from bot.checking import Passed, Refused, Stopped
from bot.commands.request import Answer, Request, Who, answer
from bot.proposals import Kept, Plan, Same, VersionTaken
from bot.sitting import sit_down
from conversations import inputs
from conversations.call import ALWAYS, say_moment
from conversations.change_report import describe
from conversations.errors import Problem
from conversations.form import Kind
from conversations.markdown import escape
from conversations.phrases import count, say
from conversations.replies import Awaits, Button, Reply
from conversations.talk import Talk
from conversations.xlsform import FORM_ENDINGS
from storage import attachments, drafts, people
from storage.forms import FormRow

CONFIRMED = "yes"
MOST_PROBLEMS = 40
EXPORT_ENDING = "xlsx"


def form(request: Request) -> Answer:
    """`/form` and what stands behind it."""
    if request.visitor.in_group:
        return answer(say("form_in_private", request.language))
    verb, _, rest = request.argument.partition(" ")
    if verb == "stop":
        return _stop(request)
    if verb not in ("try", "publish", "cancel"):
        return _show(request)
    words = rest.split() or [str(proposals.in_use(request.conn).id)]
    row = proposals.find(request.conn, words[0])
    if row is None:
        return answer(say("form_gone", request.language))
    if verb == "try":
        return _try(request, row)
    return _cancel(request, row) if verb == "cancel" else _publish(request, row, words[1:])


def hear(request: Request, content: base.Content) -> Answer | None:
    """What an update says about forms: a workbook sent in by an admin, or what became of one. None: nothing."""
    match content:
        case base.File(file_id, name) if _is_form(request, name):
            return _take_in(request, file_id, name)
        case base.FormChecked() if request.rights >= Who.ADMIN:
            return _report_check(request, content)
        case base.FormExported(attachment) if request.rights >= Who.ADMIN:
            return Answer((Reply(say("form_file", request.language), awaits=Awaits.FILE, attachments=(attachment,)),))
        case base.FormChecked() | base.FormExported():
            return answer(say("not_allowed", request.language))
    return None


# --- the form in use


def _show(request: Request) -> Answer:
    """Which version is asked, and the workbook, which is made by the fetcher and follows as a message of its own."""
    conn, language = request.conn, request.language
    row = proposals.in_use(conn)
    attachments.add_pending(
        conn,
        id=request.house.secret(),
        channel=base.INTERNAL,
        chat_id=request.visitor.chat_id,
        file_id=str(row.id),
        name=f"{row.form_id}-{row.version}.{EXPORT_ENDING}",
        person_id=request.visitor.person_id,
        purpose="export",
        now=request.now,
    )
    text = say(
        "form_now",
        language,
        title=escape(row.title),
        version=escape(row.version) or "—",
        moment=say_moment(row.published_at or row.created_at, request.local, language),
        drafts=drafts.count_open(conn),
    )
    try_it = Button(f"/form try {row.id}", say("form_try_button", language))
    return Answer((Reply(text, ((try_it,),), Awaits.FILE),))


# --- a workbook sent in


def _is_form(request: Request, name: str) -> bool:
    """An admin's workbook is a form, unless the question that is open to them takes such a file as its answer."""
    ending = PurePath(name).suffix.lower()
    if request.rights < Who.ADMIN or request.visitor.in_group or ending not in FORM_ENDINGS:
        return False
    sitting = sit_down(request.conn, request.house, request.visitor, request.local)
    question = Talk(sitting.form, sitting.draft, request.local, ALWAYS).open_question
    if question is None or question.kind is not Kind.FILE:
        return True
    return bool(question.accept) and ending not in question.accept


def _take_in(request: Request, file_id: str, name: str) -> Answer:
    attachments.add_pending(
        request.conn,
        id=request.house.secret(),
        channel=request.channel,
        chat_id=request.visitor.chat_id,
        file_id=file_id,
        name=name,
        person_id=request.visitor.person_id,
        purpose="form",
        now=request.now,
    )
    return answer(say("form_checking", request.language))


def _report_check(request: Request, checked: base.FormChecked) -> Answer:
    language = request.language
    match checked.verdict:
        case Stopped(reason):
            return _ask_for_file(say(f"form_stopped_{reason}", language))
        case Refused(problems):
            return _ask_for_file(_problems(problems, language))
        case Passed() if checked.list_name:
            return _ask_for_file(say("form_list_kept", language, name=escape(checked.list_name)))
        case Passed() as passed:
            assert checked.form is not None
            kept = proposals.keep(request.conn, request.house, passed, checked.form, request.local)
            return _report(request, kept, passed.warnings)


def _report(request: Request, kept: Kept | Same | VersionTaken, warnings: tuple[Problem, ...]) -> Answer:
    language = request.language
    match kept:
        case Same(version):
            return _ask_for_file(say("form_same", language, version=escape(version) or "—"))
        case VersionTaken(version, free):
            return _ask_for_file(say("form_version_taken", language, version=escape(version) or "—", free=free))
        case Kept(row_id):
            row = proposals.find(request.conn, str(row_id))
            assert row is not None
            proposals.note(request.conn, "form_proposed", row, request.visitor.person_id, request.now)
            text = _plan_text(request, row, proposals.plan(request.conn, request.house, row_id))
            warned = _warnings(warnings, language)
            parts = [part for part in (text, warned, say("form_what_now", language)) if part]
            return answer("\n\n".join(parts), rehearsal.choices(request.conn, row, language))


def _plan_text(request: Request, row: FormRow, plan: Plan) -> str:
    """What a proposal changes, and how many drafts are under way."""
    language = request.language
    head = say(
        "form_plan",
        language,
        title=escape(row.title),
        version=escape(row.version) or "—",
        now=escape(proposals.in_use(request.conn).version) or "—",
    )
    left = plan.impact.drafts
    under_way = count("form_drafts", language, left) if left else say("form_no_drafts", language)
    return "\n\n".join((head, describe(plan.changes, language, plan.impact), under_way))


def _problems(problems: tuple[Problem, ...], language: str) -> str:
    errors = [problem for problem in problems if not problem.is_warning]
    return "\n\n".join((count("form_errors", language, len(errors)), *_lines(errors, language)))


def _warnings(warnings: tuple[Problem, ...], language: str) -> str:
    if not warnings:
        return ""
    return "\n\n".join((count("form_warnings", language, len(warnings)), *_lines(list(warnings), language)))


def _lines(problems: list[Problem], language: str) -> list[str]:
    lines = [f"• {escape(problem.in_language(language))}" for problem in problems[:MOST_PROBLEMS]]
    if len(problems) > MOST_PROBLEMS:
        lines.append(count("version_more", language, len(problems) - MOST_PROBLEMS))
    return lines


def _ask_for_file(text: str) -> Answer:
    return Answer((Reply(text, awaits=Awaits.FILE),))


# --- trying, publishing, putting away


def _try(request: Request, row: FormRow) -> Answer:
    proposals.note(request.conn, "form_tried", row, request.visitor.person_id, request.now)
    begins = rehearsal.begin(request.conn, request.house, request.visitor, row, request.local)
    return Answer((begins,), said=inputs.Started())


def _stop(request: Request) -> Answer:
    row_id = rehearsal.end(request.conn, request.visitor, request.now)
    if row_id is None:
        return answer(say("rehearsal_none", request.language))
    return Answer((rehearsal.over_reply(request.conn, row_id, "rehearsal_stopped", request.language),))


def _cancel(request: Request, row: FormRow) -> Answer:
    version = escape(row.version) or "—"
    if row.id == proposals.in_use(request.conn).id:
        return answer(say("form_in_use", request.language, version=version))
    proposals.cancel(request.conn, row, request.visitor.person_id, request.now)
    _leave_rehearsal(request, row)
    return answer(say("form_cancelled", request.language, version=version))


def _publish(request: Request, row: FormRow, words: list[str]) -> Answer:
    """The plan first; the tap under it publishes, unless another version came into use meanwhile."""
    conn, language = request.conn, request.language
    version = escape(row.version) or "—"
    base_row = proposals.in_use(conn)
    if base_row.id == row.id:
        return answer(say("form_in_use", language, version=version))
    if len(words) != 2 or words[1] != CONFIRMED or words[0] != str(base_row.id):
        meanwhile = say("form_meanwhile", language) if words else ""
        return _ask(request, row, meanwhile)
    proposals.publish(conn, row, request.visitor.person_id, request.now)
    _leave_rehearsal(request, row)
    name = people.name(conn, request.visitor.person_id)
    notifications.tell_of_form(conn, request.house, name, row.version, request.visitor.chat_id, request.now)
    left = drafts.count_open(conn)
    told = count("form_moving", language, left) if left else ""
    text = "\n\n".join(part for part in (say("form_published", language, version=version), told) if part)
    return answer(text)


def _ask(request: Request, row: FormRow, before: str) -> Answer:
    language = request.language
    plan = proposals.plan(request.conn, request.house, row.id)
    yes = Button(f"/form publish {row.id} {plan.base} {CONFIRMED}", say("form_yes", language))
    no = Button(f"/form cancel {row.id}", say("form_cancel_button", language))
    text = _plan_text(request, row, plan)
    return answer("\n\n".join(part for part in (before, text, say("form_ask_publish", language)) if part), ((yes, no),))


def _leave_rehearsal(request: Request, row: FormRow) -> None:
    found = drafts.rehearsal(request.conn, request.visitor.person_id)
    if found is not None and found.form_row == row.id:
        rehearsal.end(request.conn, request.visitor, request.now)

"""Looking at applications: the figures and one's own, the list, a whole one."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta

from bot.commands.information import published
from bot.commands.request import Answer, Request, Who, answer
from bot.house import window
from bot.sitting import sit_down_in_earnest
from conversations import applications as lives
from conversations import markdown
from conversations.call import say_moment
from conversations.draft import Mode
from conversations.form import Form
from conversations.journey import Journey
from conversations.phrases import count, plain_word, say
from conversations.replies import Button, Reply, Rows
from conversations.submission import Line, read_submission
from storage import applications, calls, drafts, people, reach
from storage.applications import Application, ApplicationLine
from storage.people import Chat

LINES_ON_A_PAGE = 8
LONGEST_MESSAGE_CHARACTERS = 3000
REFERENCE = re.compile(r"(?:(?P<prefix>\w+?)\W*)??(?:(?P<year>\d{4})\W+)?(?P<number>\d{1,9})")


def status(request: Request) -> Answer:
    """Staff: how many in which state, lately, per region. Everyone: the own application below."""
    own = [] if request.visitor.in_group else list(_own(request))
    if request.rights < Who.COORDINATOR:
        return Answer(tuple(own or (_nothing_yet(request),)))
    return Answer((_figures(request), *own))


def list_(request: Request) -> Answer:
    """`/list [state] [page]`, newest first; pages are turned by buttons."""
    language = request.language
    words = request.argument.split()
    page = int(words.pop()) if words and words[-1].isascii() and words[-1].isdigit() and len(words[-1]) < 7 else 1
    wanted = " ".join(words)
    state = lives.state_named(wanted) if wanted else None
    if wanted and state is None:
        states = ", ".join(say(f"state_{known}", language) for known in lives.LISTED_STATES)
        return answer(say("list_unknown_state", language, states=states))
    page = max(page, 1)
    lines, total = applications.page(request.conn, state, (page - 1) * LINES_ON_A_PAGE, LINES_ON_A_PAGE)
    title = say("list_title", language, title=say(f"state_{state}" if state else "list_all", language), total=total)
    if not lines:
        return answer(f"{title}\n{say('list_empty', language)}")
    text = "\n\n".join((title, *(_list_line(request, line) for line in lines)))
    return answer(text, (*_open_rows(lines), *_page_row(state, page, total, language)))


def show(request: Request) -> Answer:
    """`/show REF`: the whole application as the applicant saw it, its files attached."""
    language = request.language
    if not request.argument:
        return answer(say("show_which", language))
    found = _find(request, request.argument)
    if not found:
        return answer(say("show_unknown", language, reference=markdown.escape(request.argument[:60])))
    if len(found) > 1:
        rows = tuple((Button(f"/show {a.reference}", f"{a.reference} · {a.title}"[:60]),) for a in found[:8])
        return answer(say("show_several", language), rows)
    return Answer(tuple(_whole(request, found[0])))


def _own(request: Request) -> Iterator[Reply]:
    language = request.language
    row = drafts.open_draft(request.conn, request.visitor.person_id)
    if row is not None:
        sitting = sit_down_in_earnest(request.conn, request.house, request.visitor, request.local)
        journey = Journey(sitting.form, sitting.draft, request.local)
        if sitting.draft.mode is not Mode.SUBMITTED and sitting.draft.consent is not None:
            done = len(journey.asked) - len(journey.unanswered)
            text = say("status_draft", language, done=done, total=len(journey.asked))
            yield Reply(text, ((Button("/continue", say("go_on", language)),),))
    for application in applications.by_person(request.conn, request.visitor.person_id):
        yield Reply(
            say(
                "status_application",
                language,
                reference=markdown.escape(application.reference),
                title=markdown.escape(application.title),
                state=_state(request, application.state, application.decision),
                moment=say_moment(application.submitted_at, request.local, language),
            )
        )


def _nothing_yet(request: Request) -> Reply:
    is_open = window(calls.current(request.conn)).is_open(request.now)
    text = say("status_none" if is_open else "status_none_closed", request.language)
    return Reply(text, ((Button("/continue", say("go_on", request.language)),),))


def _figures(request: Request) -> Reply:
    language, local = request.language, request.local
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    counted = applications.counts(request.conn, calls.current(request.conn).id, midnight, midnight - timedelta(days=6))
    lines = [say("counts_title", language, total=sum(counted.by_state.values()))]
    lines += [
        say("counts_state", language, state=say(f"state_{state}", language), n=counted.by_state[state])
        for state in lives.LISTED_STATES
        if counted.by_state.get(state)
    ]
    lines.append(say("counts_recent", language, today=counted.today, week=counted.week))
    lines.append(say("counts_drafts", language, n=counted.drafts_under_way))
    regions = {region: number for region, number in counted.by_region.items() if region}
    if regions:
        lines += ["", say("counts_regions", language)]
        lines += [f"• {name}: {number}" for name, number in _named_regions(published(request), regions, language)]
    rows = ((Button("/list", say("button_list", language)),),)
    return Reply("\n".join(lines), rows)


def _named_regions(form: Form, regions: dict[str, int], language: str) -> Iterable[tuple[str, int]]:
    """Regions by their names, the most applications first."""
    choices = form.region_choices()
    named = (
        (choices[code].label.fixed(language, form.default_language) if code in choices else code, number)
        for code, number in regions.items()
    )
    return sorted(((markdown.escape(name), number) for name, number in named), key=lambda pair: (-pair[1], pair[0]))


def _state(request: Request, state: str, decision: str) -> str:
    if state == "decided":
        decided = next((d for d in published(request).desk.decisions if d.key == decision), None)
        if decided is not None:
            return markdown.escape(decided.label.in_language(request.language))
    return say(f"state_{state}", request.language)


def _list_line(request: Request, line: ApplicationLine) -> str:
    return say(
        "list_line",
        request.language,
        reference=f"**{markdown.escape(line.reference)}**",
        title=markdown.escape(line.title),
        place=f", {markdown.escape(line.place)}" if line.place else "",
        state=_state(request, line.state, line.decision),
        moment=say_moment(line.submitted_at, request.local, request.language),
    )


def _open_rows(lines: Iterable[ApplicationLine]) -> Rows:
    buttons = [Button(f"/show {line.reference}", f"📄 {line.reference}") for line in lines]
    return tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))


def _page_row(state: str | None, page: int, total: int, language: str) -> Rows:
    turns = []
    if page > 1:
        turns.append(Button(f"/list {state or ''} {page - 1}".replace("  ", " "), say("list_before", language)))
    if page * LINES_ON_A_PAGE < total:
        turns.append(Button(f"/list {state or ''} {page + 1}".replace("  ", " "), say("list_after", language)))
    return (tuple(turns),) if turns else ()


def _find(request: Request, text: str) -> list[Application]:
    """`REF` is forgiving: `А-2026-0001`, `A-2026-1`, `2026-1` and `1` may be the same application."""
    read = REFERENCE.fullmatch(plain_word(text))
    if read is None:
        return []
    desk = published(request).desk
    prefix = read["prefix"]
    if prefix is not None and prefix not in (desk.prefix.casefold(), desk.latin_prefix.casefold()):
        return []
    year = int(read["year"]) if read["year"] else None
    return applications.by_number(request.conn, desk.prefix if prefix else None, year, int(read["number"]))


def _whole(request: Request, application: Application) -> Iterator[Reply]:
    language = request.language
    submission = read_submission(application.submission)
    chat = people.chat(request.conn, application.chat_id)
    head = say(
        "show_title",
        language,
        reference=markdown.escape(application.reference),
        title=markdown.escape(application.title),
        place=markdown.escape(application.place),
        state=_state(request, application.state, application.decision),
        moment=say_moment(application.submitted_at, request.local, language),
        person=markdown.escape(people.name(request.conn, application.person_id) or say("person_unknown", language)),
        channel=say(f"channel_{chat.channel}", language),
    )
    yield Reply("\n\n".join((head, *_trouble_reaching(request, chat))))
    yield from (Reply(text) for text in _paged(_shown_lines(submission.lines)))
    if submission.files:
        yield Reply(count("show_files", language, len(submission.files)), attachments=submission.files)


def _trouble_reaching(request: Request, chat: Chat) -> Iterator[str]:
    """One paragraph when what we write to the applicant does not arrive; nothing when it does."""
    language, found = request.language, reach.reach_of(request.conn, chat.id)
    lines = []
    if not found.reachable:
        since = say_moment(found.reachable_at or request.now, request.local, language)
        lines.append(say("show_left", language, moment=since, channel=say(f"channel_{chat.channel}", language)))
    elif found.failed_at is not None and found.has_failed_last:
        lines.append(say("show_failed", language, moment=say_moment(found.failed_at, request.local, language)))
    if found.held:
        lines.append(count("show_held", language, found.held))
    if lines:
        yield " ".join(lines)


def _shown_lines(lines: Iterable[Line]) -> Iterator[str]:
    section = ""
    for line in lines:
        if not line.label:
            continue
        heading = f"\n**{markdown.escape(line.section)}**\n" if line.section and line.section != section else ""
        section = line.section
        yield f"{heading}{markdown.escape(line.label)}\n→ {markdown.escape(line.shown) or '—'}"


def _paged(lines: Iterable[str]) -> Iterator[str]:
    page = ""
    for line in lines:
        if page and len(page) + len(line) > LONGEST_MESSAGE_CHARACTERS:
            yield page.strip()
            page = ""
        page += f"{line}\n"
    if page:
        yield page.strip()

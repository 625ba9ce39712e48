"""Check your answers: every line by section, each with its change button, and the button that submits."""

from collections.abc import Iterator
from dataclasses import dataclass

from conversations import markdown
from conversations.buttons import Verb, write_button
from conversations.entries import entry_of
from conversations.form import ENTRY_KINDS, Group, Kind, Question
from conversations.journey import Journey
from conversations.kinds.repeats import plain_title, removable, repeat_of, title_of
from conversations.phrases import plain_word, say
from conversations.questions import label_of, shown_answer
from conversations.replies import Awaits, Button, Reply, Rows

LONGEST_LINE_CHARACTERS = 200
LONGEST_MESSAGE_CHARACTERS = 3000
BUTTONS_IN_A_ROW = 4


@dataclass(frozen=True, slots=True)
class _Entry:
    number: int
    section: str
    text: str
    question: Question


def review(journey: Journey, *, closing: str, may_change: bool = True, may_submit: bool = True) -> tuple[Reply, ...]:
    """The answers so far in as few messages as fit; `closing` (Markdown) ends the last one, above its buttons.

    After the deadline neither changing nor submitting is offered: a draft stays readable.
    """
    pages = list(_paged(_entries(journey)))
    replies = [
        Reply(_text(page), (*_change_rows(journey, page), *_remove_rows(journey, page)) if may_change else ())
        for page in pages
    ]
    last = Reply(closing, _submit_rows(journey) if may_submit else (), Awaits.TEXT, key=_closing_key(journey))
    return (*replies, last)


def sent_off(journey: Journey) -> Reply:
    """The review's last message in place once the application is sent: its button has done its work."""
    key = _closing_key(journey)
    return Reply(say("sent_off", journey.draft.language), key=key, replaces=key, only_in_place=True)


def _closing_key(journey: Journey) -> str:
    return f"r{journey.draft.tag}"


def line_meant(journey: Journey, text: str) -> Question | None:
    """The question whose line in the review carries the number that `text` is, typed instead of tapped."""
    number = plain_word(text)
    numbered = {str(at): question for at, question in enumerate(_listed(journey), start=1)}
    return numbered.get(number)


def _listed(journey: Journey) -> Iterator[Question]:
    answered = (question for question in journey.asked if journey.draft.has_answer(question.path))
    return (question for question in answered if question.kind not in ENTRY_KINDS)


def _entries(journey: Journey) -> Iterator[_Entry]:
    for number, question in enumerate(_listed(journey), start=1):
        section = journey.section(question)
        heading = title_of(journey, section) if section else ""
        label = label_of(journey, question)
        value = " ".join(shown_answer(journey, question).split()) or "—"
        if len(value) > LONGEST_LINE_CHARACTERS:
            value = value[: LONGEST_LINE_CHARACTERS - 1].rstrip() + "…"
        text = f"{number}. {label.replace('**', '').splitlines()[0]}\n→ **{markdown.escape(value)}**"
        yield _Entry(number, heading, text, question)


def _paged(entries: Iterator[_Entry]) -> Iterator[list[_Entry]]:
    page: list[_Entry] = []
    length = 0
    for entry in entries:
        if page and length + len(entry.text) > LONGEST_MESSAGE_CHARACTERS:
            yield page
            page, length = [], 0
        page.append(entry)
        length += len(entry.text)
    if page:
        yield page


def _text(page: list[_Entry]) -> str:
    lines: list[str] = []
    section = ""
    for entry in page:
        if entry.section != section:
            section = entry.section
            lines += [""] if lines else []
            lines += [f"**{section.replace('**', '')}**"] if section else []
        lines.append(entry.text)
    return "\n".join(lines)


def _change_rows(journey: Journey, page: list[_Entry]) -> Rows:
    buttons = [
        Button(write_button(journey.draft.tag, Verb.EDIT, entry.question.path), f"✏️ {entry.number}") for entry in page
    ]
    return tuple(tuple(buttons[start : start + BUTTONS_IN_A_ROW]) for start in range(0, len(buttons), BUTTONS_IN_A_ROW))


def _remove_rows(journey: Journey, page: list[_Entry]) -> Rows:
    """A remove button for each entry of a repeat that stands on the page."""
    groups = {path: None for entry in page for path in entry.question.groups if entry_of(path)}
    entries = [journey.groups[path] for path in groups if journey.groups[path].repeat is not None]
    return tuple((_remove_button(journey, group),) for group in entries if removable(journey, group))


def _remove_button(journey: Journey, group: Group) -> Button:
    label = say("remove_entry", journey.draft.language, title=plain_title(journey, group))
    return Button(write_button(journey.draft.tag, Verb.REMOVE, group.path), label)


def _add_rows(journey: Journey) -> Rows:
    """For each repeat without a fixed number: its last „add another?“, to be answered anew."""
    last = {repeat_of(journey, q).path: q for q in journey.asked if q.kind is Kind.ANOTHER}
    return tuple(
        (Button(write_button(journey.draft.tag, Verb.EDIT, question.path), _add_label(journey, question)),)
        for question in last.values()
    )


def _add_label(journey: Journey, question: Question) -> str:
    group = repeat_of(journey, question)
    name = plain_title(journey, group) if group.label else ""
    return say("add_entry", journey.draft.language, name=name).strip()


def _submit_rows(journey: Journey) -> Rows:
    language = journey.draft.language
    if journey.unanswered:
        return ((Button(write_button(journey.draft.tag, Verb.CONTINUE), say("go_on", language)),),)
    return (*_add_rows(journey), (Button(write_button(journey.draft.tag, Verb.SUBMIT), say("submit", language)),))

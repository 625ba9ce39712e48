"""How a question is put: its text and its buttons, from the form and the draft alone."""

from collections.abc import Iterable, Iterator, Sequence

from conversations import markdown, reading
from conversations.buttons import Verb, question_key, text_key, write_button
from conversations.draft import Mode
from conversations.form import ENTRY_KINDS, FILE_KINDS, Choice, Kind, Question
from conversations.journey import Journey
from conversations.kinds import ranking, repeats
from conversations.offering import choice_label, choice_rows, is_searched, media_of, selected
from conversations.phrases import count, say
from conversations.replies import Awaits, Button, Reply
from conversations.showing import show_value

LONGEST_SHOWN_CHARACTERS = 300

AWAITS = {
    Kind.TEXT: Awaits.TEXT,
    Kind.INTEGER: Awaits.NUMBER,
    Kind.DECIMAL: Awaits.DECIMAL,
    Kind.DATE: Awaits.DATE,
    Kind.TIME: Awaits.TIME,
    Kind.DATETIME: Awaits.DATETIME,
    Kind.RANGE: Awaits.DECIMAL,
    Kind.RANK: Awaits.CHOICE,
    Kind.GEOPOINT: Awaits.LOCATION,
    Kind.AUDIO: Awaits.FILE,
    Kind.VIDEO: Awaits.FILE,
    Kind.ANOTHER: Awaits.CHOICE,
    Kind.LEFTOVER: Awaits.CHOICE,
    Kind.FILE: Awaits.FILE,
    Kind.IMAGE: Awaits.IMAGE,
    Kind.SELECT_ONE: Awaits.CHOICE,
    Kind.SELECT_MULTIPLE: Awaits.CHOICE,
    Kind.ACKNOWLEDGE: Awaits.CHOICE,
}


def message_key(journey: Journey, question: Question) -> str:
    """The key of every message that shows this question in this draft."""
    return f"q{journey.draft.tag}{question_key(question.path)}"


def label_of(journey: Journey, question: Question) -> str:
    """The question's label as Markdown; its name when there is none, or nothing is left of it for want of a value."""
    if question.kind in ENTRY_KINDS:
        return repeats.label_of(journey, question)
    return (journey.render(question.label, question.path) if question.label else "") or markdown.escape(question.name)


def shown_answer(journey: Journey, question: Question, value: str | None = None) -> str:
    """The question's value (or `value`) as a person reads it, plain text; '' when blank."""
    language = journey.draft.language
    value = journey.value(question.path) if value is None else value
    return show_value(journey.form, question, value, language, lambda choice: choice_label(journey, choice))


def ask(
    journey: Journey,
    question: Question,
    *,
    before: str = "",
    page: int = 0,
    hits: Sequence[Choice] | None = None,
    in_place: bool = False,
    guided: bool = False,
) -> Reply:
    """The question as one message.

    `before` (Markdown) stands above it: what was wrong, or why it is asked again. `page` counts from 0. `hits` are
    what a search found (None: nothing was searched yet). `in_place` redraws the message that shows it already; its
    pictures and recordings stay above it. `guided` shows the guidance that stands behind the help button.
    """
    key = message_key(journey, question)
    searched = is_searched(journey, question)
    return Reply(
        text="\n\n".join(
            part for part in (before, _heading(journey, question), _body(journey, question, guided)) if part
        ),
        rows=(*choice_rows(journey, question, page, hits), *_navigation(journey, question, guided)),
        awaits=Awaits.SEARCH if searched else _awaits(journey, question),
        key=key,
        replaces=key if in_place else "",
        media=() if in_place else media_of(journey, question, page),
    )


def answered(journey: Journey, question: Question, typed: str = "") -> Reply:
    """The question's own message, changed in place to show the answer and a change button.

    `typed` is what the person wrote, '' for a tap or anything shared. Where it was read as something that looks
    different (a date, a phone), they see it in words on every channel, also where nothing can be changed in place.
    """
    key = message_key(journey, question)
    language = journey.draft.language
    answer = journey.draft.answers.get(question.path)
    shown = shown_answer(journey, question, answer.value if answer else "")
    line = f"✔ {markdown.escape(_shortened(shown))}" if shown else f"▷ {say('skipped', language)}"
    change = Button(write_button(journey.draft.tag, Verb.EDIT, question.path), say("change", language))
    is_known = not typed or _folded(typed) == _folded(shown)
    return Reply(
        text=f"{_label(journey, question)}\n{line}", rows=((change,),), key=key, replaces=key, only_in_place=is_known
    )


def note(journey: Journey, notes: Iterable[Question]) -> Reply | None:
    """Consecutive notes joined into one message; a read-only question shows its value too. None without any."""
    told = tuple(notes)
    if not told:
        return None
    media = tuple(enclosed for question in told for enclosed in media_of(journey, question))
    return Reply(text="\n\n".join(_note_text(journey, question) for question in told), media=media)


def _note_text(journey: Journey, question: Question) -> str:
    text = journey.render(question.label, question.path) if question.label else ""
    hint = journey.render(question.hint, question.path) if question.hint else ""
    value = (
        markdown.escape(shown_answer(journey, question))
        if question.read_only and question.kind is not Kind.NOTE
        else ""
    )
    return "\n".join(part for part in (text, value, hint) if part)


def _awaits(journey: Journey, question: Question) -> Awaits:
    """The first number asked for is the person's own, which a channel may offer to share; the next are others'."""
    if question.wants_phone:
        first = next(other for other in journey.asked if other.wants_phone)
        return Awaits.PHONE if question.path == first.path else Awaits.OTHER_PHONE
    if question.kind is Kind.TEXT and "email" in question.name:
        return Awaits.EMAIL
    if question.is_multiline:
        return Awaits.LONG_TEXT
    return AWAITS[question.kind]


def _heading(journey: Journey, question: Question) -> str:
    language = journey.draft.language
    if journey.draft.mode is Mode.EDITING and question.path in journey.draft.open:
        return say("editing", language)
    if journey.draft.mode is Mode.CORRECTING and question.path in journey.draft.open:
        return count("correcting", language, len(journey.draft.open))
    progress = say("progress", language, n=journey.place(question) + 1, total=len(journey.asked))
    return "\n".join((*_sections(journey, question), f"_{progress}_"))


def _sections(journey: Journey, question: Question) -> Iterator[str]:
    """The headings to show: of groups that begin here, of one that goes on after another, of one that is a list."""
    around = journey.sections(question)
    before = journey.before(question)
    known = [group.path for group in journey.sections(before)] if before is not None else []
    for group in around:
        goes_on = group is around[-1] and known[-1:] != [group.path]
        if group.path not in known or goes_on or group.lists_once:
            yield f"**{repeats.title_of(journey, group)}**"


def _label(journey: Journey, question: Question) -> str:
    label = label_of(journey, question)
    line, end, more = label.partition("\n")
    return label if "**" in label else f"**{line.strip()}**{end}{more}"


def _body(journey: Journey, question: Question, guided: bool) -> str:
    language = journey.draft.language
    hint = journey.render(question.hint, question.path) if question.hint else ""
    guidance = journey.render(question.guidance, question.path) if question.guidance and guided else ""
    lines = [_label(journey, question), hint, guidance]
    if is_searched(journey, question) and not hint:
        lines.append(f"🔎 {say('search_hint', language)}")
    value = shown_answer(journey, question)
    lines += _so_far(journey, question)
    if value and question.kind not in (Kind.SELECT_MULTIPLE, Kind.RANK, Kind.ACKNOWLEDGE):
        phrase = "value_now" if journey.draft.has_answer(question.path) else "value_offered"
        lines.append(say(phrase, language, value=markdown.escape(_shortened(value))))
    if question.kind in FILE_KINDS:
        lines.append(_file_hint(question, language))
    return "\n".join(line for line in lines if line)


def _so_far(journey: Journey, question: Question) -> Iterator[str]:
    """What is known already of an answer that takes several steps."""
    if question.kind is Kind.RANK:
        names = {choice.name: choice for choice in journey.choices(question)}
        for place, name in enumerate(ranking.order_so_far(journey, question), start=1):
            yield f"{place}. {markdown.escape(choice_label(journey, names[name]))}"
    if question.kind is Kind.DATETIME and journey.draft.selecting:
        day = reading.date_in_words(journey.draft.selecting[0], journey.draft.language)
        yield say("time_of_day", journey.draft.language, date=day)


def _file_hint(question: Question, language: str) -> str:
    if question.accept:
        return say("file_hint", language, endings=", ".join(end.lstrip(".").upper() for end in question.accept))
    return say({Kind.AUDIO: "audio_hint", Kind.VIDEO: "video_hint"}.get(question.kind, "file_hint_any"), language)


def _navigation(journey: Journey, question: Question, guided: bool) -> Iterator[tuple[Button, ...]]:
    draft, language = journey.draft, journey.draft.language

    def button(verb: Verb, phrase: str, argument: str = "") -> Button:
        return Button(write_button(draft.tag, verb, question.path, argument), say(phrase, language))

    if draft.held is not None:
        yield (button(Verb.USE_HELD, "use_held", text_key(draft.held)),)
    if question.kind is Kind.RANK and ranking.order_so_far(journey, question):
        complete = not ranking.still_to_place(journey, question)
        yield (*((button(Verb.DONE, "done"),) if complete else ()), button(Verb.RESTART, "rank_again"))
    elif _has_parts(journey, question):
        yield (button(Verb.DONE, "done"),)
    elif question.kind not in (Kind.SELECT_MULTIPLE, Kind.RANK) and journey.value(question.path):
        yield (button(Verb.KEEP, "keep"),)
    if question.guidance is not None and not guided:
        yield (button(Verb.HELP, "guidance"),)
    last = []
    if journey.before(question) is not None:
        last.append(button(Verb.BACK, "back"))
    if not journey.is_required(question):
        last.append(button(Verb.SKIP, "skip"))
    if last:
        yield tuple(last)


def _has_parts(journey: Journey, question: Question) -> bool:
    """Whether a „done“ has something to finish: ticks, or the pieces of a long text."""
    if question.kind is Kind.SELECT_MULTIPLE:
        return bool(selected(journey, question))
    return question.is_multiline and bool(journey.draft.selecting)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN_CHARACTERS else text[: LONGEST_SHOWN_CHARACTERS - 1].rstrip() + "…"

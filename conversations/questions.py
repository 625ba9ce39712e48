"""How a question is put: its text and its buttons, from the form and the draft alone."""

from collections.abc import Iterable, Iterator, Sequence

from conversations import markdown
from conversations.buttons import Verb, choice_key, question_key, text_key, write_button
from conversations.draft import Mode
from conversations.form import FILE_KINDS, SELECT_KINDS, Choice, Kind, Question
from conversations.journey import Journey
from conversations.phrases import count, say
from conversations.replies import Awaits, Button, Reply, Rows
from conversations.showing import show_value

CHOICES_ON_A_PAGE = 8
MOST_PAGED_CHOICES = 40
SHORT_LABEL_CHARACTERS = 14
LONGEST_BUTTON_LABEL = 60
LONGEST_SHOWN_CHARACTERS = 300
SEARCH_APPEARANCES = frozenset({"minimal", "autocomplete", "search"})

AWAITS = {
    Kind.TEXT: Awaits.TEXT,
    Kind.INTEGER: Awaits.NUMBER,
    Kind.DECIMAL: Awaits.DECIMAL,
    Kind.DATE: Awaits.DATE,
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
    return (journey.render(question.label, question.path) if question.label else "") or markdown.escape(question.name)


def choice_label(journey: Journey, choice: Choice) -> str:
    """A choice's label as plain text on one line."""
    return choice.label.fixed(journey.draft.language, journey.form.default_language)


def shown_answer(journey: Journey, question: Question, value: str | None = None) -> str:
    """The question's value (or `value`) as a person reads it, plain text; '' when blank."""
    language = journey.draft.language
    value = journey.value(question.path) if value is None else value
    return show_value(journey.form, question, value, language, lambda choice: choice_label(journey, choice))


def is_searched(journey: Journey, question: Question) -> bool:
    """Whether its choices are found by typing rather than shown as buttons."""
    if question.choices is None:
        return False
    always = journey.form.lists[question.choices].from_file and question.itemset is None
    many = len(journey.choices(question)) > MOST_PAGED_CHOICES
    return (
        many
        or always
        or (len(journey.choices(question)) > CHOICES_ON_A_PAGE and bool(SEARCH_APPEARANCES & question.appearance))
    )


def ask(
    journey: Journey,
    question: Question,
    *,
    before: str = "",
    page: int = 0,
    hits: Sequence[Choice] | None = None,
    in_place: bool = False,
) -> Reply:
    """The question as one message.

    `before` (Markdown) stands above it: what was wrong, or why it is asked again. `page` counts from 0. `hits` are
    what a search found (None: nothing was searched yet). `in_place` redraws the message that shows it already.
    """
    key = message_key(journey, question)
    searched = is_searched(journey, question)
    return Reply(
        text="\n\n".join(part for part in (before, _heading(journey, question), _body(journey, question)) if part),
        rows=(*_choice_rows(journey, question, page, hits), *_navigation(journey, question)),
        awaits=Awaits.SEARCH if searched else _awaits(journey, question),
        key=key,
        replaces=key if in_place else "",
    )


def answered(journey: Journey, question: Question) -> Reply:
    """The question's own message, changed in place to show the answer and a change button."""
    key = message_key(journey, question)
    language = journey.draft.language
    answer = journey.draft.answers.get(question.path)
    shown = shown_answer(journey, question, answer.value if answer else "")
    line = f"✔ {markdown.escape(_shortened(shown))}" if shown else f"▷ {say('skipped', language)}"
    change = Button(write_button(journey.draft.tag, Verb.EDIT, question.path), say("change", language))
    return Reply(
        text=f"{_label(journey, question)}\n{line}", rows=((change,),), key=key, replaces=key, only_in_place=True
    )


def note(journey: Journey, notes: Iterable[Question]) -> Reply | None:
    """Consecutive notes joined into one message; a read-only question shows its value too. None without any."""
    texts = [_note_text(journey, question) for question in notes]
    return Reply(text="\n\n".join(texts)) if texts else None


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
        return Awaits.PHONE if question == first else Awaits.OTHER_PHONE
    if question.kind is Kind.TEXT and "email" in question.name:
        return Awaits.EMAIL
    if question.kind is Kind.TEXT and "multiline" in question.appearance:
        return Awaits.LONG_TEXT
    return AWAITS[question.kind]


def _heading(journey: Journey, question: Question) -> str:
    language = journey.draft.language
    if journey.draft.mode is Mode.EDITING and question.path in journey.draft.open:
        return say("editing", language)
    if journey.draft.mode is Mode.CORRECTING and question.path in journey.draft.open:
        return count("correcting", language, len(journey.draft.open))
    place = journey.place(question)
    progress = say("progress", language, n=place + 1, total=len(journey.asked))
    section = journey.section(question)
    before = journey.before(question)
    if section is None or section.label is None or (before is not None and journey.section(before) == section):
        return f"_{progress}_"
    return f"**{journey.render(section.label, section.path)}**\n_{progress}_"


def _label(journey: Journey, question: Question) -> str:
    label = label_of(journey, question)
    line, end, more = label.partition("\n")
    return label if "**" in label else f"**{line.strip()}**{end}{more}"


def _body(journey: Journey, question: Question) -> str:
    language = journey.draft.language
    hint = journey.render(question.hint, question.path) if question.hint else ""
    lines = [_label(journey, question), hint]
    if is_searched(journey, question) and not hint:
        lines.append(f"🔎 {say('search_hint', language)}")
    value = shown_answer(journey, question)
    if value and question.kind is not Kind.SELECT_MULTIPLE and question.kind is not Kind.ACKNOWLEDGE:
        phrase = "value_now" if journey.draft.has_answer(question.path) else "value_offered"
        lines.append(say(phrase, language, value=markdown.escape(_shortened(value))))
    if question.kind in FILE_KINDS:
        lines.append(
            say("file_hint", language, endings=", ".join(end.lstrip(".").upper() for end in question.accept))
            if question.accept
            else say("file_hint_any", language)
        )
    return "\n".join(line for line in lines if line)


def _choice_rows(
    journey: Journey, question: Question, page: int, hits: Sequence[Choice] | None
) -> Iterator[tuple[Button, ...]]:
    tag, language = journey.draft.tag, journey.draft.language
    if question.kind is Kind.ACKNOWLEDGE:
        yield (Button(write_button(tag, Verb.ACKNOWLEDGE, question.path), say("acknowledge", language)),)
    if question.kind not in SELECT_KINDS or question.choices is None:
        return
    if is_searched(journey, question) or hits:
        ways_out = journey.form.lists[question.choices].always_offered
        chosen = _selected(journey, question) if question.kind is Kind.SELECT_MULTIPLE else ()
        listed = [journey.form.lists[question.choices].by_name[name] for name in chosen]
        found = [choice for choice in hits or () if choice not in ways_out and choice not in listed]
        yield from ((_choice_button(journey, question, choice),) for choice in (*listed, *found, *ways_out))
        return
    choices = journey.choices(question)
    if len(choices) <= CHOICES_ON_A_PAGE:
        yield from _arranged([_choice_button(journey, question, choice) for choice in choices])
        return
    pages = -(-len(choices) // CHOICES_ON_A_PAGE)
    page = min(max(page, 0), pages - 1)
    shown = choices[page * CHOICES_ON_A_PAGE : (page + 1) * CHOICES_ON_A_PAGE]
    yield from ((_choice_button(journey, question, choice),) for choice in shown)
    yield _page_row(journey, question, page, pages)


def _page_row(journey: Journey, question: Question, page: int, pages: int) -> tuple[Button, ...]:
    def turn_to(number: int, label: str) -> Button:
        return Button(write_button(journey.draft.tag, Verb.PAGE, question.path, str(number)), label)

    language = journey.draft.language
    before = (turn_to(page - 1, say("page_before", language)),) if page > 0 else ()
    after = (turn_to(page + 1, say("page_after", language, n=page + 1, pages=pages)),) if page < pages - 1 else ()
    return (*before, *after)


def _choice_button(journey: Journey, question: Question, choice: Choice) -> Button:
    label = choice_label(journey, choice)
    if question.kind is Kind.SELECT_ONE:
        return Button(write_button(journey.draft.tag, Verb.CHOOSE, question.path, choice_key(choice.name)), label)
    ticked = choice.name in _selected(journey, question)
    verb, sign = (Verb.UNTICK, "☑") if ticked else (Verb.TICK, "☐")
    return Button(write_button(journey.draft.tag, verb, question.path, choice_key(choice.name)), f"{sign} {label}")


def _selected(journey: Journey, question: Question) -> tuple[str, ...]:
    """The ticks of a multi-select now: the selection in progress, else the value it has."""
    if journey.draft.selecting is not None:
        return journey.draft.selecting
    return tuple(journey.value(question.path).split())


def _arranged(buttons: list[Button]) -> Rows:
    """Two or three short choices side by side, otherwise one a row: a thumb hits a wide button."""
    if 2 <= len(buttons) <= 3 and all(len(button.label) <= SHORT_LABEL_CHARACTERS for button in buttons):
        return (tuple(buttons),)
    return tuple((button,) for button in buttons)


def _navigation(journey: Journey, question: Question) -> Iterator[tuple[Button, ...]]:
    draft, language = journey.draft, journey.draft.language

    def button(verb: Verb, phrase: str, argument: str = "") -> Button:
        return Button(write_button(draft.tag, verb, question.path, argument), say(phrase, language))

    if draft.held is not None:
        yield (button(Verb.USE_HELD, "use_held", text_key(draft.held)),)
    if question.kind is Kind.SELECT_MULTIPLE and _selected(journey, question):
        yield (button(Verb.DONE, "done"),)
    elif question.kind is not Kind.SELECT_MULTIPLE and journey.value(question.path):
        yield (button(Verb.KEEP, "keep"),)
    last = []
    if journey.before(question) is not None:
        last.append(button(Verb.BACK, "back"))
    if not journey.is_required(question):
        last.append(button(Verb.SKIP, "skip"))
    if last:
        yield tuple(last)


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN_CHARACTERS else text[: LONGEST_SHOWN_CHARACTERS - 1].rstrip() + "…"

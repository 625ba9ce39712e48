"""What can be tapped in answer to a question: its choices, ticks, steps, days – and the pictures that go with them."""

from collections.abc import Iterator, Sequence

from conversations.buttons import Verb, choice_key, write_button
from conversations.form import SELECT_KINDS, Choice, Kind, Media, Question
from conversations.journey import Journey
from conversations.kinds import ranking
from conversations.kinds.offers import offers
from conversations.phrases import say
from conversations.replies import Button, Enclosed, Rows

CHOICES_ON_A_PAGE = 8
MOST_PAGED_CHOICES = 40
SHORT_LABEL_CHARACTERS = 14
STEPS_IN_A_ROW = 4
SEARCH_APPEARANCES = frozenset({"minimal", "autocomplete", "search"})
MEDIA_KINDS = ("image", "audio", "video")


def choice_label(journey: Journey, choice: Choice) -> str:
    """A choice's label as plain text on one line; its name when it has none (a picture may be its only label)."""
    return choice.label.fixed(journey.draft.language, journey.form.default_language) or choice.name


def is_searched(journey: Journey, question: Question) -> bool:
    """Whether its choices are found by typing rather than shown as buttons."""
    if question.choices is None or question.kind is Kind.RANK:
        return False
    always = journey.form.lists[question.choices].from_file and question.itemset is None
    many = len(journey.choices(question)) > MOST_PAGED_CHOICES
    return (
        many
        or always
        or (len(journey.choices(question)) > CHOICES_ON_A_PAGE and bool(SEARCH_APPEARANCES & question.appearance))
    )


def choice_rows(
    journey: Journey, question: Question, page: int, hits: Sequence[Choice] | None
) -> Iterator[tuple[Button, ...]]:
    """The rows of buttons that answer; `page` counts from 0, `hits` are what a search found."""
    if question.kind is Kind.ACKNOWLEDGE:
        yield (_button(journey, question, Verb.ACKNOWLEDGE, say("acknowledge", journey.draft.language)),)
    if question.kind is Kind.RANK:
        left = ranking.still_to_place(journey, question)
        yield from ((_choice_button(journey, question, choice),) for choice in left)
    if question.choices is None:
        yield from _offer_rows(journey, question)
    elif question.kind in SELECT_KINDS and (is_searched(journey, question) or hits):
        yield from ((_choice_button(journey, question, c),) for c in _found(journey, question, hits or ()))
    elif question.kind in SELECT_KINDS:
        yield from _listed_rows(journey, question, page)


def media_of(journey: Journey, question: Question, page: int = 0) -> tuple[Enclosed, ...]:
    """The files that stand in the label, then the pictures of the choices on `page`, numbered as their buttons."""
    own = tuple(_in_language(journey, question.media))
    if question.choices is None or is_searched(journey, question):
        return own
    pictures = (
        Enclosed("image", enclosed.name, f"{number}. {choice_label(journey, choice)}")
        for number, choice in enumerate(_on_page(journey, question, page), start=1)
        for enclosed in _in_language(journey, choice.media)
        if enclosed.kind == "image"
    )
    return (*own, *pictures)


def has_pictures(journey: Journey, question: Question) -> bool:
    return any(choice.media.files.get("image") for choice in journey.choices(question))


def selected(journey: Journey, question: Question) -> tuple[str, ...]:
    """The ticks of a multi-select now: the selection in progress, else the value it has."""
    if journey.draft.selecting is not None:
        return journey.draft.selecting
    return tuple(journey.value(question.path).split())


def _in_language(journey: Journey, media: Media) -> Iterator[Enclosed]:
    for kind in MEDIA_KINDS:
        files = media.files.get(kind, {})
        name = files.get(journey.draft.language) or files.get(journey.form.default_language)
        if name:
            yield Enclosed(kind, name)


def _button(journey: Journey, question: Question, verb: Verb, label: str, argument: str = "") -> Button:
    return Button(write_button(journey.draft.tag, verb, question.path, argument), label)


def _offer_rows(journey: Journey, question: Question) -> Rows:
    buttons = [
        _button(journey, question, Verb.CHOOSE, offer.label, choice_key(offer.value))
        for offer in offers(journey, question)
    ]
    if question.kind is Kind.RANGE:
        return tuple(tuple(buttons[at : at + STEPS_IN_A_ROW]) for at in range(0, len(buttons), STEPS_IN_A_ROW))
    return _arranged(buttons)


def _found(journey: Journey, question: Question, hits: Sequence[Choice]) -> Iterator[Choice]:
    """Under a search: what is ticked already, what was found, and the ways out."""
    choices = journey.form.lists[question.choices or ""]
    chosen = selected(journey, question) if question.kind is Kind.SELECT_MULTIPLE else ()
    listed = [choices.by_name[name] for name in chosen if name in choices.by_name]
    yield from listed
    yield from (choice for choice in hits if choice not in choices.always_offered and choice not in listed)
    yield from (choice for choice in choices.always_offered if choice not in listed)


def _on_page(journey: Journey, question: Question, page: int) -> tuple[Choice, ...]:
    choices = journey.choices(question)
    page = min(max(page, 0), (len(choices) - 1) // CHOICES_ON_A_PAGE) if choices else 0
    return choices[page * CHOICES_ON_A_PAGE : (page + 1) * CHOICES_ON_A_PAGE]


def _listed_rows(journey: Journey, question: Question, page: int) -> Iterator[tuple[Button, ...]]:
    shown = _on_page(journey, question, page)
    numbered = has_pictures(journey, question)
    buttons = [
        _choice_button(journey, question, choice, f"{number}. " if numbered else "")
        for number, choice in enumerate(shown, start=1)
    ]
    pages = -(-len(journey.choices(question)) // CHOICES_ON_A_PAGE)
    if pages <= 1:
        yield from _arranged(buttons)
        return
    yield from ((button,) for button in buttons)
    yield _page_row(journey, question, min(max(page, 0), pages - 1), pages)


def _page_row(journey: Journey, question: Question, page: int, pages: int) -> tuple[Button, ...]:
    def turn_to(number: int, label: str) -> Button:
        return _button(journey, question, Verb.PAGE, label, str(number))

    language = journey.draft.language
    before = (turn_to(page - 1, say("page_before", language)),) if page > 0 else ()
    after = (turn_to(page + 1, say("page_after", language, n=page + 1, pages=pages)),) if page < pages - 1 else ()
    return (*before, *after)


def _choice_button(journey: Journey, question: Question, choice: Choice, number: str = "") -> Button:
    label = f"{number}{choice_label(journey, choice)}"
    if question.kind is Kind.SELECT_ONE:
        return _button(journey, question, Verb.CHOOSE, label, choice_key(choice.name))
    if question.kind is Kind.RANK:
        return _button(journey, question, Verb.TICK, label, choice_key(choice.name))
    ticked = choice.name in selected(journey, question)
    verb, sign = (Verb.UNTICK, "☑") if ticked else (Verb.TICK, "☐")
    return _button(journey, question, verb, f"{sign} {label}", choice_key(choice.name))


def _arranged(buttons: list[Button]) -> Rows:
    """Two or three short choices side by side, otherwise one a row: a thumb hits a wide button."""
    if 2 <= len(buttons) <= 3 and all(len(button.label) <= SHORT_LABEL_CHARACTERS for button in buttons):
        return (tuple(buttons),)
    return tuple((button,) for button in buttons)

"""Reading what a person typed as the answer to one question: a value as XLSForm stores it, or a Refusal.

The form's own message wins over ours. Nothing here changes a draft.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from conversations import reading
from conversations.form import ENTRY_KINDS, FILE_KINDS, SELECT_KINDS, Choice, Kind, Question
from conversations.journey import Journey, Refusal
from conversations.kinds import moments, places, ranges, ranking, repeats
from conversations.offering import CHOICES_ON_A_PAGE, choice_label, is_searched
from conversations.phrases import plain_word, say, spoken
from conversations.reading import Misread

MOST_HITS = 8
LONGEST_SEARCH_CHARACTERS = 200
"""Further ones are not looked at: a page of text costs the search a third of a second."""
LONGEST_TEXT_CHARACTERS = 10_000
TOO_LONG = {Kind.INTEGER: "too_many_digits", Kind.DECIMAL: "too_many_digits", Kind.DATE: "not_a_date"}
"""What a text too long for its kind is called, where the limit for texts would mislead."""
DIGITS = re.compile(r"[+]?[0-9 ()/.\-]*[0-9][0-9 ()/.\-]*")


@dataclass(frozen=True, slots=True)
class Hits:
    """What a search found, best first; empty when nothing fits."""

    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A text that is fit to store, but that we ask about first: it seems to hold a personal number."""

    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an answer that takes several messages: one of a long text, or the day of a dateTime."""

    value: str


def read_typed(journey: Journey, question: Question, text: str) -> str | Refusal | Hits | Doubtful | Part:
    """What `text` says in answer to `question`. A multi-select gives the names ticked by the text, with spaces."""
    cleaned = reading.clean_text(text, limit=LONGEST_TEXT_CHARACTERS)
    if isinstance(cleaned, Misread):
        return misread(journey, question, cleaned)
    if question.kind in SELECT_KINDS:
        return _read_choice(journey, question, cleaned)
    if question.kind in FILE_KINDS:
        return Refusal(say("send_a_file", journey.draft.language))
    if question.kind is Kind.ACKNOWLEDGE:
        return "OK" if plain_word(cleaned) in _yes_words() else Refusal(say("tap_to_confirm", journey.draft.language))
    if question.kind in ENTRY_KINDS:
        return repeats.read(journey, question, cleaned) or Refusal(say("choose_one", journey.draft.language))
    value = READERS[question.kind](journey, question, cleaned)
    if isinstance(value, Misread):
        return misread(journey, question, value)
    if isinstance(value, Refusal):
        return value
    if isinstance(value, moments.Day):
        return Part(value.value)
    if question.kind is Kind.TEXT and not question.wants_phone and reading.looks_like_egn(value):
        return Doubtful(value)
    return Part(value) if question.is_multiline else check(journey, question, value)


def check(journey: Journey, question: Question, value: str) -> str | Refusal:
    """`value` when the question's constraint and requirement take it, else the form's message."""
    if not value and journey.is_required(question):
        return refuse_blank(journey, question)
    if journey.refusal(question, value):
        return Refusal(_own_message(journey, question) or say("constraint_failed", journey.draft.language))
    return value


def refuse_blank(journey: Journey, question: Question) -> Refusal:
    """Why a required question cannot be left blank, in the form's words or ours."""
    message = question.required_message
    text = journey.render(message, question.path) if message else ""
    return Refusal(text or say("required", journey.draft.language))


def misread(journey: Journey, question: Question, why: Misread) -> Refusal:
    """An answer that could not even be read as what the question asks for."""
    reason = TOO_LONG.get(question.kind, why.reason) if why.reason == "too_long" else why.reason
    own = _own_message(journey, question) if reason not in ("empty", "too_long") else ""
    return Refusal(own or say(f"misread_{reason}", journey.draft.language, limit=LONGEST_TEXT_CHARACTERS))


def find(journey: Journey, question: Question, text: str) -> tuple[Choice, ...]:
    """At most eight choices on offer that `text` may mean, best first; ways out of the search are not among them."""
    if question.choices is None:
        return ()
    choices = journey.form.lists[question.choices]
    offered = None if question.itemset is None else {choice.name for choice in journey.choices(question)}
    names = choices.search.find(
        text[:LONGEST_SEARCH_CHARACTERS], limit=MOST_HITS + len(choices.always_offered), within=offered
    )
    hits = (choices.by_name[name] for name in names)
    return tuple(choice for choice in hits if choice not in choices.always_offered)[:MOST_HITS]


def _read_text(journey: Journey, question: Question, text: str) -> str | Misread:
    """A free text; with the appearance `numbers` nothing but digits and what parts them."""
    return text if "numbers" not in question.appearance or DIGITS.fullmatch(text) else Misread("not_digits")


READERS: dict[Kind, Callable[[Journey, Question, str], str | Misread | Refusal | moments.Day]] = {
    Kind.TEXT: _read_text,
    Kind.INTEGER: lambda journey, question, text: reading.read_integer(text),
    Kind.DECIMAL: lambda journey, question, text: reading.read_decimal(text),
    Kind.RANGE: ranges.read,
    Kind.RANK: ranking.read,
    Kind.DATE: moments.read_date,
    Kind.TIME: moments.read_time,
    Kind.DATETIME: moments.read_moment,
    Kind.GEOPOINT: places.read,
}


def _own_message(journey: Journey, question: Question) -> str:
    return journey.render(question.constraint_message, question.path) if question.constraint_message else ""


def _read_choice(journey: Journey, question: Question, text: str) -> str | Refusal | Hits:
    offered = journey.choices(question)
    if is_searched(journey, question):
        exact = [choice for choice in offered if _is_named(journey, choice, text)]
        if len(exact) == 1 and question.kind is Kind.SELECT_ONE:
            return check(journey, question, exact[0].name)
        return Hits(find(journey, question, text))
    pieces = (
        [text] if question.kind is Kind.SELECT_ONE else [piece for piece in re.split(r"[,;\n]", text) if piece.strip()]
    )
    named = [_named(journey, offered, piece) for piece in pieces]
    if not named or any(choice is None for choice in named):
        may_search = len(offered) > CHOICES_ON_A_PAGE or journey.form.lists[question.choices or ""].from_file
        found = find(journey, question, text) if may_search else ()
        if found:
            return Hits(found)
        return Refusal(say("choose_one", journey.draft.language))
    names = [choice.name for choice in named if choice is not None]
    return names[0] if question.kind is Kind.SELECT_ONE else " ".join(names)


def _named(journey: Journey, offered: Sequence[Choice], text: str) -> Choice | None:
    """The choice that a label, a name or its number means, if it means exactly one.

    Numbers count in a list that is seen whole: on pages they are those of the page (replies.button_meant).
    """
    found = [choice for choice in offered if _is_named(journey, choice, text)]
    if not found and len(offered) <= CHOICES_ON_A_PAGE:
        number = text.strip().rstrip(".)")
        found = [choice for at, choice in enumerate(offered, start=1) if str(at) == number]
    return found[0] if len(found) == 1 else None


def _is_named(journey: Journey, choice: Choice, text: str) -> bool:
    return choice.name == text.strip() or plain_word(choice_label(journey, choice)) == plain_word(text)


@lru_cache(maxsize=1)
def _yes_words() -> frozenset[str]:
    return spoken("acknowledge") | spoken("yes_words")

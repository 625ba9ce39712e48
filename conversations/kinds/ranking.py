"""Choices put in order of preference, tapped one after another. The order so far waits in the draft's selection."""

import re

from conversations.form import Choice, Question
from conversations.journey import Journey, Refusal
from conversations.phrases import plain_word, say


def order_so_far(journey: Journey, question: Question) -> tuple[str, ...]:
    """Names in order: what was tapped, or the answer there is; without what is no longer on offer."""
    names = journey.draft.selecting
    if names is None:
        names = tuple(journey.value(question.path).split())
    offered = {choice.name for choice in journey.choices(question)}
    return tuple(name for name in names if name in offered)


def still_to_place(journey: Journey, question: Question) -> tuple[Choice, ...]:
    placed = set(order_so_far(journey, question))
    return tuple(choice for choice in journey.choices(question) if choice.name not in placed)


def placed_next(journey: Journey, question: Question, name: str) -> tuple[str, ...]:
    """The order with one more in it; the last one left finds its place by itself."""
    order = order_so_far(journey, question)
    order = order if name in order else (*order, name)
    left = [choice.name for choice in journey.choices(question) if choice.name not in order]
    return (*order, *left) if len(left) == 1 else order


def read(journey: Journey, question: Question, text: str) -> str | Refusal:
    """All choices, named by label, name or number and parted by commas, in order."""
    offered = journey.choices(question)
    language = journey.draft.language
    pieces = [piece for piece in re.split(r"[,;>\n]", text) if piece.strip()]
    if len(pieces) == 1:
        pieces = text.split()
    named: list[str] = []
    for piece in pieces:
        word = plain_word(piece)
        named += [
            choice.name
            for place, choice in enumerate(offered, start=1)
            if word and word in (str(place), plain_word(choice.name), plain_word(_label(journey, choice)))
        ]
    if len(named) != len(pieces) or sorted(named) != sorted(choice.name for choice in offered):
        return Refusal(say("rank_all", language))
    return " ".join(named)


def _label(journey: Journey, choice: Choice) -> str:
    return choice.label.fixed(journey.draft.language, journey.form.default_language)

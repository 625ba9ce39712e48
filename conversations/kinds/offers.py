"""Values that stand on buttons without being choices of a list: the steps of a range, days, „add another?“."""

from collections.abc import Callable

from conversations.form import Kind, Question
from conversations.journey import Journey
from conversations.kinds import moments, ranges, repeats
from conversations.kinds.offer import Offer

OFFERS: dict[Kind, Callable[[Journey, Question], tuple[Offer, ...]]] = {
    Kind.RANGE: ranges.offers,
    Kind.DATE: moments.offered_days,
    Kind.DATETIME: moments.offered_days,
    Kind.ANOTHER: repeats.offers_another,
    Kind.LEFTOVER: repeats.offers_leftover,
}


def offers(journey: Journey, question: Question) -> tuple[Offer, ...]:
    """What is offered for a question without a list, in order; nothing for most."""
    offered = OFFERS.get(question.kind)
    return offered(journey, question) if offered else ()

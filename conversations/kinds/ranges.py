"""A number on a scale: buttons when it has few steps, else a typed number that must lie on it.

Source: XLSForm reference, question type `range`.
"""

from decimal import Decimal

from conversations import reading
from conversations.form import Question
from conversations.journey import Journey, Refusal
from conversations.kinds.offer import Offer
from conversations.phrases import say
from conversations.reading import Misread

MOST_BUTTONS = 11


def offers(journey: Journey, question: Question) -> tuple[Offer, ...]:
    """Every value of a short scale, from its start to its end; nothing when there are more than eleven."""
    start, end, step = _scale(question)
    if not step or (end - start) / step >= MOST_BUTTONS:
        return ()
    values = (_stored(start + number * step) for number in range(int((end - start) / step) + 1))
    return tuple(Offer(value, reading.show_decimal(value, journey.draft.language)) for value in values)


def read(journey: Journey, question: Question, text: str) -> str | Misread | Refusal:
    value = reading.read_decimal(text)
    if isinstance(value, Misread):
        return value
    start, end, step = _scale(question)
    number = Decimal(value)
    if not min(start, end) <= number <= max(start, end) or (step and (number - start) % step):
        return Refusal(_explained(journey, start, end, step))
    return _stored(number)


def _explained(journey: Journey, start: Decimal, end: Decimal, step: Decimal) -> str:
    language = journey.draft.language

    def shown(number: Decimal) -> str:
        return reading.show_decimal(_stored(number), language)

    if not step:
        return say("range_outside", language, start=shown(start), end=shown(end))
    return say("range_off_step", language, start=shown(start), end=shown(end), step=shown(abs(step)))


def _scale(question: Question) -> tuple[Decimal, Decimal, Decimal]:
    """Start, end and step; the step leads from start to end, 0 when the form has none that does."""
    if question.steps is None:
        raise ValueError(f"{question.path} is a range without a scale")
    start, end, step = (
        Decimal(part or "0") for part in (question.steps.start, question.steps.end, question.steps.step)
    )
    return start, end, abs(step) if end >= start else -abs(step)


def _stored(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text

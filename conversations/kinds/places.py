"""A point on the earth: shared with the channel's button, or typed. Stored as `lat lon alt acc`."""

from conversations import reading
from conversations.form import Question
from conversations.journey import Journey
from conversations.reading import Misread


def read(journey: Journey, question: Question, text: str) -> str | Misread:
    return reading.read_geopoint(text)


def shared(latitude: float, longitude: float) -> str | Misread:
    """The place that a channel's button has shared, in degrees."""
    return reading.read_geopoint(f"{latitude:.7f}, {longitude:.7f}")

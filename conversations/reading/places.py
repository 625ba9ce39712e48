"""Coordinates typed by a person. Source: XLSForm reference, question type `geopoint`."""

import re

from conversations.reading.misread import Misread
from conversations.reading.texts import plain

_NUMBER = r"([+-]?[0-9]{1,6}(?:[.,][0-9]{1,15})?)"
_BETWEEN = r"(?: ?; ?| ?, | |,)"
_POINT = re.compile(rf"{_NUMBER}°?{_BETWEEN}{_NUMBER}°?(?:{_BETWEEN}{_NUMBER}(?:{_BETWEEN}{_NUMBER})?)?")


def read_geopoint(text: str) -> str | Misread:
    """A point as stored, "latitude longitude altitude accuracy" in degrees and metres: "42.5 25.1 0 0".

    “42.5, 25.1” is enough; decimal commas are fine with a semicolon or blank between the numbers.
    Misread: "empty", "too_long", "not_a_place" (also outside ±90°, ±180°).
    """
    line = plain(text)
    if isinstance(line, Misread):
        return line
    found = _POINT.fullmatch(line)
    if not found:
        return Misread("not_a_place")
    numbers = [_canonical(number or "0") for number in found.groups()]
    latitude, longitude, _, accuracy = map(float, numbers)
    if abs(latitude) > 90 or abs(longitude) > 180 or accuracy < 0:
        return Misread("not_a_place")
    return " ".join(numbers)


def _canonical(number: str) -> str:
    sign = "-" if number.startswith("-") else ""
    whole, _, fraction = number.lstrip("+-").replace(",", ".").partition(".")
    digits = (whole.lstrip("0") or "0") + ("." + fraction.rstrip("0")).rstrip(".")
    return digits if digits == "0" else sign + digits

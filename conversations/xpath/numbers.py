"""Numbers read from text and written as text. Source: XPath 1.0, section 4.4; XLSForm in chat, Values 2 and 8."""

import math
import re
from decimal import ROUND_FLOOR, Context, Decimal

NAN = math.nan
_NUMBER = re.compile(r"[ \t\r\n]*-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[ \t\r\n]*")
_EXACT_INTEGERS = 2.0**53
_MOST_PLACES = 30
_HALF = Decimal("0.5")
_WIDE = Context(prec=80)


def read_number(text: str) -> float:
    """The number that `text` spells (a point, no exponent, no grouping), else NaN. Blank is NaN."""
    if not text or _NUMBER.fullmatch(text) is None:
        return NAN
    return float(text)


def number_text(number: float) -> str:
    """The number in digits, without exponent or trailing `.0`; NaN is blank."""
    if number != number:
        return ""
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number.is_integer():
        return str(int(number))
    written = repr(number)
    return format(Decimal(written), "f") if "e" in written else written


def round_half_up(number: float, places: int = 0) -> float:
    """Round as written in decimal, a half towards positive infinity: 2.5 → 3, -1.5 → -1, (2.45, 1) → 2.5."""
    if not math.isfinite(number) or places > _MOST_PLACES or (abs(number) >= _EXACT_INTEGERS and places >= 0):
        return number
    if places < -_MOST_PLACES:
        return 0.0
    shifted = _WIDE.add(Decimal(repr(number)).scaleb(places, _WIDE), _HALF)
    return float(shifted.to_integral_value(ROUND_FLOOR, _WIDE).scaleb(-places, _WIDE)) + 0.0

"""What a reader returns when a text is not what was asked for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Misread:
    """Why a text was not understood; returned, never raised.

    `reason` is the key of a phrase, one of REASONS.
    """

    reason: str


#: Every reason that any reader of this package gives.
REASONS = frozenset(
    {
        "empty",
        "too_long",
        "not_a_number",
        "not_whole",
        "ambiguous_number",
        "not_a_date",
        "no_such_date",
        "not_a_year",
        "not_a_month",
        "not_a_time",
        "not_a_place",
        "not_a_phone",
        "not_digits",
    }
)

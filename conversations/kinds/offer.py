"""A value on a button."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offer:
    """`value` as it would be stored, `label` as it stands on the button (plain text)."""

    value: str
    label: str

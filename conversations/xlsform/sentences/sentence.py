"""What a finding says, before it is known where."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """Both languages of a finding, with parameters in braces. `{nearest}` becomes a guess, or nothing."""

    bg: str
    bg_remedy: str
    en: str
    en_remedy: str
    is_warning: bool = False

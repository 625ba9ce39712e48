"""Which choices of a list hold a word: thousands of short lists of numbers, packed into one array."""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

FOUR_BYTES = "I"
_LAST_SIGN = "\U0010ffff"


class Filing:
    """Takes words in, in any order; `packed` makes of them what can be looked up.

    A word is filed with the number of the choice that holds it and the place where it stands there, from 0 up to
    `places`.
    """

    def __init__(self, places: int = 1) -> None:
        self._places = places
        self._numbers: dict[str, int] = {}
        self._slots = array(FOUR_BYTES)
        self._choices = array(FOUR_BYTES)

    def add(self, word: str, choice: int, place: int = 0) -> None:
        number = self._numbers.setdefault(word, len(self._numbers))
        self._slots.append(number * self._places + place)
        self._choices.append(choice)

    def packed(self) -> "Postings":
        """Sorted by word, then place; the choices of each keep the order in which they were filed."""
        words = sorted(self._numbers)
        rank = dict(zip((self._numbers[word] for word in words), range(len(words)), strict=True))
        places = self._places
        slots = array(FOUR_BYTES, (rank[slot // places] * places + slot % places for slot in self._slots))
        counted = array(FOUR_BYTES, [0]) * (len(words) * places + 1)
        for slot in slots:
            counted[slot + 1] += 1
        starts = array(FOUR_BYTES, accumulate(counted))
        free = array(FOUR_BYTES, starts)
        choices = array(FOUR_BYTES, [0]) * len(slots)
        for slot, choice in zip(slots, self._choices, strict=True):
            choices[free[slot]] = choice
            free[slot] += 1
        return Postings(words, places, starts, choices)


class Postings:
    """`words` in alphabetical order; a word is named by its position there."""

    __slots__ = ("_choices", "_places", "_starts", "words")

    def __init__(self, words: Sequence[str], places: int, starts: "array[int]", choices: "array[int]") -> None:
        self.words = words
        self._places = places
        self._starts = starts
        self._choices = choices

    def position(self, word: str) -> int | None:
        """Where exactly this word is; None when nothing holds it."""
        at = bisect_left(self.words, word)
        return at if at < len(self.words) and self.words[at] == word else None

    def beginning_with(self, text: str) -> range:
        """The positions of all words that begin so."""
        first = bisect_left(self.words, text)
        return range(first, bisect_left(self.words, text + _LAST_SIGN, lo=first))

    def holders(self, at: int) -> "list[tuple[int, array[int]]]":
        """The places where the word at this position stands, each with the choices that hold it there."""
        first = at * self._places
        ends = self._starts[first : first + self._places + 1]
        return [
            (place, self._choices[ends[place] : ends[place + 1]])
            for place in range(self._places)
            if ends[place] < ends[place + 1]
        ]

    def holders_of(self, word: str) -> "list[tuple[int, array[int]]]":
        """As `holders`, by the word itself; nothing when it is not there."""
        at = self.position(word)
        return [] if at is None else self.holders(at)

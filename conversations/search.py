"""Finding a choice in a long list by what a person types.

A list is indexed once; a query is answered in four steps, and a step is taken only when those before found nothing:
1. every word of the query is a word of the choice, or the beginning of one, in either alphabet or as an acronym;
2. the same, with the keys read in another keyboard layout;
3. the same as 1, with words a few letters off;
4. the words that are found at all weigh at least LEAST_SHARE of the whole query (a rare word weighs more).
Otherwise the answer is empty: a person who sees nothing types again, a person who sees garbage picks it.
"""

import math
import re
from array import array
from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator
from heapq import nsmallest

from rapidfuzz import process
from rapidfuzz.distance import OSA

from conversations.abbreviations import JOINING, OPTIONAL, SYNONYMS
from conversations.letters import (
    cyrillic_readings,
    fold,
    has_cyrillic,
    has_latin,
    likely_cyrillic,
    one_script,
    other_layouts,
    to_latin,
)
from conversations.postings import FOUR_BYTES, Filing

MAX_QUERY_CHARACTERS = 120
MAX_QUERY_WORDS = 8
MAX_WORD_CHARACTERS = 32
LEAST_SHARE = 0.45
LEAST_LETTERS_FOR_OTHER_LAYOUTS = 3
LEAST_LETTERS_FOR_SPLITTING = 7

# Where a word stands in a choice: the first word, before the first separator, after it, only among the keywords. A town
# that is also a region would otherwise be lost among all the schools of the region.
LEAD, HEAD, REST, KEYWORD = 0, 1, 2, 3
_PLACE_WORTH = (1.1, 1.0, 0.75, 0.6)
_WHOLE_WORTH, _ACRONYM_WORTH, _BEGINNING_WORTH, _FUZZY_WORTH = 1.0, 0.95, 0.6, 0.5
_CODE_WORTH, _CODE_BEGINNING_WORTH = 1.2, 0.55
_UNLIKELY_LETTER_COST = 0.02

_WORD = re.compile(r"[^\W_]+")
_SEPARATOR = re.compile(r"\s[–—-]\s|[,;(|/]")
_SEGMENT_END = re.compile(r"\s[–—-]\s|[;(|/)„“”\"«»]")
_NUMBER_ENDING = re.compile(r"(?<=\d)\s?-?(?:мо|ро|во|то|ти|та|ва|ма|ри)(?![^\W_])")
_DIGIT = re.compile(r"\d")
_DOCTOR = re.compile(r"\bд-р\b")
_COMPOUND = re.compile(r"\b(природо)(?=математическ)")
# Signs that are letters in another layout, glued to a letter where no comma or full stop would stand.
_KEYS_GLUED = re.compile(r"[a-z][;,./'\[\]\\`][a-z]|(?<!\S)[;,./'\[\]\\`][a-z]|[a-z][;\[\]\\`](?!\S)")

Hits = dict[int, float]  # position of a choice in the list → how well one word of the query fits it


def split_words(folded: str) -> list[str]:
    """The words of folded text: letters and digits only, each in one alphabet, „д-р“ as „др“, „48-мо“ as „48“."""
    text = _COMPOUND.sub(r"\1 ", _DOCTOR.sub("др", folded))
    if _DIGIT.search(text):
        text = _NUMBER_ENDING.sub("", text)
    words = _WORD.findall(text)
    if has_latin(text) and has_cyrillic(text):
        words = [one_script(word) for word in words]
    return [word[:MAX_WORD_CHARACTERS] for word in words]


class SearchIndex:
    """A list of choices, searchable; never changes after it is built.

    `entries` are (key, label, keywords) in list order. Equal hits keep that order. Keywords are found like words of the
    label, but rank lower; a key that is a number is found by its first digits too, with or without leading zeros.
    """

    def __init__(self, entries: Iterable[tuple[str, str, str]]) -> None:
        self._keys: list[str] = []
        names, codes, words, acronyms = Filing(), Filing(), Filing(len(_PLACE_WORTH)), Filing(KEYWORD)
        lengths: list[tuple[int, int, int]] = []
        for at, (key, label, keywords) in enumerate(entries):
            self._keys.append(key)
            names.add(fold(key), at)
            for code in {key, key.lstrip("0")} if key.isdecimal() else ():
                codes.add(code, at)
            folded = fold(label)
            _file_acronyms(at, folded, acronyms)
            lengths.append((_file_words(at, folded, fold(keywords), words), len(label), at))
        self._names, self._codes, self._acronyms = names.packed(), codes.packed(), acronyms.packed()
        self._postings = words.packed()
        self._words = self._postings.words
        self._latin = [to_latin(word) if has_cyrillic(word) else word for word in self._words]
        self._rank = array(FOUR_BYTES, [0]) * len(lengths)
        for rank, (_, _, at) in enumerate(sorted(lengths)):
            self._rank[at] = rank

    def find(self, query: str, limit: int = 8, within: Container[str] | None = None) -> list[str]:
        """The keys that fit the query best, best first, at most `limit`; empty when nothing sensible fits.

        `within` keeps to some of the keys (a set answers fastest). Any text is fine; only its first
        MAX_QUERY_CHARACTERS and MAX_QUERY_WORDS count.
        """
        typed = fold(query.strip()[:MAX_QUERY_CHARACTERS])[:MAX_QUERY_CHARACTERS].strip()
        allowed = frozenset(within) if isinstance(within, list | tuple) else within
        if limit < 1:
            return []
        exactly = (at for _, holders in self._names.holders_of(typed) for at in holders)
        named = [at for at in exactly if allowed is None or self._keys[at] in allowed]
        if named:
            return [self._keys[at] for at in named[:limit]]
        scores = self._in_other_layouts(typed, allowed) if _KEYS_GLUED.search(typed) else {}
        scores = scores or self._step_by_step(typed, allowed)
        best = nsmallest(limit, scores, key=lambda at: (-scores[at], self._rank[at]))
        return [self._keys[at] for at in best]

    def _step_by_step(self, typed: str, allowed: Container[str] | None) -> Hits:
        words = split_words(typed)[:MAX_QUERY_WORDS]
        everywhere = self._literally(words)
        found = [self._permitted(hits, allowed) for hits in everywhere]
        scores = _in_all(words, found)
        if not scores and len(typed) >= LEAST_LETTERS_FOR_OTHER_LAYOUTS:
            scores = self._in_other_layouts(typed, allowed)
        if not scores:
            everywhere = [everywhere[n] if found[n] else self._with_typos(word) for n, word in enumerate(words)]
            scores = self._permitted(_in_all(words, everywhere), allowed)
        return scores or self._permitted(self._in_most(words, everywhere), allowed)

    def _permitted(self, scores: Hits, allowed: Container[str] | None) -> Hits:
        return scores if allowed is None else {at: s for at, s in scores.items() if self._keys[at] in allowed}

    def _in_other_layouts(self, typed: str, allowed: Container[str] | None) -> Hits:
        for text in other_layouts(typed):
            words = split_words(text)[:MAX_QUERY_WORDS]
            # Keys that were meant as they are give long words that nothing begins with: this ends the attempt cheaply.
            if not all(self._readings(word) for word in words if len(word) > 3 and word.isalpha()):
                continue
            if scores := self._permitted(_in_all(words, self._literally(words)), allowed):
                return scores
        return {}

    def _literally(self, words: list[str]) -> list[Hits]:
        """For each word the choices that hold it; neighbours may also stand as one word or as an acronym."""
        found = [self._whole(word) if _is_optional(word, words) else self._beginning(word) for word in words]
        for n, word in enumerate(words):
            if not found[n] and len(word) >= LEAST_LETTERS_FOR_SPLITTING:
                found[n] = self._run_together(word)
        for start in range(len(words) - 1):
            for end in range(start + 2, min(start + 4, len(words)) + 1):
                run = words[start:end]
                together = self._whole("".join(_initial(word) for word in run))
                if end == start + 2:
                    together = self._beginning("".join(run)) | together
                for n in range(start, end) if together else ():
                    found[n] = together | found[n]
        return found

    def _readings(self, word: str) -> dict[str, int]:
        """Beginnings of indexed words that the word may stand for, with how unlikely the reading is."""
        readings = {word: 0} if self._is_beginning(word) else {}
        if has_cyrillic(word):
            if not readings and self._is_beginning(to_latin(word)):
                readings[to_latin(word)] = 1
        elif has_latin(word):
            readings = cyrillic_readings(word, self._is_beginning) | readings
        return readings

    def _is_beginning(self, text: str) -> bool:
        at = bisect_left(self._words, text)
        return at < len(self._words) and self._words[at].startswith(text)

    def _beginning(self, word: str) -> Hits:
        """The choices with a word that begins so, an acronym, or a code."""
        hits = self._coded(word)
        scored = []
        for text, unlikely in self._readings(word).items():
            for at in self._postings.beginning_with(text):
                length = len(self._words[at])
                worth = _WHOLE_WORTH if length == len(text) else _BEGINNING_WORTH + 0.3 * len(text) / length
                scored.append((worth - _UNLIKELY_LETTER_COST * unlikely, at))
        for acronym in {word, likely_cyrillic(word)} if has_latin(word) else {word}:
            for place, holders in self._acronyms.holders_of(acronym):
                hits.update(dict.fromkeys(holders, _ACRONYM_WORTH * _PLACE_WORTH[place]))
        return hits | self._spread(scored)

    def _whole(self, word: str) -> Hits:
        readings = {word} | {likely_cyrillic(word)} if has_latin(word) else {word}
        positions = (self._postings.position(text) for text in readings)
        return self._spread([(_WHOLE_WORTH, at) for at in positions if at is not None])

    def _coded(self, word: str) -> Hits:
        if not word.isdecimal():
            return {}
        hits: Hits = {}
        for digits in {word, word.lstrip("0") or word}:
            for code in self._codes.beginning_with(digits):
                worth = _CODE_WORTH if self._codes.words[code] == digits else _CODE_BEGINNING_WORTH
                for _, holders in self._codes.holders(code):
                    hits |= {at: worth for at in holders if worth > hits.get(at, 0.0)}
        return hits

    def _run_together(self, word: str) -> Hits:
        """Two words typed without the blank: one of the list, then another or its beginning."""
        for cut in range(3, len(word) - 2):
            first, second = self._whole(word[:cut]), self._beginning(word[cut:])
            if both := first.keys() & second.keys():
                return {at: (first[at] + second[at]) / 2 for at in both}
        return {}

    def _with_typos(self, word: str) -> Hits:
        """The choices with a word a few letters off, compared by sound: both in Latin letters by the law."""
        latin = to_latin(likely_cyrillic(word) if has_latin(word) else word)
        edits = 0 if len(latin) < 4 or word.isdecimal() else 1 if len(latin) < 8 else 2
        if not edits:
            return {}
        near = {at: distance for _, distance, at in _nearest(latin, self._latin, edits)}
        if not near and len(latin) > 5:
            beginnings = [known[: len(latin)] for known in self._latin]
            near = {at: distance + 1 for _, distance, at in _nearest(latin, beginnings, 1)}
        return self._spread([(_FUZZY_WORTH * (1 - distance / len(latin)), at) for at, distance in near.items()])

    def _spread(self, scored: list[tuple[float, int]]) -> Hits:
        """Scores of words, handed on to the choices that hold them; the best word and place win."""
        valued = []
        for worth, at in scored:
            valued += [(worth * _PLACE_WORTH[place], here) for place, here in self._postings.holders(at)]
        hits: Hits = {}
        for worth, here in sorted(valued, key=lambda pair: pair[0]):
            hits.update(dict.fromkeys(here, worth))
        return hits

    def _in_most(self, words: list[str], found: list[Hits]) -> Hits:
        """The choices that hold most of what the query says, judged by how rare its words are."""
        weights = [
            0.0 if _is_optional(word, words) else math.log((len(self._keys) + 1) / (len(hits) + 0.5))
            for word, hits in zip(words, found, strict=True)
        ]
        share: Hits = {}
        scores: Hits = {}
        for hits, weight in zip(found, weights, strict=True):
            for at, score in hits.items() if weight > 0 else ():
                share[at] = share.get(at, 0.0) + weight
                scores[at] = scores.get(at, 0.0) + weight * score
        needed = LEAST_SHARE * sum(weight for weight in weights if weight > 0)
        return {at: scores[at] for at, got in share.items() if got >= needed}


def _file_words(at: int, label: str, keywords: str, words: Filing) -> int:
    """File the words of one choice; how many of those before the first separator count."""
    separator = _SEPARATOR.search(label)
    head_text, rest_text = (label[: separator.start()], label[separator.start() :]) if separator else (label, "")
    head = split_words(head_text)
    lead = next((n for n, word in enumerate(head) if word not in OPTIONAL), 0)
    places: dict[str, int] = {}
    for n, word in enumerate(head):
        places[word] = min(places.get(word, REST), LEAD if n == lead else HEAD)
    for word in split_words(rest_text):
        places.setdefault(word, REST)
    for word in split_words(keywords):
        places.setdefault(word, KEYWORD)
    for word, place in list(places.items()):
        for other in SYNONYMS.get(word, ()):
            places.setdefault(other, place)
    for word, place in places.items():
        words.add(word, at, place)
    return sum(word not in OPTIONAL for word in head)


def _file_acronyms(at: int, label: str, acronyms: Filing) -> None:
    separator = _SEPARATOR.search(label)
    in_head = set(_acronyms_of(label[: separator.start()] if separator else label))
    for acronym in in_head:
        acronyms.add(acronym, at, HEAD)
    for acronym in set(_acronyms_of(label)) - in_head:
        acronyms.add(acronym, at, REST)


def _nearest(word: str, known: list[str], edits: int) -> list[tuple[str, int, int]]:
    return process.extract(word, known, scorer=OSA.distance, processor=None, score_cutoff=edits, limit=60)


def _in_all(words: list[str], found: list[Hits]) -> Hits:
    """The choices that hold every word that counts, each with the sum over all words."""
    needed = [hits for word, hits in zip(words, found, strict=True) if not _is_optional(word, words)]
    if not needed or not all(needed):
        return {}
    needed.sort(key=len)
    common: Iterable[int] = needed[0].keys()
    for hits in needed[1:]:
        common = hits.keys() & common
    if len(words) == 1:
        return needed[0]
    return {at: sum(hits.get(at, 0.0) for hits in found) for at in common}


def _is_optional(word: str, words: list[str]) -> bool:
    """Whether a choice may lack the word: lists often leave it out, and the query says more."""
    return word in OPTIONAL and any(other not in OPTIONAL for other in words)


def _initial(word: str) -> str:
    return likely_cyrillic(word)[:1] if has_latin(word) else word[:1]


def _acronyms_of(label: str) -> Iterator[str]:
    """Initials of neighbouring words of a label: „Професионална гимназия по туризъм“ gives „пг“, „гт“ and „пгт“."""
    for segment in _SEGMENT_END.split(label):
        initials = [word[0] for word in split_words(segment) if word not in JOINING and not word[0].isdigit()]
        for start in range(min(len(initials), 8) - 1):
            longest = 8 if start == 0 else 4
            for end in range(start + 2, min(start + longest, len(initials)) + 1):
                yield "".join(initials[start:end])

"""Words that people shorten, leave out, or write as a number when they name a place or an institution in Bulgarian."""

from conversations.letters import to_latin

_SHORT_FORMS = {
    "гр": ("град",),
    "с": ("село",),
    "общ": ("община",),
    "обл": ("област",),
    "ул": ("улица",),
    "бул": ("булевард",),
    "кв": ("квартал",),
    "св": ("свети", "света", "светите"),
    "др": ("доктор",),
    "проф": ("професор",),
    "акад": ("академик",),
    "инж": ("инженер",),
    "ген": ("генерал",),
    "кап": ("капитан",),
    "отец": ("о",),
    "дир": ("директор",),
}  # fmt: skip

_ORDINALS = {
    "първ": 1, "втор": 2, "трет": 3, "четвърт": 4, "пет": 5, "шест": 6, "седм": 7, "осм": 8, "девет": 9, "десет": 10,
    "единадесет": 11, "единайсет": 11, "дванадесет": 12, "дванайсет": 12, "тринадесет": 13, "тринайсет": 13,
    "четиринадесет": 14, "четиринайсет": 14, "петнадесет": 15, "петнайсет": 15, "шестнадесет": 16, "шестнайсет": 16,
    "седемнадесет": 17, "седемнайсет": 17, "осемнадесет": 18, "осемнайсет": 18, "деветнадесет": 19, "деветнайсет": 19,
    "двадесет": 20, "двайсет": 20,
}  # fmt: skip


def _synonyms() -> dict[str, tuple[str, ...]]:
    table: dict[str, set[str]] = {}
    for short, long_forms in _SHORT_FORMS.items():
        for long in long_forms:
            table.setdefault(short, set()).add(long)
            table.setdefault(long, set()).add(short)
    for stem, number in _ORDINALS.items():
        for ending in ("о", "а", "и"):
            table.setdefault(stem + ending, set()).add(str(number))
    return {word: tuple(sorted(others)) for word, others in table.items()}


#: Other forms under which a word of a label is found as well.
SYNONYMS = _synonyms()

#: Words that join others and give no letter to an acronym.
JOINING = frozenset(["и", "по", "на", "в", "във", "за", "от", "с", "със", "към", "при"])

_OPTIONAL = JOINING | frozenset(["село", "гр", "град", "общ", "община", "обл", "област", "училище"])
_OPTIONAL_IN_ENGLISH = {"the", "of", "in", "at", "town", "village", "school"}

#: Words that order the hits but never exclude one: many lists leave them out.
OPTIONAL = _OPTIONAL | {to_latin(word) for word in _OPTIONAL} | _OPTIONAL_IN_ENGLISH

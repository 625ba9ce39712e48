"""Letters of a word in another alphabet: the transliteration law, chat spellings, keyboards left in the wrong layout.

Official spelling: Transliteration Act (Закон за транслитерацията, 2009), articles 3-6. Chat spellings („4“ for ч, „6“
for ш, „q“ for я …) follow no document; they are what people type. Layouts: BDS 5237 of 1978 and of 2006 (the latter
holds the newer phonetic layout) and the older phonetic layout.

All functions expect text that went through `fold`.
"""

import re
import unicodedata
from collections.abc import Callable

MAX_READINGS = 48

_LAW = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "y", "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h",
    "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "ъ": "a", "ь": "y", "ю": "yu", "я": "ya", "ы": "y", "э": "e",
}  # fmt: skip

# What a group of Latin letters may stand for, the likeliest reading first.
_SPELLINGS: dict[str, tuple[str, ...]] = {
    **{latin: (cyrillic,) for cyrillic, latin in _LAW.items() if cyrillic not in "ъьыэ"},
    "a": ("а", "ъ", "я"),
    "c": ("ц", "к", "ч"),
    "e": ("е", "э"),
    "g": ("г", "дж"),
    "h": ("х",),
    "i": ("и", "й"),
    "j": ("й", "ж", "дж"),
    "o": ("о", "ьо"),
    "q": ("я", "ч"),
    "s": ("с", "ш", "з"),
    "u": ("у", "ъ", "ю"),
    "v": ("в", "ж"),
    "w": ("в", "ш"),
    "x": ("х", "кс", "ж"),
    "y": ("й", "ъ", "и", "у", "ь"),
    "z": ("з", "ж"),
    "4": ("ч",),
    "6": ("ш",),
    "6t": ("щ", "шт"),
    "sht": ("щ", "шт"),
    "sch": ("щ", "ш", "сч"),
    "st": ("ст", "щ"),
    "kh": ("х", "кх"),
    "ph": ("ф",),
    "tz": ("ц", "тз"),
    "ts": ("ц", "тс"),
    "tc": ("ц",),
    "ck": ("цк", "к"),
    "ks": ("кс",),
    "sh": ("ш", "сх"),
    "zh": ("ж", "зх"),
    "ch": ("ч", "цх"),
    "dj": ("дж",),
    "dzh": ("дж",),
    "ya": ("я", "йа", "ъа"),
    "ja": ("я", "жа", "джа"),
    "ia": ("ия", "я", "иа"),
    "iya": ("ия",),
    "iq": ("ия",),
    "yu": ("ю", "йу"),
    "ju": ("ю", "жу", "джу"),
    "iu": ("ю", "иу"),
    "yo": ("йо", "ьо"),
    "jo": ("йо", "ьо", "жо"),
    "io": ("ьо", "йо", "ио"),
}  # fmt: skip
_LONGEST_SPELLING = max(map(len, _SPELLINGS))

_KEYS = "qwertyuiop[]\\asdfghjkl;'zxcvbnm,./`"
_LAYOUTS = (
    dict(zip(_KEYS, ",уеишщксдзц;„ьяаожгтнвмчюйъэфхпрлб(", strict=True)),
    dict(zip(_KEYS, "явертъуиопшщюасдфгхйкл;'зьцжбнм,./ч", strict=True)),
    dict(zip(_KEYS, "чшертъуиопящьасдфгхйкл;'зжцвбнм,./ю", strict=True)),
)
_TO_CYRILLIC = tuple(str.maketrans(layout) for layout in _LAYOUTS)
_TO_LATIN = tuple(
    str.maketrans({sign: key for key, sign in layout.items() if sign.isalpha()} | {"ѝ": "x"}) for layout in _LAYOUTS
)

_LOOKALIKES = str.maketrans("aeopcyxkmhtb", "аеорсухкмнтв")
_CYRILLIC = re.compile(r"[а-яѐ-џ]")
_FOLDED = re.compile(r"""[a-zа-я0-9 .,:;()„“”"'–-]*""")
_LATIN = re.compile(r"[a-z]")


def fold(text: str) -> str:
    """Text for comparing: compatibility forms unified, case and accents dropped, invisible characters removed.

    Digits of any script become 0-9. The letter й keeps its breve, for it is a letter of its own.
    """
    lower = text.casefold()
    if _FOLDED.fullmatch(lower):
        return text if lower == text else lower
    letters: list[str] = []
    for sign in unicodedata.normalize("NFKD", lower.replace("№", " ")):
        kind = unicodedata.category(sign)
        if kind == "Nd":
            letters.append(str(unicodedata.decimal(sign)))
        elif kind in {"Cf", "Cs", "Mn"}:
            if sign == "\u0306" and letters and letters[-1] == "и":
                letters[-1] = "й"
        else:
            letters.append(sign)
    return "".join(letters)


def has_cyrillic(text: str) -> bool:
    return _CYRILLIC.search(text) is not None


def has_latin(text: str) -> bool:
    return _LATIN.search(text) is not None


def one_script(word: str) -> str:
    """A Cyrillic word into which Latin look-alikes slipped (a, e, o, p, c …), made Cyrillic throughout."""
    return word.translate(_LOOKALIKES) if has_cyrillic(word) and has_latin(word) else word


def to_latin(word: str) -> str:
    """A Cyrillic word by the law: „ия“ at the end of a word is "ia" (article 5); other signs stay as they are."""
    if word.endswith("ия"):
        return to_latin(word[:-2]) + "ia"
    return "".join(_LAW.get(letter, letter) for letter in word)


def likely_cyrillic(word: str) -> str:
    """The likeliest Cyrillic reading of a Latin word: the longest groups of letters, each by its first meaning."""
    letters = []
    at = 0
    while at < len(word):
        size = next((n for n in range(_LONGEST_SPELLING, 1, -1) if word[at : at + n] in _SPELLINGS), 1)
        group = word[at : at + size]
        letters.append(_SPELLINGS.get(group, (group,))[0])
        at += size
    return "".join(letters)


def cyrillic_readings(word: str, begins_a_word: Callable[[str], bool]) -> dict[str, int]:
    """Every Cyrillic reading of a Latin word that begins a known word, with its number of unlikely letters.

    Readings grow letter by letter and end as soon as `begins_a_word` refuses them, so that the few known words, not
    the many spellings, bound the work; never more than MAX_READINGS at a time.
    """
    reached: list[dict[str, int]] = [{} for _ in range(len(word) + 1)]
    reached[0][""] = 0
    for at in range(len(word)):
        for size in range(1, min(_LONGEST_SPELLING, len(word) - at) + 1):
            group = word[at : at + size]
            meanings = _SPELLINGS.get(group, (group,) if size == 1 else ())
            ahead = reached[at + size]
            for start, cost in reached[at].items():
                for unlikely, letters in enumerate(meanings):
                    reading = start + letters
                    if (
                        cost + unlikely < ahead.get(reading, 99)
                        and len(ahead) < MAX_READINGS
                        and begins_a_word(reading)
                    ):
                        ahead[reading] = cost + unlikely
    return reached[-1]


def other_layouts(text: str) -> list[str]:
    """What the same keys give in the other keyboard layouts: Latin letters meant as Cyrillic, or the reverse."""
    tables = _TO_LATIN if has_cyrillic(text) else _TO_CYRILLIC if has_latin(text) else ()
    return [swapped for swapped in dict.fromkeys(text.translate(table) for table in tables) if swapped != text]

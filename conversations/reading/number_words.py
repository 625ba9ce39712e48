"""Whole numbers written in words: Bulgarian 0-999 999, English 0-99."""

_SIMPLE = {
    0: "нула",
    1: "един една едно",
    2: "два две двама",
    3: "три трима",
    4: "четири четирима",
    5: "пет петима",
    6: "шест шестима",
    7: "седем седмина",
    8: "осем осмина",
    9: "девет деветима",
    10: "десет десетима",
    11: "единадесет единайсет",
    12: "дванадесет дванайсет",
    13: "тринадесет тринайсет",
    14: "четиринадесет четиринайсет",
    15: "петнадесет петнайсет",
    16: "шестнадесет шестнайсет",
    17: "седемнадесет седемнайсет",
    18: "осемнадесет осемнайсет",
    19: "деветнадесет деветнайсет",
    20: "двадесет двайсет",
    30: "тридесет трийсет",
    40: "четиридесет четирийсет четиресет",
    50: "петдесет",
    60: "шестдесет шейсет шейсе",
    70: "седемдесет",
    80: "осемдесет",
    90: "деветдесет",
    100: "сто",
    200: "двеста двесте",
    300: "триста",
    400: "четиристотин",
    500: "петстотин",
    600: "шестстотин",
    700: "седемстотин",
    800: "осемстотин",
    900: "деветстотин",
}
_VALUES = {word: value for value, words in _SIMPLE.items() for word in words.split()}
_THOUSAND, _THOUSANDS = "хиляда", "хиляди"
_AND = "и"

_ENGLISH_ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_ENGLISH_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ENGLISH = {word: value for value, word in enumerate(_ENGLISH_ONES)} | {
    word: 20 + 10 * n for n, word in enumerate(_ENGLISH_TENS)
}


def number_in_words(text: str) -> int | None:
    """The number that lower-case words name, or None when they name none.

    „и“ may stand or be missing before any part but the first: „сто двайсет“, „сто и двайсет“, „хиляда двеста“.
    """
    words = text.replace("-", " ").split()
    english = _english(words)
    return english if english is not None else _bulgarian(words)


def _english(words: list[str]) -> int | None:
    values = [_ENGLISH.get(word) for word in words]
    match values:
        case [int(value)]:
            return value
        case [int(tens), int(ones)] if tens >= 20 and 0 < ones < 10:
            return tens + ones
    return None


def _bulgarian(words: list[str]) -> int | None:
    if _THOUSAND in words[:1]:
        return _with_rest(1000, words[1:])
    if _THOUSANDS in words:
        at = words.index(_THOUSANDS)
        thousands = _below_thousand(words[:at])
        return _with_rest(1000 * thousands, words[at + 1 :]) if thousands and thousands > 1 else None
    return _below_thousand(words)


def _with_rest(start: int, words: list[str]) -> int | None:
    if not words:
        return start
    rest = _below_thousand(words[1:] if words[0] == _AND else words)
    return start + rest if rest else None


def _below_thousand(words: list[str]) -> int | None:
    """Hundreds, tens and ones, each at most once and in this order."""
    total = 0
    room = 1000
    after_part = False
    for word in words:
        if word == _AND and after_part:
            after_part = False
            continue
        value = _VALUES.get(word)
        if value is None or value >= room or (value == 0 and len(words) > 1):
            return None
        total += value
        room = 100 if value >= 100 else 10 if value >= 20 else 0
        after_part = True
    return total if after_part else None

"""Finding a choice by what a person types."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.letters import fold, likely_cyrillic, other_layouts, to_latin
from conversations.search import SearchIndex

PLACE_ROWS = [
    ("00014", "с. Абланица, община Хаджидимово, област Благоевград", ""),
    ("02508", "с. Бачево, община Разлог, област Благоевград", ""),
    ("04279", "гр. Благоевград, община Благоевград, област Благоевград", ""),
    ("07603", "с. Бяла, община Сливен, област Сливен", ""),
    ("07598", "гр. Бяла, община Бяла, област Русе", ""),
    ("07702", "гр. Бяла Слатина, община Бяла Слатина, област Враца", ""),
    ("10447", "гр. Велико Търново, община Велико Търново, област Велико Търново", ""),
    ("10135", "гр. Варна, община Варна, област Варна", ""),
    ("16359", "гр. Горна Оряховица, община Горна Оряховица, област Велико Търново", ""),
    ("36436", "с. Караджово, община Садово, област Пловдив", ""),
    ("44238", "гр. Лом, община Лом, област Монтана", ""),
    ("56784", "гр. Пловдив, община Пловдив, област Пловдив", ""),
    ("65766", "гр. Свищов, община Свищов, област Велико Търново", ""),
    ("68134", "гр. София, община Столична, област София", ""),
    ("81178", "гр. Черноморец, община Созопол, област Бургас", ""),
    ("83510", "гр. Шумен, община Шумен, област Шумен", ""),
    ("87374", "гр. Ямбол, община Ямбол, област Ямбол", ""),
]
SCHOOL_ROWS = [
    ("100020", "Второ основно училище „Димитър Благоев“ – гр. Благоевград", ""),
    ("1603104", "ОУ „Васил Левски“ – с. Караджово", ""),
    ("1603105", "Основно училище „Васил Левски“ – с. Болярци", ""),
    ("1600301", "Средно училище „Найден Геров“ – гр. Пловдив", ""),
    ("2220048", "48 Основно училище „Йосиф Ковачев“ – гр. София", ""),
    ("300128", "Професионална гимназия по строителство, архитектура и геодезия – гр. Шумен", "строителен техникум"),
    ("400041", "Трета природоматематическа гимназия „Методий Попов“ – гр. Варна", ""),
    ("2000131", "Профилирана природо-математическа гимназия „Добри Чинтулов“ – гр. Сливен", ""),
    ("1501501", "Средно училище „Д-р Петър Берон“ – гр. Червен бряг", ""),
    ("1100301", "Основно училище „Свети Климент Охридски“ – гр. Ловеч", ""),
]
PLACES, SCHOOLS = SearchIndex(PLACE_ROWS), SearchIndex(SCHOOL_ROWS)
KEYS = {key for key, _, _ in PLACE_ROWS + SCHOOL_ROWS}


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("варна", "10135"),
        ("ВАРНА!", "10135"),
        ("„Варна“", "10135"),
        ("Ва\u0440\u200fна", "10135"),
        ("Bapна", "10135"),  # B, a and p from the Latin keyboard
        ("Varna", "10135"),
        ("warna", "10135"),
        ("Veliko Tarnovo", "10447"),
        ("veliko turnovo", "10447"),
        ("veliko tyrnovo", "10447"),
        ("великотърново", "10447"),
        ("търново велико", "10447"),
        ("В.Търново", "10447"),
        ("вт", "10447"),
        ("Gorna Oryahovitsa", "16359"),
        ("gorna orqhovica", "16359"),
        ("4ernomorec", "81178"),
        ("6umen", "83510"),
        ("qmbol", "87374"),
        ("iambol", "87374"),
        ("Sofia", "68134"),
        ("sofiq", "68134"),
        ("svishtov", "65766"),
        ("svi6tov", "65766"),
        ("karadjovo", "36436"),
        ("Karadzhovo", "36436"),
        ("село Караджово", "36436"),
        ("Абланица, общ. Хаджидимово", "00014"),
    ],
)
def test_a_place_is_found_in_either_alphabet_and_every_usual_spelling(typed, key):
    assert PLACES.find(typed)[0] == key


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("ld,kd", "10135"),  # „варна“ on BDS keys
        (".f;", "44238"),  # „лом“ on BDS keys
        ("[umen", "83510"),  # „шумен“, older phonetic
        ("wumen", "83510"),  # „шумен“, phonetic of 2006
        ("жарна", "10135"),  # "varna", older phonetic layout left on
        ("эьихь", "10135"),  # "varna", BDS left on
    ],
)
def test_a_keyboard_left_in_the_wrong_layout_does_no_harm(typed, key):
    assert PLACES.find(typed)[0] == key


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Карджово", "36436"),
        ("плвдив", "56784"),
        ("plovdvi", "56784"),
        ("горна ориаховица", "16359"),
        ("Шумин", "83510"),
    ],
)
def test_a_slip_of_the_finger_is_forgiven(typed, key):
    assert PLACES.find(typed)[0] == key


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("левски карад", ["1603104"]),
        ("ОУ Васил Левски с. Караджово", ["1603104"]),
        ("основно училище левски караджово", ["1603104"]),
        ("osnovno uchilishte levski karadjovo", ["1603104"]),
        ("оу левски", ["1603104", "1603105"]),
        ("ou levski bolqrci", ["1603105"]),
        ("лвески караджово", ["1603104"]),
        ("2 оу благоевград", ["100020"]),
        ("48-мо ОУ", ["2220048"]),
        ("СУ Пловдив", ["1600301"]),
        ("ПГСАГ", ["300128"]),
        ("строителен", ["300128"]),
        ("ПМГ Варна", ["400041"]),
        ("природо-математическа варна", ["400041"]),
        ("ППМГ", ["2000131"]),
        ("доктор Берон", ["1501501"]),
        ("dr beron", ["1501501"]),
        ("св. Климент", ["1100301"]),
    ],
)
def test_a_school_is_found_by_parts_abbreviations_and_numbers(typed, keys):
    assert SCHOOLS.find(typed) == keys


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("100020", ["100020"]),
        ("0100020", ["100020"]),
        ("16031", ["1603104", "1603105"]),
        ("١٦٠٣١٠٤", ["1603104"]),
        ("9999999", []),
    ],
)
def test_a_code_is_found_by_its_first_digits_with_or_without_the_leading_zero(typed, keys):
    assert SCHOOLS.find(typed) == keys


def test_a_code_in_the_list_keeps_its_leading_zeros_but_nobody_has_to_type_them():
    assert PLACES.find("14") == PLACES.find("00014") == ["00014"]


def test_the_thing_itself_comes_before_what_lies_in_it_and_whole_words_before_beginnings():
    assert PLACES.find("Благоевград") == ["04279", "02508", "00014"]
    assert PLACES.find("бяла")[0] in {"07603", "07598"}
    assert PLACES.find("бяла")[-1] == "07702"


def test_what_a_label_says_comes_before_what_only_the_keywords_say():
    rows = [
        ("1", "ОУ „Вазов“ – с. Бисер", "Харманли Хасково"),
        ("2", "ОУ „Христо Смирненски“ – гр. Хасково", "Хасково"),
    ]
    assert SearchIndex(rows).find("haskovo") == ["2", "1"]


def test_a_small_word_orders_the_hits_but_excludes_none():
    assert PLACES.find("гр. Бяла")[0] == "07598"
    assert PLACES.find("с. Бяла")[0] == "07603"
    assert PLACES.find("с. Варна") == ["10135"]


@pytest.mark.parametrize(
    "typed", ["", "   ", "ъъъъ", "asdfgh", "qwerty", "🙂🙂", "\x00\x1b[2J", "\u202e\u200f", "ОУ Ххххххх", "а" * 100_000]
)
def test_what_fits_nothing_finds_nothing(typed):
    assert SCHOOLS.find(typed) == []


def test_only_allowed_choices_are_found_and_typos_are_judged_among_them():
    assert PLACES.find("бяла", within={"07702"}) == ["07702"]
    assert PLACES.find("бяла", within=["07702", "07598"]) == ["07598", "07702"]
    assert PLACES.find("варна", within=set()) == []


def test_no_more_than_the_limit_comes_back():
    assert len(PLACES.find("област", limit=3)) == 3
    assert PLACES.find("варна", limit=0) == []


def test_labels_in_latin_letters_are_found_in_both_alphabets():
    index = SearchIndex([("BGS", "Burgas", ""), ("VAR", "Varna", "")])
    assert index.find("varn") == index.find("варна") == index.find("var") == ["VAR"]


def test_an_empty_list_answers_with_nothing():
    assert SearchIndex([]).find("варна") == []


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.sampled_from([PLACES, SCHOOLS]))
def test_any_text_at_all_gives_known_keys(typed, index):
    found = index.find(typed, limit=5)
    assert len(found) <= 5
    assert len(set(found)) == len(found)
    assert set(found) <= KEYS


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=6), st.text(max_size=20))
def test_a_list_of_any_labels_can_be_built_and_asked(labels, typed):
    index = SearchIndex([(f"k{n}", label, label) for n, label in enumerate(labels)])
    assert set(index.find(typed)) <= {f"k{n}" for n in range(len(labels))}


def test_five_thousand_places_are_indexed_and_searched_in_no_time():
    syllables = ["ба", "во", "гра", "ди", "ка", "лом", "мир", "но", "ра", "ста", "тър", "че"]
    names = [a + b + c for a in syllables for b in syllables for c in syllables][:1700]
    entries = [
        (
            f"{n:05}",
            f"с. {names[n % 1700].title()}, община {names[n % 260].title()}, област {names[n % 28].title()}",
            "",
        )
        for n in range(5300)
    ]
    started = time.perf_counter()
    index = SearchIndex(entries)
    built = time.perf_counter()
    for typed in ("с", "бабава", "gradikka", "ненайдено название някъде другаде", "x" * 100_000, "а " * 50_000):
        index.find(typed)
    asked = time.perf_counter()
    # Ten times the usual figures: only a mistake of order is caught here, not a busy machine.
    assert built - started < 3
    assert (asked - built) / 6 < 0.1


def test_transliteration_follows_the_law():
    assert [to_latin(word) for word in ("търговище", "ямбол", "софия", "синьо", "жечка")] == [
        "targovishte", "yambol", "sofia", "sinyo", "zhechka",
    ]  # fmt: skip


def test_a_latin_word_has_one_likeliest_cyrillic_reading():
    assert [likely_cyrillic(word) for word in ("6i6kovci", "sht", "chaika")] == ["шишковци", "щ", "чаика"]


def test_folding_keeps_the_letter_й_and_drops_stress_marks():
    assert fold("Йо\u0301ВКОВ Й") == "йовков й"
    assert fold("Ѝ") == "и"


def test_the_same_keys_are_read_in_the_other_layouts():
    assert "варна" in other_layouts("ld,kd")
    assert other_layouts("123") == []

"""A form on paper: what a person would meet, with the conditions in words."""

import pytest

from conversations.form import Kind
from conversations.outline import KIND_WORDS, outline
from conversations.wording import Wording
from conversations.xpath import compile_expression
from tests.forms import form_of, network_form

FORM = """
| survey |
|        | type               | name  | label                 | hint       | required | relevant                  | constraint           | constraint_message | default | calculation | trigger |
|        | begin_group        | home  | Вашият дом            |            |          |                           |                      |                    |         |             |         |
|        | note               | hello | Здравейте!            |            |          |                           |                      |                    |         |             |         |
|        | select_one kind    | kind  | Къде живеете?         | Изберете.  | yes      |                           |                      |                    | flat    |             |         |
|        | integer            | floor | На кой етаж?          |            |          | ${kind} = 'flat'          | . >= 0 and . <= 40   | Между 0 и 40.      |         |             |         |
|        | text               | owner | Кой е собственикът на ${floor}. етаж? | | ${floor} > 9 | ${high} = 'yes' or not(selected(${kind}, 'house')) | string-length(.) < 50 | | |     | |
|        | calculate          | high  |                       |            |          |                           |                      |                    |         | if(${floor} > 5 and ${kind} != '', 'yes', 'no') | |
|        | select_one_from_file towns.csv | town | Къде?      |            |          |                           |                      |                    |         | ''          | ${kind} |
|        | end_group          |       |                       |            |          |                           |                      |                    |         |             |         |
| choices |
|         | list_name | name  | label |
|         | kind      | flat  | Апартамент |
|         | kind      | house | Къща  |
| settings |
|          | form_title | version | default_language |
|          | Дом        | 3       | Български (bg)   |
"""  # noqa: E501
TOWNS = (("towns.csv", "name,label\nkz,Казанлък\nnone,Не е тук\n"),)
READ = """\
# Дом

Версия 3 · въпроси: 4 · езици: Български (bg)

## Вашият дом

_Съобщение:_ Здравейте!

**1.** Къде живеете?
_Изберете._
  ○ Апартамент
  ○ Къща
  [един отговор · задължителен · kind]
  ✎ Попълнено предварително: „Апартамент“

**2.** На кой етаж?
→ Само ако въпрос 1 = „Апартамент“.
  [цяло число · по желание · floor]
  ✓ Приема се, ако отговорът ≥ 0 и отговорът ≤ 40.
  ✗ Иначе: Между 0 и 40.

**3.** Кой е собственикът на [въпрос 2]. етаж?
→ Само ако (въпрос 2 > 5 и въпрос 1 има отговор) или не е вярно, че въпрос 1 включва „Къща“.
  [текст · задължителен, ако въпрос 2 > 9 · owner]
  ✓ Приема се, ако дължината в знаци < 50.

**4.** Къде?
  ○ списък towns, 2 реда – търси се с част от името
  ○ Не е тук
  [един отговор · по желание · town]
  ✎ Изчиства се и се пита отново, щом се промени въпрос 1.

## Изчисляват се, без да се питат

- high: ако въпрос 2 > 5 и въпрос 1 има отговор: „yes“, иначе: „no“
"""


def test_a_form_reads_as_the_person_would_meet_it():
    assert outline(form_of(FORM, TOWNS), "bg") == READ


def test_the_shipped_form_is_told_whole_in_each_of_its_languages():
    form = network_form()
    for language, only_if in (("bg", "Само ако"), ("en", "Only if")):
        text = outline(form, language)
        assert only_if in text
        for question in form.questions:
            if question.is_asked or question.is_shown:
                assert Wording(form, language).text(question.label, question.path).split("\n")[0] in text


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("/data/home/kind = 'flat'", "question 1 = “Апартамент”"),
        ("/data/home/kind = ''", "question 1 has no answer"),
        ("selected(., 'flat')", "the answer includes “Апартамент”"),
        ("count-selected(.) <= 2", "the number of ticks ≤ 2"),
        ("string-length(/data/home/floor) * 2 > 3", "(the length in characters (question 2) × 2) > 3"),
        (". <= today()", "the answer ≤ today"),
        ("coalesce(../floor, 0) + -1", "question 2 or, if blank, 0 + −1"),
        ("regex(., '[a-z]+')", "the answer follows the pattern “[a-z]+”"),
        ("once(uuid())", "uuid()"),
        ("round(../floor, 1)", "round(question 2; 1)"),
        ("instance('towns')/root/item[name = current()/../floor]/label", None),
        ("../high = 'no'", "high = “no”"),
        ("../high = 'yes' and true()", "(question 2 > 5 and question 1 has an answer) and always"),
    ],
)
def test_an_expression_is_said_in_words(expression: str, words: str | None):
    said = Wording(form_of(FORM, TOWNS), "en").say(compile_expression(expression), "home/kind")
    assert said == (words or expression)


EVERY_KIND = """
| survey |
|   | type         | name | label                | guidance_hint | required   | relevant   | repeat_count | parameters         | media::image |
|   | time         | t    | Кога?                | Погледнете.   |            |            |              |                    | a.png        |
|   | range        | r    | Колко?               |               |            |            |              | start=1 end=5 step=1 |            |
|   | rank c       | k    | Подредете            |               |            |            |              |                    |              |
|   | begin_repeat | m    | Член                 |               |            | ${r} > 2   |              |                    |              |
|   | text         | nm   | Име                  |               | ${r} > 3   |            |              |                    |              |
|   | end_repeat   |      |                      |               |            |            |              |                    |              |
|   | begin_repeat | f    | Поле                 |               |            |            | ${r}         |                    |              |
|   | geopoint     | g    | Къде?                |               |            |            |              |                    |              |
|   | end_repeat   |      |                      |               |            |            |              |                    |              |
|   | audio        | au   | Звук                 |               |            | count(${m}) > 1 |         |                    |              |
| choices |
|   | list_name | name | label |
|   | c         | a    | А     |
|   | c         | b    | Б     |
"""  # noqa: E501


def test_repeats_scales_help_and_pictures_are_told():
    text = outline(form_of(EVERY_KIND, (("a.png", "\x89PNG"),)), "bg")
    for line in (
        "Помощ: Погледнете.", "Показва и: a.png", "  [число от скала · от 1 до 5, през 1 · по желание · r]",
        "  [подреждане · по желание · k]", "→ Само ако въпрос 2 > 2.",
        "  [текст · задължителен, ако въпрос 2 > 3 · nm]",
        "_Повтаря се запис по запис, докато човекът каже „стига“._", "_Повтаря се толкова пъти: въпрос 2._",
        "→ Само ако броят на „Член“ > 1.",
    ):  # fmt: skip
        assert line in text.split("\n")


def test_every_kind_of_question_has_a_word():
    stand_in_no_form = {"another", "leftover"}
    assert {kind.value for kind in KIND_WORDS} == {kind.value for kind in Kind} - {"quiet"} - stand_in_no_form

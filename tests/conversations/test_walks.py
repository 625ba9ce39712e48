"""Walks: a file of sample conversations tells whether a form still goes as its keepers mean it to."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from conversations.errors import FormError
from conversations.walks import WalkResult, run_walks, walks_beside
from conversations.xlsform import FormSource, compile_form, in_use, shipped_source
from tests.forms import form_of, network_form

NOW = datetime(2026, 3, 1, 9, tzinfo=ZoneInfo("Europe/Sofia"))
FORM = """
| survey |
|        | type                  | name  | label                   | required | constraint         | constraint_message | relevant       |
|        | text                  | who   | Как се **казвате**?     | yes      | string-length(.)>1 | Поне две букви.    |                |
|        | select_one yn         | kids  | Имате ли деца?          | yes      |                    |                    |                |
|        | select_multiple toys  | toys  | Какви играчки?          |          |                    |                    | ${kids} = 'y'  |
|        | date                  | since | От кога?                |          | . <= today()       | Няма как.          |                |
|        | select_one_from_file towns.csv | town | Къде?           | yes      |                    |                    |                |
|        | file                  | proof | Документ                |          |                    |                    |                |
| choices |
|         | list_name | name | label |
|         | yn        | y    | Да    |
|         | yn        | n    | Не    |
|         | toys      | ball | Топка |
|         | toys      | doll | Кукла |
"""  # noqa: E501
TOWNS = (("towns.csv", "name,label\nkz,Казанлък\nkj,Караджово\nkv,Караджалово\nnone,Не е тук\n"),)
TO_THE_TOWN = "- {who: Ана}\n- {kids: Не}\n- {since: 1.2.2026}\n"


def walked(steps: str, head: str = "") -> WalkResult:
    """One walk of these steps; its first step is on line 4."""
    indented = "".join(f"      {line}\n" for line in steps.strip("\n").split("\n"))
    text = f"walks:\n  - name: Проба{head}\n    steps:\n{indented}"
    return run_walks(form_of(FORM, TOWNS), text, NOW)[0]


def why(steps: str, language: str = "bg") -> tuple[int | None, str]:
    result = walked(steps)
    assert not result.passed
    return result.line, result.why[language]


def test_a_walk_that_goes_as_written_passes():
    result = walked("""
- who: Ана
- kids: Да
- toys: [Топка, Кукла]
- since: вчера
- town: Казанлък
- proof: doc.pdf
- then: review
  hears: [Ана, Казанлък]
- then: submitted
""")
    assert result.in_language("bg") == "✔ Проба: 9 стъпки"
    assert result.in_language("de") == "✔ Проба: 9 steps"


def test_a_question_that_is_not_asked_now_is_told_with_the_one_that_is():
    assert why("- who: Ана\n- toys: [Топка]") == (
        5,
        "Очаква се въпросът toys (Какви играчки?), а се задава kids (Имате ли деца?).",
    )


def test_what_is_wrong_is_told_in_english_too():
    assert why("- asked: kids", "en")[1] == (
        "The question expected is kids (Имате ли деца?), but who (Как се казвате?) is asked."
    )


def test_an_answer_that_is_refused_is_told_with_what_is_said_to_it():
    line, told = why("- who: А")
    assert line == 4
    assert told.startswith("Отговорът „А“ на who (Как се казвате?) не се приема. Чува се: ⚠️ Поне две букви.")


def test_a_required_question_cannot_be_passed_with_a_blank():
    assert why("- who:")[1].startswith("Отговорът „–“ на who")


def test_an_optional_question_is_skipped_with_a_blank():
    assert walked("- who: Ана\n- kids: Да\n- toys:\n- asked: since").passed


@pytest.mark.parametrize("typed", ["Казан", "Караджово", "Не е тук"])
def test_a_search_takes_the_only_hit_or_the_one_named_whole(typed: str):
    assert walked(f"{TO_THE_TOWN}- town: {typed}\n- asked: proof").passed


def test_a_search_with_several_hits_asks_which():
    line, told = why(f"{TO_THE_TOWN}- town: Карадж")
    assert line == 7
    assert "Караджово" in told
    assert "Караджалово" in told


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("- asked: whom", "Във формуляра няма въпрос „whom“. Най-близко е „who“."),
        ("- taps: Да", "Няма бутон „Да“. Има: –."),
        ("- who: Ана\n- taps: Може би", "Няма бутон „Може би“. Има: Да, Не, ◀ Назад, ✏️ Промени."),
        ("- hears: Кой сте?", "Не се чува „Кой сте?“. Чува се: Въпрос 1 от 5 Как се казвате?"),
        ("- does_not_hear: казвате", "Чува се „казвате“, а не трябва."),
        ("- who: Ана\n- offers: [Да]", "Предлагат се: Да, Не. Очакват се: Да."),
        ("- then: submitted", "Още не може да се стигне дотам: следва who (Как се казвате?)"),
    ],
)
def test_each_mismatch_is_told_in_plain_words(steps: str, told: str):
    assert why(steps)[1] == told


def test_the_keys_of_a_step_are_done_in_their_order():
    assert walked("- asked: who\n  says: А\n  hears: Поне две букви.\n  does_not_hear: деца").passed


def test_a_walk_may_have_a_day_and_a_language_of_its_own():
    steps = "- {who: Ана}\n- {kids: Не}\n- since: 1.2.2024"
    assert walked(steps).passed
    assert not walked(steps, head="\n    date: 2024-01-31\n    language: bg").passed


def test_a_file_that_is_not_understood_is_refused_with_all_its_lines():
    text = "walks:\n  - name: A\n    step: []\n  - steps: [then: never]\n    date: soon\n"
    with pytest.raises(FormError) as refused:
        run_walks(form_of(FORM, TOWNS), text, NOW)
    found = [(problem.code, problem.row) for problem in refused.value.problems]
    assert found == [
        ("walk_unknown_key", 3), ("walk_shape", 2), ("walk_shape", 4), ("walk_shape", 4), ("walk_shape", 5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["", "- name: A", "walks: 5", "steps: []", "walks: [5]", "walks:\n  - {name: A, steps: [[a]]}"]
)
def test_anything_else_is_refused_as_no_file_of_walks(text: str):
    with pytest.raises(FormError):
        run_walks(form_of(FORM, TOWNS), text, NOW)


def test_the_walks_of_a_form_bear_its_name_or_lie_beside_it():
    files = {"walks.yaml": b"walks: []", "town.walks.yaml": b"walks: [] # own"}
    assert walks_beside(FormSource("town.xlsx", b"", files)) == ("town.walks.yaml", "walks: [] # own")
    assert walks_beside(FormSource("other.xlsx", b"", files)) == ("walks.yaml", "walks: []")
    assert walks_beside(FormSource("other.xlsx", b"", {})) is None


def test_the_shipped_form_goes_as_its_walks_say():
    beside = walks_beside(shipped_source())
    assert beside is not None
    results = run_walks(network_form(), beside[1], NOW)
    assert [result.in_language("bg") for result in results if not result.passed] == []
    assert len(results) == 5


def test_walks_are_no_part_of_a_form_version():
    assert "walks.yaml" in shipped_source().files
    assert "walks.yaml" not in in_use(shipped_source()).files
    assert "walks.yaml" not in compile_form(shipped_source()).source.files

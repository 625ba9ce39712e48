"""Forms built the way well-known public samples are: each compiles, or is refused with named rows."""

import pytest

from conversations.errors import FormError
from conversations.form import Kind
from conversations.xlsform import compile_form, read_bundle, read_form, write_bundle
from tests.conversations.xlsform.asking import place, said
from tests.sample_forms import NAMES, form_source

REFUSED = {"kobo.md"}


def sample(name):
    return compile_form(form_source(name))


@pytest.mark.parametrize("name", [name for name in NAMES if name not in REFUSED])
def test_a_sample_compiles_and_what_is_stored_gives_it_again(name):
    made = sample(name)
    assert read_form(made.xform, made.files, made.desk) == made.form
    assert read_bundle(write_bundle(made.source)) == made.source


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("calculations.md", []),
        ("household.md", []),
        ("languages.md", ["missing_translation"] * 5),
        ("matrix.md", ["ignored_appearance"] * 4),
        ("pictures.md", []),
        ("places.md", []),
        ("ranking.md", ["barcode_typed"]),
        ("visit.yaml", []),
    ],
)
def test_a_sample_warns_of_what_a_chat_leaves_out(name, codes):
    assert [problem.code for problem in sample(name).warnings] == codes


def test_a_form_made_for_kobo_is_refused_with_every_row_that_a_chat_cannot_ask():
    with pytest.raises(FormError) as refused:
        sample("kobo.md")
    assert [place(problem) for problem in refused.value.errors] == [
        ("refused_type", "survey", 2, "A (type)"),
        ("refused_type", "survey", 3, "A (type)"),
        ("refused_type", "survey", 5, "A (type)"),
        ("refused_type", "survey", 8, "A (type)"),
        ("refused_type", "survey", 9, "A (type)"),
        ("refused_type", "survey", 11, "A (type)"),
        ("refused_type", "survey", 12, "A (type)"),
        ("refused_type", "survey", 14, "A (type)"),
        ("refused_appearance", "survey", 15, "E (appearance)"),
        ("nested_repeat", "survey", 17, "A (type)"),
        ("rank_too_long", "survey", 21, "A (type)"),
        ("unknown_question", "survey", 22, "F (relevant)"),
        ("refused_sheet", "entities", None, None),
    ]


def test_a_household_is_counted_by_the_answer_before():
    made = sample("household.md").form
    assert made.groups["member"].repeat.count.text.strip() == "/data/people"
    assert made.groups["animal"].repeat.count is None
    assert [question.path for question in made.questions if question.groups == ("animal",)] == [
        "animal/kind",
        "animal/heads",
    ]


def test_what_sums_a_repeat_comes_after_everything_inside_it():
    order = sample("household.md").form.order
    assert order.index("people") < order.index("member") < order.index("member/is_child") < order.index("children")
    assert order.index("member/member_name") < order.index("first_name")


def test_places_cascade_from_lists_to_a_file():
    made = sample("places.md").form
    assert [(question.choices, question.itemset is not None) for question in made.questions[:4]] == [
        ("region", False),
        ("municipality", True),
        ("towns", True),
        ("towns", True),
    ]


def test_a_matrix_repeats_its_question_with_each_row():
    made = sample("matrix.md").form
    assert {path: group.lists_once for path, group in made.groups.items()} == {
        "often": True, "agree": True, "old_grid": True,
    }  # fmt: skip


def test_guidance_stands_beside_the_hint():
    question = sample("languages.md").form.by_path["visits"]
    assert question.hint is None
    assert said(question.guidance) == {"bg": "Бройте и днешното идване.", "en": "Count today's visit too."}


def test_media_are_kept_with_the_form_and_named_for_each_language():
    made = sample("pictures.md")
    assert made.form.by_path["intro"].media.files == {
        "image": {"bg": "map.png"},
        "audio": {"bg": "welcome-bg.mp3", "en": "welcome-en.mp3"},
    }
    assert [choice.media.files for choice in made.form.lists["shape"].choices] == [
        {"image": {"bg": "circle.png"}},
        {"image": {"bg": "square.png"}},
    ]
    assert set(made.media) == made.form.media_files == set(made.source.files)
    assert made.media["map.png"] == form_source("pictures.md").files["map.png"]


def test_wishes_are_of_every_kind():
    kinds = [question.kind for question in sample("ranking.md").form.questions]
    assert kinds == [
        Kind.SELECT_ONE, Kind.TEXT, Kind.SELECT_MULTIPLE, Kind.TEXT, Kind.RANK, Kind.RANGE, Kind.RANGE, Kind.DATE,
        Kind.DATE, Kind.TIME, Kind.DATETIME, Kind.GEOPOINT, Kind.TEXT, Kind.TEXT, Kind.ACKNOWLEDGE,
    ]  # fmt: skip

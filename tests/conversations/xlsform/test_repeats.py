"""Questions that are answered entry by entry."""

import pytest

from tests.conversations.xlsform.asking import compiled, form, refusals, said, warnings


def repeat(inside: str, after: str = "", header: str = "type | name | label | calculation | repeat_count") -> str:
    return (
        f"| survey |\n| | {header} |\n| | integer | n | N | | |\n| | begin_repeat | r | Entry | | |\n"
        f"{inside}| | end_repeat | | | | |\n{after}"
    )


ROWS = "| | text | who | Who? | | |\n| | integer | age | Age of ${who} | | |\n"


def test_a_repeat_is_a_group_whose_questions_have_the_paths_of_its_template():
    made = form(repeat(ROWS))
    assert [item.path for item in made.items] == ["n", "r", "r/who", "r/age"]
    assert made.groups["r"].repeat.count is None
    assert said(made.groups["r"].label) == {"en": "Entry"}


def test_a_question_named_inside_means_the_same_entry():
    assert said(form(repeat(ROWS)).by_path["r/age"].label) == {"en": "Age of {../who}"}


@pytest.mark.parametrize(
    ("count", "written", "paths"),
    [
        ("3", "/data/r_count", ["n", "r_count", "r", "r/q"]),
        ("${n} + 1", "/data/r_count", ["n", "r_count", "r", "r/q"]),
        ("${n}", "/data/n", ["n", "r", "r/q"]),
    ],
)
def test_a_count_is_a_question_or_a_calculation_beside_the_repeat(count, written, paths):
    made = form(f"""
| survey |
|        | type         | name | label | repeat_count |
|        | integer      | n    | N     |              |
|        | begin_repeat | r    | R     | {count}      |
|        | text         | q    | Q     |              |
|        | end_repeat   |      |       |              |
""")
    assert made.groups["r"].repeat.count.text.strip() == written
    assert [item.path for item in made.items] == paths
    assert made.order == tuple(paths)


def test_the_calculated_count_has_no_name_for_the_author():
    assert refusals("""
| survey |
|        | type         | name | label             | repeat_count |
|        | begin_repeat | r    | R                 | 1 + 1        |
|        | text         | q    | One of ${r_count} |              |
|        | end_repeat   |      |                   |              |
""") == [("added_question", "survey", 3, "C (label)")]


def test_defaults_inside_begin_with_the_entry():
    made = form("""
| survey |
|        | type         | name | label | default |
|        | begin_repeat | r    | R     |         |
|        | text         | a    | A     | Sofia   |
|        | date         | b    | B     | today() |
|        | end_repeat   |      |       |         |
""")
    assert made.by_path["r/a"].default == "Sofia"
    assert made.by_path["r/b"].first_default.text == "today()"


@pytest.mark.parametrize(
    ("calculation", "before"),
    [
        ("sum(${age})", ["r/age"]),
        ("count(${r})", ["r"]),
        ("count(${r}[age > 3])", ["r", "r/age"]),
        ("indexed-repeat(${who}, ${r}, ${n})", ["n", "r", "r/who"]),
        ("join(', ', ${who})", ["r/who"]),
    ],
)
def test_what_reads_a_repeat_is_computed_after_it(calculation, before):
    order = form(repeat(ROWS, f"| | calculate | all | | {calculation} | |\n")).order
    assert [path for path in before if order.index(path) > order.index("all")] == []


def test_an_entry_may_know_how_many_there_are_and_what_stood_in_the_one_before():
    made = compiled(
        repeat(
            ROWS
            + "| | calculate | of | | concat(position(..), '/', count(${r})) | |\n"
            + "| | calculate | last_one | | indexed-repeat(${who}, ${r}, position(..) - 1) | |\n"
        )
    )
    assert made.warnings == ()
    assert {"r/of", "r/last_one"} < set(made.form.order)


def test_a_repeat_counted_by_what_stands_inside_it_is_a_circle():
    table = repeat("| | integer | q | Q | | |\n").replace("| Entry | | |", "| Entry | | ${q} |")
    assert refusals(table) == [("cycle", "survey", 3, "E (repeat_count)")]


def test_a_repeat_in_a_repeat_is_refused_at_its_row():
    inner = "| | begin_repeat | deep | Deep | | |\n| | begin_group | g | G | | |\n" + ROWS
    inner += "| | end_group | | | | |\n| | end_repeat | | | | |\n"
    assert refusals(repeat(inner)) == [("nested_repeat", "survey", 4, "A (type)")]


def test_a_repeat_that_is_not_closed_names_what_is_missing():
    found = compiled_error("| survey |\n| | type | name | label |\n| | begin_repeat | r | R |\n| | text | q | Q |\n")
    assert "Add a row end_repeat" in found


def compiled_error(table: str) -> str:
    from conversations.errors import FormError

    with pytest.raises(FormError) as refused:
        compiled(table)
    return refused.value.in_language("en")


@pytest.mark.parametrize("name", ["data", "n_count"])
def test_names_that_a_repeat_cannot_have(name):
    table = f"""
| survey |
|        | type         | name   | label | repeat_count |
|        | text         | {name} | T     |              |
|        | begin_repeat | n      | R     | 2 + 1        |
|        | text         | q      | Q     |              |
|        | end_repeat   |        |       |              |
"""
    if name == "data":
        table = table.replace("| begin_repeat | n ", "| begin_repeat | data ").replace("| data | T ", "| t | T ")
        assert refusals(table) == [("reserved_name", "survey", 3, "B (name)")]
    else:
        assert refusals(table) == [("name_twice", "survey", 2, "B (name)")]


def test_repeats_have_names_of_their_own_wherever_they_stand():
    assert refusals("""
| survey |
|        | type         | name | label |
|        | begin_repeat | r    | R     |
|        | text         | a    | A     |
|        | end_repeat   |      |       |
|        | begin_group  | g    | G     |
|        | begin_repeat | r    | R     |
|        | text         | b    | B     |
|        | end_repeat   |      |       |
|        | end_group    |      |       |
""") == [("name_twice", "survey", 6, "B (name)")]


def test_a_count_that_cannot_be_kept_is_warned_of():
    table = repeat(ROWS).replace("| Entry | | |", "| Entry | | 21 |")
    assert warnings(table) == [("count_too_large", "survey", 3, "E (repeat_count)")]
    table = "| survey |\n| | type | name | label | repeat_count |\n| | text | q | Q | 3 |\n"
    assert warnings(table) == [("count_without_repeat", "survey", 2, "D (repeat_count)")]


def test_a_trigger_from_outside_does_not_tell_the_entry():
    assert refusals("""
| survey |
|        | type         | name | label | calculation | trigger |
|        | text         | a    | A     |             |         |
|        | begin_repeat | r    | R     |             |         |
|        | text         | b    | B     | ${a}        | ${a}    |
|        | text         | c    | C     | ${b}        | ${b}    |
|        | end_repeat   |      |       |             |         |
""") == [("trigger_outside_repeat", "survey", 4, "E (trigger)")]


def test_the_desk_names_no_question_that_is_asked_several_times():
    table = repeat(ROWS) + "| desk |\n| | key | value |\n| | prefix | A |\n| | title_question | who |\n"
    assert refusals(table) == [("desk_unknown_question", "desk", 3, "title_question")]

"""A filter by a column gives the same items whether it is answered by the index or by walking the list."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.xpath import Node, compile_expression, evaluate, list_node
from tests.conversations.xpath.desk import environment, texts_of

CELLS = st.sampled_from(
    [
        "",
        "1",
        "1.0",
        "01",
        " 1",
        "a",
        "A",
        "-0",
        "0",
        "2020-01-01",
        "2020-01-01T00:00:00",
        "2020-01-02",
        "18262",
        "true",
    ]
)
FIXED = st.sampled_from(
    ["'1'", "1", "1.0", "''", "'a'", "0", "18262", "'2020-01-01'", "true()", "/d/x", "/d/x + 0", "/d/y", "/d/z"]
)
OTHERS = st.sampled_from(["{}", "{} and b != ''", "b = '1' and {}", "{} and position() < 3", "b = 1 and a = 1 and {}"])


def found(expression: str, rows: list[dict[str, str]], answers: list[str]) -> list[str]:
    data = Node("d")
    data.add("x", answers[0])
    for answer in answers:
        data.add("y", answer)
    env = environment(lists={"l": list_node("l", rows)})
    nodes = evaluate(compile_expression(expression), data, env)
    assert isinstance(nodes, list)
    return [node.text for node in nodes]


@settings(max_examples=150, deadline=None, database=None)
@given(
    cells=st.lists(st.tuples(CELLS, CELLS), max_size=8),
    fixed=FIXED,
    shape=OTHERS,
    turned=st.booleans(),
    answers=st.lists(CELLS, min_size=1, max_size=3),
)
def test_the_index_finds_what_walking_finds(cells, fixed, shape, turned, answers):
    rows = [{"name": str(number), "a": a, "b": b} for number, (a, b) in enumerate(cells)]
    condition = shape.format(f"{fixed} = a" if turned else f"a = {fixed}")
    by_index = found(f"instance('l')/root/item[{condition}]/name", rows, answers)
    by_walking = found(f"(instance('l')/root/item)[{condition}]/name", rows, answers)
    assert by_index == by_walking


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("size = '10'", ["s1"]),
        ("size = 10", ["s1", "s2"]),
        ("since = '2021-05-06'", ["s2"]),
        ("since = '2021-05-06T00:00:00.000+03:00'", ["s2"]),
        ("since = ''", ["s3"]),
        ("place = 'p1' and size = 10 and name != 's1'", ["s2"]),
        ("name = ../item/name", ["s1", "s2", "s3"]),
        ("name = /data/member/name", []),
        ("nothing = ''", []),
        ("place = /data/nowhere", []),
    ],
)
def test_a_filter_by_column_keeps_the_rules_of_equality(condition, expected):
    assert texts_of(f"instance('schools')/root/item[{condition}]/name") == expected

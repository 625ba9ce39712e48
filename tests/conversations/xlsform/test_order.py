"""What is computed before what."""

import pytest

from conversations.xlsform.order import Circle, evaluation_order
from tests.conversations.xlsform.asking import form, refusals


def test_a_calculation_follows_what_it_reads_wherever_it_stands():
    made = form("""
| survey |
|        | type        | name | label | calculation | relevant |
|        | calculate   | sum  |       | ${b} + 1    |          |
|        | begin_group | g    | G     |             | ${c} = 1 |
|        | integer     | b    | B     |             |          |
|        | end_group   |      |       |             |          |
|        | calculate   | c    |       | 1           |          |
""")
    assert made.order == ("c", "g", "g/b", "sum")


def test_a_trigger_makes_no_dependency():
    made = form("""
| survey |
|        | type | name | label | calculation | trigger | relevant  |
|        | text | a    | A     | ${b}        | ${b}    |           |
|        | text | b    | B     |             |         | ${a} = '' |
""")
    assert made.order == ("a", "b")


def test_an_expression_over_a_group_follows_everything_inside():
    made = form("""
| survey |
|        | type        | name | label | calculation               |
|        | calculate   | all  |       | count-non-empty(${g}/*)   |
|        | begin_group | g    | G     |                           |
|        | text        | a    | A     |                           |
|        | text        | b    | B     |                           |
|        | end_group   |      |       |                           |
""")
    assert made.order == ("g", "g/a", "g/b", "all")


def test_a_circle_is_refused_with_its_rows():
    found = refusals("""
| survey |
|        | type      | name | label | calculation | relevant  |
|        | calculate | a    |       | ${b} + 1    |           |
|        | calculate | b    |       | ${c} + 1    |           |
|        | calculate | c    |       | ${a} + 1    |           |
|        | text      | d    | D     |             | ${d} = '' |
""")
    assert found == [("cycle", "survey", 2, "D (calculation)"), ("cycle", "survey", 5, "E (relevant)")]


def test_the_circle_is_told_in_the_order_it_reads():
    needed = {("data", "a"): [("data", "b")], ("data", "b"): [("data", "c")], ("data", "c"): [("data", "a")]}
    with pytest.raises(Circle) as found:
        evaluation_order(needed)
    names = [path[-1] for path in found.value.paths]
    assert "".join(names) in {"abc", "bca", "cab"}


def test_long_chains_are_no_problem():
    needed = {("data", f"q{index}"): [("data", f"q{index + 1}")] for index in range(3_000)}
    assert evaluation_order(needed)[0] == ("data", "q2999")

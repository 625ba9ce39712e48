"""The rules of „Values“: blanks, truth, equality, dates, numbers."""

import math

import pytest

from conversations.xpath import Node, to_boolean, to_number, to_text
from tests.conversations.xpath.desk import SOFIA, text_of, value_of


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("/data/blank + 1", ""),
        ("/data/blank > 5", "false"),
        ("/data/blank <= 5", "false"),
        ("/data/blank = 5", "false"),
        ("/data/blank != 5", "true"),
        ("/data/blank = ''", "true"),
        ("/data/age != ''", "true"),
        ("coalesce(/data/blank, 0) + 1", "1"),
        ("coalesce(/data/blank + 1, 'none')", "none"),
        ("sum(/data/member/years)", "8"),
        ("max(/data/member/years)", "5"),
        ("min(/data/member/years)", "3"),
        ("count-non-empty(/data/member/years)", "2"),
        ("sum(/data/blank)", "0"),
        ("max(/data/blank)", ""),
        ("sum(/data/nowhere)", "0"),
    ],
)
def test_blank_is_no_number_and_is_passed_over(expression, expected):
    assert text_of(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("boolean('false')", True),
        ("boolean('0')", True),
        ("boolean('')", False),
        ("boolean(0)", False),
        ("boolean(/data/blank + 1)", False),
        ("boolean(/data/blank)", True),
        ("boolean(/data/nowhere)", False),
        ("/data/blank and true()", True),
        ("/data/nowhere or false()", False),
        ("/data/blank != ''", False),
        ("not(/data/blank = '')", False),
    ],
)
def test_truth_is_text_that_is_not_blank_and_paths_that_exist(expression, expected):
    assert value_of(expression) is expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 = '1.0'", True),
        ("'1' = '1.0'", False),
        ("'1' != '1.0'", True),
        ("/data/age = '12'", True),
        ("/data/age = '12.0'", False),
        ("/data/age = 12.0", True),
        ("'b' > 'a'", False),
        ("'10' > '9'", True),
        ("true() = 'anything'", True),
        ("false() = ''", True),
        ("/data/member/years = 5", True),
        ("/data/member/years != 5", True),
        ("/data/member/years = 4", False),
        ("/data/member/name = /data/member/name", True),
        ("/data/nowhere = ''", False),
        ("/data/nowhere != ''", False),
        ("/data/nowhere = false()", True),
        ("'Ана' = /data/member/name", True),
        ("1 < 2 = true()", True),
        ("3 > 2 > 1", False),
    ],
)
def test_equality_is_of_texts_unless_a_number_stands_on_one_side(expression, expected):
    assert value_of(expression) is expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("/data/born <= today()", "true"),
        ("'2026-03-31' = today()", "true"),
        ("today() = '2026-03-31T00:00:00.000+03:00'", "true"),
        ("'2026-03-31T10:00:00+03:00' = '2026-03-31T07:00:00Z'", "true"),
        ("'2026-03-31T10:00' > '2026-03-31'", "true"),
        ("'2026-12-31' > '2026-04-01'", "true"),
        ("'2026-02-30' <= today()", "false"),
        ("number('1970-01-02')", "1"),
        ("number('1969-12-31')", "-1"),
        ("'2026-03-30' - '2026-03-28'", "2"),
        ("decimal-date-time('2026-03-30T00:00:00+03:00') - decimal-date-time('2026-03-28T00:00:00+02:00')", "2"),
        ("decimal-date-time('1970-01-01T12:00:00+02:00')", "0.5"),
        ("date('2026-03-28' + 2)", "2026-03-30"),
        ("date(today() + 1)", "2026-04-01"),
        ("int((today() - /data/born) div 365.25)", "15"),
        ("date('soon')", ""),
        ("date('')", ""),
        ("/data/blank <= today()", "false"),
        ("'08:30' < '14:00:00.000+02:00'", "true"),
    ],
)
def test_dates_compare_and_count_by_the_calendar_of_the_form(expression, expected):
    assert text_of(expression) == expected


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (12.0, "12"),
        (-0.0, "0"),
        (12.5, "12.5"),
        (0.1, "0.1"),
        (1e21, "1000000000000000000000"),
        (1.5e-7, "0.00000015"),
        (math.nan, ""),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
    ],
)
def test_numbers_print_without_exponent_or_trailing_zero(number, text):
    assert to_text(number) == text


@pytest.mark.parametrize("text", ["", "x", "1e5", "1_000", "nan", "inf", "+1", "1,5", "0x1", "١", "--1", "."])
def test_what_is_not_a_plain_decimal_is_no_number(text):
    assert math.isnan(to_number(text))


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12.0), (" -1.5 ", -1.5), (".5", 0.5), ("5.", 5.0), ("2000-01-01", 10957.0)]
)
def test_decimals_and_dates_are_numbers(text, number):
    assert to_number(text) == number


def test_a_moment_without_a_zone_counts_by_its_own_clock_and_with_one_by_the_form_s():
    assert to_number("1970-01-02T00:00:00Z") == 1.0
    assert to_number("1970-01-01T22:00:00Z", SOFIA) == 1.0


def test_nodes_read_as_their_first_text():
    nodes = [Node("a", "3"), Node("a", "4")]
    assert (to_text(nodes), to_number(nodes), to_boolean(nodes)) == ("3", 3.0, True)
    assert (to_text([]), to_boolean([])) == ("", False)
    assert (to_text(True), to_number(True), to_number(False)) == ("true", 1.0, 0.0)

"""Plain defaults and parameters that the question could not live with."""

import pytest

from conversations.form import Steps
from tests.conversations.xlsform.asking import form, refusals, warnings

CHOICES = "| choices |\n| | list_name | name | label |\n| | c | a | A |\n| | c | b | B |\n"
TOWNS = "name,label,code\nsofia,Sofia,SF\nvarna,Varna,VN\n"


def table(type_: str, default: str = "", parameters: str = "") -> str:
    return (
        "| survey |\n| | type | name | label | default | parameters |\n"
        f"| | {type_} | q | Q | {default} | {parameters} |\n" + CHOICES
    )


@pytest.mark.parametrize(
    ("type_", "default"),
    [
        ("integer", "-12"),
        ("decimal", "0.5"),
        ("decimal", "12"),
        ("date", "2024-02-29"),
        ("time", "14:30"),
        ("time", "14:30:00.000+02:00"),
        ("dateTime", "2026-12-31T14:30"),
        ("geopoint", "42.7 23.3"),
        ("geopoint", "42.7 23.3 550 10"),
        ("acknowledge", "OK"),
        ("select_one c", "a"),
        ("select_multiple c", "a b"),
        ("rank c", "b a"),
        ("range", "3"),
    ],
)
def test_a_default_that_could_be_typed_prefills(type_, default):
    assert form(table(type_, default)).by_path["q"].default == default


@pytest.mark.parametrize(
    ("type_", "default", "code"),
    [
        ("integer", "1.5", "bad_default"),
        ("integer", "many", "bad_default"),
        ("decimal", "1,5", "bad_default"),
        ("date", "31.12.2026", "bad_default"),
        ("date", "2025-02-29", "bad_default"),
        ("time", "25:00", "bad_default"),
        ("dateTime", "2026-12-31", "bad_default"),
        ("geopoint", "91 23", "bad_default"),
        ("geopoint", "Sofia", "bad_default"),
        ("acknowledge", "yes", "bad_default"),
        ("rank c", "a z", "default_not_choice"),
        ("range", "11", "default_out_of_range"),
        ("range", "2.5", "default_out_of_range"),
    ],
)
def test_a_default_that_is_no_answer_is_refused_at_its_cell(type_, default, code):
    assert refusals(table(type_, default)) == [(code, "survey", 2, "D (default)")]


def test_a_default_is_looked_for_in_the_file_and_the_column_that_the_question_offers():
    offered = "select_one_from_file towns.csv"
    assert refusals(table(offered, "SF"), towns__csv=TOWNS) == [("default_not_choice", "survey", 2, "D (default)")]
    assert form(table(offered, "SF", "value=code"), towns__csv=TOWNS).by_path["q"].default == "SF"


def test_a_file_cannot_be_given_in_advance():
    assert warnings(table("image", "plan.png")) == [("ignored_default", "survey", 2, "D (default)")]
    assert form(table("image", "plan.png")).by_path["q"].default == ""


@pytest.mark.parametrize(
    ("parameters", "steps"),
    [
        ("", Steps("1", "10", "1")),
        ("start=0 end=1 step=0.25", Steps("0", "1", "0.25")),
        ("start = -5 ; end = 5 ; step = 5", Steps("-5", "5", "5")),
        ("start=0 end=10 placeholder=5", Steps("0", "10", "1")),
    ],
)
def test_a_range_knows_its_bounds_and_step(parameters, steps):
    assert form(table("range", "", parameters)).by_path["q"].steps == steps


@pytest.mark.parametrize(
    ("type_", "parameters", "code"),
    [
        ("range", "start=10 end=1", "bad_range"),
        ("range", "step=0", "bad_range"),
        ("range", "step=-1", "bad_range"),
        ("range", "start=a", "bad_range"),
        ("range", "end=NaN", "bad_range"),
        ("range", "speed=3", "bad_parameters"),
        ("select_one c", "randomize=maybe", "bad_parameters"),
        ("select_one c", "randomize", "bad_parameters"),
        ("select_one c", "randomize=true seed=${nobody}", "unknown_question"),
        ("integer", "start=1", "bad_parameters"),
        ("begin_group", "start=1", "bad_parameters"),
    ],
)
def test_parameters_that_make_no_sense_are_refused_at_their_cell(type_, parameters, code):
    inside = "" if type_ != "begin_group" else "| | text | t | T | | |\n| | end_group | | | | |\n"
    written = table(type_, "", parameters).replace(CHOICES, inside + CHOICES)
    assert refusals(written) == [(code, "survey", 2, "E (parameters)")]


def test_a_shuffled_list_is_an_expression_over_the_whole_list():
    assert form(table("select_one c", "", "randomize=true")).by_path["q"].itemset.text == (
        "randomize(instance('c')/root/item)"
    )

"""What is refused, where, and with which advice; and what stops an evaluation."""

import pytest

from conversations.xpath import EvaluationLimit, ExpressionError, compile_expression, evaluate, list_node
from conversations.xpath.errors import MESSAGES
from conversations.xpath.functions import FUNCTIONS
from tests.conversations.xpath.desk import draft, environment, text_of, value_of


def refusal(expression: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(expression)
    return caught.value


@pytest.mark.parametrize(
    ("expression", "code", "position"),
    [
        ("", "empty", 0),
        ("  ", "empty", 0),
        ("1 +", "unfinished", 3),
        ("if(1, 2", "unfinished", 7),
        ("/", "unfinished", 1),
        ("1 2", "syntax", 2),
        ("a b", "syntax", 2),
        ("1 = = 2", "syntax", 4),
        ("concat('a', 'b", "unclosed_quote", 12),
        ("‘a’", "curly_quotes", 0),
        ("1 + $x", "variable", 4),
        ("${age} > 1", "variable", 0),
        ("a/@b", "attribute", 2),
        ("a//b", "descendant", 2),
        ("1 = //b", "descendant", 5),
        ("1 + ancestor::a", "axis", 4),
        ("namespace::a", "axis", 0),
        ("1 + foo()", "misspelt_function", 4),
        ("1 + qq()", "unknown_function", 4),
        ("text()", "misspelt_function", 0),
        ("area(.)", "unsupported_function", 0),
        ("1 + round()", "arguments", 4),
        ("today(1)", "arguments", 0),
        ("if(1, 2)", "arguments", 0),
        ("indexed-repeat(/a/b, /a)", "arguments", 0),
        ("indexed-repeat(/a/b, /a, 1, /c)", "arguments", 0),
        ("weighted-checklist(1, 2, true(), 1, true())", "arguments", 0),
        ("count('x')", "needs_path", 0),
        ("(1)[1]", "needs_path", None),
        ("1 | 2", "needs_path", None),
        ("concat('a')/b", "needs_path", 0),
        ("regex(., '(?=a)')", "pattern", 0),
        ("1 = 1 and regex(., '[')", "pattern", 10),
        (r"regex(., '(a)\1')", "pattern", 0),
        ("format-date(., '%Q')", "date_format", 0),
        ("digest(., 'CRC')", "digest", 0),
        ("digest(., 'MD5', 'octal')", "digest", 0),
        ("(" * 51 + "1" + ")" * 51, "too_deep", 50),
        ("1 + " * 1250 + "1", "too_long", 5000),
    ],
)
def test_an_expression_is_refused_with_its_place(expression, code, position):
    error = refusal(expression)
    assert (error.code, error.position) == (code, position)
    assert str(error) == error.message
    assert error.remedy


def test_a_misspelled_function_is_told_its_nearest_name():
    error = refusal("1 + selectd(., 'a')")
    assert error.params == {"name": "selectd", "nearest": "selected"}
    assert str(error) == "There is no function selectd()."
    assert error.remedy == "Perhaps selected()?"


def test_every_message_can_be_said_in_full():
    placeholders = dict.fromkeys(
        ("length", "most", "near", "name", "axis", "nearest", "expected", "given", "pattern", "reason", "token"), "x"
    )
    for code in MESSAGES:
        assert "{name}" not in str(ExpressionError(code, **placeholders))


def test_long_flat_expressions_and_fifty_brackets_are_no_trouble():
    assert value_of("+".join(["1"] * 2500)) == 2500.0
    assert value_of("-" * 4000 + "1") == 1.0
    assert value_of("(" * 50 + "1" + ")" * 50) == 1.0
    assert value_of(" or ".join(["false()"] * 400)) is False
    assert value_of("1" + "=1" * 2000) is True


def test_brackets_full_of_operators_are_refused_before_they_exhaust_the_stack():
    def nested(depth: int) -> str:
        return "a[1 or 2 and 3=4<5+6*-" * depth + "1" + "]" * depth

    assert refusal(nested(49)).code == "too_deep"
    assert value_of(nested(10)) == []


def test_nested_list_filters_compile_quickly():
    inner = "'x'"
    for _ in range(25):
        inner = f"instance('schools')/root/item[name = {inner}]/name"
    assert text_of(inner) == ""


def test_the_functions_of_the_sheet_are_all_there():
    sheet = """
    if coalesce once position count count-non-empty count-selected selected selected-at sum min max round int abs
    pow floor ceiling number string boolean boolean-from-string true false not concat join substr substring
    substring-before substring-after string-length contains starts-with ends-with translate normalize-space regex
    today now date date-time decimal-date-time decimal-time format-date format-date-time checklist
    weighted-checklist jr:choice-name jr:itext pulldata instance current indexed-repeat random randomize uuid
    digest base64-decode last sqrt exp exp10 log log10 pi sin cos tan asin acos atan atan2
    """
    assert set(FUNCTIONS) == set(sheet.split())


def test_an_evaluation_that_walks_too_much_is_stopped():
    rows = [{"name": str(number)} for number in range(600)]
    env = environment(lists={"l": list_node("l", rows)})
    costly = "count(instance('l')/root/item[count(instance('l')/root/item[contains(name, '1')]) > 1])"
    with pytest.raises(EvaluationLimit) as caught:
        evaluate(compile_expression(costly), draft(), env)
    assert caught.value.code == "too_many_steps"
    with pytest.raises(EvaluationLimit):
        evaluate(compile_expression("instance('l')/root/item/name != instance('l')/root/item/name"), draft(), env)
    with pytest.raises(EvaluationLimit):
        value_of("uuid(1000000)")


def test_a_text_that_grows_without_end_is_stopped():
    data = draft()
    data.child("names").text = "x" * 400_000
    with pytest.raises(EvaluationLimit) as caught:
        evaluate(compile_expression("concat(/data/names, /data/names, /data/names)"), data, environment())
    assert caught.value.code == "text_too_long"


def test_a_missing_list_and_a_bad_pattern_made_up_at_run_time_are_told():
    for expression, code in [
        ("instance('missing')/root", "unknown_list"),
        ("pulldata('missing', 'a', 'b', 'c')", "unknown_list"),
        ("regex('a', concat('[', ''))", "pattern"),
    ]:
        with pytest.raises(ExpressionError) as caught:
            value_of(expression)
        assert caught.value.code == code

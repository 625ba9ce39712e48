"""What the form's lint learns from an expression."""

import pickle

import pytest

from conversations.xpath import compile_expression

AT = ("data", "member", "name")


def references(expression: str, context: tuple[str, ...] = AT) -> set[str]:
    return {"/".join(path) for path in compile_expression(expression).references(context)}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2", set()),
        (".", {"data/member/name"}),
        (" ../years  > 3", {"data/member/years"}),
        ("/data/age + /data/g/inner", {"data/age", "data/g/inner"}),
        ("current()/../years", {"data/member/years"}),
        ("../../age", {"data/age"}),
        ("bare = 1", {"data/member/name/bare"}),
        ("/data/g/* != ''", {"data/g"}),
        ("sum(/data/member[years > /data/age]/points)", {"data/member/years", "data/age", "data/member/points"}),
        ("instance('l')/root/item[a = current()/../years and b = /data/age]/c", {"data/member/years", "data/age"}),
        ("instance('l')/root/item[a = ../../x]", set()),
        ("indexed-repeat(/data/member/name, /data/member, 1)", {"data/member/name", "data/member"}),
        ("position(..)", set()),
        ("position(/data/member[years = 1])", {"data/member/years"}),
        ("once(random())", set()),
        ("jr:choice-name( /data/age , ' /data/age ')", {"data/age"}),
        ("/data/age | ../years", {"data/age", "data/member/years"}),
        ("(/data/member)[name = 'x']/years", {"data/member/name", "data/member/years"}),
        ("randomize(/data/member, /data/age)/name", {"data/member/name", "data/age"}),
        ("pulldata('l', 'a', 'b', ../years)", {"data/member/years"}),
        ("-/data/age", {"data/age"}),
        ("if(/data/age = 1, ../years, not(.))", {"data/age", "data/member/years", "data/member/name"}),
    ],
)
def test_references_are_absolute(expression, expected):
    assert references(expression) == expected


def test_functions_and_lists_are_named():
    expression = compile_expression("if(count(instance('a')/root/item) > 1, pulldata('b', 'x', 'y', .), instance(.)/z)")
    assert expression.functions == {"if", "count", "instance", "pulldata"}
    assert expression.instances == {"a", "b"}


def test_names_used_as_columns_are_known_for_each_list():
    expression = compile_expression(
        "concat(instance('a')/root/item[region = bare and ./town != 'x'][last = 1]/label, pulldata('b', 'x', 'y', .))"
    )
    assert expression.relative_names == {"a": {"region", "bare", "town", "last", "label"}, "b": {"x", "y"}}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("random()", True),
        ("once(random())", False),
        ("concat(once(uuid()), uuid())", True),
        ("randomize(instance('a')/root/item)", True),
        ("randomize(instance('a')/root/item, 5)", False),
        ("/data/age", False),
    ],
)
def test_chance_outside_of_once_is_noticed(expression, expected):
    assert compile_expression(expression).unwrapped_random is expected


def test_paths_used_as_conditions_are_noticed():
    expression = compile_expression("if( /data/a , 1, 2) + (../b and . > 1) + not(c) + count(/data/d[e])")
    assert set(expression.bare_paths_as_condition) == {"/data/a", "../b", "c"}
    assert compile_expression("/data/a").is_bare_path is True
    assert compile_expression("/data/a != ''").is_bare_path is False


def test_expressions_are_equal_when_their_texts_are_and_survive_pickling():
    expression = compile_expression("1 + 1")
    assert expression == compile_expression("1 + 1")
    assert len({expression, compile_expression("1 + 1"), compile_expression("2")}) == 2
    assert pickle.loads(pickle.dumps(expression)) == expression
    assert repr(expression) == "Expression('1 + 1')"

"""Paths, filters, unions, and the nodes themselves."""

import pytest

from conversations.xpath import Node, compile_expression, evaluate, list_node
from tests.conversations.xpath.desk import draft, environment, node_at, texts_of


@pytest.mark.parametrize(
    ("expression", "at", "expected"),
    [
        ("/data/group/inner", "age", ["deep"]),
        (".", "age", ["12"]),
        ("../names", "age", ["ann bob"]),
        ("./../age", "age", ["12"]),
        ("../years", "member[3]/name", ["5"]),
        ("../../age", "group/inner", ["12"]),
        ("inner", "group", ["deep"]),
        ("child::inner", "group", ["deep"]),
        ("parent::node()/age", "names", ["12"]),
        ("parent::other/age", "names", []),
        ("self::age", "age", ["12"]),
        ("self::names", "age", []),
        ("/data/member/name", "age", ["Ана", "Боян", "Вяра"]),
        ("/data/member[2]/name", "age", ["Боян"]),
        ("/data/member[9]/name", "age", []),
        ("/data/member/name[1]", "age", ["Ана", "Боян", "Вяра"]),
        ("(/data/member/name)[2]", "age", ["Боян"]),
        ("/data/member[years = 5]/name", "age", ["Вяра"]),
        ("/data/member[./name != '']/years", "age", ["3", "", "5"]),
        ("/data/member[years][2]/name", "age", ["Боян"]),
        ("/data/member[years != ''][2]/name", "age", ["Вяра"]),
        ("/data/member[position() = position(current()/..)]/name", "member[2]/years", ["Боян"]),
        ("/data/member/*", "age", ["Ана", "3", "Боян", "", "Вяра", "5"]),
        ("/data/*[. = '12']", "age", ["12"]),
        ("/*/age", "age", ["12"]),
        ("/other/age", "age", []),
        ("/data[age = 12]/names", "age", ["ann bob"]),
        ("/data/member/../age", "age", ["12"]),
        ("/data/names | /data/age | ../age", "age", ["12", "ann bob"]),
        ("/data/nowhere/deeper", "age", []),
        ("current()/../age", "names", ["12"]),
    ],
)
def test_a_path_finds(expression, at, expected):
    assert texts_of(expression, at) == expected


def test_an_absolute_path_inside_a_list_filter_means_the_draft():
    assert texts_of("instance('schools')/root/item[place = /data/place]/name") == ["s1", "s2"]


def test_expressions_see_what_was_changed_added_and_removed():
    data = draft()
    count = compile_expression("count(/data/member)")
    age = compile_expression("/data/age + 1")
    assert evaluate(count, data, environment()) == 3.0
    data.step("age")[0].text = "20"
    data.add("member")
    assert evaluate(age, data, environment()) == 21.0
    assert evaluate(count, data, environment()) == 4.0
    data.remove(data.step("member")[0])
    assert evaluate(count, data, environment()) == 3.0


def test_a_node_knows_its_place():
    name = node_at("member[2]/name")
    assert name.path() == "/data[1]/member[2]/name[1]"
    assert name.names() == ("data", "member", "name")
    assert name.top().name == "data"
    assert (name.position(), name.parent.position()) == (1, 2)


def test_a_list_stands_as_root_item_columns():
    top = list_node("towns", [{"name": "t1", "label": "Едно"}, {"name": "t2", "label": "Две"}])
    items = top.child("root").step("item")
    assert [item.child("label").text for item in items] == ["Едно", "Две"]
    assert items[0].child("nothing") is None
    assert Node("leaf").step("any") == []

"""A small draft, a few lists and a fixed clock that the tests of expressions share."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from conversations.xpath import Environment, Node, Value, compile_expression, evaluate, list_node, to_text

SOFIA = ZoneInfo("Europe/Sofia")
NOW = datetime.fromisoformat("2026-03-30T22:30:00+00:00")
"""Already 31 March in Sofia; summer time began there on the 29th."""

LISTS = {
    "schools": list_node(
        "schools",
        [
            {"name": "s1", "label": "Първо", "place": "p1", "size": "10", "since": "2020-01-01"},
            {"name": "s2", "label": "Второ", "place": "p1", "size": "10.0", "since": "2021-05-06"},
            {"name": "s3", "label": "Трето", "place": "p2", "size": "7", "since": ""},
        ],
    )
}


def environment(seed: int = 7, lists: Mapping[str, Node] = LISTS, language: str = "bg") -> Environment:
    return Environment(
        now=NOW,
        zone=SOFIA,
        seed=seed,
        lists=lists,
        choice_label=lambda value, path: f"{path}:{value}",
        itext=lambda name: f"[{name}]",
        language=language,
    )


def draft() -> Node:
    """/data: age 12, blank, names `ann bob`, born, place p1, group/inner, three entries of the repeat member."""
    data = Node("data")
    leaves = {"age": "12", "blank": "", "names": "ann bob", "born": "2010-05-01", "place": "p1", "kept": "old"}
    for name, text in leaves.items():
        data.add(name, text)
    data.add("group").add("inner", "deep")
    for name, years in (("Ана", "3"), ("Боян", ""), ("Вяра", "5")):
        member = data.add("member")
        member.add("name", name)
        member.add("years", years)
    return data


def node_at(path: str, top: Node | None = None) -> Node:
    """`age`, `group/inner`, `member[2]/name` in the draft."""
    node = top or draft()
    for step in path.split("/") if path else ():
        name, _, place = step.partition("[")
        node = node.step(name)[int(place.rstrip("]") or 1) - 1 if place else 0]
    return node


def value_of(expression: str, at: str = "age", env: Environment | None = None) -> Value:
    return evaluate(compile_expression(expression), node_at(at), env or environment())


def text_of(expression: str, at: str = "age", env: Environment | None = None) -> str:
    return to_text(value_of(expression, at, env))


def texts_of(expression: str, at: str = "age", env: Environment | None = None) -> list[str]:
    found = value_of(expression, at, env)
    assert isinstance(found, list)
    return [node.text for node in found]

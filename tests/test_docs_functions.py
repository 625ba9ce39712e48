"""docs/functions.md: every example is run, every function of the language is there, and no other."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from conversations.xpath import Environment, ExpressionError, Node, compile_expression, evaluate, list_node, to_text
from conversations.xpath.functions import FUNCTIONS, UNSUPPORTED

PAGE = (Path(__file__).parent.parent / "docs" / "functions.md").read_text(encoding="utf-8")
CODE = re.compile(r"`([^`]+)`")
EXAMPLE = re.compile(r"`([^`]+)` → `([^`]+)`")
NAMED = re.compile(r"\$\{(\w+)\}")
HERE = "age"
TEXTS = {"welcome": "Добре дошли"}


def tables() -> Iterator[tuple[list[str], list[list[str]]]]:
    """Each table of the page: its headers and its rows of cells."""
    for block in re.findall(r"(?m)(?:^\|.*\|$\n?)+", PAGE):
        header, _, *rows = [
            [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
            for line in block.strip().split("\n")
        ]
        yield header, rows


def table(*headers: str) -> list[list[str]]:
    return next(rows for found, rows in tables() if found[: len(headers)] == list(headers))


def plain(cell: str) -> str:
    return cell.strip("`")


def draft() -> Node:
    """What the examples see, as the page says."""
    data = Node("data")
    for name, answer in table("question", "answer"):
        data.add(plain(name), plain(answer))
    for _, first, years in table("members"):
        entry = data.add("members")
        entry.add("first", plain(first))
        entry.add("years", plain(years))
    return data


def towns() -> Node:
    columns = ("name", "label", "region", "people")
    return list_node("towns", [dict(zip(columns, map(plain, row), strict=True)) for row in table(*columns)])


def environment() -> Environment:
    labels = {plain(name): plain(label) for name, label, *_ in table("name", "label")}
    found = re.search(r"The moment is `([^`]+)`", PAGE)
    assert found
    return Environment(
        now=datetime.fromisoformat(found[1]),
        zone=ZoneInfo("Europe/Sofia"),
        seed=7,
        lists={"towns": towns()},
        choice_label=lambda value, path: labels[value] if path == "town" else value,
        itext=TEXTS.__getitem__,
        language="bg",
    )


def examples() -> list[tuple[str, str]]:
    return [pair for _, rows in tables() for row in rows for pair in EXAMPLE.findall(row[-1])]


def functions_on_the_page() -> list[str]:
    return [plain(row[0]) for header, rows in tables() if header[0] == "function" for row in rows]


@pytest.mark.parametrize(("written", "result"), examples())
def test_an_example_gives_what_the_page_says(written: str, result: str):
    expression = compile_expression(NAMED.sub(r"/data/\1", written))
    value = to_text(evaluate(expression, draft().step(HERE)[0], environment()))
    assert value == ("" if result == "''" else result)


def test_the_page_has_every_function_once_and_none_that_does_not_exist():
    assert sorted(functions_on_the_page()) == sorted(FUNCTIONS)


def test_every_function_has_an_example_that_calls_it():
    for header, rows in tables():
        for name, *_, cell in rows if header[0] == "function" else ():
            calls = [
                compile_expression(NAMED.sub(r"/data/\1", written)).functions for written, _ in EXAMPLE.findall(cell)
            ]
            assert any(plain(name) in called for called in calls), name


def test_every_operator_of_the_language_is_on_the_page():
    shown = {operator for row in table("operator") for operator in CODE.findall(row[0])}
    assert shown == {
        "+", "-", "*", "div", "mod", "=", "!=", "<", "<=", ">", ">=", "and", "or", "|", "[ ]", ".", "..",
    }  # fmt: skip


def test_the_page_names_what_is_refused():
    refused = PAGE.partition("## Not supported")[2]
    assert set(CODE.findall(refused)) - {"namespace::"} == UNSUPPORTED
    for name in UNSUPPORTED:
        with pytest.raises(ExpressionError):
            compile_expression(f"{name}()")

"""The map of a form: a drawing that is whole, valid and readable by eye and by machine."""

import re
from xml.etree.ElementTree import Element, fromstring

import pytest

from conversations.form import Form
from conversations.form_map import WIDTH, draw_map, width_of, wrapped
from tests.forms import form_of, network_form

SVG = "{http://www.w3.org/2000/svg}"
FORM = """
| survey |
|        | type            | name  | label                       | required | relevant         |
|        | text            | free  | Без <раздел> & "кавички"    |          |                  |
|        | begin_group     | home  | Дом                         |          | ${free} != ''    |
|        | select_one kind | kind  | Къде?                       | yes      |                  |
|        | integer         | floor | Етаж                        |          | ${kind} = 'flat' |
|        | integer         | doors | Врати                       |          | ${kind} = 'flat' |
|        | begin_group     | inner | Вътре                       |          | ${kind} = 'flat' |
|        | note            | word  | Само дума                   |          |                  |
|        | end_group       |       |                             |          |                  |
|        | end_group       |       |                             |          |                  |
| choices |
|         | list_name | name  | label |
|         | kind      | flat  | Апартамент |
|         | kind      | house | Къща  |
"""


def drawing(form: Form, language: str = "bg") -> Element:
    return fromstring(draw_map(form, language).encode())


def said(svg: Element) -> list[str]:
    return [text.text or "" for text in svg.iter(f"{SVG}text")]


def boxes(svg: Element, kind: str) -> list[Element]:
    return [each for each in svg.iter(f"{SVG}rect") if each.get("class") == kind and float(each.get("height", 0)) > 14]


def test_questions_sections_and_conditions_are_all_on_the_map():
    words = said(drawing(form_of(FORM)))
    for expected in (
        "Начало", 'Без <раздел> & "кавички"', "Дом", "ако въпрос 1 има отговор", "Къде?",
        "един отговор · Апартамент / Къща", "ако въпрос 2 = „Апартамент“", "Етаж",
        "цяло число · ▷ може да се пропусне", "Врати", "Вътре", "Само дума", "Преглед и подаване",
    ):  # fmt: skip
        assert expected in words


def test_questions_under_one_condition_share_one_branch():
    svg = drawing(form_of(FORM))
    assert len([path for path in svg.iter(f"{SVG}path") if path.get("class") == "side"]) == 1
    assert len(boxes(svg, "pill")) == 2
    assert len(boxes(svg, "band")) == 2


def test_what_may_be_skipped_looks_different_and_says_so():
    svg = drawing(form_of(FORM))
    assert (len(boxes(svg, "box")), len(boxes(svg, "box skip"))) == (1, 3)
    spoken = [title.text for group in svg.iter(f"{SVG}g") for title in group.iter(f"{SVG}title")]
    assert spoken[1:3] == ["2. Къде? (иска отговор)", "3. Етаж (може да се пропусне)"]


@pytest.mark.parametrize("language", ["bg", "en"])
def test_the_shipped_form_fits_into_the_drawing_with_a_title_and_a_description(language: str):
    svg = drawing(network_form(), language)
    named = {element.get("id"): element.text for element in svg if element.get("id")}
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == "title desc"
    assert network_form().title in (named["title"] or "")
    assert "76" in (named["desc"] or "")
    numbers = [text.text for text in svg.iter(f"{SVG}text") if text.get("class") == "number"]
    assert numbers == [str(number) for number in range(1, 77)]
    height = float(svg.get("height", 0))
    for text in svg.iter(f"{SVG}text"):
        assert 0 < float(text.get("y", 0)) < height
        assert float(text.get("x", 0)) + len(text.text or "") * 6 < WIDTH


def test_the_drawing_asks_for_nothing_from_outside():
    assert re.findall(r"https?://[^\"'\s]+|url\(|@import|<script|<image", draw_map(network_form(), "bg")) == [
        "http://www.w3.org/2000/svg"
    ]


def test_lines_are_broken_between_words_and_only_endless_words_are_cut():
    assert list(wrapped("едно две три", 80, 10)) == ["едно две", "три"]
    assert list(wrapped("a" * 20, 80, 10)) == ["aaaa", "aaaa", "aaaa", "aaaaaaaa"]
    assert list(wrapped("", 80, 10)) == []
    assert (width_of("漢字"), width_of("и\u0300")) == (4, 1)

"""The office around a form."""

import pytest

from conversations.desk import Link, Words
from conversations.errors import FormError
from conversations.xlsform import compile_form, read_form
from tests.conversations.xlsform.asking import compiled, place, source

FORM = """
| survey |
|        | type        | name   | label |
|        | text        | school | S     |
|        | begin_group | g      | G     |
|        | integer     | pupils | P     |
|        | text        | place  | P     |
|        | end_group   |        |       |
"""
CALL = """
prefix: ВО
latin_prefix: VO
title: {bg: Мрежа, en: Network}
capacity: "300"
title_question: school
place_question: [g/place, school]
key_question: school
card_questions: [pupils]
decisions:
  - key: full
    label: {bg: Прието, en: Accepted}
    text: {bg: Добра новина!, en: Good news!}
about:
  text: {bg: За нас}
  links:
    - label: {bg: Сайт}
      url: https://example.org
controller:
  name: {bg: Център}
  id: ""
  address: {bg: Търново}
  contact: {bg: Пишете ни}
notice:
  version: "2"
  text: {bg: "Отговаря {controller}. {contact}; {controller_name}."}
"""


def test_a_form_without_a_desk_has_the_usual_one():
    desk = compiled(FORM).form.desk
    assert (desk.prefix, desk.latin_prefix, desk.title, desk.region, desk.key, desk.card, desk.notice) == (
        "A", "A", (), None, None, (), None,
    )  # fmt: skip
    assert [(decision.key, decision.label.in_language("bg")) for decision in desk.decisions] == [
        ("accepted", "Прието"),
        ("declined", "Неприето"),
    ]


def test_call_yaml_tells_how_the_office_works():
    desk = compiled(FORM, call__yaml=CALL).form.desk
    assert (desk.prefix, desk.latin_prefix, desk.capacity) == ("ВО", "VO", 300)
    assert (desk.title, desk.place, desk.key, desk.card) == (
        ("school",), ("g/place", "school"), "school", ("g/pupils",),
    )  # fmt: skip
    assert desk.call_title.in_language("en") == "Network"
    assert desk.decisions[0].text.in_language("bg") == "Добра новина!"
    assert desk.about_links == (Link(Words({"bg": "Сайт"}), "https://example.org"),)


def test_the_notice_names_the_controller_and_leaves_blank_parts_out():
    notice = compiled(FORM, call__yaml=CALL).form.desk.notice
    assert (notice.version, notice.text.in_language("bg")) == ("2", "Отговаря Център, Търново. Пишете ни; Център.")


def test_the_sheet_desk_says_the_same():
    sheet = """
| desk |
|      | key                 | label::Български (bg) | label::English (en) | value               |
|      | prefix              |                       |                     | ВО                  |
|      | latin_prefix        |                       |                     | VO                  |
|      | title               | Мрежа                 | Network             |                     |
|      | capacity            |                       |                     | 300                 |
|      | title_question      |                       |                     | school              |
|      | place_question      |                       |                     | g/place, school     |
|      | key_question        |                       |                     | school              |
|      | card_questions      |                       |                     | pupils              |
|      | decisions.full.label | Прието               | Accepted            |                     |
|      | decisions.full.text | Добра новина!         | Good news!          |                     |
|      | about.text          | За нас                |                     |                     |
|      | about.links.1.label | Сайт                  |                     |                     |
|      | about.links.1.url   |                       |                     | https://example.org |
|      | controller.name     | Център                |                     |                     |
|      | controller.address  | Търново               |                     |                     |
|      | controller.contact  | Пишете ни             |                     |                     |
|      | notice.version      |                       |                     | 2                   |
|      | notice.text         | Отговаря {controller}. {contact}; {controller_name}. |  |              |
"""
    made = compiled(FORM + sheet)
    assert made.form.desk == compiled(FORM, call__yaml=CALL).form.desk
    assert read_form(made.xform, made.files, made.desk) == made.form


def test_every_problem_of_the_desk_names_its_line():
    call = """\
prefix: ВО
colour: red
capacity: many
title_question: nobody
card_questions: [school, school, school, school, school, school, school]
decisions:
  - key: Full!
    label: Yes
about:
  links:
    - label: Site
      url: example.org
welcome: [a, b]
"""
    with pytest.raises(FormError) as refused:
        compile_form(source(FORM, call__yaml=call))
    assert sorted(place(problem)[2:0:-1] + place(problem)[:1] for problem in refused.value.problems) == [
        (1, "call.yaml", "desk_missing"),
        (2, "call.yaml", "desk_unknown_key"),
        (3, "call.yaml", "desk_not_number"),
        (4, "call.yaml", "desk_unknown_question"),
        (5, "call.yaml", "desk_too_many_cards"),
        (7, "call.yaml", "desk_bad_key"),
        (7, "call.yaml", "desk_missing"),
        (12, "call.yaml", "desk_missing"),
        (13, "call.yaml", "desk_not_text"),
    ]


def test_a_problem_of_the_sheet_desk_names_its_row():
    sheet = "\n| desk |\n| | key | value |\n| | prefix | A |\n| | region_question | nobody |\n"
    with pytest.raises(FormError) as refused:
        compiled(FORM + sheet)
    assert [place(problem) for problem in refused.value.errors] == [
        ("desk_unknown_question", "desk", 3, "region_question")
    ]


def test_an_alias_bomb_in_call_yaml_is_refused():
    levels = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in range(1, 7):
        levels += f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n"
    with pytest.raises(FormError) as refused:
        compiled(FORM, call__yaml=levels)
    assert [problem.code for problem in refused.value.errors] == ["bad_yaml"]

"""A form goes out as a workbook and comes back the same; other tools read it as it is."""

from dataclasses import replace
from io import BytesIO
from xml.etree.ElementTree import canonicalize

import openpyxl
import pytest
from pyxform.xls2xform import convert

from conversations.errors import FormError
from conversations.xlsform import FormSource, compile_form, export_workbook, shipped_source, take_over
from tests.conversations.xlsform.asking import source

SMALL = """
| survey |
|        | type             | name | label          | hint        | constraint | required | calculation |
|        | begin_group      | g    | Хора           |             |            |          |             |
|        | integer          | age  | "Възраст"      | =2+2 не е формула | . > 5 | yes     |             |
|        | select_one c     | q    | Кое? „Това“    | -           |            |          |             |
|        | calculate        | sum  |                |             |            |          | ${age} + 1  |
|        | select_one_from_file towns.csv | town | Къде? |        |            |          |             |
|        | end_group        |      |                |             |            |          |             |
| choices |
|         | list_name | name | label | weight |
|         | c         | 0123 | А     | 007    |
|         | c         | no   | TRUE  | 1e5    |
| settings |
|          | form_id | version | default_language |
|          | town    | 2026-01-02 | Български (bg) |
"""
TOWNS = "name,label\nkz,Казанлък\nkj,Караджово\n"
CALL = """
prefix: ВО
latin_prefix: VO
welcome: Здравейте!
title: {bg: Призив, en: Call}
card_questions: [age, q]
key_question: ""
decisions:
  - {key: yes_full, label: {bg: Да, en: "Yes"}, text: {bg: "Добра\\nновина", fr: Oui}}
  - {key: nope, label: Не, text: Съжаляваме.}
about: {text: {bg: За нас}, links: [{label: {bg: Сайт}, url: "https://example.org"}, {label: Друг, url: "https://b.org"}]}
controller: {name: {bg: Сдружение}, id: {bg: "", en: ""}}
notice: {version: 2, text: {bg: "Отговаря {controller}."}}
"""


WHOLE = """
| survey |
|        | type         | name | label::Български (bg) | label::English (en) | guidance_hint::English (en) | relevant | repeat_count | parameters           | media::image::English (en) |
|        | range        | r    | Колко?                | How much?           | Think.                      |          |              | start=1 end=5 step=1 | a.png                      |
|        | begin_repeat | m    | Член                  | Member              |                             | ${r} > 2 | ${r}         |                      |                            |
|        | text         | nm   | Име                   | Name                |                             |          |              |                      |                            |
|        | end_repeat   |      |                       |                     |                             |          |              |                      |                            |
| settings |
|          | form_title | version | default_language |
|          | Проба      | 1       | English (en)     |
"""  # noqa: E501


def whole() -> FormSource:
    """Repeats, a scale, help and a picture."""
    return FormSource("form.md", WHOLE.encode(), {"a.png": b"\x89PNG"})


def small() -> FormSource:
    return replace(source(SMALL, towns__csv=TOWNS), files={"towns.csv": TOWNS.encode(), "call.yaml": CALL.encode()})


def sent_back(form: FormSource) -> FormSource:
    """The exported workbook alone, as staff send it."""
    return take_over(FormSource("form.xlsx", export_workbook(form), {}), form)


@pytest.mark.parametrize("form", [small(), whole(), shipped_source()], ids=["small", "whole", "shipped"])
def test_an_exported_form_that_comes_back_is_the_same_form(form: FormSource):
    before, after = compile_form(form), compile_form(sent_back(form))
    assert after.form == before.form
    assert after.files == before.files
    assert canonicalize(after.xform) == canonicalize(before.xform)


@pytest.mark.parametrize("form", [small(), whole(), shipped_source()], ids=["small", "whole", "shipped"])
def test_other_tools_read_the_workbook_as_it_is(form: FormSource):
    made = convert(xlsform=BytesIO(export_workbook(form)), file_type=".xlsx")
    assert made.xform.startswith("<?xml")


def test_a_workbook_is_easy_to_read_and_to_edit():
    book = openpyxl.load_workbook(BytesIO(export_workbook(shipped_source())))
    assert book.sheetnames == ["survey", "choices", "settings", "desk"]
    for sheet in book.worksheets:
        assert sheet.freeze_panes == "A2"
        assert all(cell.font.bold for cell in sheet[1])
        assert all(14 <= dimension.width <= 60 for dimension in sheet.column_dimensions.values())
    assert [cell.value for cell in book["survey"][1]][:4] == [
        "type", "name", "label::Български (bg)", "label::English (en)",
    ]  # fmt: skip


def test_every_cell_is_text_even_where_it_looks_like_something_else():
    book = openpyxl.load_workbook(BytesIO(export_workbook(small())))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    assert {"=2+2 не е формула", "007", "1e5", "TRUE", "2026-01-02"} <= {cell.value for cell in cells}


def test_the_sheet_desk_says_what_call_yaml_says_and_names_what_it_could_say():
    sheet = openpyxl.load_workbook(BytesIO(export_workbook(small())))["desk"]
    header, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    said = {row[0]: dict(zip(header[1:], row[1:], strict=True)) for row in rows}
    assert header == ["key", "value", "label::Български (bg)", "label::en (en)", "label::fr (fr)"]
    assert said["prefix"]["value"] == "ВО"
    assert said["card_questions"]["value"] == "age, q"
    assert said["decisions.yes_full.text"]["label::Български (bg)"] == "Добра\nновина"
    assert said["decisions.yes_full.text"]["label::fr (fr)"] == "Oui"
    assert said["about.links.1.url"]["value"] == "https://example.org"
    assert set(said["capacity"].values()) == {None}


def test_a_form_without_a_desk_goes_out_with_an_empty_one_and_stays_as_it_was():
    form = source(SMALL, towns__csv=TOWNS)
    assert compile_form(sent_back(form)).form.desk == compile_form(form).form.desk


def test_an_authors_own_workbook_goes_out_byte_for_byte():
    first = FormSource("form.xlsx", export_workbook(small()), {"towns.csv": TOWNS.encode()})
    assert export_workbook(first) == first.content


def test_an_authors_own_workbook_keeps_its_look_when_the_desk_is_added():
    book = openpyxl.load_workbook(BytesIO(export_workbook(small())))
    del book["desk"]
    book["survey"].column_dimensions["A"].width = 77
    packed = BytesIO()
    book.save(packed)
    form = FormSource("form.xlsx", packed.getvalue(), small().files)
    sent = openpyxl.load_workbook(BytesIO(export_workbook(form)))
    assert sent.sheetnames[-1] == "desk"
    assert sent["survey"].column_dimensions["A"].width == 77


def test_a_workbook_that_lost_its_desk_in_another_tool_keeps_the_current_one():
    book = openpyxl.load_workbook(BytesIO(export_workbook(small())))
    del book["desk"]
    packed = BytesIO()
    book.save(packed)
    current = FormSource("form.xlsx", export_workbook(small()), {"towns.csv": TOWNS.encode()})
    back = take_over(FormSource("mine.xlsx", packed.getvalue(), {}), current)
    assert compile_form(back).form.desk == compile_form(small()).form.desk


def test_a_list_that_is_sent_along_replaces_the_current_one():
    edited = FormSource("form.xlsx", export_workbook(small()), {"towns.csv": b"name,label\nkz,Kazanlak\n"})
    assert take_over(edited, small()).files == edited.files


def test_a_text_too_long_for_a_cell_is_refused_rather_than_cut():
    with pytest.raises(FormError, match="32767"):
        export_workbook(replace(small(), files={**small().files, "call.yaml": b"welcome: " + b"a" * 40_000}))

"""The same form from every format, with its true rows; and the limits that keep a bad file out."""

import struct
import zipfile
from io import BytesIO

import openpyxl
import pytest

from conversations.errors import FormError
from conversations.xlsform import FormSource, compile_form, in_use, read_bundle, write_bundle
from conversations.xlsform.workbook import column_letter
from tests.conversations.xlsform.asking import place, refusals, source, warnings

MARKDOWN = """
| settings |
|          | form_id | form_title | version | default_language |
|          | town    | Townsfolk  | 3       | English (en)     |
| survey |
|        | type         | name | label::English (en) | label::Български (bg) | relevant | required |
|        | integer      | age  | Your age, a \\| b    | Възраст               |          | yes      |
|        | select_one c | q    | Which?              | Кое?                  | ${age} > 5 |        |
| choices |
|         | list_name | name | label::English (en) | label::Български (bg) |
|         | c         | 0123 | A                   | А                     |
|         | c         | no   | B                   | Б                     |
"""
YAML = """
settings: {form_id: town, form_title: Townsfolk, version: 3, default_language: English (en)}
survey:
  - type: integer
    name: age
    label::English (en): Your age, a | b
    label::Български (bg): Възраст
    required: yes
  - {type: select_one c, name: q, label::English (en): "Which?", label::Български (bg): "Кое?", relevant: "${age} > 5"}
choices:
  - {list_name: c, name: 0123, label::English (en): A, label::Български (bg): А}
  - {list_name: c, name: no, label::English (en): B, label::Български (bg): Б}
"""
CSV = """\
settings
,form_id,form_title,version,default_language
,town,Townsfolk,3,English (en)
survey
,type,name,label::English (en),label::Български (bg),relevant,required
,integer,age,"Your age, a | b",Възраст,,yes
,select_one c,q,Which?,Кое?,${age} > 5,
choices
,list_name,name,label::English (en),label::Български (bg)
,c,0123,A,А
,c,no,B,Б
"""


def xlsx(sheets: dict[str, list[list[object]]], hidden: tuple[str, int] | None = None) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if hidden:
        book[hidden[0]].row_dimensions[hidden[1]].hidden = True
    content = BytesIO()
    book.save(content)
    return content.getvalue()


WORKBOOK = {
    "Settings": [["form_id", "form_title", "version", "default_language"], ["town", "Townsfolk", 3, "English (en)"]],
    "survey": [
        ["type", "name", "label::English (en)", "label::Български (bg)", "relevant", "required"],
        ["integer", "age", "Your age, a | b", "Възраст", None, True],
        [],
        ["select_one c", "q", "Which?", "Кое?", "${age} > 5"],
    ],
    "choices": [
        ["list_name", "name", "label::English (en)", "label::Български (bg)"],
        ["c", "0123", "A", "А"],
        ["c", "no", "B", "Б"],
    ],
    "_notes": [["anything"]],
}


@pytest.mark.parametrize(
    ("name", "content"),
    [("form.yaml", YAML.encode()), ("form.csv", CSV.encode()), ("form.xlsx", xlsx(WORKBOOK))],
)
def test_every_format_gives_the_same_form(name, content):
    assert compile_form(FormSource(name, content, {})).form == compile_form(source(MARKDOWN)).form


def test_an_old_workbook_with_one_sheet_is_read_as_its_survey():
    cells = [["type", "name", "label"], ["text", "q", "Your name"], ["integer", "n", "How many"]]
    made = compile_form(FormSource("form.xls", biff2(cells), {})).form
    assert [question.path for question in made.questions] == ["q", "n"]


def biff2(rows: list[list[str]]) -> bytes:
    """The oldest Excel format, which needs no container: begin, one LABEL record for each cell, end."""
    records = struct.pack("<HHHH", 0x0009, 4, 2, 0x10)
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            body = struct.pack("<HH3xB", row, column, len(text)) + text.encode()
            records += struct.pack("<HH", 0x0004, len(body)) + body
    return records + struct.pack("<HH", 0x000A, 0)


def test_blank_rows_do_not_shift_the_numbers():
    sheets = {"survey": [["type", "name", "label"], [], ["text", "a", "A"], [], [], ["text", "b"]]}
    with pytest.raises(FormError) as refused:
        compile_form(FormSource("form.xlsx", xlsx(sheets), {}))
    assert [place(problem) for problem in refused.value.problems] == [("missing_label", "survey", 6, "C (label)")]


def test_yaml_and_csv_rows_are_numbered_by_their_lines():
    rows = "survey:\n\n  # a remark\n  - type: text\n    name: a\n"
    assert _places(source(rows, "form.yaml")) == [("missing_label", "survey", 4, "label")]
    assert _places(source("survey\n,type,name,label\n\n,text,a,\n", "form.csv")) == [
        ("missing_label", "survey", 4, "D (label)"),
    ]  # fmt: skip


def _places(form: FormSource) -> list[tuple[str, str, int | None, str | None]]:
    with pytest.raises(FormError) as refused:
        compile_form(form)
    return [place(problem) for problem in refused.value.problems]


def test_hidden_rows_are_left_out_with_a_warning():
    sheets = {"survey": [["type", "name", "label"], ["text", "a", "A"], ["text", "b", "B"]]}
    made = compile_form(FormSource("form.xlsx", xlsx(sheets, hidden=("survey", 3)), {}))
    assert [question.name for question in made.form.questions] == ["a"]
    assert [str(problem) for problem in made.warnings] == [
        "survey: Скритите редове се пропускат: 3. Какво да направите: Покажете ги, ако трябва да се използват."
    ]


def test_a_misspelt_sheet_is_named():
    assert warnings("""
| survey |
|        | type | name | label |
|        | text | a    | A     |
| choises |
|         | list_name | name | label |
""") == [("unknown_sheet", "choises", None, None)]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("form.docx", b"", "file_type"),
        ("form.xlsx", b"no zip at all", "not_readable"),
        ("form.xls", b"no workbook at all", "not_readable"),
        ("form.md", b"| survey |\n", "no_survey"),
        ("form.md", "| survey |".encode("utf-16"), "not_utf8"),
        ("form.yaml", b"survey: [", "bad_yaml"),
        ("form.yaml", b"survey: text", "not_rows"),
        ("form.yaml", b"survey:\n  - {type: [a]}", "cell_not_text"),
        ("form.yaml", b"survey:\n  - {type: text, type: note}", "column_twice"),
        ("form.md", b"x" * (5 * 1024 * 1024 + 1), "file_too_big"),
    ],
)
def test_a_file_that_is_no_form_is_refused(name, content, code):
    assert code in [found[0] for found in _places(FormSource(name, content, {}))]


def test_a_zip_bomb_is_refused_unopened():
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(51 * 1024 * 1024))
    bomb = content.getvalue()
    assert _places(FormSource("form.xlsx", bomb, {})) == [("unzips_too_big", "form.xlsx", None, None)]
    with pytest.raises(FormError):
        read_bundle(bomb)


def test_too_long_forms_and_lists_are_refused():
    questions = "".join(f"| | text | q{index} | Q |\n" for index in range(2_001))
    assert refusals("| survey |\n| | type | name | label |\n" + questions) == [("too_many_rows", "survey", None, None)]
    rows = "name,label\n" + "".join(f"n{index},L\n" for index in range(20_001))
    table = "| survey |\n| | type | name | label |\n| | select_one_from_file t.csv | q | Q |\n"
    assert refusals(table, t__csv=rows) == [("too_many_file_rows", "t.csv", None, None)]


def test_files_that_the_form_does_not_use_are_left_alone():
    given = source(MARKDOWN, people__csv="not;a\ntable,at all", call__yaml="prefix: A\n")
    made = compile_form(given)
    assert in_use(given) == made.source
    assert (dict(made.files), list(made.source.files)) == ({}, ["call.yaml"])


def test_a_bundle_gives_back_its_source():
    packed = source(MARKDOWN, towns__csv="name,label\n", call__yaml="prefix: A\n")
    assert read_bundle(write_bundle(packed)) == packed
    assert write_bundle(packed) == write_bundle(packed)


@pytest.mark.parametrize("content", [b"", b"PK", write_bundle(FormSource("a.md", b"", {}))[:-5]])
def test_a_broken_bundle_is_refused(content):
    with pytest.raises(FormError):
        read_bundle(content)


@pytest.mark.parametrize(("position", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_named_as_spreadsheets_name_them(position, letters):
    assert column_letter(position) == letters

"""Hostile and absurd forms are refused before they cost anything, or with the row that is too much."""

import zipfile
from io import BytesIO

import openpyxl
import pytest

from conversations.errors import FormError
from conversations.xlsform import FormSource, compile_form
from tests.conversations.xlsform.asking import place, refusals, source

ONE = "| survey |\n| | type | name | label | relevant |\n| | text | first | F | |\n"
BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(8))
    + "]>"
)


def workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "survey"
    for row in (["type", "name", "label"], ["text", "q", "Q"]):
        book.active.append(row)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def changed(part: str, change) -> bytes:
    """The workbook with one of its files changed."""
    written = BytesIO()
    with zipfile.ZipFile(BytesIO(workbook())) as old, zipfile.ZipFile(written, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry.filename, change(content) if entry.filename == part else content)
    return written.getvalue()


def codes(form: FormSource) -> list[str]:
    with pytest.raises(FormError) as refused:
        compile_form(form)
    return [problem.code for problem in refused.value.errors]


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "[Content_Types].xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"]
)
def test_entities_in_a_workbook_are_never_expanded(part):
    def with_bomb(content: bytes) -> bytes:
        before, declared, after = content.decode().partition("?>")
        return (BOMB + (after if declared else before).replace("</", "&i;</", 1)).encode()

    assert codes(FormSource("form.xlsx", changed(part, with_bomb), {})) == ["not_readable"]


@pytest.mark.parametrize("part", ["xl/workbook.xml", "[Content_Types].xml", "xl/worksheets/sheet1.xml"])
@pytest.mark.parametrize("change", [lambda content: content[:-40], lambda content: b"", lambda content: b"<a/>"])
def test_a_damaged_workbook_is_refused(part, change):
    found = codes(FormSource("form.xlsx", changed(part, change), {}))
    assert found in (["not_readable"], ["no_survey"])


def test_a_workbook_cut_off_anywhere_is_refused():
    whole = workbook()
    assert {
        code for size in range(10, len(whole) - 30, 400) for code in codes(FormSource("form.xlsx", whole[:size], {}))
    } == {"not_readable"}


def test_files_that_are_too_big_together_are_refused():
    rows = "".join(f"| | note | n{n} | N | p{n}.png |\n" for n in range(11))
    table = "| survey |\n| | type | name | label | media::image |\n" + rows
    files = {f"p{n}.png": bytes(5_000_000) for n in range(11)}
    assert codes(FormSource("form.md", table.encode(), files)) == ["files_too_big"]


def test_a_long_survey_and_a_long_list_are_told_together():
    table = ONE + "| | note | | N | |\n" * 2_000
    table += "| choices |\n| | list_name | name | label |\n" + "| | c | a | A |\n" * 20_001
    assert refusals(table) == [("too_many_rows", "survey", None, None), ("too_many_rows", "choices", None, None)]


def test_2000_rows_are_allowed():
    table = "| survey |\n| | type | name | label |\n" + "".join(f"| | text | q{n} | Q |\n" for n in range(2_000))
    assert len(compile_form(source(table)).form.questions) == 2_000


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("${first} = '" + "a" * 5_000 + "'", "expression_too_long"),
        ("(" * 51 + "1" + ")" * 51, "expression_too_deep"),
    ],
)
def test_an_expression_without_end_is_refused_at_its_cell(expression, code):
    assert refusals(ONE + f"| | text | q | Q | {expression} |\n") == [(code, "survey", 3, "D (relevant)")]


def test_a_refused_sheet_is_told_with_everything_else():
    table = ONE + "| | geotrace | q | Q | |\n| entities |\n| | list_name | label |\n| | people | P |\n"
    assert refusals(table) == [("refused_type", "survey", 3, "A (type)"), ("refused_sheet", "entities", None, None)]
    rows = "survey:\n  - {type: geotrace, name: q, label: Q}\nentities:\n  - {list_name: people}\n"
    with pytest.raises(FormError) as refused:
        compile_form(source(rows, "form.yaml"))
    assert [place(problem) for problem in refused.value.errors] == [
        ("refused_type", "survey", 2, "type"),
        ("refused_sheet", "entities", 3, None),
    ]

"""docs/forms.md is true: each row of its tables is compiled as a small form."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from conversations.errors import FormError
from conversations.form import Form, Kind
from conversations.xlsform import Compiled, FormSource, compile_form
from conversations.xlsform.columns import known_columns
from conversations.xlsform.lint.appearances import KNOWN_APPEARANCES
from conversations.xlsform.question_types import KNOWN_NAMES

PAGE = Path(__file__).parents[1] / "docs" / "forms.md"
FILES = {
    "towns.csv": b"name,label\nsofia,Sofia\nvarna,Varna\n",
    "picture.png": b"picture",
    "sound.mp3": b"sound",
    "film.mp4": b"film",
}
PLAIN = "| survey |\n| | type | name | label |\n| | text | q | Q |\n"
DESK = ("key | value", "prefix | ВО", "latin_prefix | VO")
SPAN = re.compile(r"`([^`]*)`")


@dataclass(frozen=True)
class Line:
    """One row of a table of the page."""

    section: str
    feature: str
    example: str
    how: str

    @property
    def cells(self) -> dict[str, str]:
        pairs = (span.partition(" =") for span in SPAN.findall(self.example))
        return {column.strip(): value.strip() for column, _, value in pairs}


def lines() -> list[Line]:
    found, section = [], ""
    for text in PAGE.read_text("utf-8").splitlines():
        if text.startswith("## "):
            section = text.removeprefix("## ")
        elif section and text.startswith("| ") and (cells := [cell.strip() for cell in text.split("|")[1:-1]]):
            found.append(Line(section, *cells[:3]))
    return [line for line in found if line.example != "Example"]


LINES = lines()


def yaml(rows: list[dict[str, str]]) -> str:
    quoted = (", ".join(f"{_quote(key)}: {_quote(value)}" for key, value in row.items() if value) for row in rows)
    return "".join(f"  - {{{cells}}}\n" for cells in quoted)


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def survey(line: Line | None) -> list[dict[str, str]]:
    rows = [
        {"type": "text", "name": "before", "label": "Before"},
        {"type": "calculate", "name": "quiet", "calculation": "1"},
    ]
    if line is None:
        return [*rows, {"type": "text", "name": "q", "label": "Q"}, *tail()]
    cells = line.cells
    inside, after, within = (cells.pop(key, "") for key in ("inside", "after", "within"))
    label = {} if any(column.startswith("label::") for column in cells) else {"label": "Q"}
    rows.append({"type": "text", "name": "q"} | label | cells)
    if cells.get("type", "").startswith("begin"):
        rows += group_rows(cells["type"].removeprefix("begin_"), inside, within)
    if after:
        rows.append({"type": "calculate", "name": "after", "calculation": after})
    return [*rows, *tail()]


def group_rows(what: str, inside: str, within: str) -> list[dict[str, str]]:
    rows = [] if inside == "nothing" else [{"type": "text", "name": "inner", "label": "Inner"}]
    if within:
        rows.append({"type": "calculate", "name": "within", "calculation": within})
    if inside == "begin_repeat":
        rows = [{"type": "begin_repeat", "name": "deep", "label": "Deep"}, *rows, {"type": "end_repeat"}]
    return [*rows, {"type": f"end_{what}"}]


def tail() -> list[dict[str, str]]:
    return [{"type": "text", "name": "later", "label": "Later"}, {"type": "select_one c", "name": "s", "label": "S"}]


def choices(line: Line | None) -> list[dict[str, str]]:
    rows = [{"list_name": "c", "name": "a", "label": "A", "region": "north"}]
    cells = line.cells if line else {}
    label = {} if any(column.startswith("label::") for column in cells) else {"label": "B"}
    rows.append({"list_name": "c", "name": "b", "region": "north"} | label | cells)
    return rows + [{"list_name": "long", "name": f"n{n}", "label": str(n)} for n in range(9)]


def form_text(line: Line | None) -> str:
    """A workbook with the example in its place; without a line, the same workbook with nothing special in it."""
    section = line.section if line else ""
    settings = {"form_id": "form"} | (line.cells if line and section == "Settings" else {})
    in_survey = section not in {"", "Columns of the sheet choices", "Settings", "Other sheets"}
    languages = _languages(line)
    sheets = {
        "survey": _spoken(survey(line if in_survey else None), languages),
        "choices": _spoken(choices(line if section == "Columns of the sheet choices" else None), languages),
        "settings": [settings | ({"default_language": "English (en)"} if languages else {})],
    }
    return "".join(f"{name}:\n{yaml(rows)}" for name, rows in sheets.items())


def _languages(line: Line | None) -> bool:
    return line is not None and any("::" in column and "(" in column for column in line.cells)


def _spoken(rows: list[dict[str, str]], languages: bool) -> list[dict[str, str]]:
    """Every label in both languages when the example speaks one, so that nothing else is missing."""
    if not languages:
        return rows
    names = {"label": "label::English (en)"}
    return [
        {names.get(column, column): text for column, text in row.items()}
        | ({"label::Български (bg)": row.get("label", "Име")} if "type" not in row or "name" in row else {})
        | ({"label::English (en)": "In English"} if "label" not in row and "name" in row else {})
        | {column: text for column, text in row.items() if column.startswith("label::")}
        for row in rows
    ]


def markdown(name: str) -> str:
    """A workbook with one more sheet, as a markdown table: YAML has no sheets but XLSForm's."""
    headers, *rows = {"desk": DESK}.get(name, ("list_name", "a"))
    cells = "".join(f"| | {row} |\n" for row in (headers, *rows))
    return f"{PLAIN}| {name} |\n{cells}"


def compiled(line: Line | None) -> Compiled:
    if line is not None and line.section == "Other sheets":
        return compile_form(FormSource("form.md", markdown(line.example.strip("`")).encode(), FILES))
    return compile_form(FormSource("form.yaml", form_text(line).encode(), FILES))


def plain(line: Line) -> Form:
    """What the form is without the example."""
    if line.section == "Other sheets":
        return compile_form(FormSource("form.md", PLAIN.encode(), FILES)).form
    return compiled(None).form


def place_row(line: Line) -> int | None:
    """The line of the YAML on which the example stands; None for a finding about a column or a sheet."""
    text = form_text(line).splitlines()
    if line.section == "Settings":
        return None
    start = text.index("choices:" if line.section == "Columns of the sheet choices" else "survey:") + 1
    return start + (2 if line.section == "Columns of the sheet choices" else 3)


def identifier(line: Line) -> str:
    return f"{line.section}-{line.feature}-{line.how}"


@pytest.mark.parametrize("line", [each for each in LINES if each.how == "refused"], ids=identifier)
def test_what_the_page_calls_refused_refuses_the_form_and_names_its_row(line):
    with pytest.raises(FormError) as refused:
        compiled(line)
    found = refused.value.errors
    assert found
    if line.section == "Other sheets":
        assert [problem.sheet for problem in found] == [line.example.strip("`")]
    elif line.feature != "a language without its code":
        last = place_row(line) + (1 if "inside" in line.cells else 0)
        assert {problem.row for problem in found} <= set(range(place_row(line), last + 1))


@pytest.mark.parametrize("line", [each for each in LINES if each.how == "warned"], ids=identifier)
def test_what_the_page_calls_warned_is_told_and_loads(line):
    found = compiled(line).warnings
    assert len(found) == 1
    assert found[0].is_warning
    assert found[0].row in {place_row(line) if line.section != "Other sheets" else None, None}


@pytest.mark.parametrize("line", [each for each in LINES if each.how == "asked"], ids=identifier)
def test_what_the_page_calls_asked_is_asked(line):
    made = compiled(line)
    assert made.warnings == ()
    assert made.form.by_path["q"].is_asked


@pytest.mark.parametrize("line", [each for each in LINES if each.how == "shown"], ids=identifier)
def test_what_the_page_calls_shown_is_shown(line):
    made = compiled(line)
    assert made.warnings == ()
    assert made.form.by_path["q"].is_shown


@pytest.mark.parametrize("line", [each for each in LINES if each.how == "quiet"], ids=identifier)
def test_what_the_page_calls_quiet_asks_nothing(line):
    made = compiled(line)
    assert made.warnings == ()
    question = made.form.by_path.get("q")
    assert question.kind is Kind.QUIET if question else "towns" in made.form.lists


@pytest.mark.parametrize("line", [each for each in LINES if each.how == "used"], ids=identifier)
def test_what_the_page_calls_used_makes_another_form(line):
    made = compiled(line)
    assert made.warnings == ()
    assert made.form != plain(line)


@pytest.mark.parametrize("line", [each for each in LINES if each.how == "silent"], ids=identifier)
def test_what_the_page_calls_silent_needs_no_warning(line):
    assert compiled(line).warnings == ()


def test_every_word_of_the_page_is_one_of_its_words():
    assert {line.how for line in LINES} == {"asked", "shown", "quiet", "used", "silent", "warned", "refused"}


def test_every_type_we_know_is_on_the_page():
    written = {word for line in LINES for word in re.split(r"[ ,]+", line.feature)}
    assert [name for name in KNOWN_NAMES if name not in written and name != "phone number"] == []


def test_every_column_setting_and_appearance_we_know_is_on_the_page():
    text = PAGE.read_text("utf-8")
    sought = {*known_columns("survey"), *known_columns("choices"), *known_columns("settings"), *KNOWN_APPEARANCES}
    assert sorted(name for name in sought if not re.search(rf"(?<![\w:-]){re.escape(name)}(?![\w-])", text)) == []

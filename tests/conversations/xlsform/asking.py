"""Short words for the tests here: a form is a markdown table, what is wrong with it a list of places."""

import pytest

from conversations.errors import FormError, Problem
from conversations.form import Form, Text
from conversations.xlsform import Compiled, FormSource, compile_form


def source(table: str, name: str = "form.md", **files: str) -> FormSource:
    """`files` by name with `__` for the dot: `towns__csv="name,label\\n…"`."""
    beside = {key.replace("__", "."): text.encode() for key, text in files.items()}
    return FormSource(name, table.encode(), beside)


def compiled(table: str, **files: str) -> Compiled:
    return compile_form(source(table, **files))


def form(table: str, **files: str) -> Form:
    return compiled(table, **files).form


def refusals(table: str, **files: str) -> list[tuple[str, str, int | None, str | None]]:
    """(code, sheet, row, column) of every error."""
    with pytest.raises(FormError) as refused:
        compiled(table, **files)
    return [place(problem) for problem in refused.value.errors]


def warnings(table: str, **files: str) -> list[tuple[str, str, int | None, str | None]]:
    return [place(problem) for problem in compiled(table, **files).warnings]


def place(problem: Problem) -> tuple[str, str, int | None, str | None]:
    return problem.code, problem.sheet, problem.row, problem.column


def said(text: Text | None) -> dict[str, str]:
    """A text as one line for each language, values shown as their expressions."""
    assert text is not None
    return {
        code: "".join(part if isinstance(part, str) else "{" + part.text.strip() + "}" for part in parts)
        for code, parts in text.parts.items()
    }

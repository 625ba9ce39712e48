"""`python -m bot form …`: what the person at the terminal reads, and the exit code."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conversations.xlsform import FormSource, compile_form

FORM = """
| survey |
| | type | name | label | required |
| | text | name | Как се казвате? | yes |
| | integer | age | На колко години сте? | |
| settings |
| | form_id | version | default_language |
| | people | 1 | Български (bg) |
"""
WALKS = """
walks:
  - name: Някой
    steps:
      - name: Мария
      - age: 12
      - then: review
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with a form in use that stands in form.md."""
    monkeypatch.chdir(tmp_path)
    root = str(Path(__file__).parents[2])
    for name, value in {"DATA_DIR": "data", "FORM": "form.md", "LANGUAGE": "bg", "PYTHONPATH": root}.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "form.md").write_text(FORM)
    return tmp_path


def form(*words: str, code: int = 0, types: str = "") -> subprocess.CompletedProcess[str]:
    """A process of its own, as at a terminal; `types` is what is typed into it."""
    command = [sys.executable, "-m", "bot", "form", *words]
    result = subprocess.run(command, input=types, capture_output=True, text=True)
    assert result.returncode == code, result.stdout + result.stderr
    return result


def changed(folder: Path, *changes: tuple[str, str], name: str = "new.md") -> str:
    text = FORM
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / name).write_text(text)
    return name


SECOND = (("На колко години сте?", "Вашата възраст?"), ("| people | 1 |", "| people | 2 |"))


def test_a_good_form_is_called_so(folder: Path):
    said = form("check", "form.md").stdout
    assert said == "✔ „people“, версия 1: 2 въпроса, може да се публикува.\n"
    assert form("check").stdout == said


def test_every_problem_is_told_in_the_language_of_the_setting(folder: Path, monkeypatch: pytest.MonkeyPatch):
    wrong = changed(folder, ("text", "txet"), ("| integer |", "| select_one nothing |"))
    said = form("check", wrong, code=1)
    assert said.stdout.count("✖ survey, ред") == 2
    assert "2 грешки" in said.stderr
    monkeypatch.setenv("LANGUAGE", "en")
    assert form("check", wrong, code=1).stdout.count("✖ survey, row") == 2


def test_a_file_that_is_not_there_and_one_that_is_no_form_are_wrong_settings(folder: Path):
    assert "cannot be read" in form("check", "none.xlsx", code=2).stderr
    (folder / "picture.png").write_bytes(b"")
    assert "is none of .xlsx" in form("show", "picture.png", code=2).stderr


def test_the_form_is_shown_and_drawn(folder: Path):
    assert "Как се казвате?" in form("show", "form.md").stdout
    form("map", "form.md", "--to", "map.svg")
    assert ElementTree.parse(folder / "map.svg").getroot().tag.endswith("svg")
    assert form("map", "form.md", "--to", "-").stdout.strip().endswith("</svg>")


def test_two_files_are_compared(folder: Path):
    said = form("diff", changed(folder, *SECOND), "form.md").stdout
    assert "Друг текст (1)\n• „Вашата възраст?“ (age)" in said.replace("**", "")
    assert form("diff", "form.md", "form.md").stdout == "Няма разлики.\n"


def test_walks_are_walked_and_a_stumble_is_a_problem(folder: Path):
    assert "walks.yaml" in form("test", "form.md", code=2).stderr
    (folder / "walks.yaml").write_text(WALKS)
    assert "✔ Някой" in form("test", "form.md").stdout
    assert "✔ Някой" in form("test", "walks.yaml").stdout
    (folder / "walks.yaml").write_text(WALKS.replace("age: 12", "height: 12"))
    form("test", "form.md", code=1)


def test_a_form_is_published_and_asked_from_then_on(folder: Path):
    new = changed(folder, *SECOND)
    assert "„Вашата възраст?“" in form("diff", new).stdout
    said = form("publish", new, "--yes").stdout
    assert "Друг текст (1)" in said
    assert "Версия 2 е публикувана" in said
    assert form("diff", new).stdout == "Няма разлики.\n"
    assert "точно формулярът" in form("publish", new, code=1).stdout


def test_nothing_is_published_when_nobody_agrees_or_the_version_is_the_old_one(folder: Path):
    new = changed(folder, *SECOND)
    form("publish", new, code=1, types="n\n")
    same = changed(folder, SECOND[0], name="same.md")
    assert "версията е останала „1“" in form("publish", same, code=1).stdout
    assert form("diff", "form.md").stdout == "Няма разлики.\n"


def test_the_form_in_use_and_any_other_are_exported_and_nothing_is_overwritten(folder: Path):
    form("export", "out.xlsx")
    form("export", changed(folder, *SECOND))
    for name, version in (("out.xlsx", "1"), ("new.xlsx", "2")):
        compiled = compile_form(FormSource(name, (folder / name).read_bytes(), {}))
        assert (compiled.form.id, compiled.form.version) == ("people", version)
    before = (folder / "new.xlsx").read_bytes()
    assert "--to" in form("export", "new.md", code=2).stderr
    assert (folder / "new.xlsx").read_bytes() == before

"""The lines that the house keeps: who imports whom, what is pure, and that what exists is written down."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.commands.table import COMMANDS
from bot.settings import Settings

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "conversations", "storage")
MAY_IMPORT = {"bot": {"bot", "conversations", "storage"}, "conversations": {"conversations"}, "storage": {"storage"}}
IMPURE = frozenset(
    {"asyncio", "aiohttp", "httpx", "logging", "os", "random", "secrets", "socket", "sqlite3", "structlog"}
    | {"subprocess", "time", "uuid", "sqlalchemy", "telegram", "starlette", "requests", "urllib"}
)
CLOCKS = re.compile(r"\b(datetime\.now|datetime\.utcnow|date\.today|time\.time|os\.environ|getenv)\b")
CHANNEL_NAMES = re.compile(r"\b(telegram|viber)\b", re.IGNORECASE)
HEAVY = ("pyxform", "alembic", "matplotlib", "fpdf", "openpyxl", "xlrd", "yaml", "PIL", "sqlalchemy.orm", "rich")
HEAVY_OF_OURS = ("conversations.xlsform.compiling", "conversations.xlsform.lint", "conversations.xlsform.export")


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> set[str]:
    """The top-level names a module imports, wherever the import stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_run_from_bot_to_the_other_two_and_nowhere_else(package: str):
    wrong = {
        str(path.relative_to(ROOT)): sorted(strangers)
        for path in sources(package)
        if (strangers := (imports(path) & set(PACKAGES)) - MAY_IMPORT[package])
    }
    assert wrong == {}


def test_conversations_know_no_network_clock_chance_environment_or_log():
    wrong = {str(path.relative_to(ROOT)): sorted(imports(path) & IMPURE) for path in sources("conversations")}
    assert {path: names for path, names in wrong.items() if names} == {}
    telling_time = [str(path) for path in sources("conversations") if CLOCKS.search(path.read_text(encoding="utf-8"))]
    assert telling_time == []


def test_conversations_have_no_async_and_name_no_channel():
    for path in sources("conversations"):
        text = path.read_text(encoding="utf-8")
        nodes = ast.walk(ast.parse(text))
        assert not any(isinstance(node, ast.AsyncFunctionDef | ast.Await) for node in nodes), path
        assert not CHANNEL_NAMES.search(text), path


def test_only_the_settings_read_the_environment():
    readers = [
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in sources(package)
        if re.search(r"\b(os\.environ|os\.getenv|getenv)\b", path.read_text(encoding="utf-8"))
    ]
    assert readers == []


def test_importing_the_app_pulls_in_nothing_heavy_that_serving_does_not_need():
    heavy = (*HEAVY, *HEAVY_OF_OURS)
    code = f"import sys, bot.cli, bot.serving; print([name for name in {heavy!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("page", [".env.example", "README.md"])
def test_every_setting_is_explained(page: str):
    text = (ROOT / page).read_text(encoding="utf-8")
    missing = [name.upper() for name in Settings.model_fields if not re.search(rf"\b{name.upper()}\b", text)]
    assert missing == []


def test_the_example_of_the_environment_holds_no_setting_that_does_not_exist_and_only_defaults():
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert set(given) == {name.upper() for name in Settings.model_fields}
    from_example = Settings(_env_file=ROOT / ".env.example")
    assert from_example == Settings(_env_file=None)


def test_the_readme_names_every_command():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [command.word for command in COMMANDS if f"/{command.word}" not in text] == []


def test_the_readme_gives_the_two_commands_word_for_word():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "python3 -m venv .venv && . .venv/bin/activate" in text
    assert "pip install . && python -m bot" in text
    assert "pip install '.[test]' && pytest" in text


def test_nothing_of_the_shipped_call_stands_in_the_code_or_its_phrases():
    words = re.compile(r"Амалипе|Amalipe|отличник|Мрежата|ВО-|accepted_full", re.IGNORECASE)
    phrases = sorted((ROOT / "conversations" / "locale").glob("*.po"))
    wrong = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in (*phrases, *(path for package in PACKAGES for path in sources(package)))
        if (found := words.search(path.read_text(encoding="utf-8")))
    ]
    assert wrong == []

"""Forms for tests: a markdown table, or the one that ships; each is compiled once."""

from functools import lru_cache

from conversations.form import Form
from conversations.xlsform import FormSource, compile_form, shipped_source

IN_BULGARIAN = "\n| settings |\n| | default_language |\n| | Български (bg) |\n"


@lru_cache
def form_of(table: str, files: tuple[tuple[str, str], ...] = ()) -> Form:
    """The form that a markdown table means; without a sheet `settings` it is in Bulgarian. `files` lie beside it."""
    whole = table if "settings" in table else table + IN_BULGARIAN
    return compile_form(FormSource("form.md", whole.encode(), {name: text.encode() for name, text in files})).form


@lru_cache
def network_form() -> Form:
    return compile_form(shipped_source()).form

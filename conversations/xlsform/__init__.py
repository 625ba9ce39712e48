"""A form as people write it → the Form that is asked.

    FormSource ── workbook (rows, caps) ── lint ── pyxform ── XForm ── Form

`compile_form` walks the whole road when a form is published or checked; `read_form` only its last step, from what the
database keeps, at every start.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from conversations.errors import FormError, Problem
from conversations.xlsform.source import (
    FORM_ENDINGS,
    FormSource,
    may_stand_beside,
    read_bundle,
    shipped_source,
    write_bundle,
)
from conversations.xlsform.xform import read_form

if TYPE_CHECKING:
    from conversations.xlsform.compiling import Compiled, compile_form, in_use
    from conversations.xlsform.export import export_workbook, take_over

_PUBLISHING = {
    **dict.fromkeys(("Compiled", "compile_form", "in_use"), "compiling"),
    **dict.fromkeys(("export_workbook", "take_over"), "export"),
}

__all__ = [
    "FORM_ENDINGS",
    "Compiled",
    "FormError",
    "FormSource",
    "Problem",
    "compile_form",
    "export_workbook",
    "in_use",
    "may_stand_beside",
    "read_bundle",
    "read_form",
    "shipped_source",
    "take_over",
    "write_bundle",
]


def __getattr__(name: str) -> Any:
    """What publishing needs is imported when it is first asked for: who only asks forms never does."""
    if name not in _PUBLISHING:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_PUBLISHING[name]}"), name)

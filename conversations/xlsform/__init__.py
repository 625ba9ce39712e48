"""A form as people write it → the Form that is asked.

    FormSource ── workbook (rows, caps) ── lint ── pyxform ── XForm ── Form

`compile_form` walks the whole road when a form is published or checked; `read_form` only its last step, from what the
database keeps, at every start.
"""

from conversations.errors import FormError, Problem
from conversations.xlsform.compiling import Compiled, compile_form, in_use
from conversations.xlsform.export import export_workbook, take_over
from conversations.xlsform.source import (
    FORM_ENDINGS,
    FormSource,
    may_stand_beside,
    read_bundle,
    shipped_source,
    write_bundle,
)
from conversations.xlsform.xform import read_form

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

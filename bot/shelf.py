"""The form versions in use, compiled once: read from the database when a draft needs one, kept afterwards."""

import json

from sqlalchemy import Connection

from conversations.form import Form
from conversations.xlsform import read_form
from storage import forms


class FormShelf:
    """Form versions by their row in the database. Used by the writer thread and by readers alike."""

    def __init__(self) -> None:
        self._forms: dict[int, Form] = {}

    def put(self, row: int, form: Form) -> None:
        self._forms[row] = form

    def get(self, conn: Connection, row: int) -> Form:
        """The form of a version row; a version no longer published is read again from the database."""
        if row not in self._forms:
            stored = forms.load(conn, row)
            self._forms[row] = read_form(stored.xform, json.loads(stored.files), json.loads(stored.desk))
        return self._forms[row]

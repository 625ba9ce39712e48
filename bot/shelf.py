"""The form versions in use, compiled once: read from the database when a draft needs one, kept for a while."""

import json
from collections import OrderedDict
from threading import Lock

from sqlalchemy import Connection

from conversations.form import Form
from conversations.xlsform import read_form
from storage import forms

MOST_KEPT = 8
"""A form with its lists may take some megabytes; versions that nobody needs any more make room."""


class FormShelf:
    """Form versions by their row in the database. Used by the writer thread and by readers alike."""

    def __init__(self) -> None:
        self._forms: OrderedDict[int, Form] = OrderedDict()
        self._lock = Lock()

    def put(self, row: int, form: Form) -> None:
        with self._lock:
            self._forms[row] = form
            self._forms.move_to_end(row)
            while len(self._forms) > MOST_KEPT:
                self._forms.popitem(last=False)

    def get(self, conn: Connection, row: int) -> Form:
        """The form of a version row; a version no longer published is read again from the database."""
        with self._lock:
            found = self._forms.get(row)
            if found is not None:
                self._forms.move_to_end(row)
                return found
        stored = forms.load(conn, row)
        form = read_form(stored.xform, json.loads(stored.files), json.loads(stored.desk))
        self.put(row, form)
        return form

"""The rows of a form → everything that is wrong with them, found before pyxform sees them.

pyxform accepts about half of all broken forms and stops at the first problem of the others.
"""

from collections.abc import Collection, Mapping

from conversations.errors import Problem
from conversations.xlsform.columns import Tables
from conversations.xlsform.lint.appearances import check_appearances
from conversations.xlsform.lint.choices import check_choices
from conversations.xlsform.lint.defaults import check_defaults
from conversations.xlsform.lint.entries import Survey, read_entries
from conversations.xlsform.lint.expressions import check_expressions
from conversations.xlsform.lint.media import check_media
from conversations.xlsform.lint.parameters import check_parameters
from conversations.xlsform.lint.questions import check_questions
from conversations.xlsform.lint.repeats import check_repeats
from conversations.xlsform.lint.texts import check_texts
from conversations.xlsform.lists import Table


def check(tables: Tables, files: Mapping[str, Table], beside: Collection[str]) -> tuple[Survey, tuple[Problem, ...]]:
    """The survey as read, and every problem of its rows.

    `files` are the CSV tables in use, by file name; `beside` the names of all files there are, readable or not.
    """
    survey, found = read_entries(tables)
    found += check_questions(survey, files, beside)
    found += check_appearances(survey)
    found += check_parameters(survey)
    found += check_defaults(survey, files)
    found += check_repeats(survey)
    found += check_media(tables, beside)
    found += check_choices(survey, files)
    found += check_texts(survey)
    found += check_expressions(survey, files, beside)
    return survey, tuple(found)

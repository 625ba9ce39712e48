"""The shipped form: 5,256 settlements, 2,357 schools, 76 questions."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from benchmarks.measuring import Measured, measure, table
from conversations.draft import Answer, Draft, read_draft, write_draft
from conversations.form import Form
from conversations.journey import Journey, begin
from conversations.search import SearchIndex
from conversations.xlsform import compile_form, read_form, shipped_source

NOW = datetime(2026, 1, 15, 12, tzinfo=ZoneInfo("Europe/Sofia"))
QUERIES = (
    "Караджово",
    "karadjovo",
    "ОУ Васил Левски",
    "2-ро СУ",
    "христо ботев пловдив",
    "Крджали",
    "1602807",
    "ьпгде",
)
ANSWERS = {
    "institution/app_kind": "renewal",
    "institution/school": "1602807",
    "institution/school_right": "yes",
    "institution/inst_email": "school@example.org",
    "criteria/crit_principles": "working",
    "criteria/crit_active": "planned",
    "criteria/crit_active_by": "this_year",
    "criteria/crit_intercultural": "working",
    "criteria/crit_parents_club": "support",
    "criteria/crit_student_council": "working",
    "criteria/crit_student_mentors": "working",
    "criteria/crit_welcoming": "working",
    "criteria/crit_team_support": "not_ready",
    "criteria/crit_attendance": "working",
    "people/principal_name": "Мария Иванова",
    "people/principal_phone": "0888123456",
    "people/principal_email": "school@example.org",
    "people/has_contact": "no",
    "pupils/school_year": "finished",
    "pupils/pupils_total": "120",
    "pupils/groups_total": "8",
    "pupils/mediators": "1",
    "pupils/dropouts": "0",
    "pupils/more_figures": "now",
    "network/member_since": "2015",
}


def report(long: bool) -> tuple[str, bool]:
    """The table, and whether every bar holds; it takes as long either way."""
    found = list(measured())
    return table(found), all(each.holds for each in found)


def measured() -> Iterator[Measured]:
    """Load, search and one turn's computing, each against its bar."""
    compiled = compile_form(shipped_source())
    stored = (compiled.xform, compiled.files, compiled.desk)
    yield measure("form: load of the shipped form", 1.0, lambda: read_form(*stored), rounds=7)
    yield measure("form: index of the schools, for the first search", 1.0, lambda: _index(compiled.form), rounds=5)
    yield from _searches(compiled.form)
    yield from _turns(compiled.form)


def _index(form: Form) -> SearchIndex:
    schools = form.lists["schools"].choices
    return SearchIndex((choice.name, choice.label.fixed("bg", "bg"), choice.keywords) for choice in schools)


def _searches(form: Form) -> Iterator[Measured]:
    for name in ("schools", "settlements"):
        slowest = max((_search(form.lists[name].search, query) for query in QUERIES), key=lambda each: each.seconds)
        yield replace(slowest, name=f"form: slowest of {len(QUERIES)} searches in {name} ({slowest.name})")


def _search(index: SearchIndex, query: str) -> Measured:
    return measure(query, 0.01, lambda: index.find(query, limit=8), rounds=7)


def _turns(form: Form) -> Iterator[Measured]:
    draft = _half_way(form)
    text = write_draft(draft)
    yield measure(
        "form: rebuild and full re-evaluation of a turn", 0.001, lambda: _rebuilt(form, text), rounds=15, times=20
    )


def _rebuilt(form: Form, text: str) -> object:
    """A draft from its JSON, every value and relevance, and the question that comes next."""
    return Journey(form, read_draft(text), NOW).current


def _half_way(form: Form) -> Draft:
    draft = begin(form, tag="b1", form_version=1, language="bg", seed=7, now=NOW)
    for path, value in ANSWERS.items():
        assert path in form.by_path, path
        draft = draft.with_answer(path, Answer(value))
    return draft

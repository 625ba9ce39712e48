"""A database grown to any size: one application that was really made, copied with SQL as if others had made it, too.

The rows are those that the desk itself wrote, so they are as long and as many as in earnest; what tells people apart
– ids, references, titles, times, states, regions – is invented for each copy. SQLite only.
"""

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import make_url

from storage.application_counts import recount
from storage.sqlite import rebuilding_engine

COPIED_AT_ONCE = 20_000
DRAFTS_PER_APPLICATION = 0.1
OUTBOX_ROWS_PER_APPLICATION = 6
UPDATES_PER_APPLICATION = 6
DAYS = 60

Expressions = Mapping[str, str]
"""Columns of a table whose value in the copy is an SQL expression over `n`, the number of the copy."""

_ID = ":base + n"
_AT = f"strftime('%Y-%m-%d %H:%M:%f000', 'now', '-' || ((:last - n) * {DAYS * 86400} / :last) || ' seconds')"
_STATE = "CASE WHEN n % 20 < 12 THEN 'submitted' WHEN n % 20 < 16 THEN 'in_review' "
_STATE += "WHEN n % 20 < 19 THEN 'decided' ELSE 'withdrawn' END"
_REFERENCE = "prefix || '-' || year || '-' || printf('%04d', n)"
_PLACES = "'Village ' || (n % 5000)"

PERSON: Mapping[str, Expressions] = {
    "people": {"id": _ID, "name": "'Maria Ivanova ' || n", "created_at": _AT},
    "chats": {"id": _ID, "platform_id": f"'9' || ({_ID})", "person_id": _ID, "created_at": _AT, "arrived_at": _AT},
    "drafts": {"id": _ID, "person_id": _ID, "chat_id": _ID, "created_at": _AT, "updated_at": _AT},
}
APPLICATION: Mapping[str, Expressions] = {
    "applications": {
        "id": _ID,
        "draft_id": _ID,
        "person_id": _ID,
        "chat_id": _ID,
        "number": "n",
        "reference": _REFERENCE,
        "title": "'Vasil Levski Primary School ' || n",
        "place": _PLACES,
        "region": "'R' || (n % 28)",
        "state": _STATE,
        "decision": f"CASE {_STATE} WHEN 'decided' THEN 'accepted' ELSE '' END",
        "submitted_at": _AT,
        "state_at": _AT,
    },
    "answers": {"application_id": _ID},
    "events": {"id": "NULL", "at": _AT, "actor_person_id": _ID, "subject": f"'application:' || ({_ID})"},
    "outbox": {"id": "NULL", "chat_id": _ID, "replaces_id": "NULL", "created_at": _AT, "sent_at": _AT, "next_at": _AT},
}
_LIMITED = {"outbox": f"ORDER BY id DESC LIMIT {OUTBOX_ROWS_PER_APPLICATION}"}


def grow(path: Path, to: int) -> None:
    """Bring the database to so many applications; the first one in it is the model. The desk must not be running."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-262144")
    _take_models(connection)
    (first,) = connection.execute("SELECT max(number) + 1 FROM applications").fetchone()
    (base,) = connection.execute("SELECT max(seq) FROM sqlite_sequence").fetchone()
    for begin in range(first, to + 1, COPIED_AT_ONCE):
        _copy(connection, base, begin, min(begin + COPIED_AT_ONCE, to + 1), to)
    connection.close()
    engine = rebuilding_engine(make_url(f"sqlite:///{path}"))
    with engine.begin() as counting:
        recount(counting)
    engine.dispose()


def _take_models(connection: sqlite3.Connection) -> None:
    """The rows of the first application and its person, in tables of their own that nobody else sees."""
    owner = connection.execute(
        "SELECT id, draft_id, person_id, chat_id FROM applications ORDER BY id LIMIT 1"
    ).fetchone()
    application, draft, person, chat = owner
    conditions = {
        "people": f"id = {person}",
        "chats": f"id = {chat}",
        "drafts": f"id = {draft}",
        "applications": f"id = {application}",
        "answers": f"application_id = {application}",
        "events": f"subject = 'application:{application}'",
        "outbox": f"chat_id = {chat}",
    }
    for table, condition in conditions.items():
        rows = f"SELECT * FROM {table} WHERE {condition} {_LIMITED.get(table, '')}"
        connection.execute(f"CREATE TEMP TABLE model_{table} AS {rows}")


def _copy(connection: sqlite3.Connection, base: int, begin: int, end: int, last: int) -> None:
    """The copies from `begin` up to but without `end`; a tenth as many people are still at their drafts.

    Ids are counted from `base`, which is above all that were ever given away.
    """
    applied = {"base": base, "begin": begin, "end": end, "last": last}
    under_way = {name: int(value * DRAFTS_PER_APPLICATION) for name, value in applied.items()}
    under_way["base"] = base + last + 1
    connection.execute("BEGIN")
    for table, expressions in (PERSON | APPLICATION).items():
        connection.execute(_copying(connection, table, expressions), applied)
    for table, expressions in PERSON.items():
        more = {"state": "'open'"} if table == "drafts" else {}
        connection.execute(_copying(connection, table, {**expressions, **more}), under_way)
    connection.execute(_SEARCH_TERMS, applied)
    connection.execute(_UPDATES, applied)
    connection.execute("COMMIT")


def _copying(connection: sqlite3.Connection, table: str, expressions: Expressions) -> str:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(expressions.get(column, column) for column in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) {_NUMBERS} SELECT {values} FROM numbers, model_{table}"


_NUMBERS = (
    "WITH RECURSIVE numbers (n) AS "
    "(SELECT :begin WHERE :begin < :end UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :end)"
)
_SEARCH_TERMS = f"""
INSERT INTO search_terms (term, application_id) {_NUMBERS},
words (place, word) AS (VALUES (1, 'vasil'), (2, 'levski'), (3, 'primary'), (4, 'school'), (5, 'village'))
SELECT word, {_ID} FROM numbers, words
UNION SELECT CAST(n AS TEXT), {_ID} FROM numbers
UNION SELECT printf('%04d', n), {_ID} FROM numbers
UNION SELECT CAST(n % 5000 AS TEXT), {_ID} FROM numbers
"""
_UPDATES = f"""
INSERT INTO updates (channel, update_id, seen_at) {_NUMBERS},
turns (turn) AS (SELECT 1 UNION ALL SELECT turn + 1 FROM turns WHERE turn < {UPDATES_PER_APPLICATION})
SELECT 'telegram', '9' || n || '-' || turn, {_AT} FROM numbers, turns
"""

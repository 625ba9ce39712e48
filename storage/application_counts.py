"""How many applications there are of each kind: kept with every change, so that nobody need count them.

Two transactions that count the same kind at once would wait for each other, and a turn that has counted still locks
the chats of those it tells: so each kind has SHARES rows, an application is counted in the one of its id, and the sum
of them is the figure. A share that has fallen to 0 stays. Counts follow from the applications: they are in no backup.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, Integer, Select, bindparam, delete, func, insert, literal_column, select

from storage.prepared import Prepared
from storage.tables import INSERTS, application_counts, applications

SHARES = 16
"""The migrations have filled the table with so many: another number needs a step of its own that counts anew."""


class Kind(NamedTuple):
    """What is counted together. Its order is the one in which rows are locked."""

    call_id: int
    region: str
    state: str
    decision: str


_KIND = tuple(application_counts.c[name] for name in Kind._fields)
_KEY = (*_KIND, application_counts.c.share)
_COUNT = application_counts.c["count"]

_INSERTED = {dialect: build(application_counts) for dialect, build in INSERTS.items()}
_ADD = {
    dialect: Prepared(
        inserted.on_conflict_do_update(index_elements=_KEY, set_={"count": _COUNT + inserted.excluded["count"]}),
        (*Kind._fields, "share", "count"),
    )
    for dialect, inserted in _INSERTED.items()
}
_BY_KIND = select(*_KIND, func.sum(_COUNT)).where(_COUNT != 0).group_by(*_KIND)
_BY_KIND_OF_CALL = _BY_KIND.where(application_counts.c.call_id == bindparam("call"))
_KEPT = select(*_KEY, _COUNT).where(_COUNT != 0)


def _counted() -> Select[Any]:
    """The rows as they ought to be, from the applications themselves."""
    # Written into the SQL: PostgreSQL takes two parameters for two numbers, which could not be grouped by.
    share = applications.c.id % literal_column(str(SHARES), Integer)
    key = (*(applications.c[name] for name in Kind._fields), share)
    return select(*key, func.count()).group_by(*key)


_COUNTED = _counted()


def add(conn: Connection, application_id: int, kind: Kind) -> None:
    """Count a new application."""
    _change(conn, application_id, kind, 1)


def move(conn: Connection, application_id: int, was: Kind, becomes: Kind) -> None:
    """Count an application among another kind than before."""
    if was == becomes:
        return
    # Everybody in the same order: two that count opposite moves would otherwise each wait for the other.
    for kind, by in sorted([(was, -1), (becomes, 1)]):
        _change(conn, application_id, kind, by)


def by_kind(conn: Connection, call_id: int | None) -> Iterator[tuple[Kind, int]]:
    """How many of each kind there are; what there is none of is not there. `call_id` None: of every call."""
    found = conn.execute(_BY_KIND) if call_id is None else conn.execute(_BY_KIND_OF_CALL, {"call": call_id})
    for *kind, count in found:
        yield Kind(*kind), int(count)


def agree(conn: Connection) -> bool:
    """Whether the counts are those of the applications; all applications are read for it."""
    kept, counted = ({tuple(row) for row in conn.execute(wanted)} for wanted in (_KEPT, _COUNTED))
    return kept == counted


def recount(conn: Connection) -> None:
    """Make the counts anew out of the applications. Nobody else may be writing."""
    conn.execute(delete(application_counts))
    conn.execute(insert(application_counts).from_select([column.name for column in (*_KEY, _COUNT)], _COUNTED))


def _change(conn: Connection, application_id: int, kind: Kind, by: int) -> None:
    _ADD[conn.dialect.name].run(conn, **kind._asdict(), share=application_id % SHARES, count=by)

"""The statements that every turn makes: compiled once, and given to SQLite's driver as they are.

SQLAlchemy takes some 25 µs to bring a statement to the driver, which needs 3 for it; a turn makes a dozen of them.
On PostgreSQL, and for reading, they go the usual way: there the server's answer takes longer than that.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Select, SelectBase
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlalchemy.sql.dml import Insert, ReturningInsert, Update
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any]
_Statement = Select[Any] | CompoundSelect[Any] | Insert | Update

_DIALECT = sqlite.dialect(paramstyle="named")
_RAW_DRIVER = "pysqlite"
"""The writing connection's; the others of SQLite are asynchronous inside."""


class Prepared:
    """A statement without expanding parameters. Its parameters are the names of its `bindparam`s, and of an INSERT
    without values the `columns` that it fills.

    Raises sqlalchemy.exc.IntegrityError, as the statement itself would.
    """

    def __init__(
        self, statement: Select[Any] | CompoundSelect[Any] | Insert | Update, columns: Sequence[str] = ()
    ) -> None:
        self._statement = statement
        self._columns = columns

    def rows(self, conn: Connection, **parameters: Any) -> Iterator[tuple[Any, ...]]:
        if conn.dialect.driver != _RAW_DRIVER:
            return map(tuple, conn.execute(self._statement, parameters))
        return map(self._row, self._execute(conn, parameters).fetchall())

    def first(self, conn: Connection, **parameters: Any) -> tuple[Any, ...] | None:
        """The first row, None without any."""
        return next(self.rows(conn, **parameters), None)

    def one(self, conn: Connection, **parameters: Any) -> tuple[Any, ...]:
        """The only row. Raises sqlalchemy.exc.NoResultFound."""
        row = self.first(conn, **parameters)
        if row is None:
            raise NoResultFound
        return row

    def run(self, conn: Connection, **parameters: Any) -> None:
        """For a statement that gives no rows."""
        if conn.dialect.driver != _RAW_DRIVER:
            conn.execute(self._statement, parameters)
        else:
            self._execute(conn, parameters)

    def run_many(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """For a statement that gives no rows, once for each row of parameters."""
        if conn.dialect.driver != _RAW_DRIVER:
            conn.execute(self._statement, rows)
        else:
            self._give(_driver(conn).executemany, [self._given(row) for row in rows])

    def _execute(self, conn: Connection, parameters: Mapping[str, Any]) -> Any:
        return self._give(_driver(conn).execute, self._given(parameters))

    def _give(self, take: Callable[[str, Any], Any], given: Any) -> Any:
        sql = self._compiled[0]
        try:
            return take(sql, given)
        except sqlite3.IntegrityError as failure:
            raise IntegrityError(sql, None, failure) from failure

    def _given(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        _, fixed, converts = self._compiled
        given = {**fixed, **parameters}
        for name, convert in converts:
            given[name] = convert(given[name])
        return given

    def _row(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        if not self._conversions:
            return row
        values = list(row)
        for place, convert in self._conversions:
            values[place] = convert(values[place])
        return tuple(values)

    @cached_property
    def _compiled(self) -> tuple[str, Mapping[str, Any], tuple[tuple[str, Convert], ...]]:
        """The SQL, the values that stand in the statement itself, and how parameters become the driver's."""
        compiled = self._statement.compile(dialect=_DIALECT, column_keys=list(self._columns) or None)
        binds = ((name, _implemented(bind.type).bind_processor(_DIALECT)) for name, bind in compiled.binds.items())
        fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        return str(compiled), fixed, tuple((name, convert) for name, convert in binds if convert is not None)

    @cached_property
    def _conversions(self) -> tuple[tuple[int, Convert], ...]:
        """Places of a row whose values are not the driver's own, and what to make of them."""
        gives_rows = isinstance(self._statement, SelectBase | ReturningInsert)
        columns = enumerate(self._statement.exported_columns) if gives_rows else ()
        made = ((place, _implemented(column.type).result_processor(_DIALECT, None)) for place, column in columns)
        return tuple((place, convert) for place, convert in made if convert is not None)


def _driver(conn: Connection) -> Any:
    return conn.connection.driver_connection


def _implemented(type: TypeEngine[Any]) -> TypeEngine[Any]:
    return type.dialect_impl(_DIALECT)

"""The statements that every turn makes: compiled once, and given to SQLite's driver as they are.

SQLAlchemy takes some 25 µs to bring a statement to the driver, which needs 3 for it; a turn makes a dozen of them.
On PostgreSQL, and for reading, they go the usual way: there the server's answer takes longer than that.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.dml import ReturningInsert, Update
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any]

_DIALECT = sqlite.dialect(paramstyle="named")
_RAW_DRIVER = "pysqlite"
"""The writing connection's; the others of SQLite are asynchronous inside."""


class Prepared:
    """A statement without expanding parameters. Its parameters are the names of its `bindparam`s."""

    def __init__(self, statement: Select[Any] | ReturningInsert[Any] | Update) -> None:
        self._statement = statement

    def rows(self, conn: Connection, **parameters: Any) -> Iterator[tuple[Any, ...]]:
        if conn.dialect.driver != _RAW_DRIVER:
            return map(tuple, conn.execute(self._statement, parameters))
        return map(self._row, self._execute(conn, parameters).fetchall())

    def first(self, conn: Connection, **parameters: Any) -> tuple[Any, ...] | None:
        """The first row, None without any."""
        return next(self.rows(conn, **parameters), None)

    def run(self, conn: Connection, **parameters: Any) -> None:
        """For a statement that gives no rows."""
        if conn.dialect.driver != _RAW_DRIVER:
            conn.execute(self._statement, parameters)
        else:
            self._execute(conn, parameters)

    def _execute(self, conn: Connection, parameters: Mapping[str, Any]) -> Any:
        sql, fixed, converts = self._compiled
        given = {**fixed, **parameters}
        for name, convert in converts:
            given[name] = convert(given[name])
        driver: Any = conn.connection.driver_connection
        return driver.execute(sql, given)

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
        compiled = self._statement.compile(dialect=_DIALECT)
        binds = ((name, _implemented(bind.type).bind_processor(_DIALECT)) for name, bind in compiled.binds.items())
        fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        return str(compiled), fixed, tuple((name, convert) for name, convert in binds if convert is not None)

    @cached_property
    def _conversions(self) -> tuple[tuple[int, Convert], ...]:
        """Places of a row whose values are not the driver's own, and what to make of them."""
        columns = enumerate(self._statement.exported_columns) if not isinstance(self._statement, Update) else ()
        made = ((place, _implemented(column.type).result_processor(_DIALECT, None)) for place, column in columns)
        return tuple((place, convert) for place, convert in made if convert is not None)


def _implemented(type: TypeEngine[Any]) -> TypeEngine[Any]:
    return type.dialect_impl(_DIALECT)

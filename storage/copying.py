"""Whole tables out as plain rows, and in again, whichever of the two databases they come from and go to.

A row is a dict that JSON can hold: times as ISO text in UTC, bytes as base64, the rest as it is. Tables are read from
the database itself, not from storage/tables.py, so that an older schema can be copied, too.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Connection, DateTime, LargeBinary, MetaData, Table, func, inspect, select, text

from storage.tables import metadata

Row = dict[str, Any]

VERSION_TABLE = "alembic_version"
COUNTS_TABLE = "application_counts"
"""It follows from other rows, and is made anew out of them."""
LEASES_TABLE = "leases"
CLAIMED_COLUMN = "claimed_until"
"""Leases and claims say what a living process is doing right now: they do not travel."""
BATCH_ROWS = 500
BATCH_BYTES = 4_000_000


def tables(conn: Connection) -> list[Table]:
    """The tables that are copied, each behind those it refers to."""
    found = _existing(conn)
    return [table for table in found.sorted_tables if table.name not in (VERSION_TABLE, LEASES_TABLE, COUNTS_TABLE)]


def is_empty(conn: Connection) -> bool:
    """Whether there is not one row in the desk's tables, or no table at all."""
    return not any(conn.execute(select(table).limit(1)).first() for table in tables(conn))


def drop_all(conn: Connection) -> None:
    """Drop the desk's tables with all that is in them; what else lies in the database stays."""
    _existing(conn).drop_all(conn)


def rows_out(conn: Connection, table: Table) -> Iterator[Row]:
    """Every row in the order of its key, a batch at a time."""
    encode = [(str(column.name), _encoder(column)) for column in table.columns]
    # One at a time where a row may be of many megabytes: a form with its lists and pictures.
    batch = 1 if any(isinstance(column.type, LargeBinary) for column in table.columns) else BATCH_ROWS
    wanted = select(table).order_by(*table.primary_key.columns)
    found = conn.execute(wanted, execution_options={"yield_per": batch})
    for values in found:
        yield {
            name: value if value is None else to_json(value)
            for (name, to_json), value in zip(encode, values, strict=True)
        }


def rows_in(conn: Connection, table: Table, rows: Iterable[tuple[Row, int]]) -> int:
    """Insert rows as `rows_out` gave them, each with its size in bytes. Returns how many there were.

    Raises KeyError when a row lacks a column, ValueError when a value does not fit its column.
    """
    decode = [(str(column.name), _decoder(column)) for column in table.columns]
    count = 0
    for batch in _batches(rows):
        values = [
            {name: row[name] if row[name] is None else from_json(row[name]) for name, from_json in decode}
            for row in batch
        ]
        conn.execute(table.insert(), values)
        count += len(values)
    return count


def row_count(conn: Connection, table: Table) -> int:
    return int(conn.execute(select(func.count()).select_from(table)).scalar_one())


def last_id(conn: Connection, table: Table) -> int | None:
    """The highest id that was ever given away, to a row that is deleted by now perhaps; None: ids are not counted."""
    if conn.dialect.name == "sqlite":
        if not _counts_ids(table):
            return None
        given = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        return int(conn.execute(given, {"name": table.name}).scalar() or 0)
    sequence = _sequence(conn, table)
    if sequence is None:
        return None
    return int(
        conn.execute(text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")).scalar_one()
    )


def go_on_after(conn: Connection, name: str, last: int) -> None:
    """Let the table's next id be above `last` and above all ids in it."""
    table = _existing(conn).tables[name]
    highest = max(last, conn.execute(select(func.max(table.c.id))).scalar() or 0)
    if not highest:
        return
    if conn.dialect.name == "sqlite":
        conn.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": name})
        conn.execute(
            text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"), {"name": name, "seq": highest}
        )
    elif sequence := _sequence(conn, table):
        conn.execute(text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": highest})


def has_broken_references(conn: Connection) -> bool:
    """Whether some row refers to one that is not there. PostgreSQL refuses such a row at once."""
    return conn.dialect.name == "sqlite" and conn.execute(text("PRAGMA foreign_key_check")).first() is not None


def stored_hashes(conn: Connection) -> Sequence[str]:
    """SHA-256 of every stored file that some row names."""
    sha256 = _existing(conn).tables["attachments"].c.sha256
    return conn.execute(select(sha256).where(sha256 != "").distinct().order_by(sha256)).scalars().all()


def arriving_files(conn: Connection) -> Sequence[tuple[str, str]]:
    """(id, the channel's file id) of every file that is not fetched yet."""
    attachments = _existing(conn).tables["attachments"]
    wanted = select(attachments.c.id, attachments.c.file_id).where(attachments.c.state == "pending")
    return [(row.id, row.file_id) for row in conn.execute(wanted.order_by(attachments.c.id))]


def _existing(conn: Connection) -> MetaData:
    """The desk's own tables, as they are in the database."""
    ours = {*metadata.tables, VERSION_TABLE} & set(inspect(conn).get_table_names())
    found = MetaData()
    found.reflect(conn, only=sorted(ours))
    return found


def _counts_ids(table: Table) -> bool:
    declared = metadata.tables.get(table.name)
    return declared is not None and bool(declared.dialect_options["sqlite"]["autoincrement"])


def _sequence(conn: Connection, table: Table) -> str | None:
    if "id" not in table.columns:
        return None
    wanted = text("SELECT pg_get_serial_sequence(:name, 'id')")
    found = conn.execute(wanted, {"name": table.name}).scalar()
    return None if found is None else str(found)


def _encoder(column: Column[Any]) -> Callable[[Any], Any]:
    if column.name == CLAIMED_COLUMN:
        return lambda _: None
    if isinstance(column.type, DateTime):
        return lambda moment: (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    if isinstance(column.type, LargeBinary):
        return lambda content: b64encode(content).decode()
    return lambda value: value


def _decoder(column: Column[Any]) -> Callable[[Any], Any]:
    if isinstance(column.type, DateTime):
        return datetime.fromisoformat
    if isinstance(column.type, LargeBinary):
        return b64decode
    return lambda value: value


def _batches(rows: Iterable[tuple[Row, int]]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    size = 0
    for row, row_bytes in rows:
        batch.append(row)
        size += row_bytes
        if len(batch) == BATCH_ROWS or size > BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch

"""How many messages a platform carried for nothing and for money, by month."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from storage.tables import INSERTS, tallies


@dataclass(frozen=True, slots=True)
class Tally:
    """`month` is `YYYY-MM`."""

    month: str
    free: int = 0
    paid: int = 0


_INSERTED = {dialect: insert(tallies) for dialect, insert in INSERTS.items()}
_ADD = {
    dialect: insert.on_conflict_do_update(
        index_elements=[tallies.c.channel, tallies.c.month],
        set_={"free": tallies.c.free + insert.excluded.free, "paid": tallies.c.paid + insert.excluded.paid},
    )
    for dialect, insert in _INSERTED.items()
}
_OF_MONTH = select(tallies.c.channel, tallies.c.month, tallies.c.free, tallies.c.paid).where(
    tallies.c.month == bindparam("wanted")
)


def add(conn: Connection, channel: str, month: str, free: int, paid: int) -> None:
    """Count messages of a channel into `month`."""
    conn.execute(_ADD[conn.dialect.name], {"channel": channel, "month": month, "free": free, "paid": paid})


def of_month(conn: Connection, month: str) -> dict[str, Tally]:
    """What was counted in `month`, by channel; a channel that carried nothing is not there."""
    return {row.channel: Tally(row.month, row.free, row.paid) for row in conn.execute(_OF_MONTH, {"wanted": month})}

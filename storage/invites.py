"""Invitations: one-time secrets that give a role. Only the secret's hash is kept."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, update

from storage.tables import invites

_CREATE = insert(invites).returning(invites.c.id)
_REDEEM = (
    update(invites)
    .where(
        invites.c.secret_hash == bindparam("hash"),
        invites.c.used_at.is_(None),
        invites.c.expires_at > bindparam("now"),
    )
    .values(used_by=bindparam("person_id"), used_at=bindparam("now"))
    .returning(invites.c.role)
)


def create(
    conn: Connection, *, role: str, secret_hash: str, expires_at: datetime, created_by: int | None, now: datetime
) -> int:
    """Keep an invitation and return its id. `created_by` is a person's id, None for the program itself."""
    row = {
        "role": role,
        "secret_hash": secret_hash,
        "expires_at": expires_at,
        "created_by": created_by,
        "created_at": now,
    }
    return int(conn.execute(_CREATE, row).scalar_one())


def redeem(conn: Connection, secret_hash: str, person_id: int, now: datetime) -> str | None:
    """Use the invitation up and return its role; None when it is unknown, used or expired.

    The role is the caller's to give, with people.set_role.
    """
    return conn.execute(_REDEEM, {"hash": secret_hash, "person_id": person_id, "now": now}).scalar()

"""One-time links that give a role: how their start payload is made and read."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.house import House
from storage import invites

INVITE_HOURS = 24
_MARK = "invite-"


def invite(conn: Connection, house: House, role: str, now: datetime) -> str:
    """A one-time start payload that gives its first user `role`, for 24 hours; only its hash is stored."""
    secret = house.secret()
    expires = now + timedelta(hours=INVITE_HOURS)
    invites.create(conn, role=role, secret_hash=_hashed(secret), expires_at=expires, created_by=None, now=now)
    return f"{_MARK}{secret}"


def is_invitation(payload: str) -> bool:
    """Whether a start payload is a one-time link's: a secret."""
    return payload.startswith(_MARK)


def redeem(conn: Connection, payload: str, person_id: int, now: datetime) -> str | None:
    """Use an invitation up and return its role; None when it is unknown, used or expired."""
    return invites.redeem(conn, _hashed(payload.removeprefix(_MARK)), person_id, now)


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

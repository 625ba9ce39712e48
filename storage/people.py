"""People, the chats they write from, and their roles.

A person is known on a channel by the private chat, whose id on the platform is the person's id there. A group is a
chat without a person; its role is what its members may do inside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import starmap
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Connection, bindparam, insert, or_, select, union_all, update

from storage.prepared import Prepared
from storage.tables import INSERTS, chats, people

ROLES = ("applicant", "coordinator", "staff", "admin")
"""From the least to the most."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who wrote, and from where. `role` is what counts in this chat. `language` None: not chosen yet.

    `blocked`: we had noted that the chat cannot be reached. `is_new`: this is the chat's first update.
    """

    person_id: int
    chat_id: int
    role: str
    name: str
    language: str | None
    blocked: bool
    in_group: bool
    is_new: bool


@dataclass(frozen=True, slots=True)
class Chat:
    """`chat` is the platform's id. `person_id` None: a group. `role` is the group's own, for its members."""

    id: int
    channel: str
    chat: str
    in_group: bool
    person_id: int | None
    role: str
    language: str | None
    platform_language: str
    reachable: bool


@dataclass(frozen=True, slots=True)
class StaffChat:
    """A private chat of somebody with a role, or a group with one (`person_id` None).

    `heard_at` is the last word from there, None where none is kept.
    """

    chat_id: int
    channel: str
    chat: str
    role: str
    language: str | None
    person_id: int | None
    in_group: bool
    heard_at: datetime | None


class _Visit(NamedTuple):
    chat_id: int
    language: str | None
    reachable: bool
    arrived_at: datetime | None
    chat_role: str
    person_id: int
    role: str
    name: str


_own = chats.alias("own")
_VISIT = (
    chats.c.id.label("chat_id"),
    chats.c.language,
    chats.c.reachable,
    chats.c.arrived_at,
    chats.c.role.label("chat_role"),
    people.c.id.label("person_id"),
    people.c.role,
    people.c.name,
)
_THIS_CHAT = (chats.c.channel == bindparam("channel"), chats.c.platform_id == bindparam("chat"))
# NO KEY UPDATE: turns of the same chat or person wait for one another, but rows that merely refer to them (an
# application of this person, say) do not, as they would with a plain FOR UPDATE.
_PRIVATE_VISIT = Prepared(
    select(*_VISIT)
    .join(people, people.c.id == chats.c.person_id)
    .where(*_THIS_CHAT)
    .with_for_update(key_share=True, of=[chats, people])
)
_GROUP_VISIT = (
    select(*_VISIT)
    .select_from(chats)
    .outerjoin(_own, (_own.c.channel == bindparam("channel")) & (_own.c.platform_id == bindparam("person")))
    .outerjoin(people, people.c.id == _own.c.person_id)
    .where(*_THIS_CHAT)
    .with_for_update(key_share=True, of=chats)
)
_CHAT_COLUMNS = (
    chats.c.id,
    chats.c.channel,
    chats.c.platform_id,
    chats.c.in_group,
    chats.c.person_id,
    chats.c.role,
    chats.c.language,
    chats.c.platform_language,
    chats.c.reachable,
)
_CHAT_OF_ID = select(*_CHAT_COLUMNS).where(chats.c.id == bindparam("id"))
_CHAT = Prepared(_CHAT_OF_ID)
_LOCKED_CHAT = _CHAT_OF_ID.with_for_update(key_share=True)
_LOCK_CHAT = select(chats.c.id).where(chats.c.id == bindparam("id")).with_for_update(key_share=True)
_FIND_CHAT = select(*_CHAT_COLUMNS).where(*_THIS_CHAT)
_GIVEN = ("channel", "platform_id", "in_group", "role", "platform_language", "reachable", "created_at")
_NEW_CHAT = {
    dialect: Prepared(build(chats).on_conflict_do_nothing().returning(chats.c.id), _GIVEN)
    for dialect, build in INSERTS.items()
}
_NEW_PERSON = Prepared(insert(people).returning(people.c.id), ("name", "role", "created_at"))
_UPDATE_CHAT = update(chats).where(chats.c.id == bindparam("chat_id"))
_BELONGS = Prepared(_UPDATE_CHAT.values(person_id=bindparam("person")))
_ARRIVED = Prepared(_UPDATE_CHAT.values(arrived_at=bindparam("now")))
_SPEAKS = Prepared(_UPDATE_CHAT.values(language=bindparam("chosen")))
_RENAME = update(people).where(people.c.id == bindparam("person"))
_PERSON = select(people.c.name, people.c.role).where(people.c.id == bindparam("person"))
_LOCKED_PERSON = _PERSON.with_for_update(key_share=True)
_ANY_ADMIN = select(people.c.id).where(people.c.role == "admin").limit(1)


def _staff_chats(roles: Sequence[str]) -> CompoundSelect[Any]:
    """Private chats of people with one of the roles, and groups that have one."""
    before = (chats.c.id, chats.c.channel, chats.c.platform_id)
    after = (chats.c.language, chats.c.person_id, chats.c.in_group, chats.c.heard_at)
    private = select(*before, people.c.role, *after).join(people, people.c.id == chats.c.person_id)
    groups = select(*before, chats.c.role, *after).where(chats.c.in_group)
    return union_all(
        private.where(or_(*(people.c.role == role for role in roles)), chats.c.reachable),
        groups.where(or_(*(chats.c.role == role for role in roles)), chats.c.reachable),
    ).order_by("id")


_STAFF_CHATS = {least: Prepared(_staff_chats(ROLES[place:])) for place, least in enumerate(ROLES)}


def arrive(
    conn: Connection,
    *,
    channel: str,
    chat: str,
    person: str,
    name: str,
    language: str,
    in_group: bool,
    now: datetime,
) -> Visitor:
    """Who wrote, found or made on the first contact. `language` is the platform's word, kept beside the chosen one.

    In a private chat the person is the chat's, whatever `person` says. On PostgreSQL the chat, and in private the
    person, stay locked until the transaction ends: one turn at a time. `name` '' leaves the name as it was.
    """
    row = _find_visit(conn, channel, chat, person, in_group)
    if row is None or row.person_id is None:
        _make_chat(conn, channel, chat, in_group, name="" if in_group else name, language=language, now=now)
        if in_group:
            _make_chat(conn, channel, person, False, name=name, language=language, now=now)
        row = _find_visit(conn, channel, chat, person, in_group)
        assert row is not None
    if row.arrived_at is None:
        _ARRIVED.run(conn, chat_id=row.chat_id, now=now)
    if name and name != row.name:
        conn.execute(_RENAME.values(name=name), {"person": row.person_id})
    return Visitor(
        person_id=row.person_id,
        chat_id=row.chat_id,
        role=max(row.role, row.chat_role, key=ROLES.index) if in_group else row.role,
        name=name or row.name,
        language=row.language,
        blocked=not row.reachable,
        in_group=in_group,
        is_new=row.arrived_at is None,
    )


def set_language(conn: Connection, chat_id: int, language: str) -> None:
    _SPEAKS.run(conn, chat_id=chat_id, chosen=language)


def set_role(conn: Connection, person_id: int, role: str, now: datetime) -> None:
    """The person's own role, in every private chat of theirs. `role` is one of ROLES."""
    conn.execute(_RENAME.values(role=role, role_at=now), {"person": person_id})


def set_chat_role(conn: Connection, chat_id: int, role: str, now: datetime) -> None:
    """The role that members have inside this group. `role` is one of ROLES."""
    conn.execute(_UPDATE_CHAT.values(role=role, role_at=now), {"chat_id": chat_id})


def set_reachable(conn: Connection, chat_id: int, reachable: bool, now: datetime) -> None:
    conn.execute(_UPDATE_CHAT.values(reachable=reachable, reachable_at=now), {"chat_id": chat_id})


def move_chat(conn: Connection, chat_id: int, platform_id: str) -> None:
    """The platform gave the group another id: the chat keeps its role, language and messages under the new one.

    A chat that has the new id already stays beside it and gets the role.
    """
    moving = chat(conn, chat_id)
    taken = find_chat(conn, moving.channel, platform_id)
    if taken is None:
        conn.execute(_UPDATE_CHAT.values(platform_id=platform_id), {"chat_id": chat_id})
    elif taken.id != chat_id:
        conn.execute(_UPDATE_CHAT.values(role=moving.role), {"chat_id": taken.id})
        conn.execute(_UPDATE_CHAT.values(role="applicant", reachable=False), {"chat_id": chat_id})


def staff_chats(conn: Connection, minimum: str = "staff") -> list[StaffChat]:
    """Every reachable chat with at least this role: private chats of people who have it, and groups that have it.

    In the order of their ids: two turns that write to all of them do not wait for each other.
    """
    return list(starmap(StaffChat, _STAFF_CHATS[minimum].rows(conn)))


def seed_roles(conn: Connection, admins: list[tuple[str, str]], staff: list[tuple[str, str]], now: datetime) -> None:
    """Make rows for (channel, platform id) with their roles, before they ever wrote; chats we know stay as they are.

    An id that begins with a minus is a group's, as on Telegram. Listed in both, admin counts.
    """
    for role, listed in (("admin", admins), ("staff", staff)):
        for channel, platform_id in listed:
            in_group = platform_id.startswith("-")
            _make_chat(conn, channel, platform_id, in_group, name="", language="", now=now, role=role)


def find_chat(conn: Connection, channel: str, chat: str) -> Chat | None:
    row = conn.execute(_FIND_CHAT, {"channel": channel, "chat": chat}).first()
    return None if row is None else Chat(*row)


def chat(conn: Connection, chat_id: int) -> Chat:
    """The chat. Raises sqlalchemy.exc.NoResultFound for an id that is not ours."""
    return Chat(*_CHAT.one(conn, id=chat_id))


def of_chat(conn: Connection, chat_id: int, person_id: int) -> Visitor:
    """The person in a chat we know, without a platform's update: for the desk's own turns.

    On PostgreSQL both stay locked until the transaction ends, as after `arrive`: one turn at a time.
    """
    found = Chat(*conn.execute(_LOCKED_CHAT, {"id": chat_id}).one())
    row = conn.execute(_LOCKED_PERSON, {"person": person_id}).one()
    return Visitor(person_id, chat_id, row.role, row.name, found.language, not found.reachable, found.in_group, False)


def lock_chat(conn: Connection, chat_id: int) -> None:
    """On PostgreSQL: wait for the turn that the chat is in, and keep its next one waiting until this transaction ends.

    Two turns that want each other's chats would wait for ever; the database ends one, and it is taken again.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(_LOCK_CHAT, {"id": chat_id})


def name(conn: Connection, person_id: int) -> str:
    """What the person is called on their platform; '' when they told nothing."""
    return str(conn.execute(_PERSON, {"person": person_id}).one().name)


def has_admin(conn: Connection) -> bool:
    return conn.execute(_ANY_ADMIN).first() is not None


def _find_visit(conn: Connection, channel: str, chat: str, person: str, in_group: bool) -> Any:
    """The row of _VISIT, None when the chat is unknown; without a person when only the group is known."""
    if in_group:
        return conn.execute(_GROUP_VISIT, {"channel": channel, "chat": chat, "person": person}).first()
    found = _PRIVATE_VISIT.first(conn, channel=channel, chat=chat)
    return None if found is None else _Visit(*found)


def _make_chat(
    conn: Connection,
    channel: str,
    platform_id: str,
    in_group: bool,
    *,
    name: str,
    language: str,
    now: datetime,
    role: str = "applicant",
) -> None:
    """Make the chat, and for a private one its person; nothing when it exists or another process is faster."""
    made = _NEW_CHAT[conn.dialect.name].first(
        conn,
        channel=channel,
        platform_id=platform_id,
        in_group=in_group,
        role=role if in_group else "applicant",
        platform_language=language,
        reachable=True,
        created_at=now,
    )
    if made is None or in_group:
        return
    (person_id,) = _NEW_PERSON.one(conn, name=name, role=role, created_at=now)
    _BELONGS.run(conn, chat_id=made[0], person=person_id)

"""Money and sessions: what may go to a chat now, and what is held until its person writes.

On some channels messages are free only for a while after the person's last word (`Channel.session`). Outside it what
can wait is held, the rest goes only where the operator pays for it. To who left nothing goes, and nothing is dropped:
when they are back they get what they missed, a decision as well as the answer to their last word. (Where there are no
sessions, what waits for who stopped the bot is dropped: there `/continue` shows it all again, and nobody expects more.)
Staff hear of it once until the person writes, because somebody may have to telephone. Of messages to many they do not:
who sends those gets their figures. A notification of this kind is never told of in turn.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.channels.base import Channel
from bot.notifications import tell_of_held
from conversations.replies import Reply
from storage import holding, people, reach
from storage.outbox import BULK, OutboxRow
from storage.people import StaffChat

HELD_MARK = "held:"
"""The key of a notification that messages are held begins so."""
SLACK = timedelta(minutes=1)
"""A message that leaves within a session should arrive in it."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """`lengths` names the channels that have sessions; for those in `may_pay` messages outside one are paid for."""

    lengths: Mapping[str, timedelta]
    may_pay: Set[str]

    @classmethod
    def of(cls, channels: Mapping[str, Channel], may_pay: Set[str]) -> "Sessions":
        return cls({name: each.session for name, each in channels.items() if each.session is not None}, may_pay)

    def why_not(self, row: OutboxRow, now: datetime) -> str:
        """Why a message is held: `unreachable` or `session`; '' when it may go."""
        if row.channel not in self.lengths:
            return ""
        if not row.reachable:
            return "unreachable"
        if self.is_free(row.channel, row.heard_at, now) or (row.priority != BULK and row.channel in self.may_pay):
            return ""
        return "session"

    def is_free(self, channel: str, heard_at: datetime | None, now: datetime) -> bool:
        """Whether a message costs nothing now."""
        length = self.lengths.get(channel)
        return length is None or (heard_at is not None and now < heard_at + length - SLACK)

    def hold(self, conn: Connection, row: OutboxRow, reply: Reply, why: str, language: str, now: datetime) -> bool:
        """Hold a claimed message and tell staff. False: the person has just written, and it is tried again."""
        is_held = holding.hold(conn, row, why)
        if is_held:
            self._tell(conn, row, reply, language, now)
        return is_held

    def hold_chat(self, conn: Connection, row: OutboxRow, reply: Reply, language: str, now: datetime) -> bool:
        """The platform says that the chat is gone: hold all that waits for it. False as for `hold`."""
        is_held = holding.hold_chat(conn, row, now)
        if is_held:
            self._tell(conn, row, reply, language, now)
        return is_held

    def _tell(self, conn: Connection, row: OutboxRow, reply: Reply, language: str, now: datetime) -> None:
        if row.priority == BULK or row.key.startswith(HELD_MARK):
            return
        chats = [chat for chat in people.staff_chats(conn) if self._reaches(chat, row, now)]
        if chats and reach.claim_telling(conn, row.chat_id, now):
            tell_of_held(conn, chats, row, reply, f"{HELD_MARK}{row.chat_id}", language, now)

    def _reaches(self, chat: StaffChat, row: OutboxRow, now: datetime) -> bool:
        return chat.chat_id != row.chat_id and self.is_free(chat.channel, chat.heard_at, now)

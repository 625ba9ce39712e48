"""Open drafts follow a version that was published: one short transaction each, in the background.

Until its turn comes a draft goes on under its own version. Moving and telling the person are one transaction, so
each is told once, whatever happens in between; what a killed process left behind is found at the next start.
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from bot.house import House, window
from bot.queueing import put_replies
from conversations.change_report import tell_of_move
from conversations.draft import Draft, read_draft, write_draft
from conversations.form import Form
from conversations.moving import move_draft
from conversations.phrases import say
from conversations.replies import Button, Reply
from conversations.talk import Talk
from conversations.versions import Changes, compare
from conversations.walking import present
from storage import calls, drafts, events, forms, outbox, people
from storage.database import Database
from storage.drafts import DraftRow

AT_ONCE = 50
LOOK_AGAIN_SECONDS = 60.0

log = structlog.get_logger(__name__)


class Mover:
    """Moves what is left behind: when woken, and now and then. `done` is called when people were told something.

    `in_use` gets the form that is asked now, after each look. `may_move` tells whether this process is the one to move.
    """

    def __init__(
        self,
        database: Database,
        house: House,
        clock: Callable[[], datetime],
        done: Callable[[], None],
        in_use: Callable[[Form], None],
        may_move: Callable[[], bool] = lambda: True,
    ) -> None:
        self._database = database
        self._house = house
        self._clock = clock
        self._done = done
        self._in_use = in_use
        self._may_move = may_move
        self._woken = asyncio.Event()
        self._changes: dict[tuple[int, int], Changes] = {}

    def wake(self) -> None:
        """A version may have been published."""
        self._woken.set()

    async def run(self) -> None:
        """Move until cancelled. A database that is away for a while is waited for."""
        while True:
            self._woken.clear()
            try:
                await self.move_all()
            except Exception as failure:
                log.error("moving failed", error=type(failure).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                    await self._woken.wait()

    async def move_all(self) -> int:
        """Move every draft that is left behind; returns how many. One that fails stays under its own version."""
        row, form = await self._database.read(self._current)
        self._in_use(form)
        moved, after = 0, 0
        while self._may_move():
            batch = await self._database.read(partial(drafts.left_behind, form_row=row, after=after, limit=AT_ONCE))
            if not batch:
                return moved
            for draft in batch:
                moved += await self._move(draft)
            after = batch[-1].id
            self._done()
        return moved

    def _current(self, conn: Connection) -> tuple[int, Form]:
        row = forms.current(conn)
        if row is None:
            raise LookupError("no form is published")
        return row, self._house.forms.get(conn, row)

    async def _move(self, draft: DraftRow) -> bool:
        try:
            return await self._database.write(partial(self._move_one, draft=draft))
        except Exception as bug:
            log.exception("draft not moved", draft=draft.id, error=type(bug).__name__)
            return False

    def _move_one(self, conn: Connection, draft: DraftRow) -> bool:
        """Move the draft as it is now: the person may have answered, submitted or begun anew since it was read."""
        people.of_chat(conn, draft.chat_id, draft.person_id)
        row, now = drafts.load(conn, draft.id), self._clock()
        to, new = self._current(conn)
        if row is None or row.state != "open" or row.form_row == to:
            return False
        changes = self._compare(conn, row.form_row, to, new)
        moved = move_draft(changes.old, new, read_draft(row.body), self._house.local(now), to)
        told = tell_of_move(changes, moved)
        pinned = replace(row, form_row=to)
        kept = _tell(conn, self._house, pinned, new, moved.draft, told, moved.reopened, now)
        drafts.move(conn, row.id, to, write_draft(kept))
        detail = {"old": row.form_row, "new": to, "asked_again": moved.asked_again, "dropped": moved.dropped}
        subject = f"draft:{row.id}"
        events.record(
            conn, kind="draft_moved", actor_person_id=None, subject=subject, detail=json.dumps(detail), now=now
        )
        log.info("draft moved", draft=row.id, to=to, asked_again=len(moved.asked_again), told=bool(told))
        return True

    def _compare(self, conn: Connection, old_row: int, new_row: int, new: Form) -> Changes:
        if (old_row, new_row) not in self._changes:
            self._changes = {(old_row, new_row): compare(self._house.forms.get(conn, old_row), new)}
        return self._changes[old_row, new_row]


def _tell(
    conn: Connection, house: House, row: DraftRow, form: Form, draft: Draft, told: str, reopened: bool, now: datetime
) -> Draft:
    """Tell the person; returns the draft as it stands then.

    `row` is pinned to `form`. When another question is open now it is asked at once, ahead of other notifications: a
    text typed meanwhile was meant for the old one, and is recognised by having been written before this one arrived.
    """
    if not told:
        return draft
    local, when = house.local(now), window(calls.current(conn))
    if reopened and when.is_open(local):
        outcome = present(Talk(form, draft, local, when), before=told)
        put_replies(conn, row.chat_id, house.placed(conn, row.form_row, outcome.replies), now)
        return outcome.draft
    go_on = Button("/continue", say("go_on", draft.language))
    look = Button("/review", say("look_through", draft.language))
    put_replies(conn, row.chat_id, [Reply(told, ((go_on,), (look,)))], now, outbox.NOTIFICATION)
    return draft

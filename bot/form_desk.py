"""Publishing from the command line: the same proposals, the same moving of drafts, on one database."""

from collections.abc import Callable

from sqlalchemy import Connection

from bot import notifications, proposals
from bot.app import App
from bot.checking import Passed
from bot.proposals import Kept, Plan, Same, VersionTaken
from bot.settings import Settings
from conversations.change_report import describe
from conversations.draft import read_draft
from conversations.form import Form
from conversations.phrases import count, say
from conversations.versions import compare, impact
from conversations.xlsform import FormSource, read_bundle
from storage import drafts

NO_CHAT = 0
"""No chat has this row id: every admin is told."""

Compile = Callable[[FormSource], tuple[Passed, Form]]
"""Checks the form that is meant, given the one in use, which lends it what does not lie beside it."""


async def in_use(settings: Settings) -> FormSource:
    """The files of the form in use."""
    app = App(settings)
    try:
        await app.open()
        return await _base(app)
    finally:
        await app.stop()


async def difference(settings: Settings, compiled: Compile) -> str:
    """What the form changes against the one in use, and in how many open drafts. Markdown."""
    app = App(settings)
    try:
        await app.open()
        _, form = compiled(await _base(app))
        under_way = await app.database.read(drafts.all_open)
        touched = impact(app.form, (read_draft(row.body) for row in under_way))
        return describe(compare(app.form, form), settings.language, touched)
    finally:
        await app.stop()


async def publish(
    settings: Settings, compiled: Compile, tell: Callable[[str], None], agrees: Callable[[], bool]
) -> bool:
    """Keep the form, `tell` its plan (Markdown), and when somebody agrees publish it and move the open drafts.

    False when there is nothing to publish, the version is taken, or nobody agrees.
    """
    app, language = App(settings), settings.language
    try:
        await app.open()
        passed, form = compiled(await _base(app))
        kept = await app.database.write(
            lambda conn: proposals.keep(conn, app.house, passed, form, app.house.local(app.clock()))
        )
        if not isinstance(kept, Kept):
            tell(_refusal(kept, language))
            return False
        tell(_plan(await app.database.read(lambda conn: proposals.plan(conn, app.house, kept.row)), language))
        if not agrees():
            await app.database.write(lambda conn: _cancel(conn, app, kept.row))
            return False
        await app.database.write(lambda conn: _publish(conn, app, kept.row))
        moved = await app.mover(lambda: None).move_all()
        tell(say("form_published", language, version=passed.version or "—"))
        tell(count("cli_moved", language, moved))
        return True
    finally:
        await app.stop()


async def _base(app: App) -> FormSource:
    return read_bundle((await app.database.read(proposals.in_use)).source)


def _refusal(kept: Same | VersionTaken, language: str) -> str:
    if isinstance(kept, Same):
        return say("form_same", language, version=kept.version or "—")
    return say("form_version_taken", language, version=kept.version or "—", free=kept.free)


def _plan(plan: Plan, language: str) -> str:
    left = plan.impact.drafts
    under_way = count("form_drafts", language, left) if left else say("form_no_drafts", language)
    return f"{describe(plan.changes, language, plan.impact)}\n\n{under_way}"


def _publish(conn: Connection, app: App, row_id: int) -> None:
    row, now = proposals.find(conn, str(row_id)), app.clock()
    assert row is not None
    if proposals.publish(conn, row, None, now):
        notifications.tell_of_form(conn, app.house, "", row.version, NO_CHAT, now)


def _cancel(conn: Connection, app: App, row_id: int) -> None:
    row = proposals.find(conn, str(row_id))
    if row is not None:
        proposals.cancel(conn, row, None, app.clock())

"""What the web page shows of the call, its outbox rows and its files: the web channel asks, the database answers."""

import json
from collections.abc import Awaitable, Callable, Mapping

from sqlalchemy import Connection

from bot.app import App
from bot.channels.base import Document
from bot.channels.web import Face, StreamRow
from bot.stored_files import StoredFiles
from conversations.greeting import language_name
from conversations.page_phrases import PAGE_PHRASES
from conversations.phrases import languages, say
from storage import attachments, history, people
from storage.database import Database

MENU = ("continue", "review", "status", "about", "criteria", "privacy", "help")
CHANNEL = "web"


def face(app: App) -> Callable[[], Face]:
    """How the page looks now: title and languages of the form in use, and the menu."""

    def look() -> Face:
        form = app.form
        return Face(
            language=app.settings.language,
            languages=tuple((code, language_name(form, code)) for code in form.languages),
            title={code: form.desk.call_title.in_language(code) or form.title for code in form.languages},
            menu={code: tuple((word, say(f"button_{word}", code)) for word in MENU) for code in languages()},
        )

    return look


def page_texts() -> Mapping[str, Mapping[str, str]]:
    return PAGE_PHRASES


def read_rows(database: Database) -> Callable[[str, int, int], Awaitable[list[StreamRow]]]:
    """A chat's outbox rows, for its event streams."""

    async def read(chat: str, after: int, limit: int) -> list[StreamRow]:
        def rows(conn: Connection) -> list[history.StreamRow]:
            found = people.find_chat(conn, CHANNEL, chat)
            return [] if found is None else history.stream(conn, found.id, after, limit)

        return [StreamRow(row.id, json.loads(row.body), row.replaces_id) for row in await database.read(rows)]

    return read


def find_file(database: Database, files: StoredFiles) -> Callable[[str, str], Awaitable[Document | None]]:
    """A stored file for whoever may see it: the person who sent it, and staff."""

    async def find(chat: str, file_id: str) -> Document | None:
        def look(conn: Connection) -> Document | None:
            found = people.find_chat(conn, CHANNEL, chat)
            if found is None or found.person_id is None:
                return None
            if not attachments.may_see(conn, file_id, found.person_id):
                return None
            return next(iter(files.documents(conn, [file_id])), None)

        return await database.read(look)

    return find

"""What an operator wants to know before going live, one finding a line. A running desk is not disturbed: nothing is
written, no update is fetched, no webhook is set.
"""

import asyncio
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import orjson
from sqlalchemy import Connection

from bot.errors import StartError
from bot.opening import compile_or_refuse, read_source
from bot.settings import Settings
from bot.shelf import FormShelf
from conversations.form import Form
from conversations.phrases import say
from storage import application_counts, forms
from storage.database import Database, DatabaseUnavailable
from storage.migrations import HEAD, current_step, knows
from storage.soundness import is_sound

LEAST_FREE_BYTES = 1_000_000_000
GIGABYTE = 1_000_000_000
ANSWER_SECONDS = 15
VIBER_EVENTS = frozenset({"delivered", "seen", "failed", "conversation_started"})

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """`text` is one line with its remedy; `is_well` None: not looked at, because it is not wanted."""

    text: str
    is_well: bool | None = True


class NoAnswer(Exception):
    """The text is a short cause: a status or the class of what went wrong. It never holds an address."""


async def inspect_desk(settings: Settings) -> list[Finding]:
    """All findings, in the order in which an operator mends them."""
    found = [await asyncio.to_thread(_data_dir, settings), *await _database_and_form(settings)]
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        found += await _telegram(session, settings)
        found += await _viber(session, settings)
        found.append(await _public_url(session, settings))
    return found


def _data_dir(settings: Settings) -> Finding:
    folder, language = settings.data_dir.absolute(), settings.language
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return Finding(say("check_folder_unwritable", language, folder=folder), False)
    free = shutil.disk_usage(there).free
    shown = f"{free / GIGABYTE:.1f}"
    if free < LEAST_FREE_BYTES:
        return Finding(say("check_folder_full", language, folder=folder, free=shown), False)
    return Finding(say("check_folder_well", language, folder=folder, free=shown))


# ---------- database and form ----------


async def _database_and_form(settings: Settings) -> list[Finding]:
    language = settings.language
    if not settings.database_url and not _is_file(settings.data_dir / "bot.db"):
        return [Finding(say("check_database_new", language)), await asyncio.to_thread(_form_to_come, settings)]
    database = Database(settings.database)
    try:
        await database.open_unchanged()
        if not await database.read(is_sound):
            return [Finding(say("check_database_damaged", language), False)]
        step = await database.read(current_step)
        if not step:
            return [Finding(say("check_database_new", language)), await asyncio.to_thread(_form_to_come, settings)]
        if not knows(step):
            return [Finding(say("check_database_newer", language, step=step), False)]
        if step != HEAD:
            return [Finding(say("check_database_older", language, step=step))]
        if not await database.read(application_counts.agree):
            return [Finding(say("check_database_miscounted", language), False)]
        form = await database.read(_form_in_use)
        well = Finding(say("check_database_well", language, kind=database.dialect, step=step))
        return [well, await asyncio.to_thread(_form_to_come, settings) if form is None else _form_well(form, language)]
    except DatabaseUnavailable as unavailable:
        return [Finding(str(unavailable), False)]
    finally:
        await database.close()


def _is_file(path: Path) -> bool:
    return path.is_file()


def _form_in_use(conn: Connection) -> Form | None:
    row = forms.current(conn)
    return None if row is None else FormShelf().get(conn, row)


def _form_to_come(settings: Settings) -> Finding:
    """The form that the first start will publish."""
    try:
        return _form_well(compile_or_refuse(read_source(settings.form)).form, settings.language)
    except StartError as wrong:
        return Finding(str(wrong), False)


def _form_well(form: Form, language: str) -> Finding:
    asked = sum(question.is_asked for question in form.questions)
    return Finding(say("check_form_well", language, title=form.title, version=form.version or "—", questions=asked))


# ---------- platforms ----------


async def _telegram(session: aiohttp.ClientSession, settings: Settings) -> list[Finding]:
    language, token = settings.language, settings.telegram_token
    if not token:
        return [Finding(say("check_telegram_unset", language), None)]
    root = f"{settings.telegram_api_url}/bot{token}"
    try:
        status, me = await _ask(session, "POST", f"{root}/getMe", {})
        if status in (401, 404):
            return [Finding(say("check_telegram_token", language), False)]
        _, hook = await _ask(session, "POST", f"{root}/getWebhookInfo", {})
        about, bot = hook["result"], me["result"]["username"]
    except NoAnswer as failure:
        return [Finding(say("check_telegram_silent", language, why=failure), False)]
    except (KeyError, TypeError):
        return [Finding(say("check_telegram_silent", language, why=f"HTTP {status}"), False)]
    return [Finding(say("check_telegram_well", language, bot=bot)), _telegram_delivery(about, settings)]


def _telegram_delivery(about: Json, settings: Settings) -> Finding:
    language, url, waiting = settings.language, str(about.get("url") or ""), int(about.get("pending_update_count") or 0)
    ours = f"{settings.public_url}/telegram/webhook" if settings.public_url else ""
    if url and url != ours:
        # Another program's address may hold a secret in its path.
        return Finding(say("check_telegram_other", language, host=urlsplit(url).hostname or "?"), False)
    if url and waiting and about.get("last_error_message"):
        why = str(about["last_error_message"])
        return Finding(say("check_telegram_failing", language, why=why, waiting=waiting), False)
    if not ours:
        return Finding(say("check_telegram_polling", language, waiting=waiting))
    key = "check_telegram_webhook" if url else "check_telegram_webhook_later"
    return Finding(say(key, language, waiting=waiting))


async def _viber(session: aiohttp.ClientSession, settings: Settings) -> list[Finding]:
    language = settings.language
    if not settings.viber_token:
        return [Finding(say("check_viber_unset", language), None)]
    headers = {"X-Viber-Auth-Token": settings.viber_token}
    try:
        status, account = await _ask(session, "POST", f"{settings.viber_api_url}/get_account_info", {}, headers)
    except NoAnswer as failure:
        return [Finding(say("check_viber_silent", language, why=failure), False)]
    if account.get("status") == 2:
        return [Finding(say("check_viber_token", language), False)]
    if account.get("status") != 0:
        why = f"status {account['status']}" if isinstance(account.get("status"), int) else f"HTTP {status}"
        return [Finding(say("check_viber_silent", language, why=why), False)]
    known = Finding(say("check_viber_well", language, bot=str(account.get("name") or account.get("uri") or "?")))
    return [known, _viber_delivery(account, settings)]


def _viber_delivery(account: Json, settings: Settings) -> Finding:
    language, url = settings.language, str(account.get("webhook") or "")
    if not settings.public_url:
        return Finding(say("check_viber_no_address", language), False)
    if not url:
        return Finding(say("check_viber_webhook_later", language))
    if url != f"{settings.public_url}/viber/webhook":
        return Finding(say("check_viber_other", language, host=urlsplit(url).hostname or "?"), False)
    lacking = sorted(VIBER_EVENTS - set(account.get("event_types") or ()))
    if lacking:
        return Finding(say("check_viber_events", language, events=", ".join(lacking)), False)
    return Finding(say("check_viber_webhook", language))


async def _public_url(session: aiohttp.ClientSession, settings: Settings) -> Finding:
    language = settings.language
    if not settings.public_url:
        return Finding(say("check_address_unset", language), None)
    try:
        status, state = await _ask(session, "GET", f"{settings.public_url}/health")
    except NoAnswer as failure:
        return Finding(say("check_address_silent", language, why=failure), False)
    if status == 200 and state.get("ok") is True:
        return Finding(say("check_address_well", language, address=settings.public_url))
    if status == 503 and "database" in state:
        return Finding(say("check_address_unwell", language, wrong=", ".join(_unwell(state))), False)
    return Finding(say("check_address_silent", language, why=f"HTTP {status}"), False)


def _unwell(state: Json) -> Sequence[str]:
    channels = state.get("channels")
    parts = {"database": state.get("database"), "sender": state.get("sender")}
    parts |= channels if isinstance(channels, dict) else {}
    return [f"{name}: {word}" for name, word in parts.items() if word != "ok"]


async def _ask(
    session: aiohttp.ClientSession, method: str, url: str, body: Json | None = None, headers: Json | None = None
) -> tuple[int, Json]:
    """Status and JSON object of an answer, {} when it is none. Raises NoAnswer: a client's texts hold the address."""
    try:
        async with session.request(method, url, json=body, headers=headers, allow_redirects=False) as answer:
            status, content = answer.status, await answer.read()
    except (aiohttp.ClientError, TimeoutError, OSError) as failure:
        raise NoAnswer(type(failure).__name__) from None
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        found = None
    return status, found if isinstance(found, dict) else {}

"""aiogram: a finite state machine with its state in SQLite, as its documentation teaches it.

Its storages know Redis, MongoDB and memory; the one for SQLite here is what people write in their place: aiosqlite,
one table, a commit for each change. Handlers answer the tap, change the tapped message, then send the next question.
Updates of different people are handled side by side, aiogram's own way.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import aiosqlite
from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

from benchmarks.contestants.paper import NOTICE, RECEIPT, Place, read_paper, read_place

paper = read_paper()
router = Router()


class Applying(StatesGroup):
    agreeing = State()
    answering = State()
    reviewing = State()


class SqliteStorage(BaseStorage):
    """State and data of each chat, committed before the handler goes on."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    @classmethod
    async def open(cls, path: str) -> "SqliteStorage":
        connection = await aiosqlite.connect(path)
        await connection.execute("PRAGMA journal_mode=WAL")
        await connection.execute("PRAGMA synchronous=FULL")
        await connection.execute("CREATE TABLE IF NOT EXISTS chats (id INTEGER PRIMARY KEY, state TEXT, data TEXT)")
        await connection.commit()
        return cls(connection)

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        name = state.state if isinstance(state, State) else state
        await self._put("state", key, name)

    async def get_state(self, key: StorageKey) -> str | None:
        return await self._get("state", key)

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        await self._put("data", key, json.dumps(data))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        return json.loads(await self._get("data", key) or "{}")

    async def close(self) -> None:
        await self._connection.close()

    async def _get(self, column: str, key: StorageKey) -> str | None:
        async with self._connection.execute(f"SELECT {column} FROM chats WHERE id = ?", (key.chat_id,)) as rows:
            row = await rows.fetchone()
        return row[0] if row else None

    async def _put(self, column: str, key: StorageKey, value: str | None) -> None:
        insert = f"INSERT INTO chats (id, {column}) VALUES (?, ?)"
        or_change = f"ON CONFLICT (id) DO UPDATE SET {column} = excluded.{column}"
        await self._connection.execute(f"{insert} {or_change}", (key.chat_id, value))
        await self._connection.commit()


def buttons(labels: tuple[str, ...]) -> InlineKeyboardMarkup | None:
    rows = [[InlineKeyboardButton(text=label, callback_data=str(number))] for number, label in enumerate(labels)]
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


@router.message(CommandStart())
async def begin(message: Message, state: FSMContext) -> None:
    await state.set_data({"answers": []})
    await state.set_state(Applying.agreeing)
    await message.answer(NOTICE, reply_markup=buttons((paper.begin,)))


@router.callback_query(Applying.agreeing)
async def agreed(query: CallbackQuery, state: FSMContext) -> None:
    await state.set_state(Applying.answering)
    await query.answer()
    await query.message.edit_text(f"{NOTICE}\n✔ {paper.begin}")
    await ask(query.message, state, [])


@router.message(Applying.answering, F.text)
async def said(message: Message, state: FSMContext) -> None:
    answers = [*(await state.get_data())["answers"], message.text]
    await state.update_data(answers=answers)
    await ask(message, state, answers)


@router.callback_query(Applying.answering)
async def tapped(query: CallbackQuery, state: FSMContext) -> None:
    answers = (await state.get_data())["answers"]
    label, choices = paper.questions[len(answers)]
    choice = choices[int(query.data)]
    answers = [*answers, choice]
    await state.update_data(answers=answers)
    await query.answer()
    await query.message.edit_text(f"{label}\n✔ {choice}")
    await ask(query.message, state, answers)


async def ask(message: Message, state: FSMContext, answers: list[str]) -> None:
    if len(answers) == len(paper.questions):
        await state.set_state(Applying.reviewing)
        await message.answer(paper.review(answers), reply_markup=buttons((paper.submit,)))
        return
    label, choices = paper.questions[len(answers)]
    await message.answer(label, reply_markup=buttons(choices))


@router.callback_query(Applying.reviewing)
async def submitted(query: CallbackQuery, state: FSMContext) -> None:
    await state.set_state(None)
    await query.answer()
    await query.message.edit_reply_markup(reply_markup=None)
    await query.message.answer(RECEIPT)


async def run(place: Place, router: Router, storage: BaseStorage) -> None:
    """Serve by polling or by webhook until the process is stopped."""
    bot = Bot(place.token, session=AiohttpSession(api=TelegramAPIServer.from_base(place.api_url)))
    dispatcher = Dispatcher(storage=storage)
    dispatcher.include_router(router)
    if not place.webhook_url:
        await dispatcher.start_polling(bot)
        return
    application = web.Application()
    SimpleRequestHandler(dispatcher, bot).register(application, "/hook")
    setup_application(application, dispatcher, bot=bot)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", place.port).start()
    await bot.set_webhook(place.webhook_url)
    await asyncio.Event().wait()


async def main() -> None:
    place = read_place()
    await run(place, router, await SqliteStorage.open(place.database))


if __name__ == "__main__":
    asyncio.run(main())

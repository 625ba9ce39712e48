"""aiogram, made as fast as its owner could make it without leaving it.

What differs from the plain one: uvloop, conversations kept in memory and written through, one thread that
commits all turns that wait together, and the three calls of a tap made side by side.
"""

import asyncio
import json
import sqlite3
from collections.abc import Mapping
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import uvloop
from aiogram import F, Router
from aiogram.filters import CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey
from aiogram.types import CallbackQuery, Message

from benchmarks.contestants.aiogram_plain import Applying, buttons, paper, run
from benchmarks.contestants.paper import NOTICE, RECEIPT, read_place

router = Router()
_SAVE = "INSERT INTO chats VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state, data = excluded.data"


class Writer:
    """A thread that commits whatever waits in one transaction; `save` returns after the commit."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._loop = asyncio.get_running_loop()
        self._rows: SimpleQueue[tuple[tuple[Any, ...], asyncio.Future[None]]] = SimpleQueue()
        Thread(target=self._run, daemon=True).start()

    def save(self, *row: Any) -> asyncio.Future[None]:
        done = self._loop.create_future()
        self._rows.put((row, done))
        return done

    def _run(self) -> None:
        connection = sqlite3.connect(self._path, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS chats (id INTEGER PRIMARY KEY, state TEXT, data TEXT)")
        while True:
            group = [self._rows.get()]
            while True:
                try:
                    group.append(self._rows.get_nowait())
                except Empty:
                    break
            connection.execute("BEGIN")
            connection.executemany(_SAVE, [row for row, _ in group])
            connection.execute("COMMIT")
            self._loop.call_soon_threadsafe(_settle, [done for _, done in group])


def _settle(futures: list[asyncio.Future[None]]) -> None:
    for future in futures:
        if not future.done():
            future.set_result(None)


class WriteThroughStorage(BaseStorage):
    """Open conversations in memory, each change on disk before the handler goes on; the state goes with the data."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._states: dict[int, str | None] = {}
        self._data: dict[int, dict[str, Any]] = {}

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        """Kept with the data that every handler here sets after it; the end is written at once."""
        self._states[key.chat_id] = state.state if hasattr(state, "state") else state
        if state is None:
            del self._states[key.chat_id]
            data = self._data.pop(key.chat_id, {})
            await self._writer.save(key.chat_id, None, json.dumps(data))

    async def get_state(self, key: StorageKey) -> str | None:
        return self._states.get(key.chat_id)

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        self._data[key.chat_id] = dict(data)
        await self._writer.save(key.chat_id, self._states.get(key.chat_id), json.dumps(data))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        return self._data.get(key.chat_id, {})

    async def close(self) -> None:
        """Nothing waits: every change was committed when its handler went on."""


@router.message(CommandStart())
async def begin(message: Message, state: FSMContext) -> None:
    await state.set_state(Applying.agreeing)
    await state.set_data({"answers": []})
    await message.answer(NOTICE, reply_markup=buttons((paper.begin,)))


@router.callback_query(Applying.agreeing)
async def agreed(query: CallbackQuery, state: FSMContext) -> None:
    await state.set_state(Applying.answering)
    await state.set_data({"answers": []})
    await show(query, f"{NOTICE}\n✔ {paper.begin}", [])


@router.message(Applying.answering, F.text)
async def said(message: Message, state: FSMContext) -> None:
    answers = await keep(state, message.text)
    await ask(message, answers)


@router.callback_query(Applying.answering)
async def tapped(query: CallbackQuery, state: FSMContext) -> None:
    label, choices = paper.questions[len((await state.get_data())["answers"])]
    choice = choices[int(query.data)]
    await show(query, f"{label}\n✔ {choice}", await keep(state, choice))


async def keep(state: FSMContext, answer: str) -> list[str]:
    """The answers with the new one, committed."""
    answers = [*(await state.get_data())["answers"], answer]
    if len(answers) == len(paper.questions):
        await state.set_state(Applying.reviewing)
    await state.set_data({"answers": answers})
    return answers


async def show(query: CallbackQuery, changed: str, answers: list[str]) -> None:
    changing = query.message.edit_text(changed)
    await asyncio.gather(query.bot(query.answer()), query.bot(changing), ask(query.message, answers))


async def ask(message: Message, answers: list[str]) -> None:
    if len(answers) == len(paper.questions):
        await message.answer(paper.review(answers), reply_markup=buttons((paper.submit,)))
        return
    label, choices = paper.questions[len(answers)]
    await message.answer(label, reply_markup=buttons(choices))


@router.callback_query(Applying.reviewing)
async def submitted(query: CallbackQuery, state: FSMContext) -> None:
    await state.set_state(None)
    calls = (query.answer(), query.message.edit_reply_markup(reply_markup=None), query.message.answer(RECEIPT))
    await asyncio.gather(*map(query.bot, calls))


async def main() -> None:
    place = read_place()
    await run(place, router, WriteThroughStorage(Writer(place.database)))


if __name__ == "__main__":
    uvloop.run(main())

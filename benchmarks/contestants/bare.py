"""What is left when a bot does nothing: the machine, its timers and its sockets, without which nobody does a turn.

The same thirty turns and the same calls by bare protocols, in one loop, from a counter in memory: no library of a
platform, no framework, no database. It is no bot, but the floor that the bots stand on.
"""

import asyncio
from typing import Any
from urllib.parse import urlsplit

import orjson
import uvloop

from benchmarks.contestants.paper import NOTICE, RECEIPT, Place, read_paper, read_place
from benchmarks.server.http import Answer, HttpProtocol, Parameters
from benchmarks.server.posting import Poster

POLL_SECONDS = 30
_OK: Answer = (200, b"{}")
_METHODS = ("setWebhook", "getUpdates", "sendMessage", "editMessageText", "answerCallbackQuery")

Json = dict[str, Any]


class Bare:
    """Says by heart what comes next."""

    def __init__(self, place: Place) -> None:
        paper = read_paper()
        self._place = place
        self._says = [(NOTICE, (paper.begin,)), *paper.questions, (NOTICE, (paper.submit,)), (RECEIPT, ())]
        self._at: dict[int, int] = {}
        self._methods = {name: Poster(f"{place.api_url}/bot{place.token}/{name}") for name in _METHODS}
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        if self._place.webhook_url:
            port = urlsplit(self._place.webhook_url).port
            server = await asyncio.get_running_loop().create_server(
                lambda: HttpProtocol(self._serve), "127.0.0.1", port
            )
            async with server:
                await self._call("setWebhook", {"url": self._place.webhook_url})
                await server.serve_forever()
        offset = 0
        while True:
            answer = await self._call("getUpdates", {"offset": offset, "timeout": POLL_SECONDS})
            for update in answer["result"]:
                offset = update["update_id"] + 1
                self._begin(update)

    async def _serve(self, path: str, update: Parameters, arrived: float) -> Answer:
        self._begin(update)
        return _OK

    def _begin(self, update: Json) -> None:
        task = asyncio.ensure_future(self._take(update))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _take(self, update: Json) -> None:
        tapped = update.get("callback_query")
        message = tapped["message"] if tapped else update["message"]
        chat = message["chat"]["id"]
        at = self._at[chat] = self._at.get(chat, -1) + 1
        text, choices = self._says[at]
        rows = [[{"text": label, "callback_data": str(number)}] for number, label in enumerate(choices)]
        calls = [self._call("sendMessage", {"chat_id": chat, "text": text, "reply_markup": {"inline_keyboard": rows}})]
        if tapped:
            changed = {"chat_id": chat, "message_id": message["message_id"], "text": message["text"]}
            calls += [
                self._call("answerCallbackQuery", {"callback_query_id": tapped["id"]}),
                self._call("editMessageText", changed),
            ]
        await asyncio.gather(*calls)

    async def _call(self, method: str, parameters: Json) -> Json:
        poster = self._methods[method]
        _, answer = await poster.post(await poster.connection(), orjson.dumps(parameters))
        result: Json = orjson.loads(answer)
        return result


if __name__ == "__main__":
    uvloop.run(Bare(read_place()).run())

"""A small Viber server for tests, as strict as the real one where the desk touches it.

async with ViberServer() as server:          # server.url is what VIBER_API_URL would be
    anna = server.person("Анна")
    await anna.opens("context")              # conversation_started; the welcome is in the answer
    await anna.taps("Да")
    await anna.hears()                       # the next message that she sees
    assert server.violations == []

The sheet of rules is viber_refusals.py; where the real service is not known for sure, an attribute chooses.
"""

import asyncio
import hmac
import json
from base64 import b64encode
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp
from aiohttp import web

from tests.bot.viber_people import PATIENCE_SECONDS, Person, Shown
from tests.bot.viber_refusals import (
    BAD,
    MISSING,
    TOO_NEW,
    Refused,
    check_content,
    check_message,
    demand,
)

TOKEN = "4f5e6d7c8b9a-test-token-of-the-desk"
URI = "deskbot"
FIRST_TOKEN = 5_741_311_803_571_721_087  # beyond 2^53: a double would not hold it
ANSWER_SECONDS = 5.0
ATTEMPTS = 3
UNANSWERED_LIMIT = 100
OPTIONAL_EVENTS = {"delivered", "seen", "failed", "conversation_started"}
EVENTS = OPTIONAL_EVENTS | {"message", "subscribed", "unsubscribed"}
BAD_URL, BAD_TOKEN, UNKNOWN, NOT_SUBSCRIBED, NO_WEBHOOK, NO_DEVICE, TOO_MANY = 1, 2, 5, 6, 10, 11, 12


@dataclass
class Fault:
    """What the next `times` calls meet: an HTTP status, a `status` in the answer, words that are no JSON, a connection
    dropped before or `after` the work; nothing of it: only a delay.

    `meanwhile` is awaited at that very moment: the call has arrived and the caller has no answer.
    """

    http: int = 0
    status: int = 0
    garbage: bool = False
    drop: bool = False
    after: bool = False
    times: int = 1
    meanwhile: Callable[[], Awaitable[object]] | None = None


@dataclass
class Delivery:
    """A callback: its event, the very bytes and signature posted, and what the bot answered, attempt by attempt.

    A status of 0 stands for no answer. `body` of the last answer is what a welcome was read from.
    """

    event: dict[str, Any]
    data: bytes
    signature: str
    statuses: list[int] = field(default_factory=list)
    answer: bytes = b""

    @property
    def status(self) -> int:
        return self.statuses[-1]


class ViberServer:
    """Serves on a free port of this machine. `clock` tells the time that stands in callbacks.

    `calls`: everything that was asked; `violations`: what the bot did that the real service would not take;
    `deliveries`: every callback; `undelivered`: those that the bot has not taken yet. `copies`: how often each
    callback comes; `loses_answers`: so many answers are lost on the way, and the callback comes again.
    """

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.token = TOKEN
        self.clock = clock
        self.people: dict[str, Person] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.violations: list[str] = []
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.is_down = False
        self.webhook = ""
        self.event_types: set[str] = EVENTS
        self.tells_names = False
        self.deliveries: list[Delivery] = []
        self.undelivered: list[Delivery] = []
        self.copies = 1
        self.loses_answers = 0
        self.receipts: tuple[str, ...] = ("delivered", "seen")
        self.first_message_subscribes = ""
        self.keyboards_stay = False
        self.files: dict[str, bytes] = {}
        self._numbers = count(1)
        self._tokens = count(FIRST_TOKEN)
        self._asked = asyncio.Event()
        self._reports: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "ViberServer":
        app = web.Application(client_max_size=1024 * 1024)
        app.router.add_post("/pa/{endpoint}", self._answer)
        app.router.add_get("/files/{number}/{name}", self._download)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.url = f"{self._base}/pa"
        self._client = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS))
        return self

    async def __aexit__(self, *_: object) -> None:
        for report in self._reports:
            report.cancel()
        await asyncio.gather(*self._reports, return_exceptions=True)
        await self._client.close()
        await self._runner.cleanup()

    def person(self, name: str, **more: Any) -> Person:
        # Sixteen bytes in base64, with the signs that ask for quoting in a URL.
        number = next(self._numbers)
        person = Person(self, b64encode(b"\xff\xfe\xfb\xef" + number.to_bytes(12)).decode(), name, **more)
        self.people[person.id] = person
        return person

    def asked(self, endpoint: str) -> list[dict[str, Any]]:
        return [given for called, given in self.calls if called == endpoint]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for what the bot's calls bring about."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                self._asked.clear()
                await self._asked.wait()

    async def reported(self) -> None:
        """Wait until the bot was told of everything that was delivered and seen."""
        while self._reports:
            await asyncio.wait(self._reports)

    def keep(self, name: str, content: bytes) -> str:
        """A file that somebody sends; the URL at which the bot finds it, for an hour."""
        number = str(next(self._numbers))
        self.files[number] = content
        return f"{self._base}/files/{number}/{quote(name)}"

    def an_hour_passes(self) -> None:
        """Links to files run out, and nobody counts as having left messages unanswered."""
        self.files.clear()
        for person in self.people.values():
            person.unanswered = 0

    # --- callbacks

    async def happens(self, event: str, person: Person | None = None, **fields: Any) -> Delivery:
        """Post an event as often as `copies` says, each until it is taken; returns the last."""
        told = {"event": event, "timestamp": self._now_ms(), "chat_hostname": "SN-CHAT-01_", **fields}
        told.setdefault("message_token", next(self._tokens))
        delivery = self.sign(told)
        self.deliveries.append(delivery)
        if event in OPTIONAL_EVENTS - self.event_types:
            delivery.statuses.append(200)
            return delivery
        for _ in range(self.copies):
            await self.deliver(delivery)
        if delivery.status == 200 and event == "conversation_started" and person is not None:
            self._welcome(person, delivery)
        return delivery

    def sign(self, event: dict[str, Any], token: str | None = None) -> Delivery:
        """The event as it goes over the wire: compact, in UTF-8, signed over those bytes."""
        data = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        return Delivery(event, data, self.signature(data, token))

    def signature(self, data: bytes, token: str | None = None) -> str:
        """Of any bytes; with the bot's token unless another is given."""
        return hmac.new((token or self.token).encode(), data, "sha256").hexdigest()

    async def deliver(self, delivery: Delivery) -> None:
        """Post it until it is taken, three times at most."""
        for _ in range(ATTEMPTS):
            delivery.statuses.append(await self.post(delivery))
            if self.loses_answers and delivery.status == 200:
                self.loses_answers -= 1
            elif delivery.status == 200:
                return
        self.violations.append(f"callback {delivery.event['event']} was answered {delivery.statuses}")
        self.undelivered.append(delivery)

    async def deliver_again(self) -> None:
        """What the real service does for an hour: everything that was not taken yet, in its order."""
        waiting, self.undelivered = self.undelivered, []
        for delivery in waiting:
            await self.deliver(delivery)

    async def post(self, delivery: Delivery, **headers: str) -> int:
        """One attempt. The signature stands in the address, too, as the official middleware expects it."""
        given = {"X-Viber-Content-Signature": delivery.signature, "Content-Type": "application/json", **headers}
        url = f"{self.webhook}?sig={delivery.signature}"
        try:
            async with self._client.post(url, data=delivery.data, headers=given) as answer:
                delivery.answer = await answer.read()
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return 0

    def _now_ms(self) -> int:
        return int(self.clock().timestamp() * 1000)

    def _welcome(self, person: Person, delivery: Delivery) -> None:
        if not delivery.answer:
            return
        try:
            body = json.loads(delivery.answer)
            check_message(body, len(delivery.answer), welcome=True)
            demand(body.get("min_api_version", 1) <= person.api_version, "min_api_version", TOO_NEW)
        except ValueError:
            self.violations.append("the welcome is no JSON")
        except Refused as refusal:
            self.violations.append(f"welcome: {refusal.status} {refusal.words}")
        else:
            self._show(person, Shown(body, next(self._tokens), is_welcome=True))

    # --- calls

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        endpoint = request.match_info["endpoint"]
        handle = getattr(self, f"_{endpoint}", None) if endpoint in ENDPOINTS else None
        if handle is None:
            self.violations.append(f"there is no {endpoint}")
            return web.Response(status=404)
        data = await request.read()
        try:
            given = json.loads(data)
            demand(isinstance(given, dict), "the body is no object")
            self.calls.append((endpoint, given))
            if self.is_down:
                return web.Response(status=503, text="<html>down</html>")
            token = request.headers.get("X-Viber-Auth-Token", given.get("auth_token"))
            demand(token == self.token, "invalidAuthToken", BAD_TOKEN)
            return await self._with_faults(endpoint, lambda: handle(given, len(data)))
        except ValueError:
            self.violations.append(f"{endpoint}: no JSON")
            return web.json_response({"status": BAD, "status_message": "badData"})
        except Refused as refusal:
            self.violations.append(f"{endpoint}: {refusal.status} {refusal.words}")
            return web.json_response({"status": refusal.status, "status_message": refusal.words})
        except ConnectionAbortedError:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        finally:
            self._asked.set()

    async def _with_faults(self, endpoint: str, work: Callable[[], Awaitable[dict[str, Any]]]) -> web.Response:
        faults = self.faults[endpoint]
        fault = faults[0] if faults else Fault(times=0)
        fault.times -= 1
        if faults and fault.times <= 0:
            faults.pop(0)
        if fault.meanwhile is not None and not fault.after:
            await fault.meanwhile()
        is_faulty = fault.http or fault.status or fault.garbage or fault.drop
        answer = {} if is_faulty and not fault.after else await work()
        if fault.meanwhile is not None and fault.after:
            await fault.meanwhile()
        if fault.drop:
            raise ConnectionAbortedError
        if fault.http:
            return web.Response(status=fault.http, text="<html>no</html>")
        if fault.garbage:
            return web.Response(text="<html>hello</html>")
        if fault.status:
            return web.json_response({"status": fault.status, "status_message": "fault"})
        return web.json_response({"status": 0, "status_message": "ok", **answer})

    async def _set_webhook(self, given: dict[str, Any], size: int) -> dict[str, Any]:
        unknown = set(given) - {"url", "event_types", "send_name", "send_photo", "auth_token", "is_inline"}
        demand(not unknown, f"unknown {sorted(unknown)}")
        demand(isinstance(given.get("url"), str), "url", MISSING)
        place = urlsplit(given["url"])
        is_local = place.scheme == "http" and place.hostname == "127.0.0.1"
        demand(not given["url"] or place.scheme == "https" or is_local, "invalidUrl", BAD_URL)
        wanted = set(given.get("event_types", EVENTS))
        demand(wanted <= EVENTS, f"event_types {sorted(wanted - EVENTS)}")
        before, self.webhook = self.webhook, given["url"]
        if self.webhook:
            check = self.sign({"event": "webhook", "timestamp": self._now_ms(), "message_token": next(self._tokens)})
            self.deliveries.append(check)
            check.statuses.append(await self.post(check))
            if check.status != 200:
                self.webhook = before
                raise Refused(BAD_URL, f"Result code: {check.status}")
        self.event_types = wanted | (EVENTS - OPTIONAL_EVENTS)
        self.tells_names = bool(given.get("send_name"))
        return {"event_types": sorted(self.event_types)}

    async def _get_account_info(self, given: dict[str, Any], size: int) -> dict[str, Any]:
        hook = {"webhook": self.webhook} if self.webhook else {}
        return {"id": "pa:1", "name": "Desk", "uri": URI, "event_types": sorted(self.event_types), **hook}

    async def _send_message(self, given: dict[str, Any], size: int) -> dict[str, Any]:
        check_message(given, size)
        demand(self.webhook, "webhookNotSet", NO_WEBHOOK)
        demand(given["receiver"] in self.people, "receiverNotRegistered", UNKNOWN)
        person = self.people[given["receiver"]]
        demand(person.is_subscribed, "notSubscribed", NOT_SUBSCRIBED)
        demand(given.get("min_api_version", 1) <= person.api_version, "apiVersionNotSupported", TOO_NEW)
        demand(person.unanswered < UNANSWERED_LIMIT, "tooManyRequests", TOO_MANY)
        person.unanswered += 1
        token = next(self._tokens)
        if person.failing:
            person.failing -= 1
            self._reports_later(person, token, "failed")
        else:
            self._show(person, Shown(given, token, content=await self._media(given)))
            self._reports_later(person, token, *self.receipts)
        return {"message_token": token, "chat_hostname": "SN-CHAT-01_", "billing_status": 1}

    async def _media(self, given: dict[str, Any]) -> bytes | None:
        """What a phone finds at the message's address."""
        if given.get("type") not in ("picture", "file", "video"):
            return None
        try:
            async with self._client.get(given["media"]) as answer:
                content = await answer.read()
                demand(answer.status == 200, f"media answered {answer.status}")
            check_content(given, content)
        except (aiohttp.ClientError, TimeoutError) as failure:
            self.violations.append(f"media: {type(failure).__name__}")
            return None
        except Refused as refusal:
            self.violations.append(f"media: {refusal.words}")
            return None
        return content

    def _show(self, person: Person, shown: Shown) -> None:
        person.sees(shown)
        self._asked.set()

    def _reports_later(self, person: Person, token: int, *events: str) -> None:
        async def report() -> None:
            for event in events:
                more = {"desc": "message validation failed"} if event == "failed" else {}
                await self.happens(event, person, message_token=token, user_id=person.id, **more)

        task = asyncio.create_task(report())
        self._reports.add(task)
        task.add_done_callback(self._reports.discard)

    async def _download(self, request: web.Request) -> web.Response:
        content = self.files.get(request.match_info["number"])
        return web.Response(status=404) if content is None else web.Response(body=content)


ENDPOINTS = ("set_webhook", "get_account_info", "send_message")

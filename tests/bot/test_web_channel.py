"""The web channel over HTTP: who is who, what is taken, what the event stream gives."""

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from bot.channels.base import Command, Document, File, GiveUp, Location, NotTaken, Tap, Text
from bot.channels.web import PHRASE_KEYS, WebChannel
from bot.channels.web.streams import REPLAYED_ROWS, STREAMS_PER_CHAT
from conversations.page_phrases import PAGE_PHRASES
from conversations.replies import Awaits, Button, Enclosed, Reply
from tests.bot.web_house import House, Served, serve

LIMIT_BYTES = 100_000


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path, upload_limit_bytes=LIMIT_BYTES, heartbeat_seconds=0.2)


@pytest.fixture
def served(house: House) -> Iterator[Served]:
    with serve(house) as served:
        yield served


@pytest.fixture
async def visitor(served: Served) -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody who has opened the page and got a cookie, and posts as the page does."""
    own = {"Origin": served.url, "Sec-Fetch-Site": "same-origin"}
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(served.url, headers=own, cookie_jar=jar) as session:
        async with session.get("/") as page:
            assert page.status == 200
        yield session


def token(visitor: aiohttp.ClientSession) -> str:
    (cookie,) = [cookie.value for cookie in visitor.cookie_jar if cookie.key == "chat"]
    return cookie


def chat(visitor: aiohttp.ClientSession) -> str:
    return hashlib.sha256(token(visitor).encode()).hexdigest()


async def post(visitor: aiohttp.ClientSession, **sent: object) -> int:
    async with visitor.post("/chat/send", json={"update_id": "update-0001", **sent}) as answer:
        return answer.status


async def post_file(visitor: aiohttp.ClientSession, content: bytes, update_id: str = "update-0001") -> tuple[int, str]:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("update_id", update_id)
    form.add_field("seen", "7")
    form.add_field("file", content, filename="Решение.pdf", content_type="application/pdf")
    async with visitor.post("/chat/file", data=form) as answer:
        return answer.status, await answer.text()


async def hear(visitor: aiohttp.ClientSession, query: str = "", **headers: str) -> list[dict[str, object]]:
    """The rows of a new stream up to its first pause."""
    async with visitor.get(f"/chat/stream{query}", headers=headers) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        rows = []
        async for line in stream.content:
            if line == b"event: pause\n":
                break
            if line.startswith(b"data: "):
                rows.append(json.loads(line[6:]))
        return rows


async def next_row(stream: aiohttp.ClientResponse) -> dict[str, object]:
    async for line in stream.content:
        if line.startswith(b"data: "):
            return json.loads(line[6:])
    raise AssertionError("the stream ended")


# ---------- who is who ----------


async def test_a_visitor_gets_a_random_token_that_scripts_cannot_read(served: Served):
    async with aiohttp.ClientSession() as session, session.get(served.url) as page:
        cookie = page.headers["Set-Cookie"]
    assert re.fullmatch(r"chat=[\w-]{43}; HttpOnly; Max-Age=31536000; Path=/; SameSite=lax", cookie)


async def test_over_https_the_cookie_never_leaves_tls(tmp_path: Path):
    house = House(tmp_path, public_url="https://desk.example.org")
    with serve(house) as served:
        async with aiohttp.ClientSession() as session, session.get(served.url) as page:
            cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("__Host-chat=")
    assert "; Secure" in cookie


async def test_a_visitor_who_comes_back_keeps_the_token(visitor: aiohttp.ClientSession):
    before = token(visitor)
    async with visitor.get("/") as page:
        assert page.status == 200
    assert token(visitor) == before


async def test_chat_and_person_are_the_hash_of_the_token(house: House, visitor: aiohttp.ClientSession):
    assert await post(visitor, text="Здравейте") == 204
    (update,) = house.updates
    assert (update.chat, update.person) == (chat(visitor), chat(visitor))
    assert token(visitor) not in repr(update)


async def test_without_a_session_nothing_is_taken_and_nothing_told(house: House, served: Served):
    async with aiohttp.ClientSession(served.url, headers={"Origin": served.url}) as stranger:
        assert await post(stranger, text="x") == 401
        async with stranger.get("/chat/stream") as stream:
            assert stream.status == 401
    assert house.updates == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://neighbour.example.org", "Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Referer": "https://evil.example/page"},
        {},
    ],
)
async def test_a_post_that_is_not_from_our_page_is_refused(
    house: House, visitor: aiohttp.ClientSession, served: Served, headers: dict[str, str]
):
    known = {"Cookie": f"chat={token(visitor)}", **headers}
    async with aiohttp.ClientSession(served.url, headers=known) as elsewhere:
        assert await post(elsewhere, text="x") == 403
        assert (await post_file(elsewhere, b"x"))[0] == 403
    assert house.updates == []


@pytest.mark.parametrize("header", ["Origin", "Referer"])
async def test_an_old_browser_is_known_by_where_it_comes_from(
    house: House, visitor: aiohttp.ClientSession, served: Served, header: str
):
    known = {"Cookie": f"chat={token(visitor)}", header: served.url}
    async with aiohttp.ClientSession(served.url, headers=known) as old:
        assert await post(old, text="x") == 204


async def test_behind_a_proxy_the_public_address_counts_as_the_host(tmp_path: Path):
    with serve(House(tmp_path, public_url="http://desk.example.org")) as served:
        async with aiohttp.ClientSession(served.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            async with session.get("/") as page:
                assert page.status == 200
            origin = {"Origin": "http://desk.example.org"}
            async with session.post(
                "/chat/send", json={"update_id": "update-0001", "text": "x"}, headers=origin
            ) as answer:
                assert answer.status == 204


async def test_a_cookie_of_another_shape_is_no_session(served: Served):
    made_up = {"Cookie": "chat=123", "Origin": served.url}
    async with aiohttp.ClientSession(served.url, headers=made_up) as stranger:
        assert await post(stranger, text="x") == 401


# ---------- what is taken ----------


@pytest.mark.parametrize(
    ("sent", "content"),
    [
        ({"text": " Основно училище "}, Text("Основно училище")),
        ({"text": "/status"}, Command("status")),
        ({"text": "/Find  Христо Ботев "}, Command("find", "Христо Ботев")),
        ({"text": "/"}, Text("/")),
        ({"tap": "t1.a.q.yes"}, Tap("t1.a.q.yes")),
        ({"command": {"word": "language", "argument": "en"}}, Command("language", "en")),
        ({"command": {"word": "start", "argument": ""}}, Command("start")),
        ({"location": {"latitude": 42.1, "longitude": 24.7}}, Location(42.1, 24.7)),
    ],
)
async def test_what_the_page_posts_becomes_an_update(
    house: House, visitor: aiohttp.ClientSession, sent: dict[str, object], content: object
):
    assert await post(visitor, **sent, seen=41) == 204
    (update,) = house.updates
    assert update.content == content
    assert (update.channel, update.seen) == ("web", 41)


async def test_a_repeated_post_is_the_same_update(house: House, visitor: aiohttp.ClientSession):
    assert [await post(visitor, text="120"), await post(visitor, text="120")] == [204, 204]
    assert house.contents == [Text("120")]


async def test_nobody_can_spend_the_update_id_of_another(house: House, served: Served, visitor: aiohttp.ClientSession):
    own = {"Origin": served.url}
    async with aiohttp.ClientSession(served.url, headers=own, cookie_jar=aiohttp.CookieJar(unsafe=True)) as other:
        async with other.get("/") as page:
            assert page.status == 200
        await post(other, text="първи")
        await post(visitor, text="втори")
    assert house.contents == [Text("първи"), Text("втори")]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"text": "x", "tap": "y"},
        {"text": ""},
        {"tap": "x" * 65},
        {"text": 5},
        {"text": "x", "other": 1},
        {"text": "x", "update_id": "short"},
    ],
)
async def test_what_our_page_would_not_send_is_refused(
    house: House, visitor: aiohttp.ClientSession, sent: dict[str, object]
):
    assert await post(visitor, **sent) == 400
    assert house.updates == []


async def test_a_body_past_all_measure_is_refused(house: House, visitor: aiohttp.ClientSession):
    assert await post(visitor, text="я" * 200_000) == 413
    assert house.updates == []


async def test_the_browsers_language_comes_along_when_the_form_speaks_it(house: House, visitor: aiohttp.ClientSession):
    headers = {"Accept-Language": "de-DE,de;q=0.9,en-GB;q=0.8"}
    async with visitor.post("/chat/send", json={"update_id": "update-0001", "text": "x"}, headers=headers) as answer:
        assert answer.status == 204
    assert house.updates[0].language == "en"


# ---------- files ----------


async def test_a_file_waits_in_incoming_until_it_is_fetched(
    house: House, visitor: aiohttp.ClientSession, tmp_path: Path
):
    status, _ = await post_file(visitor, b"%PDF-1.7 " + b"x" * 50_000)
    (update,) = house.updates
    assert status == 204
    assert update.seen == 7
    assert isinstance(update.content, File)
    assert (update.content.name, update.content.size) == ("Решение.pdf", 50_009)
    await house.channel.fetch(update.content.file_id, tmp_path / "fetched" / "a", LIMIT_BYTES)
    assert (tmp_path / "fetched" / "a").read_bytes().startswith(b"%PDF-1.7 x")
    assert list((tmp_path / "incoming").iterdir()) == []
    with pytest.raises(GiveUp, match="gone"):
        await house.channel.fetch(update.content.file_id, tmp_path / "again", LIMIT_BYTES)


@pytest.mark.parametrize("size", [LIMIT_BYTES + 1, LIMIT_BYTES * 2])
async def test_a_file_past_the_limit_is_refused_by_name(
    house: House, visitor: aiohttp.ClientSession, tmp_path: Path, size: int
):
    assert await post_file(visitor, b"x" * size) == (413, '{"error":"too_large"}')
    assert house.updates == []
    assert not (tmp_path / "incoming").exists()


async def test_a_repeated_upload_leaves_one_file(house: House, visitor: aiohttp.ClientSession, tmp_path: Path):
    await post_file(visitor, b"one")
    await post_file(visitor, b"one")
    assert len(house.updates) == 1
    assert len(list((tmp_path / "incoming").iterdir())) == 1


async def test_one_chat_cannot_fill_the_disk(house: House, visitor: aiohttp.ClientSession):
    answers = [await post_file(visitor, b"x", f"update-{number:04}") for number in range(9)]
    assert [status for status, _ in answers] == [204] * 8 + [429]
    assert answers[-1][1] == '{"error":"too_many_files"}'


async def test_what_cannot_be_stored_now_is_asked_for_again_and_its_file_not_kept(tmp_path: Path):
    def breaks(house: House, update: object) -> list[Reply]:
        raise NotTaken

    house = House(tmp_path, breaks)
    with serve(house) as served:
        async with aiohttp.ClientSession(
            served.url, headers={"Origin": served.url}, cookie_jar=aiohttp.CookieJar(unsafe=True)
        ) as session:
            async with session.get("/") as page:
                assert page.status == 200
            answer = await post_file(session, b"x")
    assert answer == (503, '{"error":"try_again"}')
    assert list((tmp_path / "incoming").iterdir()) == []


async def test_fetching_never_leaves_the_incoming_folder(house: House, tmp_path: Path):
    (tmp_path / "bot.db").write_text("secret")
    with pytest.raises(GiveUp, match="gone"):
        await house.channel.fetch("../bot.db", tmp_path / "out", LIMIT_BYTES)
    assert (tmp_path / "bot.db").exists()


async def test_an_attachment_is_shown_only_to_whom_the_house_says(
    house: House, visitor: aiohttp.ClientSession, served: Served, tmp_path: Path
):
    (tmp_path / "stored").write_bytes(b"%PDF")
    house.documents[chat(visitor), "a1"] = Document(tmp_path / "stored", "Решение.pdf", "application/pdf")
    async with visitor.get("/chat/file/a1") as answer:
        assert (answer.status, await answer.read()) == (200, b"%PDF")
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    async with aiohttp.ClientSession(served.url) as stranger, stranger.get("/chat/file/a1") as answer:
        assert answer.status == 404


# ---------- the event stream ----------


async def test_an_event_carries_the_whole_row(house: House, visitor: aiohttp.ClientSession, tmp_path: Path):
    (tmp_path / "stored").write_bytes(b"x")
    house.documents[chat(visitor), "a1"] = Document(tmp_path / "stored", "снимка.png", "image/png")
    first = house.write(chat(visitor), Reply("**Колко?**", key="q", awaits=Awaits.NUMBER))
    rows = ((Button("e", "✏️ Промени"), Button("", "Сайт", "https://example.org"), Button("x", "Лошо", "javascript:x")),)
    house.write(
        chat(visitor), Reply("✔ 120 <b>", rows, key="q", replaces="q", only_in_place=True, attachments=("a1", "b2"))
    )
    _, changed = await hear(visitor)
    assert changed == {
        "id": first + 1,
        "html": "<p>✔ 120 &lt;b&gt;</p>",
        "rows": [
            [
                {"id": "e", "label": "✏️ Промени", "url": ""},
                {"id": "", "label": "Сайт", "url": "https://example.org"},
                {"id": "x", "label": "Лошо", "url": ""},
            ]
        ],
        "awaits": "nothing",
        "replaces": first,
        "onlyInPlace": True,
        "files": [{"name": "снимка.png", "url": "/chat/file/a1", "image": True}],
        "media": [],
        "language": "bg",
    }


async def test_the_forms_media_are_shown_to_whoever_talks_with_us(
    house: House, served: Served, visitor: aiohttp.ClientSession, tmp_path: Path
):
    (tmp_path / "stored").write_bytes(b"\x89PNG")
    house.media["aa.png"] = Document(tmp_path / "stored", "image.png", "image/png")
    house.write(chat(visitor), Reply("Коя?", media=(Enclosed("image", "aa.png", "1. Кръг"),)))
    (asked,) = await hear(visitor)
    assert asked["media"] == [{"kind": "image", "url": "/chat/file/media/aa.png", "caption": "1. Кръг"}]
    async with visitor.get("/chat/file/media/aa.png") as shown:
        assert (shown.status, shown.content_type, await shown.read()) == (200, "image/png", b"\x89PNG")
        assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    async with visitor.get("/chat/file/media/bb.png") as unknown:
        assert unknown.status == 404
    async with aiohttp.ClientSession(served.url) as stranger, stranger.get("/chat/file/media/aa.png") as refused:
        assert refused.status == 404


async def test_a_new_page_hears_the_newest_rows(house: House, visitor: aiohttp.ClientSession):
    written = [house.write(chat(visitor), Reply(f"{number}")) for number in range(70)]
    assert [row["id"] for row in await hear(visitor)] == written[-REPLAYED_ROWS:]


@pytest.mark.parametrize("by_header", [True, False])
async def test_a_page_that_comes_back_hears_what_it_missed_and_no_more(
    house: House, visitor: aiohttp.ClientSession, by_header: bool
):
    written = [house.write(chat(visitor), Reply(f"{number}")) for number in range(200)]
    place = str(written[9])
    rows = await (hear(visitor, **{"Last-Event-ID": place}) if by_header else hear(visitor, f"?after={place}"))
    assert [row["id"] for row in rows] == written[10:]


async def test_nobody_hears_the_rows_of_another(house: House, visitor: aiohttp.ClientSession):
    house.write("f" * 64, Reply("чуждо"))
    assert await hear(visitor) == []


async def test_a_sent_message_reaches_every_open_page_of_its_chat(house: House, visitor: aiohttp.ClientSession):
    async with visitor.get("/chat/stream") as one, visitor.get("/chat/stream") as two:
        row = await asyncio.to_thread(house.say, chat(visitor), Reply("Прието"))
        assert [(await next_row(one))["id"], (await next_row(two))["id"]] == [row, row]


async def test_a_row_of_another_process_is_found_at_the_next_heartbeat(house: House, visitor: aiohttp.ClientSession):
    async with visitor.get("/chat/stream") as stream:
        async for line in stream.content:
            if line == b"event: pause\n":
                break
        row = house.write(chat(visitor), Reply("отдругаде"))
        assert (await next_row(stream))["id"] == row


async def test_open_streams_are_bounded_and_a_closed_one_makes_room(house: House, visitor: aiohttp.ClientSession):
    streams = [await visitor.get("/chat/stream") for _ in range(STREAMS_PER_CHAT)]
    for stream in streams:
        await stream.content.readline()
    async with visitor.get("/chat/stream") as refused:
        assert refused.status == 503
    streams[0].close()
    while True:
        async with visitor.get("/chat/stream") as stream:
            if stream.status == 200:
                break
    for stream in streams[1:]:
        stream.close()


async def test_streams_end_when_the_house_stops(house: House, visitor: aiohttp.ClientSession):
    async with visitor.get("/chat/stream") as stream:
        await stream.content.readline()
        assert house.loop is not None
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(house.channel.stop(), house.loop))
        assert (await stream.content.read()).endswith(b"data:\n\n")
    assert await post(visitor, text="късно") == 503


# ---------- the page ----------


async def test_the_page_allows_no_script_but_its_own(visitor: aiohttp.ClientSession):
    async with visitor.get("/") as page:
        html = await page.text()
        policy = page.headers["Content-Security-Policy"]
        assert page.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "img-src 'self'; media-src 'self'" in policy
    assert "unsafe" not in policy
    assert re.findall(r"<script(?! type=\"application/json\")(?! defer src=)", html) == []
    assert re.findall(r"\sstyle=|\son\w+=", html) == []
    assert re.findall(r'(?:src|href)="https?:', html) == []


async def test_scripts_and_styles_are_named_by_their_content_and_kept_for_ever(visitor: aiohttp.ClientSession):
    async with visitor.get("/") as page:
        addresses = re.findall(r'"(/chat/static/[^"]+)"', await page.text())
    assert len(addresses) == 7
    for address in addresses:
        async with visitor.get(address) as file:
            assert file.status == 200
            assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            content = hashlib.sha256(await file.read()).hexdigest()
            assert content[:12] in address
    async with visitor.get("/chat/static/chat.js") as unknown:
        assert unknown.status == 404


async def test_without_javascript_the_page_says_in_every_language_what_to_do(visitor: aiohttp.ClientSession):
    async with visitor.get("/") as page:
        (told,) = re.findall(r"<noscript>(.*?)</noscript>", await page.text(), re.DOTALL)
    assert re.findall(r'<p class="unscripted" lang="(\w+)">(.{20})', told) == [
        ("bg", "За този разговор е н"),
        ("en", "This conversation ne"),
    ]


@pytest.mark.parametrize(
    ("path", "start"),
    [("/start/Inv-1_a", "Inv-1_a"), ("/?start=Inv-1_a", "Inv-1_a"), ("/", ""), ("/?start=%3Cscript%3E", "")],
)
async def test_a_one_time_link_hands_its_payload_to_the_page(
    house: House, visitor: aiohttp.ClientSession, path: str, start: str
):
    async with visitor.get(path) as page:
        (settings,) = re.findall(r'id="settings">(.*?)</script>', await page.text())
    assert json.loads(settings)["start"] == start
    assert house.updates == [], "a link preview must not use the link up"


async def test_the_page_comes_in_the_language_it_last_had(visitor: aiohttp.ClientSession):
    async with visitor.get("/", headers={"Cookie": "page_language=en"}) as page:
        html = await page.text()
    assert '<html lang="en">' in html
    assert "<title>Network “Sunflower”</title>" in html


def test_every_phrase_of_the_page_stands_in_both_languages():
    assert {language: sorted(phrases) for language, phrases in PAGE_PHRASES.items()} == {
        "bg": sorted(PHRASE_KEYS),
        "en": sorted(PHRASE_KEYS),
    }


def test_the_page_uses_every_phrase_and_no_other():
    folder = Path(__file__).parents[2] / "bot" / "channels" / "web"
    source = "".join(
        (folder / name).read_text("utf-8") for name in ("page.html", "wire.js", "bubbles.js", "composer.js", "chat.js")
    )
    named = set(re.findall(r'["./ ]([a-z]+(?:_[a-z]+)*)[" ;}]', source))
    assert [key for key in PHRASE_KEYS if key not in named] == []
    said = re.findall(r'desk\.say\("(\w+)"', source) + re.findall(r'data-(?:text|label)="(\w+)"', source)
    assert [key for key in said if key not in PHRASE_KEYS] == []


def test_the_channel_says_its_name_and_that_it_edits():
    assert (WebChannel.name, WebChannel.edits) == ("web", True)

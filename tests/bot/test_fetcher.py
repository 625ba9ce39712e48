"""Files: fetched, looked at, stored once by their content; and the person hears what became of theirs."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from bot.channels.base import Blocked, GiveUp, RetryLater
from bot.fetcher import Fetcher
from bot.stored_files import LIMIT_BYTES, StoredFiles, media_type, type_of
from conversations.draft import read_draft
from storage.attachments import CLAIM_SECONDS
from storage.database import Database
from storage.tables import attachments, drafts, updates
from tests.bot.desk import AGREE, ANSWERED, NOON, SUBMIT, Desk, Person
from tests.bot.post import PATIENCE_SECONDS, Post, running

PDF = b"%PDF-1.7\n" + b"decision " * 100


class Mailroom:
    """A desk whose applicant stands at the question for a file, and the fetcher behind it."""

    def __init__(self, database: Database, data_dir: Path) -> None:
        self.desk = Desk(database, now=NOON)
        self.files = StoredFiles(data_dir)
        self.post = Post()
        self.turns = asyncio.Queue[None]()

    async def applicant(self, name: str = "Анна") -> Person:
        person = self.desk.person(name)
        await person.says("/start")
        await person.taps(AGREE)
        return await person.says(*ANSWERED[:5])

    @asynccontextmanager
    async def fetching(self) -> AsyncIterator[Fetcher]:
        """A fetcher at work."""
        fetcher = Fetcher(
            self.desk.database,
            self.desk.house,
            {"telegram": self.post},
            self.files,
            lambda: self.desk.now,
            lambda: self.turns.put_nowait(None),
        )
        async with running(asyncio.create_task(fetcher.run())):
            yield fetcher

    async def fetch(self, person: Person, content: Any, file_id: str = "f1", name: str = "решение.pdf") -> str:
        """The person sends a file, which is fetched; returns the attachment's id when its turn is taken."""
        self.post.files[file_id] = content
        attachment = await person.sends_file(name, file_id)
        async with self.fetching():
            await asyncio.wait_for(self.turns.get(), PATIENCE_SECONDS)
        await person.looks()
        return attachment

    async def row(self, attachment: str) -> dict[str, Any]:
        (row,) = await self.desk.rows(attachments, id=attachment)
        return row

    async def answer(self, question: str = "permit") -> str | None:
        """The stored answer of the first draft."""
        row = (await self.desk.rows(drafts))[0]
        given = read_draft(row["body"]).answers.get(question)
        return None if given is None else given.value

    def stored(self) -> list[str]:
        """The hashes of all files that are kept."""
        return sorted(path.name for path in self.files.folder.rglob("*") if path.is_file())

    def left_over(self) -> list[Path]:
        return list(self.files.incoming.iterdir())


@pytest.fixture
async def mailroom(database: Database, tmp_path: Path) -> Mailroom:
    room = Mailroom(database, tmp_path)
    await room.desk.open()
    return room


async def test_a_file_is_stored_under_its_hash_and_becomes_the_answer(mailroom: Mailroom):
    anna = await mailroom.applicant()
    attachment = await mailroom.fetch(anna, PDF)
    anna.hears("Моля, прегледайте отговорите си.")
    row = await mailroom.row(attachment)
    sha256 = hashlib.sha256(PDF).hexdigest()
    assert (row["state"], row["type"], row["size"], row["sha256"]) == ("ready", "pdf", len(PDF), sha256)
    assert await mailroom.answer() == attachment
    assert mailroom.files.path(sha256).read_bytes() == PDF
    assert mailroom.left_over() == []
    (await anna.taps(SUBMIT)).hears("A-2026-0001")


async def test_the_same_content_is_stored_once(mailroom: Mailroom):
    for number, name in enumerate(("Анна", "Борис")):
        await mailroom.fetch(await mailroom.applicant(name), PDF, f"f{number}")
    assert mailroom.stored() == [hashlib.sha256(PDF).hexdigest()]
    assert [row["state"] for row in await mailroom.desk.rows(attachments)] == ["ready", "ready"]


async def test_the_internal_turn_is_taken_once(mailroom: Mailroom):
    anna = await mailroom.applicant()
    attachment = await mailroom.fetch(anna, PDF)
    seen = await mailroom.desk.rows(updates, channel="internal")
    assert [row["update_id"] for row in seen] == [f"file:{attachment}"]
    async with mailroom.fetching() as fetcher:
        fetcher.wake()
        other = await mailroom.applicant("Борис")
        mailroom.post.files["f2"] = PDF
        await other.sends_file(file_id="f2")
        fetcher.wake()
        await asyncio.wait_for(mailroom.turns.get(), PATIENCE_SECONDS)
    assert mailroom.post.asked == ["f1", "f2"]
    (await anna.looks()).hears_nothing()


@pytest.mark.parametrize(
    ("content", "reason", "said"),
    [
        (b"", "empty", "Файлът е празен."),
        (b"MZ\x90\x00" + b"\x00" * 200, "wrong_type", "Този вид файл не можем да приемем тук."),
        (b"x" * (LIMIT_BYTES + 1), "too_big", "Файлът е по-голям от 10 MB."),
        (GiveUp("too_big"), "too_big", "Файлът е по-голям от 10 MB."),
        (GiveUp("gone"), "unreachable", "Не успяхме да изтеглим файла."),
        (Blocked("blocked"), "unreachable", "Не успяхме да изтеглим файла."),
    ],
    ids=["empty", "a program", "too big", "too big for the platform", "gone", "blocked"],
)
async def test_a_file_that_cannot_be_taken_is_refused_with_the_reason(
    mailroom: Mailroom, content: Any, reason: str, said: str
):
    anna = await mailroom.applicant()
    attachment = await mailroom.fetch(anna, content)
    anna.hears(said, "Приложете разрешителното.")
    row = await mailroom.row(attachment)
    assert (row["state"], row["reason"], await mailroom.answer()) == ("refused", reason, None)
    assert (mailroom.stored(), mailroom.left_over()) == ([], [])
    await mailroom.fetch(anna, PDF, "f2")
    anna.hears("Моля, прегледайте отговорите си.")


async def test_an_unreachable_platform_is_asked_again_later(mailroom: Mailroom):
    anna, *others = [await mailroom.applicant(name) for name in ("Анна", "Борис", "Вера")]
    mailroom.post.files["f1"] = RetryLater("timeout")
    attachment = await anna.sends_file()
    for attempt, other in enumerate(others, start=1):
        async with mailroom.fetching() as fetcher:
            await mailroom.post.until(lambda attempt=attempt: mailroom.post.asked.count("f1") == attempt)
            # Another file, sent now, is fetched in the next round: when it is there, this round is over.
            mailroom.post.files[f"g{attempt}"] = PDF
            await other.sends_file(file_id=f"g{attempt}")
            fetcher.wake()
            await asyncio.wait_for(mailroom.turns.get(), PATIENCE_SECONDS)
        row = await mailroom.row(attachment)
        assert (row["state"], row["attempts"], row["claimed_until"]) == ("pending", attempt, None)
        mailroom.desk.now = max(mailroom.desk.now, row["next_at"])
    mailroom.post.files["f1"] = PDF
    async with mailroom.fetching():
        await asyncio.wait_for(mailroom.turns.get(), PATIENCE_SECONDS)
    assert (await mailroom.row(attachment))["state"] == "ready"


async def test_after_three_quarters_of_an_hour_the_person_is_told(mailroom: Mailroom):
    anna = await mailroom.applicant()
    mailroom.post.files["f1"] = RetryLater("timeout")
    await anna.sends_file()
    mailroom.desk.now += timedelta(minutes=46)
    async with mailroom.fetching():
        await asyncio.wait_for(mailroom.turns.get(), PATIENCE_SECONDS)
    (await anna.looks()).hears("Не успяхме да изтеглим файла.")


async def test_a_file_whose_fetcher_was_killed_is_fetched_again(mailroom: Mailroom):
    """The web gives a file once: what was fetched before the kill is used, and the platform is not asked again."""
    anna = await mailroom.applicant()
    mailroom.post.files["f1"] = PDF
    attachment = await anna.sends_file()
    asked = asyncio.Event()

    class OnlyOnce(Post):
        async def fetch(self, file_id: str, into: Path, limit_bytes: int) -> None:
            if asked.is_set():
                raise GiveUp("gone")
            into.write_bytes(PDF)  # noqa: ASYNC240
            asked.set()

    mailroom.post = OnlyOnce()
    async with mailroom.fetching():
        await asyncio.wait_for(asked.wait(), PATIENCE_SECONDS)
    assert (await mailroom.row(attachment))["state"] == "pending"
    mailroom.desk.now += timedelta(seconds=CLAIM_SECONDS)
    async with mailroom.fetching():
        await asyncio.wait_for(mailroom.turns.get(), PATIENCE_SECONDS)
    assert (await mailroom.answer(), mailroom.left_over()) == (attachment, [])


async def test_a_bug_in_the_files_turn_is_apologised_for_and_the_draft_stays(mailroom: Mailroom):
    anna = await mailroom.applicant()
    attachment = await anna.sends_file()
    before = (await mailroom.desk.rows(drafts))[0]["body"]
    spoiled = drafts.update().values(body=before.replace('"mode":"asking"', '"mode":"nonsense"'))
    await mailroom.desk.database.write(lambda conn: conn.execute(spoiled))
    mailroom.post.files["f1"] = PDF
    async with mailroom.fetching():
        await asyncio.wait_for(mailroom.turns.get(), PATIENCE_SECONDS)
    (await anna.looks()).hears("Извинете, при нас нещо се обърка.")
    assert (await mailroom.row(attachment))["state"] == "ready"
    assert (await mailroom.desk.rows(drafts))[0]["body"] == before.replace("asking", "nonsense")


async def test_the_news_of_a_file_for_a_question_answered_meanwhile_changes_nothing(mailroom: Mailroom):
    anna = await mailroom.applicant()
    mailroom.post.files["f1"] = PDF
    await anna.sends_file()
    await anna.taps("Пропусни ▶")
    async with mailroom.fetching():
        await asyncio.wait_for(mailroom.turns.get(), PATIENCE_SECONDS)
    (await anna.looks()).hears_nothing()
    assert await mailroom.answer() == ""


# ---------- what a content is ----------


def spreadsheet() -> bytes:
    book = BytesIO()
    Workbook().save(book)
    return book.getvalue()


def opendocument() -> bytes:
    book = BytesIO()
    with ZipFile(book, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<x/>")
    return book.getvalue()


@pytest.mark.parametrize(
    ("content", "ending", "media"),
    [
        (PDF, "pdf", "application/pdf"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 300, "jpg", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 300, "png", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 " + b"\x00" * 300, "webp", "image/webp"),
        (spreadsheet(), "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (opendocument(), "odt", "application/vnd.oasis.opendocument.text"),
        (b"OggS\x00\x02" + b"\x00" * 300, "ogg", "audio/ogg"),
        (b"ID3\x03" + b"\x00" * 300, "mp3", "audio/mpeg"),
        (b"#!AMR\n" + b"\x00" * 300, "amr", "audio/amr"),
        (b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A mp42isom" + b"\x00" * 300, "m4a", "audio/mp4"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42mp41isom" + b"\x00" * 300, "mp4", "video/mp4"),
        (b"\x1aE\xdf\xa3\x9fB\x82\x84webm" + b"\x00" * 300, "webm", "video/webm"),
        ("Решение № 1\n".encode(), "txt", "text/plain"),
        (("я" * 5000).encode(), "txt", "text/plain"),
        (("x" + "я" * 5000).encode(), "txt", "text/plain"),
        (("€" * 4000).encode(), "txt", "text/plain"),
    ],
    ids=[
        "pdf",
        "jpg",
        "png",
        "webp",
        "xlsx",
        "odt",
        "ogg",
        "mp3",
        "amr",
        "m4a",
        "mp4",
        "webm",
        "text",
        "long text",
        "a letter cut in two",
        "a sign cut in three",
    ],
)
def test_the_type_is_what_the_content_says(tmp_path: Path, content: bytes, ending: str, media: str):
    (tmp_path / "file.exe").write_bytes(content)
    assert (type_of(tmp_path / "file.exe"), media_type(ending)) == (ending, media)


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00\x03",
        b"\x7fELF\x02\x01\x01" + b"\x00" * 100,
        b"PK\x03\x04" + b"\x00" * 300,
        b"text with \x00 inside",
        b"\xcf\xf0\xe8\xe2\xe5\xf2" * 3000,
        bytes(range(1, 256)) * 100,
    ],
    ids=["exe", "elf", "zip", "nul", "another encoding", "noise"],
)
def test_what_is_of_no_kind_that_we_take_has_no_type(tmp_path: Path, content: bytes):
    (tmp_path / "file.pdf").write_bytes(content)
    assert type_of(tmp_path / "file.pdf") == ""


def test_a_kept_file_lies_under_its_hash_and_stays_where_it_was(tmp_path: Path):
    files, fetched = StoredFiles(tmp_path), tmp_path / "fetched"
    fetched.write_bytes(PDF)
    for _ in range(2):
        sha256, size = files.keep(fetched)
    assert (sha256, size) == (hashlib.sha256(PDF).hexdigest(), len(PDF))
    assert files.path(sha256) == tmp_path / "files" / sha256[:2] / sha256
    assert os.listdir(tmp_path / "files" / sha256[:2]) == [sha256]
    assert fetched.is_file()

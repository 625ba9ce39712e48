"""Pictures, sounds and films that stand beside a form, from its stored version to the message that shows them."""

import hashlib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from bot.form_media import FormMedia
from bot.stored_files import StoredFiles
from conversations.replies import Enclosed
from conversations.xlsform import Compiled, compile_form
from storage.database import Database
from tests.bot.desk import AGREE, Desk, Person
from tests.sample_forms import FOLDER, form_source


@lru_cache
def pictures() -> Compiled:
    return compile_form(form_source("pictures.md"))


def stored_name(name: str) -> str:
    content = (FOLDER / name).read_bytes()
    return f"{hashlib.sha256(content).hexdigest()}{Path(name).suffix}"


@pytest.fixture
def files(tmp_path: Path) -> StoredFiles:
    return StoredFiles(tmp_path)


@pytest.fixture
async def anna(database: Database, files: StoredFiles) -> Person:
    """Somebody who is asked a form with pictures, in a house that has a folder."""
    desk = Desk(database)
    desk.house = replace(desk.house, media=FormMedia(files))
    return (await desk.open(pictures())).person("Анна")


async def test_what_stands_beside_a_form_is_stored_by_its_content_and_named_so_in_the_reply(
    anna: Person, files: StoredFiles
):
    await anna.says("/start")
    await anna.taps(AGREE)
    (asked,) = [reply for reply in anna.heard if "Коя фигура" in reply.text]
    assert asked.media == (
        Enclosed("video", stored_name("shapes.mp4")),
        Enclosed("image", stored_name("circle.png"), "1. Кръг"),
        Enclosed("image", stored_name("square.png"), "2. Квадрат"),
    )
    assert [(media.document.type, media.document.path.read_bytes()) for media in files.media(asked.media)] == [
        ("video/mp4", (FOLDER / "shapes.mp4").read_bytes()),
        ("image/png", (FOLDER / "circle.png").read_bytes()),
        ("image/png", (FOLDER / "square.png").read_bytes()),
    ]


async def test_a_note_has_the_sound_of_the_language_it_is_said_in(anna: Person):
    await anna.says("/start")
    await anna.taps(AGREE)
    (told,) = [reply for reply in anna.heard if "Разгледайте картата" in reply.text]
    assert [enclosed.name for enclosed in told.media] == [stored_name("map.png"), stored_name("welcome-bg.mp3")]


async def test_a_folder_that_cannot_be_written_does_not_hold_the_question_up(anna: Person, files: StoredFiles):
    files.folder.write_text("a file where the folder should be")
    await anna.says("/start")
    await anna.taps(AGREE)
    anna.hears("Коя фигура виждате?")
    assert [reply.media for reply in anna.heard if reply.media] == []


async def test_a_file_that_is_gone_from_the_folder_is_left_out_of_the_message(anna: Person, files: StoredFiles):
    await anna.says("/start")
    await anna.taps(AGREE)
    (asked,) = [reply for reply in anna.heard if "Коя фигура" in reply.text]
    (files.media_folder / asked.media[0].name).unlink()
    assert [media.kind for media in files.media(asked.media)] == ["image", "image"]


def test_no_other_stored_file_can_be_had_by_a_medias_name(files: StoredFiles, tmp_path: Path):
    (tmp_path / "fetched").write_bytes(b"personal")
    sha256, _ = files.keep(tmp_path / "fetched")
    names = (sha256, f"{sha256}.png", f"../{sha256[:2]}/{sha256}", f"../../{'a' * 64}.png", "")
    assert [files.media_document(name) for name in names] == [None] * 5

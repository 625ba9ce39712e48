"""Pictures that every Viber client shows: drawn here, made small there."""

import os
from pathlib import Path

import pytest
from PIL import Image

from bot.channels.base import Document
from bot.channels.viber import pictures
from bot.channels.viber.pictures import LIMIT_BYTES, fitted, shrink

ORIENTATION = 0x0112


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """What compresses worst."""
    return Image.frombytes(mode, (width, height), os.urandom(width * height * len(mode)))


def test_a_big_photo_becomes_a_jpeg_of_at_most_a_megabyte(tmp_path: Path):
    noise(2400, 1600).save(tmp_path / "photo.jpg", quality=95)
    assert shrink(tmp_path / "photo.jpg", tmp_path / "made.jpg")
    with Image.open(tmp_path / "made.jpg") as made:
        assert made.format == "JPEG"
        assert made.width / made.height == pytest.approx(1.5, abs=0.01)
    assert (tmp_path / "made.jpg").stat().st_size <= LIMIT_BYTES


def test_a_small_picture_does_not_grow(tmp_path: Path):
    Image.new("RGB", (30, 20), "red").save(tmp_path / "dot.bmp")
    assert shrink(tmp_path / "dot.bmp", tmp_path / "made.png")
    with Image.open(tmp_path / "made.png") as made:
        assert (made.format, made.size, made.getpixel((5, 5))) == ("PNG", (30, 20), (255, 0, 0))


def test_a_photo_taken_with_a_turned_phone_stands_upright(tmp_path: Path):
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    Image.new("RGB", (40, 20), "blue").save(tmp_path / "turned.jpg", exif=exif)
    assert shrink(tmp_path / "turned.jpg", tmp_path / "made.jpg")
    with Image.open(tmp_path / "made.jpg") as made:
        assert made.size == (20, 40)
        assert ORIENTATION not in made.getexif()


def test_what_is_clear_stays_clear_in_a_png_and_becomes_white_in_a_jpeg(tmp_path: Path):
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(tmp_path / "clear.webp")
    assert shrink(tmp_path / "clear.webp", tmp_path / "made.png")
    assert shrink(tmp_path / "clear.webp", tmp_path / "made.jpg")
    with Image.open(tmp_path / "made.png") as drawn, Image.open(tmp_path / "made.jpg") as photo:
        assert (drawn.getpixel((9, 9))[3], photo.getpixel((9, 9))) == (0, (255, 255, 255))


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "CMYK", "I;16", "F"])
def test_pictures_of_every_colour_mode_are_made(tmp_path: Path, mode: str):
    Image.new(mode, (20, 20)).save(tmp_path / "any.tiff" if mode != "P" else tmp_path / "any.gif")
    source = next(tmp_path.glob("any.*"))
    assert shrink(source, tmp_path / "made.jpg")
    assert shrink(source, tmp_path / "made.png")


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1"])
def test_what_cannot_be_read_is_not_made(tmp_path: Path, content: bytes):
    (tmp_path / "photo.heic").write_bytes(content)
    assert not shrink(tmp_path / "photo.heic", tmp_path / "made.jpg")
    assert not (tmp_path / "made.jpg").exists()


def test_a_photo_cut_off_in_the_middle_is_not_made(tmp_path: Path):
    noise(300, 300).save(tmp_path / "photo.jpg")
    whole = (tmp_path / "photo.jpg").read_bytes()
    (tmp_path / "photo.jpg").write_bytes(whole[: len(whole) // 2])
    assert not shrink(tmp_path / "photo.jpg", tmp_path / "made.jpg")


def test_a_picture_that_would_burst_the_memory_is_not_unpacked(tmp_path: Path):
    Image.new("1", (30_000, 30_000)).save(tmp_path / "bomb.png")
    assert (tmp_path / "bomb.png").stat().st_size < LIMIT_BYTES
    assert not shrink(tmp_path / "bomb.png", tmp_path / "made.jpg")


# ---------- pictures of messages ----------


def test_a_small_photo_is_shown_as_it_is(tmp_path: Path):
    Image.new("RGB", (30, 20)).save(tmp_path / "photo.jpg")
    document = Document(tmp_path / "photo.jpg", "Снимка.jpg", "image/jpeg")
    assert fitted(document, tmp_path / "viber") == document


def test_any_other_picture_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    Image.new("RGB", (30, 20)).save(tmp_path / "photo", "WEBP")
    document = Document(tmp_path / "photo", "Снимка.webp", "image/webp")
    made = fitted(document, tmp_path / "viber")
    assert (made.name, made.type, made.path.suffix, made.path.is_file()) == ("Снимка.jpg", "image/jpeg", ".jpg", True)
    monkeypatch.setattr(pictures, "LIMIT_PIXELS", 0)
    assert fitted(document, tmp_path / "viber") == made
    assert [path.name for path in (tmp_path / "viber").iterdir()] == [made.path.name]


def test_a_file_that_is_no_picture_has_none(tmp_path: Path):
    (tmp_path / "photo.heic").write_bytes(b"ftypheic")
    assert fitted(Document(tmp_path / "photo.heic", "photo.heic", "image/heic"), tmp_path / "viber") is None

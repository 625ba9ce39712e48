"""Pictures as every Viber client shows them: a JPEG or PNG of at most 1 MB.

https://developers.viber.com/docs/api/rest-bot-api/#picture-message
"""

import hashlib
import warnings
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path, PurePath
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.channels.base import Document

if TYPE_CHECKING:
    from PIL.Image import Image

LIMIT_BYTES = 1_000_000
LIMIT_PIXELS = 50_000_000
"""More is not unpacked: 50 megapixels take 150 MB of memory."""

QUALITIES = (90, 80, 70)
LONGEST_SIDES = (4096, 2560, 1600, 1200, 800, 400)
SHOWN_AS_THEY_ARE = frozenset({"image/jpeg", "image/png"})


def fitted(document: Document, folder: Path) -> Document | None:
    """The picture as it is when Viber takes it, else a JPEG made of it in `folder`; None when it is no picture of ours.

    What was made once is found again: its name is drawn from the place, the size and the time of the source.
    Raises FileNotFoundError when the source is gone.
    """
    there = document.path.stat()
    if document.type in SHOWN_AS_THEY_ARE and there.st_size <= LIMIT_BYTES:
        return document
    mark = f"{document.path.resolve()} {there.st_size} {there.st_mtime_ns}"
    made = folder / f"{hashlib.blake2s(mark.encode(), digest_size=16).hexdigest()}.jpg"
    if not made.is_file():
        half = made.with_name(f"{uuid4().hex}.jpg")
        if not shrink(document.path, half):
            return None
        half.replace(made)
    return Document(made, f"{PurePath(document.name).stem}.jpg", "image/jpeg")


def shrink(source: Path, into: Path) -> bool:
    """Write `source` to `into`, as a PNG when that ends in `.png`, else as a JPEG, with at most LIMIT_BYTES.

    Turned as its EXIF says and without it; of a moving picture the first frame; never larger than it was. Quality
    goes down first, then size. False when it cannot be read (HEIC, a broken file, too many pixels) or made small
    enough; nothing is written then. The folder is made when first needed. Raises FileNotFoundError without a source.
    """
    picture = _opened(source.read_bytes())
    if picture is None:
        return False
    is_png = into.suffix.lower() == ".png"
    encoded = next((each for each in _encodings(picture, is_png) if len(each) <= LIMIT_BYTES), None)
    if encoded is None:
        return False
    into.parent.mkdir(parents=True, exist_ok=True)
    into.write_bytes(encoded)
    return True


def _opened(content: bytes) -> "Image | None":
    """The picture upright; None for what Pillow cannot read and for what would burst the memory."""
    from PIL import Image, ImageOps

    with warnings.catch_warnings(), suppress(OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # LIMIT_PIXELS is stricter
        with Image.open(BytesIO(content)) as picture:
            if picture.width * picture.height <= LIMIT_PIXELS:
                return ImageOps.exif_transpose(picture)
    return None


def _encodings(picture: "Image", is_png: bool) -> Iterator[bytes]:
    """The picture in ever fewer bytes."""
    shown = _coloured(picture, is_png)
    longest = max(shown.size)
    for side in (min(longest, LONGEST_SIDES[0]), *(side for side in LONGEST_SIDES[1:] if side < longest)):
        shown.thumbnail((side, side))
        for quality in QUALITIES[:1] if is_png else QUALITIES:
            encoded = BytesIO()
            if is_png:
                shown.save(encoded, "PNG", optimize=True)
            else:
                shown.save(encoded, "JPEG", quality=quality, optimize=True)
            yield encoded.getvalue()


def _coloured(picture: "Image", is_png: bool) -> "Image":
    """In colours that the format can hold; a JPEG has no transparency, so that becomes white."""
    from PIL import Image

    is_clear = picture.has_transparency_data
    if is_png or not is_clear:
        return picture.convert("RGBA" if is_clear else "RGB")
    clear = picture.convert("RGBA")
    white = Image.new("RGB", clear.size, "white")
    white.paste(clear, mask=clear.getchannel("A"))
    return white

"""The addresses that Viber's clients fetch our files from: what they give, and that they give nothing else."""

import base64
import hmac
import os
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette

from bot.channels.base import Document
from bot.channels.viber.hosting import HostedFiles, Hosting

NOW = datetime(2024, 2, 2, 12, tzinfo=UTC)
SECRET = b"secret"


class House:
    """A DATA_DIR with files, the desk's own hosting of them, and the clock on the wall."""

    def __init__(self, data_dir):
        self.data_dir = data_dir
        self.now = NOW
        (data_dir / "files" / "ab").mkdir(parents=True)
        (data_dir / "viber").mkdir()
        self.stored = data_dir / "files" / "ab" / "abcd"
        self.stored.write_bytes(b"%PDF-1.7")
        (data_dir / "bot.db").write_bytes(b"everything")
        self.hosting = Hosting(SECRET, "https://desk.example.org/", data_dir, lambda: self.now)

    async def get(self, address, method="GET"):
        app = Starlette(routes=self.hosting.routes())
        transport = httpx.ASGITransport(app=app)
        path = address.removeprefix("https://desk.example.org")
        async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
            return await client.request(method, path)

    def pdf(self):
        return self.hosting.address(self.stored, "Отчет 2.pdf", "application/pdf")

    def forged(self, place):
        """An address with a true signature of ours for a place that no address is made for."""
        expires = str(int((self.now + timedelta(days=1)).timestamp()))
        rest = f"{base64.urlsafe_b64encode(place.encode()).rstrip(b'=').decode()}/a.pdf"
        signature = hmac.digest(SECRET, f"{expires}/{rest}".encode(), "sha256")
        return f"/viber/files/{expires}/{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}/{rest}"


@pytest.fixture
def house(tmp_path):
    return House(tmp_path)


async def test_an_address_gives_the_file_under_a_plain_name(house):
    address = house.pdf()
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc, parts.path.split("/")[1:3]) == ("https", "desk.example.org", ["viber", "files"])
    assert address.isascii()
    assert address.endswith("/2.pdf")
    answer = await house.get(address)
    assert (answer.status_code, answer.content) == (200, b"%PDF-1.7")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-length"] == "8"
    assert answer.headers["content-disposition"] == 'attachment; filename="2.pdf"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await house.get(address, "HEAD")).status_code == 200


@pytest.mark.parametrize(
    ("name", "type", "shown"),
    [
        ("план.png", "image/png", "file.png"),
        ("plan.JPEG", "image/jpeg", "plan.jpeg"),
        ("plan", "image/jpeg", "plan.jpg"),
        ("plan.exe", "image/png", "plan.png"),
        ("Справка.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "file.xlsx"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("a b&c?d#e.csv", "text/csv", "a-b-c-d-e.csv"),
        ("x" * 300 + ".pdf", "application/pdf", "x" * 60 + ".pdf"),
        ("a", "no/such", "a.bin"),
    ],
)
def test_the_last_segment_is_an_ascii_name_with_the_ending_of_the_type(house, name, type, shown):
    assert house.hosting.address(house.stored, name, type).rsplit("/", 1)[1] == shown


async def test_pictures_are_shown_and_pages_are_not(house):
    picture = await house.get(house.hosting.address(house.stored, "a.png", "image/png"))
    page = await house.get(house.hosting.address(house.stored, "a.html", "text/html"))
    drawing = await house.get(house.hosting.address(house.stored, "a.svg", "image/svg+xml"))
    shown = [answer.headers["content-disposition"].split(";")[0] for answer in (picture, page, drawing)]
    assert shown == ["inline", "attachment", "attachment"]


async def test_an_address_is_good_for_as_long_as_viber_goes_on_delivering(house):
    address = house.pdf()
    house.now = NOW + timedelta(days=14, hours=23)
    assert (await house.get(address)).status_code == 200
    house.now = NOW + timedelta(days=15)
    assert (await house.get(address)).status_code == 404


async def test_an_address_outlives_a_restart_and_not_a_change_of_the_secret(house):
    address = house.pdf()
    house.hosting = Hosting(SECRET, "https://desk.example.org", house.data_dir, lambda: house.now)
    assert (await house.get(address)).status_code == 200
    house.hosting = Hosting(b"another", "https://desk.example.org", house.data_dir, lambda: house.now)
    assert (await house.get(address)).status_code == 404


@pytest.mark.parametrize("part", ["expires", "signature", "place", "name"])
async def test_no_part_of_an_address_can_be_changed(house, part):
    other = house.stored.with_name("abce")
    other.write_bytes(b"another's")
    parts = house.pdf().split("/")
    place = house.hosting.address(other, "2.pdf", "application/pdf").split("/")[-2]
    changed = {"expires": "99999999999", "signature": "A" * len(parts[-3]), "place": place, "name": "2.html"}
    parts[{"expires": -4, "signature": -3, "place": -2, "name": -1}[part]] = changed[part]
    assert (await house.get("/".join(parts))).status_code == 404


@pytest.mark.parametrize("place", ["bot.db", "../bot.db", "incoming/fetched-1"])
async def test_no_address_is_made_for_anything_else_of_the_data(house, place):
    with pytest.raises(ValueError):
        house.hosting.address(house.data_dir / "files" / ".." / place, "a.pdf", "application/pdf")


@pytest.mark.parametrize(
    "place",
    [
        "bot.db",
        "../bot.db",
        "files/../bot.db",
        "files/ab/../../bot.db",
        "files//etc/passwd",
        "viber/../bot.db",
        "/etc/passwd",
        "files",
        "files/",
        "files/ab",
        "files/link",
        "files/none",
        "files/\0",
        "",
    ],
)
async def test_even_a_true_signature_leads_nowhere_else(house, place):
    (house.data_dir / "files" / "link").symlink_to(house.data_dir / "bot.db")
    assert (await house.get(house.forged("files/ab/abcd"))).status_code == 200
    assert (await house.get(house.forged(place))).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/viber/files/../../bot.db",
        "/viber/files/%2e%2e/%2e%2e/bot.db/a",
        "/viber/files/1/2/..%2f..%2fbot.db/a.pdf",
        "/viber/files/x/y/z/%FF",
        "/viber/files/1/ж/ж/ж",
    ],
)
async def test_paths_that_climb_find_nothing(house, path):
    assert (await house.get(path)).status_code == 404


async def test_a_file_that_is_gone_is_not_found_and_what_is_made_for_viber_is(house):
    address = house.pdf()
    house.stored.unlink()
    assert (await house.get(address)).status_code == 404
    made = house.hosting.made / "small.jpg"
    made.write_bytes(b"\xff\xd8")
    assert (await house.get(house.hosting.address(made, "a.jpg", "image/jpeg"))).content == b"\xff\xd8"


async def test_pictures_made_for_viber_stay_as_long_as_their_addresses_are_good(house):
    source = house.stored.with_name("photo")
    Image.effect_noise((1200, 1200), 100).save(source, "BMP")
    photo = Document(source, "Снимка.bmp", "image/bmp")
    files = HostedFiles(house.hosting)
    address, size = files.picture(photo)
    (made,) = house.hosting.made.iterdir()
    assert (made.stat().st_size, address.endswith(".jpg")) == (size, True)
    other = made.with_name("other.jpg")
    other.write_bytes(b"\xff\xd8")
    os.utime(other, (NOW.timestamp(), NOW.timestamp()))
    house.now = NOW + timedelta(days=14)
    files.picture(photo)
    assert set(house.hosting.made.iterdir()) == {made, other}
    house.now = NOW + timedelta(days=16)
    files.picture(photo)
    assert set(house.hosting.made.iterdir()) == {made}


async def test_a_folder_of_files_may_lie_on_another_disk(tmp_path):
    (tmp_path / "disk" / "ab").mkdir(parents=True)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "files").symlink_to(tmp_path / "disk")
    stored = tmp_path / "data" / "files" / "ab" / "abcd"
    stored.write_bytes(b"x")
    hosting = Hosting(SECRET, "https://desk.example.org", tmp_path / "data", lambda: NOW)
    path = urlsplit(hosting.address(stored, "a.pdf", "application/pdf")).path
    transport = httpx.ASGITransport(app=Starlette(routes=hosting.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        assert (await client.get(path)).content == b"x"

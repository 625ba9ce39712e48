"""The files a form is made of: the workbook and what lies beside it; the shipped ones; packing them for storage."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from conversations.errors import FormError, Problem
from conversations.xlsform.messages import Place, problem

MAX_FILE_BYTES = 5 * 1024 * 1024
MAX_UNZIPPED_BYTES = 50 * 1024 * 1024
FORM_ENDINGS = (".xlsx", ".xls", ".csv", ".md", ".yaml", ".yml")
CALL_FILE = "call.yaml"
WALKS_FILE = "walks.yaml"
MEDIA_ENDINGS = {
    "image": (".jpg", ".jpeg", ".png", ".gif", ".webp"),
    "audio": (".mp3", ".ogg", ".oga", ".m4a", ".wav"),
    "video": (".mp4", ".webm", ".3gp", ".mov"),
}
"""What may be shown with a label. No `.svg`: it can hold a script, and no chat shows it."""
_BESIDE = frozenset({".csv", *(ending for endings in MEDIA_ENDINGS.values() for ending in endings)})

_NAMED_FILE = re.compile(r"from[_ ]file\s+(\S+)")
_NAMED_LIST = re.compile(r"(?:pulldata|instance)\s*\(\s*['\"‘’“”]([^'\"‘’“”]+)['\"‘’“”]")
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_SHIPPED = ("conversations", "forms", "network")


@dataclass(frozen=True, slots=True)
class FormSource:
    """`name` and `content` of the form file (`form.yaml`, `.xlsx`, `.xls`, `.csv`, `.md`) and the `files` beside it."""

    name: str
    content: bytes
    files: Mapping[str, bytes]

    @property
    def ending(self) -> str:
        return PurePosixPath(self.name).suffix.lower()


def shipped_source() -> FormSource:
    """The form that comes with the package: `conversations/forms/network`."""
    package, *folders = _SHIPPED
    folder = resources.files(package).joinpath(*folders)
    files = {
        entry.name: entry.read_bytes()
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if may_stand_beside(entry.name)
    }
    return FormSource("form.yaml", folder.joinpath("form.yaml").read_bytes(), files)


def may_stand_beside(name: str) -> bool:
    """Whether a file of that name may be part of a form: a list, something to show, the desk, or the form's walks."""
    is_walks = name == WALKS_FILE or name.endswith(f".{WALKS_FILE}")
    return name == CALL_FILE or is_walks or PurePosixPath(name).suffix.lower() in _BESIDE


def used_files(cells: Iterable[str]) -> frozenset[str]:
    """Names of the CSV files that the cells of a form speak of: `select_one_from_file x.csv`, `pulldata('x', …)`."""
    text = "\n".join(cells)
    return frozenset(_NAMED_FILE.findall(text)) | frozenset(f"{name}.csv" for name in _NAMED_LIST.findall(text))


def check_sizes(source: FormSource) -> tuple[Problem, ...]:
    """A problem for each file above 5 MB, for more than 50 MB together, and for a workbook that unpacks to more.

    Nothing is unpacked for that.
    """
    found = [
        problem("file_too_big", Place(name), megabytes=MAX_FILE_BYTES // 1024 // 1024)
        for name, content in ((source.name, source.content), *source.files.items())
        if len(content) > MAX_FILE_BYTES
    ]
    if sum(map(len, source.files.values())) > MAX_UNZIPPED_BYTES:
        found.append(problem("files_too_big", Place(source.name), megabytes=MAX_UNZIPPED_BYTES // 1024 // 1024))
    if source.ending in {".xlsx", ".xlsm"} and unzipped_bytes(source.content) > MAX_UNZIPPED_BYTES:
        found.append(problem("unzips_too_big", Place(source.name), megabytes=MAX_UNZIPPED_BYTES // 1024 // 1024))
    return tuple(found)


def unzipped_bytes(content: bytes) -> int:
    """What the archive says it unpacks to (zipfile reads no more than that); 0 for what is no archive."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except BadZipFile:
        return 0


def write_bundle(source: FormSource) -> bytes:
    """All files in one zip: `form/<name>` and `files/<name>`. The same source always gives the same bytes."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr(_entry(f"form/{source.name}"), source.content)
        for name in sorted(source.files):
            archive.writestr(_entry(f"files/{name}"), source.files[name])
    return packed.getvalue()


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _ZIP_DATE)
    entry.compress_type = ZIP_DEFLATED
    return entry


def read_bundle(content: bytes) -> FormSource:
    """The source that `write_bundle` packed. Raises FormError on anything else, or on a zip that unpacks too big."""
    if unzipped_bytes(content) > MAX_UNZIPPED_BYTES:
        raise FormError((problem("unzips_too_big", Place("zip"), megabytes=MAX_UNZIPPED_BYTES // 1024 // 1024),))
    try:
        with ZipFile(BytesIO(content)) as archive:
            entries = {name: archive.read(name) for name in archive.namelist()}
    except BadZipFile as error:
        raise FormError((problem("not_readable", Place("zip"), detail=str(error)),)) from error
    forms = [name for name in entries if name.startswith("form/")]
    if len(forms) != 1:
        raise FormError((problem("not_readable", Place("zip"), detail="form/"),))
    files = {name.removeprefix("files/"): data for name, data in entries.items() if name.startswith("files/")}
    return FormSource(forms[0].removeprefix("form/"), entries[forms[0]], files)

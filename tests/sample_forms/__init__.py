"""Forms of our own, built the way well-known public samples are; the files beside them are the folder's others."""

from pathlib import Path

from conversations.xlsform import FormSource, may_stand_beside

FOLDER = Path(__file__).parent
ENDINGS = {".md", ".yaml"}
NAMES = tuple(sorted(path.name for path in FOLDER.iterdir() if path.suffix in ENDINGS))


def form_source(name: str) -> FormSource:
    """The form of that file name (`household.md`), with everything that may stand beside it."""
    beside = {path.name: path.read_bytes() for path in FOLDER.iterdir() if may_stand_beside(path.name)}
    return FormSource(name, (FOLDER / name).read_bytes(), beside)

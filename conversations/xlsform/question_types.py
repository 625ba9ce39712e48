"""XLSForm's question types: what we do with each. To support a type, move it into SUPPORTED.

Source: https://xlsform.org/en/#question-types and pyxform's question_type_dictionary.
"""

import re
from dataclasses import dataclass

from conversations.form import UNASKED_KINDS, Kind


@dataclass(frozen=True, slots=True)
class QuestionType:
    """One type of the survey sheet.

    `name` is the spelling handed to pyxform. `kind` None: a group's begin or end, an attached file, or a refused type.
    `select` is `list` or `file`, saying where the choices come from; '' for the others.
    """

    name: str
    kind: Kind | None = None
    select: str = ""
    refused: bool = False
    begins: str = ""
    ends: str = ""

    @property
    def is_asked(self) -> bool:
        return self.kind is not None and self.kind not in UNASKED_KINDS

    @property
    def needs_label(self) -> bool:
        return self.is_asked or self.kind is Kind.NOTE

    @property
    def is_attachment(self) -> bool:
        """A file for look-ups, no question: the row only says that it belongs to the form."""
        return self.name == ATTACHMENT


ATTACHMENT = "csv-external"
SUPPORTED = {
    "text": Kind.TEXT,
    "integer": Kind.INTEGER,
    "decimal": Kind.DECIMAL,
    "range": Kind.RANGE,
    "date": Kind.DATE,
    "time": Kind.TIME,
    "dateTime": Kind.DATETIME,
    "note": Kind.NOTE,
    "acknowledge": Kind.ACKNOWLEDGE,
    "trigger": Kind.ACKNOWLEDGE,
    "geopoint": Kind.GEOPOINT,
    "barcode": Kind.TEXT,
    "file": Kind.FILE,
    "image": Kind.IMAGE,
    "audio": Kind.AUDIO,
    "video": Kind.VIDEO,
    "calculate": Kind.QUIET,
    "hidden": Kind.QUIET,
    "start": Kind.QUIET,
    "end": Kind.QUIET,
    "today": Kind.QUIET,
    "deviceid": Kind.QUIET,
    "username": Kind.QUIET,
    "phonenumber": Kind.QUIET,
    "email": Kind.QUIET,
}
PHONE_TYPE = "phone number"
"""pyxform adds an English hint to it and refuses `+`; we hand over a text with the appearance `numbers`."""

_SELECTS = {
    "select_one": (Kind.SELECT_ONE, "list"),
    "select_multiple": (Kind.SELECT_MULTIPLE, "list"),
    "select_one_from_file": (Kind.SELECT_ONE, "file"),
    "select_multiple_from_file": (Kind.SELECT_MULTIPLE, "file"),
    "rank": (Kind.RANK, "list"),
}
_SELECT_SPELLINGS = {
    "select one from file": "select_one_from_file",
    "select multiple from file": "select_multiple_from_file",
    "select all that apply from": "select_multiple",
    "select all that apply": "select_multiple",
    "select multiple from": "select_multiple",
    "select multiple": "select_multiple",
    "select one from": "select_one",
    "select one": "select_one",
}
"""Longer spellings stand before those they begin with."""
_REFUSED_SELECTS = frozenset({"select_one_external"})
_ALIASES = {
    "string": "text", "int": "integer", "photo": "image", "phone_number": PHONE_TYPE, "imei": "deviceid",
    "select1": "select_one", "select_all_that_apply": "select_multiple", "datetime": "dateTime",
    "date_time": "dateTime", "gps": "geopoint", "location": "geopoint", "start_time": "start", "end_time": "end",
    "device_id": "deviceid", "subscriber_id": "subscriberid", "sim_id": "simserial",
}  # fmt: skip
_CONTROL_ALIASES = {"lgroup": "repeat", "looped_group": "repeat"}
_CONTROLS = frozenset({"group", "repeat"})
REFUSED = frozenset({
    "geotrace", "geoshape", "osm", "audit", "xml-external", "start-geopoint", "background-geopoint",
    "background-audio", "subscriberid", "simserial", "select_one_external", "begin_loop", "end_loop",
    "begin_kobomatrix", "end_kobomatrix", "begin_score", "end_score", "score__row", "begin_rank", "end_rank",
    "rank__level", "percentage",
})  # fmt: skip
KNOWN_NAMES = (
    *SUPPORTED, PHONE_TYPE, ATTACHMENT, *_SELECTS, "begin_group", "end_group", "begin_repeat", "end_repeat",
    *sorted(REFUSED),
)  # fmt: skip

_CONTROL = re.compile(r"^(begin|end)[ _](.+)$")
_OR_OTHER = re.compile(r"^(?P<rest>.+?) (?:or_other|or other|or specify other)$")


@dataclass(frozen=True, slots=True)
class TypeCell:
    """A cell of the column `type`, read: the type, the list or file it names, and whether `or_other` follows."""

    type: QuestionType | None
    list_name: str = ""
    or_other: bool = False


def read_type(cell: str) -> TypeCell:
    """Read a type as people write it. `type` is None when XLSForm has no such type."""
    text = " ".join(cell.split())
    if control := _CONTROL.match(text.lower()):
        return TypeCell(_control(control[1], "_".join(control[2].split())))
    other = _OR_OTHER.match(text)
    command, rest = _split_command(other["rest"] if other else text)
    if command in _SELECTS:
        kind, origin = _SELECTS[command]
        return TypeCell(QuestionType(command, kind, origin), rest.strip(), other is not None)
    if command in _REFUSED_SELECTS:
        return TypeCell(QuestionType(command, refused=True))
    return TypeCell(_plain(_alias("_".join(text.split()))))


def _split_command(text: str) -> tuple[str, str]:
    """`select one towns` → (`select_one`, `towns`)."""
    for spelling, name in _SELECT_SPELLINGS.items():
        if text.lower() == spelling or text.lower().startswith(f"{spelling} "):
            return name, text[len(spelling) :].strip()
    command, _, rest = text.partition(" ")
    return _alias(command), rest


def _alias(word: str) -> str:
    return _ALIASES.get(word.lower(), word.lower() if word.lower() in KNOWN_NAMES else word)


def _plain(name: str) -> QuestionType | None:
    if name == PHONE_TYPE:
        return QuestionType(PHONE_TYPE, Kind.TEXT)
    if name == ATTACHMENT:
        return QuestionType(ATTACHMENT)
    if name in SUPPORTED:
        return QuestionType(name, SUPPORTED[name])
    return QuestionType(name, refused=True) if name in REFUSED else None


def _control(word: str, what: str) -> QuestionType | None:
    what = _CONTROL_ALIASES.get(what, what)
    name = f"{word}_{what}"
    if what not in _CONTROLS and name not in REFUSED:
        return None
    begins, ends = (what, "") if word == "begin" else ("", what)
    return QuestionType(name, refused=name in REFUSED, begins=begins, ends=ends)

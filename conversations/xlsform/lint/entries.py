"""The survey sheet as questions and groups: types read, names and nesting checked."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from conversations.errors import Problem
from conversations.form import Kind
from conversations.xlsform.columns import Tables
from conversations.xlsform.messages import closest, problem, refused_type
from conversations.xlsform.question_types import KNOWN_NAMES, TypeCell, read_type
from conversations.xlsform.workbook import Row

_NAME = re.compile(r"^[^\W\d][\w.-]*$")
_RESERVED_NAMES = frozenset({"meta"})
_ONE_QUESTION = re.compile(r"\$\{[^{}\s]+\}")
REPEAT = "repeat"
OTHER_SUFFIX = "_other"
COUNT_SUFFIX = "_count"


@dataclass(frozen=True, slots=True)
class Entry:
    """One question or group. `path` holds the root too; `groups` the entries it stands in, outermost first."""

    row: Row
    cell: TypeCell
    name: str
    path: tuple[str, ...]
    groups: tuple["Entry", ...] = ()

    @property
    def is_group(self) -> bool:
        return bool(self.cell.type and self.cell.type.begins)

    @property
    def kind(self) -> Kind | None:
        return self.cell.type.kind if self.cell.type else None

    @property
    def is_repeat(self) -> bool:
        return bool(self.cell.type and self.cell.type.begins == REPEAT)

    @property
    def repeat(self) -> "Entry | None":
        """The repeat it stands in; None outside of repeats."""
        return next((group for group in self.groups if group.is_repeat), None)

    @property
    def counts(self) -> bool:
        """Whether pyxform makes a calculation of its own for how many entries this repeat has."""
        count = self.row.get("repeat_count")
        return self.is_repeat and bool(count) and not _ONE_QUESTION.fullmatch(count)

    @property
    def is_asked(self) -> bool:
        return bool(self.cell.type and self.cell.type.is_asked)

    @property
    def is_refused(self) -> bool:
        """Its type is refused or unknown: that is told once, and nothing more about the row."""
        return self.cell.type is None or self.cell.type.refused


@dataclass(frozen=True)
class Survey:
    """All entries in the form's order, the rows that only attach a file, and the tables they were read from."""

    tables: Tables
    root: str
    entries: tuple[Entry, ...] = field(default=())
    attached: tuple[Row, ...] = field(default=())

    @cached_property
    def by_name(self) -> Mapping[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.name, []).append(entry)
        return found

    @cached_property
    def added(self) -> Mapping[str, Entry]:
        """What pyxform adds, by name. Only a path leads there: it takes no `${…}` for what no row names."""
        return {added.name: added for entry in self.entries for added in added_entries(entry)}

    @cached_property
    def by_path(self) -> Mapping[tuple[str, ...], Entry]:
        return {entry.path: entry for entry in (*self.entries, *self.added.values())}

    @cached_property
    def lists(self) -> Mapping[str, list[Row]]:
        """Choice list → its rows."""
        found: dict[str, list[Row]] = {}
        for row in self.tables.choices.rows:
            if row.get("list_name"):
                found.setdefault(row.get("list_name"), []).append(row)
        return found


def added_entries(entry: Entry) -> Iterator[Entry]:
    """What pyxform adds beside an entry: the text behind a select with `or_other`, a repeat's calculated count."""
    if entry.cell.or_other:
        yield _beside(entry, OTHER_SUFFIX, "text")
    if entry.counts:
        yield _beside(entry, COUNT_SUFFIX, "calculate")


def _beside(entry: Entry, suffix: str, type_: str) -> Entry:
    path = (*entry.path[:-1], entry.name + suffix)
    return Entry(Row(entry.row.number, {}), read_type(type_), path[-1], path, entry.groups)


def read_entries(tables: Tables) -> tuple[Survey, list[Problem]]:
    """The survey's entries; rows without a type that hold nothing of a question are comments and left out."""
    reader = _Reader(tables, tables.setting("name") or "data")
    for row in tables.survey.rows:
        reader.read(row)
    reader.finish()
    return Survey(tables, reader.root, tuple(reader.entries), tuple(reader.attached)), reader.found


class _Reader:
    """Walks the rows once, keeping the open groups."""

    def __init__(self, tables: Tables, root: str) -> None:
        self.sheet = tables.survey
        self.root = root
        self.entries: list[Entry] = []
        self.attached: list[Row] = []
        self.open: list[Entry] = []
        self.first: dict[tuple[str, ...], Entry] = {}
        self.found: list[Problem] = []

    def read(self, row: Row) -> None:
        if not row.get("type"):
            if row.get("name") or any(header.startswith("label::") for header in row.cells):
                self.found.append(problem("missing_type", self.sheet.at(row, "type")))
            return
        cell = read_type(row.get("type"))
        self._check_type(row, cell)
        if cell.type and cell.type.ends:
            self._close(row, cell.type.ends)
            return
        if cell.type and cell.type.is_attachment:
            self._attach(row)
            return
        entry = self._entry(row, cell)
        self.entries.append(entry)
        if entry.is_group:
            self.open.append(entry)

    def finish(self) -> None:
        for entry in self.entries:
            for added in added_entries(entry):
                if clash := self.first.get(added.path):
                    place = self.sheet.at(clash.row, "name")
                    self.found.append(problem("name_twice", place, name=clash.name, other=entry.row.number))
        for entry in self.open:
            if not entry.is_refused:
                place = self.sheet.at(entry.row, "type")
                end = f"end_{REPEAT if entry.is_repeat else 'group'}"
                self.found.append(problem("group_not_closed", place, name=entry.name, end=end))
        filled = {group.path for entry in self.entries for group in entry.groups}
        for entry in self.entries:
            if entry.is_group and not entry.is_refused and entry.path not in filled:
                self.found.append(problem("group_empty", self.sheet.at(entry.row, "type"), name=entry.name))
        if not self.entries and not self.found:
            self.found.append(problem("no_questions", self.sheet.at()))

    def _check_type(self, row: Row, cell: TypeCell) -> None:
        place = self.sheet.at(row, "type")
        if cell.type is None:
            word = row.get("type").split()[0]
            nearest = closest(row.get("type"), KNOWN_NAMES) or closest(word, KNOWN_NAMES)
            self.found.append(problem("unknown_type", place, type=row.get("type"), nearest=nearest))
        elif cell.type.refused and not cell.type.ends:
            self.found.append(refused_type(cell.type.name, place))

    def _close(self, row: Row, what: str) -> None:
        if not self.open or (self.open[-1].cell.type and self.open[-1].cell.type.begins != what):
            self.found.append(problem("end_alone", self.sheet.at(row, "type")))
        else:
            self.open.pop()

    def _attach(self, row: Row) -> None:
        if row.get("name"):
            self.attached.append(row)
        else:
            self.found.append(problem("missing_name", self.sheet.at(row, "name")))

    def _entry(self, row: Row, cell: TypeCell) -> Entry:
        name = row.get("name")
        if not name and cell.type and cell.type.name == "note":
            name = f"note_{row.number}"
        elif not name:
            self.found.append(problem("missing_name", self.sheet.at(row, "name")))
            name = f"row_{row.number}"
        path = (self.root, *(group.name for group in self.open), name)
        entry = Entry(row, cell, name, path, tuple(self.open))
        self.found.extend(self._name_problems(entry))
        return entry

    def _name_problems(self, entry: Entry) -> Iterator[Problem]:
        place = self.sheet.at(entry.row, "name")
        if not _NAME.match(entry.name):
            yield problem("bad_name", place, name=entry.name)
        elif entry.name in _RESERVED_NAMES:
            yield problem("reserved_name", place, name=entry.name)
        first = self.first.setdefault(entry.path, entry)
        if first is not entry:
            yield problem("name_twice", place, name=entry.name, other=first.row.number)
        if entry.is_repeat:
            yield from self._repeat_problems(entry)

    def _repeat_problems(self, entry: Entry) -> Iterator[Problem]:
        """Repeats do not nest, and their names are unlike any other repeat's and the root's (pyxform's own rule)."""
        if entry.repeat is not None:
            yield problem("nested_repeat", self.sheet.at(entry.row, "type"), outer=entry.repeat.name)
        place = self.sheet.at(entry.row, "name")
        if entry.name == self.root:
            yield problem("reserved_name", place, name=entry.name)
        twin = next((each for each in self.entries if each.is_repeat and each.name == entry.name), None)
        if twin is not None and twin.path != entry.path:
            yield problem("name_twice", place, name=entry.name, other=twin.row.number)

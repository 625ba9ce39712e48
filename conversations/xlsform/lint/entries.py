"""The survey sheet as questions and groups: types read, names and nesting checked."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from conversations.errors import Problem
from conversations.xlsform.columns import Tables
from conversations.xlsform.messages import closest, problem, refused_type
from conversations.xlsform.question_types import KNOWN_NAMES, TypeCell, read_type
from conversations.xlsform.workbook import Row

_NAME = re.compile(r"^[^\W\d][\w.-]*$")
_RESERVED_NAMES = frozenset({"meta"})
OTHER_SUFFIX = "_other"


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
    def is_asked(self) -> bool:
        return bool(self.cell.type and self.cell.type.is_asked)

    @property
    def is_refused(self) -> bool:
        """Its type is refused or unknown: that is told once, and nothing more about the row."""
        return self.cell.type is None or self.cell.type.refused


@dataclass(frozen=True)
class Survey:
    """All entries in the form's order, and the tables they were read from."""

    tables: Tables
    root: str
    entries: tuple[Entry, ...] = field(default=())

    @cached_property
    def by_name(self) -> Mapping[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.name, []).append(entry)
            if entry.cell.or_other:
                found.setdefault(entry.name + OTHER_SUFFIX, []).append(other_entry(entry))
        return found

    @cached_property
    def by_path(self) -> Mapping[tuple[str, ...], Entry]:
        return {entry.path: entry for entries in self.by_name.values() for entry in entries}

    @cached_property
    def lists(self) -> Mapping[str, list[Row]]:
        """Choice list → its rows."""
        found: dict[str, list[Row]] = {}
        for row in self.tables.choices.rows:
            if row.get("list_name"):
                found.setdefault(row.get("list_name"), []).append(row)
        return found


def other_entry(entry: Entry) -> Entry:
    """The question that `or_other` adds behind a select."""
    path = (*entry.path[:-1], entry.name + OTHER_SUFFIX)
    return Entry(Row(entry.row.number, {}), TypeCell(read_type("text").type), path[-1], path, entry.groups)


def read_entries(tables: Tables) -> tuple[Survey, list[Problem]]:
    """The survey's entries; rows without a type that hold nothing of a question are comments and left out."""
    reader = _Reader(tables, tables.setting("name") or "data")
    for row in tables.survey.rows:
        reader.read(row)
    reader.finish()
    return Survey(tables, reader.root, tuple(reader.entries)), reader.found


class _Reader:
    """Walks the rows once, keeping the open groups."""

    def __init__(self, tables: Tables, root: str) -> None:
        self.sheet = tables.survey
        self.root = root
        self.entries: list[Entry] = []
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
        entry = self._entry(row, cell)
        if entry is None:
            return
        self.entries.append(entry)
        if entry.is_group:
            self.open.append(entry)

    def finish(self) -> None:
        for entry in self.entries:
            clash = self.first.get(other_entry(entry).path) if entry.cell.or_other else None
            if clash:
                place = self.sheet.at(clash.row, "name")
                self.found.append(problem("name_twice", place, name=clash.name, other=entry.row.number))
        for entry in self.open:
            if not entry.is_refused:
                self.found.append(problem("group_not_closed", self.sheet.at(entry.row, "type"), name=entry.name))
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

    def _entry(self, row: Row, cell: TypeCell) -> Entry | None:
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

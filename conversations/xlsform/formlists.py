"""The lists of an XForm: choices written in it, and those in CSV files beside it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from conversations.errors import FormError
from conversations.form import Choice, ChoiceList, Text
from conversations.xlsform.itext import XF, Texts
from conversations.xlsform.lists import KEYWORDS, Table, choices_from, table_node
from conversations.xlsform.messages import Place, problem
from conversations.xpath import Expression, Node, compile_expression, list_node

_FILE = re.compile(r"^jr://file-csv/(.+)$")
_SOURCE = re.compile(r"instance\('([^']+)'\)")
_WHOLE = re.compile(r"^instance\('[^']+'\)/root/item$")
_TEXT_ID = "itextId"
_USUAL = ("name", "label")


@dataclass(frozen=True, slots=True)
class Itemset:
    """What a select offers: the list's name in the form, and the expression that picks from it (None: all of it)."""

    list_name: str | None = None
    expression: Expression | None = None


class Lists:
    """All lists, by the ids that expressions use. A file's choices are made when a question first offers them."""

    def __init__(self, model: Element, texts: Texts, tables: Mapping[str, Table]) -> None:
        self._texts = texts
        self._tables: dict[str, Table] = {}
        self._nodes: dict[str, Node] = {}
        self._lists: dict[str, ChoiceList] = {}
        self._columns: dict[str, tuple[str, str]] = {}
        for instance in model.iterfind(f"{XF}instance"):
            if identifier := instance.get("id"):
                self._read(identifier, instance, tables)
        for name, table in tables.items():
            if name.removesuffix(".csv") not in self._lists:
                self._read_file(name.removesuffix(".csv"), table)

    def all(self) -> Mapping[str, ChoiceList]:
        return self._lists

    def offered(self, itemset: Element) -> Itemset:
        """The list and the filter of an `<itemset>`."""
        nodeset = itemset.get("nodeset", "").strip()
        source = _SOURCE.search(nodeset)
        identifier = source[1] if source else ""
        expression = None if _WHOLE.match(nodeset) else compile_expression(nodeset)
        if identifier not in self._tables:
            return Itemset(identifier, expression)
        value, label = (_ref(itemset, tag) or usual for tag, usual in zip(("value", "label"), _USUAL, strict=True))
        return Itemset(self._file_choices(identifier, value, label), expression)

    def _read(self, identifier: str, instance: Element, tables: Mapping[str, Table]) -> None:
        if file := _FILE.match(instance.get("src", "")):
            if file[1] not in tables:
                raise FormError((problem("unknown_file", Place(file[1]), name=file[1]),))
            self._read_file(identifier, tables[file[1]])
        elif instance.get("src") is None:
            self._lists[identifier] = self._written(identifier, instance)

    def _read_file(self, identifier: str, table: Table) -> None:
        """A file may be there for expressions only; pyxform writes no instance for `instance('name')` alone."""
        self._tables[identifier] = table
        self._nodes[identifier] = table_node(identifier, table)
        self._lists[identifier] = ChoiceList(identifier, (), self._nodes[identifier], from_file=True)

    def _written(self, identifier: str, instance: Element) -> ChoiceList:
        rows = []
        choices = []
        for item in instance.iterfind(f"{XF}root/{XF}item"):
            cells = {cell.tag.rpartition("}")[2]: (cell.text or "").strip() for cell in item}
            named = self._texts.by_id(cells.get(_TEXT_ID, ""))
            label = named or Text({self._texts.default_language: (cells.get("label", ""),)})
            columns = {key: text for key, text in cells.items() if key not in {"name", "label", _TEXT_ID, KEYWORDS}}
            media = self._texts.media_by_id(cells.get(_TEXT_ID, ""))
            choices.append(Choice(cells.get("name", ""), label, columns, cells.get(KEYWORDS, ""), media))
            rows.append({**cells, "label": self._texts.plain(label)})
        return ChoiceList(identifier, tuple(choices), list_node(identifier, rows))

    def _file_choices(self, identifier: str, value: str, label: str) -> str:
        """The name of the list with these columns; one file read in two ways makes two lists."""
        first = self._columns.setdefault(identifier, (value, label))
        name = identifier if first == (value, label) else f"{identifier}:{value}:{label}"
        if name not in self._lists or not self._lists[name].choices:
            table, node = self._tables[identifier], self._nodes[identifier]
            missing = [column for column in (value, label) if column not in table.columns]
            if missing:
                raise FormError((problem("file_column", Place(table.name), name=table.name, column=missing[0]),))
            self._lists[name] = choices_from(name, table, node, value, label, self._texts.default_language)
        return name


def _ref(itemset: Element, tag: str) -> str:
    found = itemset.find(f"{XF}{tag}")
    return "" if found is None else found.get("ref", "")

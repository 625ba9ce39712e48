"""A file of walks, read: what is done and expected, each with its line."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Any

import yaml

from conversations.errors import FormError, Problem
from conversations.xlsform.messages import Place, closest, problem
from conversations.xlsform.source import WALKS_FILE, FormSource
from conversations.xlsform.yamlrows import compose

STEP_KEYS = frozenset({"asked", "says", "taps", "hears", "does_not_hear", "offers", "sends", "then"})
ANSWERS = "answers"
_WALK_KEYS = ("name", "language", "date", "steps")
_ENDS = ("review", "submitted")


@dataclass(frozen=True, slots=True)
class Action:
    """`verb` is one of STEP_KEYS, or ANSWERS with the name of the `question`. `values` is empty for a blank."""

    line: int
    verb: str
    values: tuple[str, ...]
    question: str = ""


@dataclass(frozen=True, slots=True)
class Walk:
    """`language` '' and `on` None: the form's default language, and the day of the run."""

    name: str
    line: int
    language: str
    on: date | None
    actions: tuple[Action, ...]


def walks_beside(source: FormSource) -> tuple[str, str] | None:
    """Name and text of the file with the form's walks: `<form>.walks.yaml`, else `walks.yaml`; None without one."""
    for name in (f"{PurePosixPath(source.name).stem}.{WALKS_FILE}", WALKS_FILE):
        if name in source.files:
            return name, source.files[name].decode("utf-8-sig", "replace")
    return None


def read_walks(text: str, name: str = WALKS_FILE) -> tuple[Walk, ...]:
    """The walks in a YAML text. Raises FormError, with every line that cannot be understood."""
    return _Reader(name).walks(text)


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.found: list[Problem] = []

    def walks(self, text: str) -> tuple[Walk, ...]:
        root = compose(self.name, text.encode())
        listed = [value for key, value in root.value if key.value == "walks"]
        if len(root.value) != 1 or not listed or not isinstance(listed[0], yaml.SequenceNode):
            self._refuse(root, "walks: [{name, steps}]")
        walks = [self._walk(node) for node in self._items(listed[0] if listed else root)]
        if self.found:
            raise FormError(tuple(self.found))
        return tuple(walk for walk in walks if walk is not None)

    def _walk(self, node: Any) -> Walk | None:
        cells = {key.value: value for key, value in self._pairs(node)}
        for key in set(cells) - set(_WALK_KEYS):
            self._unknown(cells[key], key, _WALK_KEYS)
        for key in ("name", "steps"):
            if key not in cells:
                self._refuse(node, f"{key}: …")
        if "steps" not in cells:
            return None
        texts = {key: " ".join(self._texts(cells[key])) for key in ("name", "language", "date") if key in cells}
        actions = tuple(action for step in self._items(cells["steps"]) for action in self._step(step))
        return Walk(
            texts.get("name", ""), _line(node), texts.get("language", ""), self._date(cells.get("date")), actions
        )

    def _date(self, node: Any) -> date | None:
        if node is None:
            return None
        try:
            return date.fromisoformat("".join(self._texts(node)))
        except ValueError:
            self._refuse(node, "date: 2026-12-31")
            return None

    def _step(self, node: Any) -> Iterator[Action]:
        for key, value in self._pairs(node):
            values = self._texts(value)
            if key.value == "then" and values not in [(end,) for end in _ENDS]:
                self._refuse(value, " / ".join(f"then: {end}" for end in _ENDS))
            if key.value in STEP_KEYS:
                yield Action(_line(key), key.value, values)
            else:
                yield Action(_line(key), ANSWERS, values, key.value)

    def _texts(self, node: Any) -> tuple[str, ...]:
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if not all(isinstance(each, yaml.ScalarNode) for each in nodes):
            self._refuse(node, "key: text / [text, text]")
            return ()
        return tuple(each.value.strip() for each in nodes if each.value.strip())

    def _items(self, node: Any) -> list[Any]:
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        self._refuse(node, "- …")
        return []

    def _pairs(self, node: Any) -> list[tuple[Any, Any]]:
        if isinstance(node, yaml.MappingNode) and all(isinstance(key, yaml.ScalarNode) for key, _ in node.value):
            return list(node.value)
        self._refuse(node, "key: value")
        return []

    def _refuse(self, node: Any, expected: str) -> None:
        self.found.append(problem("walk_shape", Place(self.name, _line(node)), expected=expected))

    def _unknown(self, node: Any, key: str, known: tuple[str, ...]) -> None:
        place = Place(self.name, _line(node), key)
        self.found.append(problem("walk_unknown_key", place, known=", ".join(known), nearest=closest(key, known)))


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1

"""YAML → rows of text, each knowing its line. Keys are XLSForm's sheets and columns; every scalar is text.

Only scalars as they are written: `no` stays `no`, `0123` stays `0123` (YAML 1.1 would make False and 83 of them).
"""

from types import MappingProxyType
from typing import Any

import yaml

from conversations.errors import FormError, Problem
from conversations.xlsform.messages import Place, problem
from conversations.xlsform.source import FormSource
from conversations.xlsform.workbook import REFUSED_SHEETS, SHEETS, Row, Sheet, Workbook, clean

_MAX_KEYS = 5_000
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def read_yaml(source: FormSource) -> Workbook:
    """The sheets of a YAML form; a sheet of one row may be a mapping instead of a list (`settings`).

    Raises FormError when the text is no YAML.
    """
    root = compose(source.name, source.content)
    found: list[Problem] = []
    sheets: dict[str, Sheet] = {}
    for key, node in _pairs(root):
        if key.value in SHEETS:
            sheets[key.value] = _sheet(key.value, node, found)
        elif key.value in REFUSED_SHEETS:
            found.append(problem("refused_sheet", Place(key.value, _line(key))))
        else:
            place = Place(source.name, _line(key), key.value)
            found.append(problem("unknown_key", place, known=", ".join(SHEETS)))
    return Workbook(MappingProxyType(sheets), tuple(found))


def compose(name: str, content: bytes) -> Any:
    """The root node of a YAML mapping. Raises FormError, with the line, when it is none."""
    try:
        root = yaml.compose(content.decode("utf-8-sig"), Loader=_Loader)
    except UnicodeDecodeError as error:
        raise FormError((problem("not_utf8", Place(name)),)) from error
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        detail = getattr(error, "problem", None) or str(error)
        raise FormError((problem("bad_yaml", Place(name, mark and mark.line + 1), detail=detail),)) from error
    if not isinstance(root, yaml.MappingNode):
        raise FormError((problem("bad_yaml", Place(name), detail="key: value"),))
    return root


def plain_value(node: Any, where: tuple[str, ...], lines: dict[str, int]) -> Any:
    """A node as dicts, lists and texts; `lines` learns the line of every dotted key.

    Raises FormError when aliases blow the file up beyond any sensible size.
    """
    lines.setdefault(".".join(where), _line(node))
    if len(lines) > _MAX_KEYS:
        raise FormError((problem("bad_yaml", Place(where[0], _line(node)), detail=f"> {_MAX_KEYS}"),))
    if isinstance(node, yaml.MappingNode):
        values = {}
        for key, value in _pairs(node):
            lines[".".join((*where, key.value))] = _line(key)
            values[key.value] = plain_value(value, (*where, key.value), lines)
        return values
    if isinstance(node, yaml.SequenceNode):
        return [plain_value(child, (*where, str(index)), lines) for index, child in enumerate(node.value)]
    return node.value


def _sheet(name: str, node: Any, found: list[Problem]) -> Sheet:
    if isinstance(node, yaml.ScalarNode) and not node.value:
        return Sheet(name)
    if isinstance(node, yaml.MappingNode) and name == "settings":
        nodes = [node]
    elif isinstance(node, yaml.SequenceNode):
        nodes = node.value
    else:
        found.append(problem("not_rows", Place(name, _line(node))))
        return Sheet(name)
    rows = tuple(row for child in nodes if (row := _row(name, child, found)).cells)
    headers = dict.fromkeys(header for row in rows for header in row.cells)
    return Sheet(name, {header: header for header in headers}, rows)


def _row(sheet: str, node: Any, found: list[Problem]) -> Row:
    cells: dict[str, str] = {}
    if not isinstance(node, yaml.MappingNode):
        found.append(problem("not_rows", Place(sheet, _line(node))))
        return Row(_line(node), cells)
    for key, value in _pairs(node):
        header = " ".join(key.value.split())
        place = Place(sheet, _line(key), header)
        if not isinstance(value, yaml.ScalarNode):
            found.append(problem("cell_not_text", place))
        elif header in cells:
            found.append(problem("column_twice", place, other=header))
        elif clean(value.value):
            cells[header] = clean(value.value)
    return Row(_line(node), cells)


def _pairs(node: Any) -> list[tuple[Any, Any]]:
    return [(key, value) for key, value in node.value if isinstance(key, yaml.ScalarNode)]


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1

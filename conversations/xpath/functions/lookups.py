"""Looking into the form's lists and labels."""

from conversations.xpath.functions.signature import Function, Table
from conversations.xpath.index import column_index
from conversations.xpath.nodes import Node
from conversations.xpath.runtime import Run
from conversations.xpath.values import Value, to_text


def _instance(run: Run, name: Value) -> Value:
    return [run.environment.list_named(to_text(name))]


def _current(run: Run) -> Value:
    return [run.current]


def _pulldata(run: Run, name: Value, wanted: Value, key: Value, value: Value) -> Value:
    """The cell of column `wanted` in the first row whose column `key` holds exactly this text; else blank."""
    root = run.environment.list_named(to_text(name)).child("root")
    sought = to_text(value)
    if root is None or not sought:
        return ""
    rows = column_index(root, "item", to_text(key)).by_text.get(sought)
    cell = rows[0].child(to_text(wanted)) if rows else None
    return cell.text if cell is not None else ""


def question_path(path: str, current: Node) -> str:
    """The path written in a text, absolute or from `current` (`../c`), without the root: `group/name`."""
    names = [] if path.strip().startswith("/") else list(current.names())
    for step in path.strip().split("/"):
        if step == "..":
            del names[-1:]
        elif step not in ("", ".", "current()"):
            names.append(step)
    return "/".join(names[1:])


def _choice_name(run: Run, value: Value, path: Value) -> Value:
    name = to_text(value)
    return run.environment.choice_label(name, question_path(to_text(path), run.current)) if name else ""


TABLE: Table = {
    "instance": Function(1, 1, _instance),
    "current": Function(0, 0, _current),
    "pulldata": Function(4, 4, _pulldata),
    "jr:choice-name": Function(2, 2, _choice_name),
    "jr:itext": Function(1, 1, lambda run, name: run.environment.itext(to_text(name))),
}

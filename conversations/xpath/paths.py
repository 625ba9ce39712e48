"""Paths, filters and unions as closures. All give nodes in document order, in lists that nobody may change."""

from collections.abc import Callable, Iterable

from conversations.xpath.index import items_where
from conversations.xpath.nodes import Node
from conversations.xpath.runtime import Closure, Run
from conversations.xpath.tree import (
    Axis,
    Call,
    Comparison,
    Filtered,
    Logical,
    Path,
    Start,
    Step,
    Tree,
    Union,
    asks_position,
    depends_on_item,
)
from conversations.xpath.values import Value, to_boolean

Compile = Callable[[Tree], Closure]
NodesClosure = Callable[[Node, Run], list[Node]]
Move = Callable[[list[Node], Run], list[Node]]
"""From nodes to where one step, or one predicate, leads from them."""
Pick = Callable[[Node, Run], list[Node] | None]
"""From a list's root to the items that a predicate leaves; None when the index cannot tell this time."""


def as_nodes(value: Value) -> list[Node]:
    """The nodes; none when the value is something else."""
    return value if isinstance(value, list) else []


def compile_path(path: Path, compile_tree: Compile) -> NodesClosure:
    if path.start is Start.ROOT:
        return _absolute(path.steps, compile_tree)
    if path.start is Start.HERE:
        return _relative(path.steps, compile_tree)
    start = compile_tree(path.start)
    in_list = isinstance(path.start, Call) and path.start.name == "instance"
    moves = tuple(_move(step, compile_tree, in_list) for step in path.steps)
    return lambda node, run: _follow(as_nodes(start(node, run)), moves, run)


def _follow(nodes: list[Node], moves: Iterable[Move], run: Run) -> list[Node]:
    for move in moves:
        nodes = move(nodes, run)
    return nodes


def _absolute(steps: tuple[Step, ...], compile_tree: Compile) -> NodesClosure:
    """From the top of the current node's tree, also within a filter on a list."""
    first, *others = steps
    keeps = tuple(_keep(predicate, compile_tree) for predicate in first.predicates)
    moves = tuple(_move(step, compile_tree) for step in others)
    name = first.name if first.axis is Axis.CHILD else ""

    def start(node: Node, run: Run) -> list[Node]:
        top = run.top()
        nodes = [top] if name is None or top.name == name else []
        return _follow(nodes, moves, run) if not keeps else _follow(_follow(nodes, keeps, run), moves, run)

    names = [step.name for step in others if step.name is not None and _is_plain(step)]
    return _named_path(name, tuple(names)) if name and not keeps and len(names) == len(others) else start


def _is_plain(step: Step) -> bool:
    return step.axis is Axis.CHILD and step.name is not None and not step.predicates


def _named_path(first: str, names: tuple[str, ...]) -> NodesClosure:
    """`/data/group/name`, by far the most frequent path: one look-up for each name."""

    def start(node: Node, run: Run) -> list[Node]:
        top = run.top()
        nodes = [top] if top.name == first else []
        for name in names:
            nodes = nodes[0].step(name) if len(nodes) == 1 else _all_children(nodes, name, run)
        return nodes

    return start


def _relative(steps: tuple[Step, ...], compile_tree: Compile) -> NodesClosure:
    moves = tuple(_move(step, compile_tree) for step in steps)
    if len(steps) == 1 and _is_plain(steps[0]):
        name = str(steps[0].name)
        return lambda node, run: node.step(name)
    return lambda node, run: _follow([node], moves, run)


def _all_children(nodes: list[Node], name: str, run: Run) -> list[Node]:
    run.spend(len(nodes))
    return [child for node in nodes for child in node.step(name)]


def _move(step: Step, compile_tree: Compile, in_list: bool = False) -> Move:
    keeps = tuple(_keep(predicate, compile_tree) for predicate in step.predicates)
    if step.axis is not Axis.CHILD:
        move = _to_parents(step.name) if step.axis is Axis.PARENT else _to_self(step.name)
        return lambda nodes, run: _follow(move(nodes, run), keeps, run)
    name = step.name
    if name is None:
        return _to_every_child(keeps)
    if not keeps:
        return lambda nodes, run: nodes[0].step(name) if len(nodes) == 1 else _all_children(nodes, name, run)
    indexed = _indexed(name, step.predicates[0], compile_tree) if in_list else None

    def kept(parent: Node, run: Run) -> list[Node]:
        found = None if indexed is None else indexed(parent, run)
        if found is not None:
            return _follow(found, keeps[1:], run)
        return _follow(parent.step(name), keeps, run)

    return lambda nodes, run: kept(nodes[0], run) if len(nodes) == 1 else [n for p in nodes for n in kept(p, run)]


def _to_parents(name: str | None) -> Move:
    def move(nodes: list[Node], run: Run) -> list[Node]:
        found: list[Node] = []
        for node in nodes:
            parent = node.parent
            # Siblings stand together, so a parent met again is the last one found.
            if parent is not None and (name is None or parent.name == name) and not (found and found[-1] is parent):
                found.append(parent)
        return found

    return move


def _to_self(name: str | None) -> Move:
    return lambda nodes, run: nodes if name is None else [node for node in nodes if node.name == name]


def _to_every_child(keeps: tuple[Move, ...]) -> Move:
    def move(nodes: list[Node], run: Run) -> list[Node]:
        run.spend(len(nodes))
        return [child for node in nodes for child in _follow(node.children, keeps, run)]

    return move


def _keep(predicate: Tree, compile_tree: Compile) -> Move:
    """What one predicate leaves of a list; a number keeps the node at that place, from 1."""
    test = compile_tree(predicate)

    def keep(nodes: list[Node], run: Run) -> list[Node]:
        run.spend(len(nodes))
        position, size = run.position, run.size
        run.size = len(nodes)
        kept = []
        for place, node in enumerate(nodes, 1):
            run.position = place
            value = test(node, run)
            if (value == place) if isinstance(value, float) else to_boolean(value):
                kept.append(node)
        run.position, run.size = position, size
        return kept

    return keep


def _indexed(name: str, predicate: Tree, compile_tree: Compile) -> Pick | None:
    """The predicate by the index of one column, when one of its conditions compares a column with a fixed value."""
    conditions = predicate.operands if isinstance(predicate, Logical) and predicate.operator == "and" else (predicate,)
    for place, condition in enumerate(conditions):
        found = _column_and_value(condition)
        if found is not None:
            others = conditions[:place] + conditions[place + 1 :]
            return None if any(map(asks_position, others)) else _picked(name, *found, others, compile_tree)
    return None


def _picked(name: str, column: str, fixed: Tree, others: tuple[Tree, ...], compile_tree: Compile) -> Pick:
    value = compile_tree(fixed)
    keeps = (_keep(Logical("and", others), compile_tree),) if others else ()

    def pick(parent: Node, run: Run) -> list[Node] | None:
        items = items_where(parent, name, column, value(run.current, run))
        return None if items is None else _follow(items, keeps, run)

    return pick


def _column_and_value(condition: Tree) -> tuple[str, Tree] | None:
    """`column = value`, either way round, where the value is the same for all items."""
    if not isinstance(condition, Comparison) or len(condition.rest) != 1 or condition.rest[0][0] != "=":
        return None
    right = condition.rest[0][1]
    for column, value in ((condition.first, right), (right, condition.first)):
        if isinstance(column, Path) and column.start is Start.HERE and not depends_on_item(value):
            own_steps = [step for step in column.steps if step.axis is not Axis.SELF or step.name or step.predicates]
            if len(own_steps) == 1 and _is_plain(own_steps[0]):
                return str(own_steps[0].name), value
    return None


def compile_filtered(filtered: Filtered, compile_tree: Compile) -> NodesClosure:
    operand = compile_tree(filtered.operand)
    keeps = tuple(_keep(predicate, compile_tree) for predicate in filtered.predicates)
    return lambda node, run: _follow(as_nodes(operand(node, run)), keeps, run)


def compile_union(union: Union, compile_tree: Compile) -> NodesClosure:
    operands = tuple(compile_tree(operand) for operand in union.operands)

    def unite(node: Node, run: Run) -> list[Node]:
        found = {id(one): one for operand in operands for one in as_nodes(operand(node, run))}
        run.spend(len(found))
        return _in_document_order(list(found.values()))

    return unite


def _in_document_order(nodes: list[Node]) -> list[Node]:
    """Nodes of different trees stay in the order of the trees' first appearance."""
    places: dict[int, int] = {}
    trees: dict[int, int] = {}

    def place(node: Node) -> int:
        if node.parent is None:
            return trees.setdefault(id(node), len(trees))
        if id(node) not in places:
            places.update((id(child), number) for number, child in enumerate(node.parent.children))
        return places[id(node)]

    def key(node: Node) -> tuple[int, ...]:
        found: list[int] = []
        step: Node | None = node
        while step is not None:
            found.append(place(step))
            step = step.parent
        return tuple(reversed(found))

    return sorted(nodes, key=key)

"""Questions and groups seen together: what is computed for each, and which groups share one list."""

from dataclasses import replace

from conversations.form import SELECT_KINDS, Group, Question
from conversations.xpath import Expression

Items = tuple[Question | Group, ...]


def computed(item: Question | Group) -> list[Expression]:
    """The expressions that are computed anew at each turn, and so decide where the item stands in the order."""
    expressions = [item.relevant]
    if isinstance(item, Question):
        expressions += [item.calculation, item.itemset]
    elif item.repeat is not None:
        expressions.append(item.repeat.count)
    return [expression for expression in expressions if expression is not None]


def mark_shared_lists(items: Items) -> Items:
    """The items, each group whose questions are all answered from one list marked `lists_once`.

    Such a group is what a spreadsheet shows as a table: its label is the question, each question inside is a row.
    """
    inside: dict[str, list[Question]] = {}
    for item in items:
        if isinstance(item, Question) and item.groups and item.is_asked:
            inside.setdefault(item.groups[-1], []).append(item)
    return tuple(
        replace(item, lists_once=_share_a_list(inside.get(item.path, []))) if isinstance(item, Group) else item
        for item in items
    )


def _share_a_list(questions: list[Question]) -> bool:
    kinds = {question.kind for question in questions}
    lists = {question.choices for question in questions}
    return len(questions) > 1 and len(kinds) == len(lists) == 1 and kinds <= SELECT_KINDS

"""The paths of a repeat's entries: `members[2]/name` is the question `members/name` in the second entry.

Entries count from 1. Beside its questions an entry has one of ours, `members[2]/+` („add another?“), whose answer
says whether the next entry exists; `members[0]/+` asks whether there is anything to enter at all. `members/-` asks
what becomes of answers in entries that exist no longer.
"""

import re

MOST_ENTRIES = 20
"""Entries of one repeat, at most."""
ANOTHER = "+"
LEFTOVER = "-"

_NUMBER = re.compile(r"\[\d+\]")
_ENTRY = re.compile(r"([^\[]+)\[(\d+)\](?:/(.*))?")


def entry_path(repeat: str, number: int) -> str:
    return f"{repeat}[{number}]"


def another_path(repeat: str, number: int) -> str:
    """The question whether an entry follows entry `number`."""
    return f"{repeat}[{number}]/{ANOTHER}"


def leftover_path(repeat: str) -> str:
    return f"{repeat}/{LEFTOVER}"


def in_entry(path: str, repeat: str, number: int) -> str:
    """The template path of a repeat, or of what is in it, as it is called in one entry; any other path unchanged."""
    if path == repeat or path.startswith(f"{repeat}/"):
        return f"{repeat}[{number}]{path[len(repeat) :]}"
    return path


def template_of(path: str) -> str:
    """The path as the form has it: `members[2]/name` → `members/name`."""
    return _NUMBER.sub("", path) if "[" in path else path


def entry_of(path: str) -> tuple[str, int] | None:
    """The repeat and the number of the entry that the path stands in; None outside of repeats."""
    found = _ENTRY.fullmatch(path) if "[" in path else None
    return (found[1], int(found[2])) if found else None

"""What is new in a message that takes the place of another, for channels that cannot edit."""

import re

from bot.channels.markup import to_plain

_PARAGRAPH_END = re.compile(r"\n[ \t]*\n\s*")


def changed(before: str, after: str) -> str:
    """Of the Markdown `after` what `before` did not say: whole paragraphs, or the new lines of a known one.

    `before` is '' for a new message, which is all news. Returns '' when nothing new is said. A paragraph whose
    emphasis reaches over several lines stays whole: a line alone would show its signs.
    """
    if not before:
        return after
    known = {line.strip() for line in before.splitlines()}
    paragraphs = _PARAGRAPH_END.split("\n".join(after.splitlines()).strip())
    return "\n\n".join(filter(None, (_new_lines(paragraph, known) for paragraph in paragraphs)))


def _new_lines(paragraph: str, known: set[str]) -> str:
    lines = paragraph.split("\n")
    new = [line for line in lines if line.strip() not in known]
    if len(new) < len(lines) and new and to_plain(paragraph) != "\n".join(map(to_plain, lines)):
        return paragraph
    return "\n".join(new)

"""What Viber takes, as its pages say: faults of a body, so that a test reads „no faults“."""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

COLUMNS, ROWS = 6, 12
TYPES = {
    "text": {"text"},
    "picture": {"text", "media"},
    "video": {"text", "media", "size"},
    "file": {"media", "size", "file_name"},
    "url": {"media"},
    None: set(),
}


def faults(body: dict[str, Any]) -> list[str]:
    """Everything about a `send_message` body that Viber would refuse or show badly."""
    return list(_faults({"receiver": "a" * 24, "sender": {"name": "b" * 28}, **body}))


def labels(keyboard: dict[str, Any]) -> list[str]:
    """What the buttons show, in order."""
    return [html.unescape(button["Text"]) for button in keyboard["Buttons"]]


def _faults(body: dict[str, Any]) -> Iterator[str]:
    if len(json.dumps(body, ensure_ascii=False).encode()) > 30 * 1024:
        yield "over 30 KB"
    kind = body.get("type")
    if kind is None and "keyboard" not in body:
        yield "nothing at all"
    missing = TYPES[kind] - set(body)
    unknown = set(body) - TYPES[kind] - {"receiver", "sender", "type", "keyboard", "min_api_version"}
    yield from (f"without {key}" for key in missing)
    yield from (f"{key} means nothing" for key in unknown)
    limit = 7000 if kind == "text" else 512
    if len(body.get("text", "").encode("utf-16-le")) // 2 > limit or (kind == "text" and not body["text"].strip()):
        yield "text"
    if "keyboard" in body:
        yield from _keyboard_faults(body["keyboard"], body.get("min_api_version", 1))


def _keyboard_faults(keyboard: dict[str, Any], level: int) -> Iterator[str]:
    if set(keyboard) != {"Type", "DefaultHeight", "BgColor", "Buttons"} or keyboard["Type"] != "keyboard":
        yield "keyboard"
    if not keyboard["Buttons"]:
        yield "no buttons"
    rows = laid_out(keyboard["Buttons"])
    if any(sum(button["Columns"] for button in row) != COLUMNS for row in rows):
        yield "a ragged row"
    if sum(max(button["Rows"] for button in row) for row in rows) > ROWS:
        yield "too many rows"
    for button in keyboard["Buttons"]:
        if not button["ActionBody"].strip():
            yield "a button without a body"
        if len(button["Text"]) > 250 or re.search(r"[<>]|&(?!amp;|lt;|gt;)", button["Text"]) or not button["Text"]:
            yield f"label {button['Text']}"
        if button["ActionType"] in ("share-phone", "location-picker") and level < 3:
            yield "level"


def laid_out(buttons: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Rows as a client fills them: as many buttons as six columns hold."""
    rows: list[list[dict[str, Any]]] = []
    for button in buttons:
        if not rows or sum(placed["Columns"] for placed in rows[-1]) + button["Columns"] > COLUMNS:
            rows.append([])
        rows[-1].append(button)
    return rows

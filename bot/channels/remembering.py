"""What a channel keeps in mind of its newest chats and messages: only spares work, and may be lost at any time."""

from typing import Any

REMEMBERED = 10_000


def remember(memory: dict[Any, Any], key: Any, value: Any) -> None:
    """Keep the newest entries only: memory must not grow with the number of chats."""
    memory.pop(key, None)
    memory[key] = value
    if len(memory) > REMEMBERED:
        del memory[next(iter(memory))]

"""The life of an application after it is sent, as a table. People decide; nothing here scores or rejects.

submitted ──► in_review ⇄ returned
    │             │
    │             ▼
    └────────► decided ⟲        withdrawn: from any state before a decision
"""

from types import MappingProxyType

from conversations.phrases import plain_word, spoken

NEXT_STATES = MappingProxyType(
    {
        "submitted": ("in_review", "decided", "withdrawn"),
        "in_review": ("returned", "decided", "withdrawn"),
        "returned": ("in_review", "withdrawn"),
        "decided": ("decided",),
        "withdrawn": (),
    }
)
"""State → the states it may pass into. A decision may give way to another one: a waiting list can be left."""

LISTED_STATES = tuple(NEXT_STATES)


def state_named(text: str) -> str | None:
    """The state that a typed word means, by its own name or by its name in any language."""
    word = plain_word(text.replace("_", " "))
    for state in LISTED_STATES:
        if word == state.replace("_", " ") or word in spoken(f"state_{state}"):
            return state
    return None

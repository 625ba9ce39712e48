"""Words to find applications by.

SQLite folds no Cyrillic and PostgreSQL may lack pg_trgm, so folded words stand in a table of their own: "begins with"
is a range of its key, the same SQL on both.
"""

import re
import unicodedata
from collections.abc import Sequence

from sqlalchemy import Select, intersect, select

from storage.tables import search_terms

_WORD = re.compile(r"\w+")
_AFTER_ALL_LETTERS = "\U0010ffff"


def words(text: str) -> list[str]:
    """The folded words of a text, in order: letters and digits, without case, in one Unicode form."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def terms_of(*texts: str) -> set[str]:
    """Every word of the texts, once."""
    return {word for text in texts for word in words(text)}


def matching_ids(text: str) -> Select[tuple[int]] | None:
    """Select the ids of applications that have, for each word of the text, a word beginning with it.

    None when the text holds no word.
    """
    found: Sequence[Select[tuple[int]]] = [
        select(search_terms.c.application_id).where(
            search_terms.c.term >= word, search_terms.c.term < word + _AFTER_ALL_LETTERS
        )
        for word in sorted(terms_of(text))
    ]
    if not found:
        return None
    together = intersect(*found).subquery()
    return select(together.c.application_id).distinct()

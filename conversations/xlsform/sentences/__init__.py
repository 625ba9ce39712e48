"""Every sentence of the lint, in Bulgarian and English: what is wrong, and what the author can do about it."""

from conversations.xlsform.sentences.columns import COLUMNS
from conversations.xlsform.sentences.desk import DESK
from conversations.xlsform.sentences.expressions import EXPRESSIONS
from conversations.xlsform.sentences.files import FILES
from conversations.xlsform.sentences.lists import LISTS
from conversations.xlsform.sentences.sentence import Sentence
from conversations.xlsform.sentences.survey import SURVEY

SENTENCES: dict[str, Sentence] = {**FILES, **COLUMNS, **SURVEY, **LISTS, **EXPRESSIONS, **DESK}

__all__ = ["SENTENCES", "Sentence"]

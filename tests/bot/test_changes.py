"""What a message that takes the place of another says on a channel that cannot edit."""

from bot.channels.base import Message
from bot.channels.changes import changed
from bot.channels.console import render
from conversations.replies import Awaits, Button

QUESTION = "**Раздел**\n_Въпрос 3 от 9_\n\n**От коя дата?**\nНапример 31.12.2026"
TICKS = ((Button("m1.+.q.a", "☑ спорт"),), (Button("m1.+.q.b", "☐ музика"),))


def test_a_new_message_is_all_news():
    assert changed("", QUESTION) == QUESTION


def test_the_same_text_says_nothing_new():
    assert changed(QUESTION, QUESTION) == ""


def test_a_paragraph_that_was_added_stands_alone():
    assert changed(QUESTION, f"⚠️ Моля, изберете.\n\n{QUESTION}") == "⚠️ Моля, изберете."


def test_of_a_known_paragraph_the_new_line_alone_is_said():
    assert changed(QUESTION, "**От коя дата?**\n✔ 15 март 2026 г.") == "✔ 15 март 2026 г."


def test_what_went_away_is_no_news():
    assert changed("Подредете:\n1. спорт\n2. музика", "Подредете:") == ""


def test_line_ends_and_blank_lines_make_no_difference():
    assert changed("едно\r\n\r\nдве", "едно\n \n\nдве") == ""


def test_a_paragraph_with_emphasis_over_two_lines_is_not_torn():
    assert changed("**едно", "**едно\nдве**") == "**едно\nдве**"


def test_the_terminal_shows_only_the_choices_when_nothing_else_changed():
    redrawn = Message(2, "me", "Какво?", TICKS, Awaits.CHOICE, replaces="1", before="Какво?")
    assert render(redrawn) == "  1) ☑ спорт\n  2) ☐ музика"


def test_the_terminal_shows_what_is_new_above_the_choices():
    redrawn = Message(2, "me", "Какво?\n\nПомощ.", TICKS[:1], Awaits.CHOICE, replaces="1", before="Какво?")
    assert render(redrawn) == "Помощ.\n  1) ☑ спорт"

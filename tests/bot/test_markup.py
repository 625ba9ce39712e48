from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.markup import split, to_plain, to_telegram_html, to_web_html
from conversations.markdown import escape

# Surrogates are no text, and NUL becomes U+FFFD in any Markdown.
WRITTEN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
MARKED = st.text("аб*_[]()\\ \n<&>\"'!-#", max_size=40)


def tidy(text):
    """The whitespace that Markdown does not keep: at the ends of lines, and more than one empty line."""
    lines = [line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    kept = [line for before, line in zip(["", *lines], lines, strict=False) if line or before]
    return "\n".join(kept).strip("\n")


def test_bold_italics_links_and_line_breaks_for_telegram():
    md = "**Въпрос 3** _(по желание)_\nВижте [правилата](https://amalipe.bg/?a=1&b=2)\n\n- 5 < 6 & #1"
    assert to_telegram_html(md) == (
        "<b>Въпрос 3</b> <i>(по желание)</i>\n"
        'Вижте <a href="https://amalipe.bg/?a=1&amp;b=2">правилата</a>\n\n- 5 &lt; 6 &amp; #1'
    )


def test_bold_italics_links_and_line_breaks_for_the_web():
    md = '**Да**\nВижте [тук](https://amalipe.bg/"x")\n\n<script>'
    assert to_web_html(md) == (
        "<p><strong>Да</strong><br>\n"
        'Вижте <a href="https://amalipe.bg/%22x%22" target="_blank" rel="noopener noreferrer">тук</a></p>\n'
        "<p>&lt;script&gt;</p>"
    )


def test_in_plain_text_a_link_shows_where_it_leads():
    assert to_plain("**Вижте** [тук](https://a.bg) и [https://b.bg](https://b.bg)") == (
        "Вижте тук (https://a.bg) и https://b.bg"
    )


def test_addresses_that_telegram_would_drop_are_shown():
    md = "[пишете](mailto:a@b.bg), [звънете](tel:+359888), [Viber](viber://chat?number=1), [тук](http://localhost:8080/x)"
    assert to_telegram_html(md) == (
        "пишете (a@b.bg), звънете (+359888), Viber (viber://chat?number=1), тук (http://localhost:8080/x)"
    )


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "file:///etc", "//evil.bg", "x"])
def test_a_link_that_leads_elsewhere_stays_as_it_was_written(address):
    assert to_web_html(f"[тук]({address})") == f"<p>[тук]({address})</p>"


@pytest.mark.parametrize("md", ["# Едно", "- две", "1. три", "> четири", "`пет`", "---", "| а | б |", "![x](y)"])
def test_everything_else_is_plain(md):
    assert to_plain(md) == md


def test_a_backslash_takes_the_meaning_of_a_sign():
    assert to_telegram_html(r"\*\*2\*\* \[x\](y) C:\папка") == r"**2** [x](y) C:\папка"


@given(WRITTEN)
def test_what_a_person_wrote_shows_literally(text):
    assert tidy(to_plain(escape(text))) == tidy(text)
    assert tidy(unescape(to_telegram_html(escape(text)))) == tidy(text)


@given(WRITTEN.filter(lambda text: text.strip() and text.strip() == text and "\n" not in text and "\r" not in text))
def test_what_a_person_wrote_shows_literally_beside_our_own_marks(text):
    assert to_plain(f"Име: {escape(text)}\n_край_") == f"Име: {text}\nкрай"


def test_a_text_that_fits_is_one_piece():
    assert split("**Едно**\n\nдве", 20) == ["**Едно**\n\nдве"]


def test_a_long_text_is_cut_at_paragraphs_then_lines_then_words():
    assert split("Първи абзац.\n\nВтори абзац.\n\nТрети.", 22) == ["Първи абзац.", "Втори абзац.\n\nТрети."]
    assert split("Първи ред\nвтори ред\nтрети ред", 20) == ["Първи ред\nвтори ред", "трети ред"]
    assert split("една две три четири", 9) == ["една две", "три", "четири"]
    assert split("а" * 25, 10) == ["а" * 10, "а" * 10, "а" * 5]


def test_markup_that_lies_between_the_cuts_is_kept():
    assert split("**Първи** ред\n_втори_ ред", 12) == ["**Първи** ред", "_втори_ ред"]


def test_markup_that_a_cut_would_tear_becomes_plain_text():
    assert split("**Първи\nвтори** * трети", 10) == ["Първи", r"втори \*", "трети"]
    assert split("_един_\n\n**дълъг ред**", 8) == ["_един_", "дълъг", "ред"]


@given(MARKED, st.integers(min_value=1, max_value=12))
def test_no_piece_is_too_long_and_no_word_is_lost(md, limit):
    pieces = split(md, limit)
    assert all(len(to_plain(piece)) <= limit for piece in pieces)
    together = "".join("".join(to_plain(piece).split()) for piece in pieces)
    assert together == "".join(to_plain(md).split())

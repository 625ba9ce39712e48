"""A draft travels as JSON and comes back as it was."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from conversations.draft import Answer, Consent, Draft, Mode, State, read_draft, write_draft
from tests.chat import NOON

FULL = Draft(
    tag="m1",
    form_version=3,
    language="bg",
    seed=7,
    began=NOON,
    answers={"група/въпрос": Answer("„Да“\n\\ 🙂"), "b": Answer("", State.SKIPPED), "c": Answer("x", State.PREFILLED)},
    mode=Mode.CORRECTING,
    open=("b", "c"),
    selecting=("one", "two"),
    held="рано",
    waiting_file=("paper", "f1"),
    consent=Consent("1", "bg", datetime(2026, 1, 15, 10, tzinfo=UTC)),
    reference="ВО-2026-0001",
)


def test_a_draft_with_everything_in_it_comes_back_as_it_was():
    assert read_draft(write_draft(FULL)) == FULL


def test_nothing_and_an_empty_selection_are_told_apart():
    for selecting in (None, ()):
        assert read_draft(write_draft(replace(FULL, selecting=selecting))).selecting == selecting


def test_the_json_is_readable_and_has_no_escapes_for_letters():
    assert '"група/въпрос":["„Да“\\n\\\\ 🙂","given"]' in write_draft(FULL)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"tag":"m1"}', "null"])
def test_anything_else_is_refused(text):
    with pytest.raises((ValueError, KeyError, TypeError)):
        read_draft(text)


def test_only_what_the_person_dealt_with_counts_as_answered():
    assert [path for path in FULL.answers if FULL.has_answer(path)] == ["група/въпрос", "b"]

"""The catalogues: every phrase that the code says exists in every language, and none is there for nothing."""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from string import Formatter

import pytest

import bot
import conversations
from conversations import reading
from conversations.phrases import FALLBACK_LANGUAGE, UnknownPhrase, catalogue, count, languages, plain_word, say, spoken

SPEAKING = {"say", "count", "spoken"}


@lru_cache
def trees() -> tuple[ast.Module, ...]:
    folders = [Path(package.__file__).parent for package in (bot, conversations)]
    return tuple(ast.parse(path.read_text()) for folder in folders for path in folder.rglob("*.py"))


def nodes() -> Iterator[ast.AST]:
    return (node for tree in trees() for node in ast.walk(tree))


def said() -> Iterator[ast.expr]:
    """What stands as the key in each call of `say`, `count` and `spoken`."""
    for node in nodes():
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SPEAKING and node.args:
            key = node.args[0]
            yield from (key.body, key.orelse) if isinstance(key, ast.IfExp) else (key,)


def pattern(text: ast.JoinedStr) -> str:
    """f"state_{state}" as a pattern for whole keys."""
    return "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z_]+" for part in text.values)


def keys() -> set[str]:
    return set(catalogue(FALLBACK_LANGUAGE))


def test_every_phrase_that_the_code_says_exists():
    named = {key.value for key in said() if isinstance(key, ast.Constant)}
    assert len(named) > 50
    assert named - keys() == set()


def test_every_pattern_of_phrases_that_the_code_says_fits_some():
    patterns = {pattern(key) for key in said() if isinstance(key, ast.JoinedStr)}
    assert [known for known in patterns if not any(re.fullmatch(known, key) for key in keys())] == []


def test_no_phrase_is_there_for_nothing():
    written = {node.value for node in nodes() if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    patterns = {pattern(key) for key in said() if isinstance(key, ast.JoinedStr)}
    unused = {key for key in keys() - written if not any(re.fullmatch(known, key) for known in patterns)}
    assert unused == set()


@pytest.mark.parametrize("language", languages())
def test_every_language_has_every_phrase(language):
    assert set(catalogue(language)) == keys()
    assert [key for key, texts in catalogue(language).items() if not all(texts)] == []


@pytest.mark.parametrize("language", languages())
def test_placeholders_are_the_same_in_every_language(language):
    assert {key: placeholders(texts) for key, texts in catalogue(language).items()} == {
        key: placeholders(texts) for key, texts in catalogue(FALLBACK_LANGUAGE).items()
    }


def placeholders(texts: tuple[str, ...]) -> set[str]:
    return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", languages())
def test_counted_phrases_have_their_two_forms_in_every_language(language):
    plural = {key for key, texts in catalogue(FALLBACK_LANGUAGE).items() if len(texts) == 2}
    assert {key for key, texts in catalogue(language).items() if len(texts) == 2} == plural


@pytest.mark.parametrize("reason", sorted(reading.REASONS))
def test_every_reason_of_a_misread_answer_can_be_said(reason):
    assert say(f"misread_{reason}", "bg", limit=10)


@pytest.mark.parametrize("what", ["sticker", "voice", "forwarded", "edited", "other", "contact", "location", "file"])
def test_everything_unreadable_can_be_said(what):
    assert say(f"unreadable_{what}", "bg")


@pytest.mark.parametrize("reason", ["too_big", "wrong_type", "empty", "unreachable"])
def test_every_reason_against_a_file_can_be_said(reason):
    assert say(f"file_{reason}", "bg")


def test_a_counted_phrase_takes_its_first_form_for_one_only():
    assert count("review_unfinished", "bg", 1) == "Остава още 1 въпрос до края."
    assert count("review_unfinished", "bg", 0) == "Остават още 0 въпроса до края."
    assert count("review_unfinished", "bg", 21) == "Остават още 21 въпроса до края."


def test_a_language_without_a_catalogue_falls_back_to_english():
    assert say("back", "fr") == "◀ Back"


def test_an_unknown_key_is_a_bug_of_ours():
    with pytest.raises(UnknownPhrase):
        say("no_such_phrase", "bg")


def test_values_with_braces_do_no_harm():
    assert say("invalid", "bg", message="{n} {}") == "⚠️ {n} {}"


def test_words_are_recognised_in_every_language_and_without_signs():
    assert {"назад", "back"} <= spoken("back")
    assert plain_word("◀ Назад!") == plain_word(" назад ") == "назад"

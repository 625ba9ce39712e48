"""What a new version changes, in words: for the admin who publishes it, and for the person whose draft it meets."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from conversations.form import Form, Question
from conversations.markdown import escape
from conversations.moving import Moved
from conversations.phrases import count, say
from conversations.versions import Changes, ChoiceChange, Impact, item_of, template
from conversations.wording import KIND_WORDS

MOST_LINES = 12
MOST_NAMED_TO_A_PERSON = 5
LONGEST_LABEL_CHARACTERS = 90
NO_IMPACT = Impact()

Line = str
T = TypeVar("T")


def describe(changes: Changes, language: str, impact: Impact = NO_IMPACT) -> str:
    """All changes for an admin, as Markdown: a heading for each kind, a line for each question, choice or text."""
    sections = (
        _section("added", changes.added, lambda path: _name(changes.new, path, language), language),
        _section("gone", changes.gone, _gone(changes, language, impact), language),
        _section("retyped", changes.retyped, lambda each: _retyped(changes, each.path, language, impact), language),
        _section("reworded", changes.reworded, lambda path: _name(changes.new, path, language), language),
        _section("rules", changes.rules, _with_answers(changes, language, impact), language),
        _section("moved", changes.moved, lambda each: _name(changes.new, each.new, language), language),
        _section("choices_added", changes.choices_added, lambda each: _choice(changes.new, each, language), language),
        _section("choices_gone", changes.choices_gone, _choice_gone(changes, language, impact), language),
        _section("choices_renamed", changes.choices_renamed, _choice_renamed(changes, language), language),
        _section(
            "choices_reworded", changes.choices_reworded, lambda each: _choice(changes.new, each, language), language
        ),
        _section("lists", changes.lists, escape, language),
        _section("languages_new", changes.languages_new, lambda code: escape(changes.new.languages[code]), language),
        _section("languages_gone", changes.languages_gone, lambda code: escape(changes.old.languages[code]), language),
        _section("quiet", changes.quiet, escape, language),
        _section("settings", changes.settings, escape, language),
        _section("desk", changes.desk, escape, language),
    )
    return "\n\n".join(section for section in sections if section) or say("version_no_changes", language)


def tell_of_move(changes: Changes, moved: Moved) -> str:
    """What a person with a draft under way is told, once: that nothing is lost, and what is asked now. Markdown.

    '' when there is nothing they could notice.
    """
    language = moved.draft.language
    is_noticeable = moved.asked_again or moved.dropped or moved.added or moved.reopened or changes.touches_questions
    if not is_noticeable or moved.draft.consent is None:
        return ""
    lines = [say("moved_title", language)]
    if moved.asked_again:
        lines.append(say("moved_again", language, questions=_listed(changes.new, moved.asked_again, language)))
    if moved.added:
        lines.append(count("moved_added", language, len(moved.added)))
    if moved.dropped:
        lines.append(say("moved_dropped", language, questions=_listed(changes.old, moved.dropped, language)))
    reworded = {*changes.reworded, *(change.path for change in changes.retyped)}
    if any(template(path) in reworded for path in moved.kept):
        lines.append(say("moved_reworded", language))
    return "\n\n".join(lines)


def _section(kind: str, items: Sequence[T], line: Callable[[T], Line], language: str) -> str:
    if not items:
        return ""
    lines = [f"• {line(item)}" for item in items[:MOST_LINES]]
    if len(items) > MOST_LINES:
        lines.append(count("version_more", language, len(items) - MOST_LINES))
    return "\n".join((f"**{say(f'version_{kind}', language)}** ({len(items)})", *lines))


def _name(form: Form, path: str, language: str) -> Line:
    """„Label“ (path), the label in the form's nearest language."""
    label = _label(form, path, language)
    return f"„{label}“ ({escape(path)})" if label else escape(path)


def _label(form: Form, path: str, language: str) -> str:
    item = item_of(form, template(path))
    text = item.label.fixed(language, form.default_language) if item and item.label else ""
    return escape(text if len(text) <= LONGEST_LABEL_CHARACTERS else text[: LONGEST_LABEL_CHARACTERS - 1] + "…")


def _gone(changes: Changes, language: str, impact: Impact) -> Callable[[str], Line]:
    return lambda path: _name(changes.old, path, language) + _answered(impact.answered.get(path, 0), language)


def _with_answers(changes: Changes, language: str, impact: Impact) -> Callable[[str], Line]:
    was = {new: old for old, new in ((each.old, each.new) for each in changes.moved)}
    return lambda path: (
        _name(changes.new, path, language) + _answered(impact.answered.get(was.get(path, path), 0), language)
    )


def _retyped(changes: Changes, path: str, language: str, impact: Impact) -> Line:
    change = next(each for each in changes.retyped if each.path == path)
    line = _with_answers(changes, language, impact)(path)
    return f"{line}: {say(KIND_WORDS[change.old], language)} → {say(KIND_WORDS[change.new], language)}"


def _answered(drafts: int, language: str) -> Line:
    return f" – {count('version_answered', language, drafts)}" if drafts else ""


def _choice(form: Form, change: ChoiceChange, language: str) -> Line:
    name = change.becomes or change.name
    label = escape(form.lists[change.list].by_name[name].label.fixed(language, form.default_language))
    return f"„{label}“ ({escape(change.list)}: {escape(name)})"


def _choice_gone(changes: Changes, language: str, impact: Impact) -> Callable[[ChoiceChange], Line]:
    def line(change: ChoiceChange) -> Line:
        drafts = impact.chosen.get((change.list, change.name), 0)
        return _choice(changes.old, change, language) + (
            f" – {count('version_chosen', language, drafts)}" if drafts else ""
        )

    return line


def _choice_renamed(changes: Changes, language: str) -> Callable[[ChoiceChange], Line]:
    def line(change: ChoiceChange) -> Line:
        label = changes.new.lists[change.list].by_name[change.becomes].label
        shown = escape(label.fixed(language, changes.new.default_language))
        return f"„{shown}“ ({escape(change.list)}: {escape(change.name)} → {escape(change.becomes)})"

    return line


def _listed(form: Form, paths: Iterable[str], language: str) -> str:
    labels = list(dict.fromkeys(_labels(form, paths, language)))
    more = f" {say('moved_and_more', language)}" if len(labels) > MOST_NAMED_TO_A_PERSON else ""
    return "\n".join(f"• {label}" for label in labels[:MOST_NAMED_TO_A_PERSON]) + (f"\n•{more}" if more else "")


def _labels(form: Form, paths: Iterable[str], language: str) -> Iterator[str]:
    for path in paths:
        item = item_of(form, template(path))
        yield _label(form, path, language) or escape(item.name if isinstance(item, Question) else path)

"""Taking away entries of a repeat: one that the person points at, or those that a smaller number leaves over."""

from dataclasses import replace

from conversations.buttons import Press, Verb, question_key, text_key
from conversations.draft import Answer, Draft, Mode
from conversations.entries import another_path, entry_of, in_entry, template_of
from conversations.form import Group, Question
from conversations.journey import follow_up, record
from conversations.kinds.repeats import DROP, YES, removable, repeat_of, title_of
from conversations.phrases import say
from conversations.questions import ask
from conversations.replies import Awaits, Button, Reply
from conversations.talk import Outcome, Talk
from conversations.walking import ask_again, present, show_review, take_change


def press_remove(talk: Talk, tap: Press) -> Outcome:
    """The remove button of an entry asks once more; the second tap counts only while the entries are as they were."""
    group = next((g for g in talk.journey.groups.values() if question_key(g.path) == tap.question), None)
    place = entry_of(group.path) if group is not None else None
    if group is None or place is None or not removable(talk.journey, group):
        return present(talk, say("button_gone", talk.language))
    if tap.verb is Verb.REMOVE:
        return _ask(talk, group)
    if tap.argument != _contents_key(talk.draft, place[0]):
        return show_review(talk) if talk.open_question is None else present(talk)
    after = follow_up(talk.journey, talk.journey.under(_without(talk.draft, *place)))
    return take_change(talk, after, say("entry_removed", talk.language))


def settle_leftovers(talk: Talk, question: Question, value: str) -> Outcome:
    """Drop the answers of entries that exist no longer; or keep them: the number is asked anew, or grows again."""
    group = repeat_of(talk.journey, question)
    here = len(talk.journey.entries(group.path))
    if value == DROP:
        answers = {
            path: answer for path, answer in talk.draft.answers.items() if not _is_beyond(path, group.path, here)
        }
        return take_change(talk, talk.journey.under(replace(talk.draft, answers=answers)))
    if group.repeat is not None and group.repeat.count is None:
        return take_change(talk, record(talk.journey, another_path(group.path, here), Answer(YES)))
    source = talk.journey.count_source(group)
    if source is None:
        return ask_again(talk, question)
    opened = talk.change(mode=Mode.EDITING, open=(source.path,), selecting=None, held=None)
    return opened.says(ask(opened.journey, source))


def _ask(talk: Talk, group: Group) -> Outcome:
    place = entry_of(group.path)
    key = _contents_key(talk.draft, place[0]) if place else ""
    rows = (
        (Button(_remove_button(talk, group, key), say("remove_yes", talk.language)),),
        (Button(talk.button(Verb.REVIEW), say("look_through", talk.language)),),
    )
    return talk.says(
        Reply(say("remove_question", talk.language, title=title_of(talk.journey, group)), rows, Awaits.CHOICE)
    )


def _remove_button(talk: Talk, group: Group, key: str) -> str:
    return f"{talk.draft.tag}.{Verb.CONFIRM_REMOVE.value}.{question_key(group.path)}.{key}"


def _contents_key(draft: Draft, repeat: str) -> str:
    """Changes with anything that stands in the repeat's entries."""
    inside = {path: answer.value for path, answer in draft.answers.items() if _stands_in(path, repeat)}
    return text_key(repr(sorted(inside.items())))


def _stands_in(path: str, repeat: str) -> bool:
    place = entry_of(path)
    return place is not None and place[0] == repeat


def _is_beyond(path: str, repeat: str, number: int) -> bool:
    place = entry_of(path)
    return place is not None and place[0] == repeat and place[1] > number


def _without(draft: Draft, repeat: str, number: int) -> Draft:
    """The draft without one entry; those behind it move up, and so do the answers whether another follows."""
    answers = {}
    for path, answer in draft.answers.items():
        moved = _moved_up(path, repeat, number)
        if moved is not None:
            answers[moved] = answer
    waiting = draft.waiting_file
    if waiting is not None:
        path_now = _moved_up(waiting[0], repeat, number)
        waiting = (path_now, waiting[1]) if path_now is not None else None
    return replace(draft, answers=answers, waiting_file=waiting)


def _moved_up(path: str, repeat: str, number: int) -> str | None:
    """The path once entry `number` is gone; None when it goes with it.

    „Add another?“ stands between two entries: the one in front of the entry goes, the one behind takes its place.
    """
    place = entry_of(path)
    if place is None or place[0] != repeat:
        return path
    is_between = path == another_path(repeat, place[1])
    gone = number - 1 if is_between else number
    if place[1] == gone:
        return None
    if place[1] < gone:
        return path
    if is_between:
        return another_path(repeat, place[1] - 1)
    return in_entry(template_of(path), repeat, place[1] - 1)

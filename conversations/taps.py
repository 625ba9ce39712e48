"""What a button does: applied to its own question only, whatever is open by now; an old one is never „expired“."""

from collections.abc import Callable
from datetime import UTC

from conversations import reading
from conversations.answers import check, refuse_blank
from conversations.buttons import Press, Verb, choice_key, read_button, text_key
from conversations.draft import Consent, Mode, State
from conversations.form import Kind, Question
from conversations.greeting import closed, confirm_anew, greet, notice_version, submitted_already
from conversations.journey import Refusal
from conversations.kinds import ranking
from conversations.kinds.offers import offers
from conversations.languages import choose_language
from conversations.offering import MOST_PAGED_CHOICES, has_pictures
from conversations.phrases import say
from conversations.questions import ask
from conversations.removing import press_remove, settle_leftovers
from conversations.replies import Reply
from conversations.review import sent_off
from conversations.saying import answer_with
from conversations.submission import submit
from conversations.talk import Outcome, Talk
from conversations.walking import ask_again, invalid_answers, present, show_review, take_answer, take_part, tick

PAGE_NUMBERS = frozenset(str(page) for page in range(MOST_PAGED_CHOICES))


def press(talk: Talk, button: str) -> Outcome:
    """One button, by the id it carries."""
    tap = read_button(button)
    if tap is not None and tap.verb in (Verb.LANGUAGE, Verb.LANGUAGES):
        return choose_language(talk, tap.argument or None)
    if tap is None or tap.tag != talk.draft.tag:
        return _stranger(talk)
    if talk.draft.mode is Mode.SUBMITTED:
        return _after_submission(talk, tap)
    if not talk.window.is_open(talk.now):
        return _while_closed(talk, tap)
    if tap.verb is Verb.CONSENT:
        return _consent(talk)
    if talk.draft.consent is None:
        return greet(talk)
    if tap.verb in OF_THE_DRAFT:
        return OF_THE_DRAFT[tap.verb](talk, tap)
    return _on_question(talk, tap)


def _stranger(talk: Talk) -> Outcome:
    """A button of an older draft, another form or another person: nothing is applied; we show where we are."""
    if talk.draft.mode is Mode.SUBMITTED:
        return submitted_already(talk)
    if not talk.window.is_open(talk.now):
        return closed(talk)
    return greet(talk) if talk.draft.consent is None else present(talk, say("button_of_old", talk.language))


def _while_closed(talk: Talk, tap: Press) -> Outcome:
    may_read = tap.verb is Verb.REVIEW and talk.draft.consent is not None
    return show_review(talk) if may_read else closed(talk)


def _after_submission(talk: Talk, tap: Press) -> Outcome:
    if tap.verb is Verb.SUBMIT:
        return talk.says()
    if tap.verb in (Verb.BEGIN_ANEW, Verb.CONFIRM_ANEW) and talk.window.is_open(talk.now):
        return Outcome(talk.draft, begin_anew=True)
    return submitted_already(talk)


def _consent(talk: Talk) -> Outcome:
    if talk.draft.consent is not None:
        return talk.says()
    consent = Consent(notice_version(talk.form), talk.language, talk.now.astimezone(UTC))
    return present(talk.change(consent=consent))


def _begin_anew(talk: Talk, tap: Press) -> Outcome:
    if tap.argument != str(len(talk.draft.answers)):
        return confirm_anew(talk)
    return Outcome(talk.draft, begin_anew=True)


def _submit(talk: Talk, tap: Press) -> Outcome:
    if talk.journey.unanswered:
        return present(talk.change(mode=Mode.ASKING, open=()), say("not_complete", talk.language))
    if talk.draft.waiting_file is not None:
        return talk.says(Reply(say("file_on_its_way", talk.language)))
    broken = invalid_answers(talk)
    if broken is not None:
        return broken
    sent = talk.change(mode=Mode.SUBMITTED, open=(), held=None, selecting=None)
    journey = sent.journey
    stuck = tuple(question.path for question in journey.stuck)
    failed = tuple(sorted(journey.failed))
    return Outcome(sent.draft, (sent_off(talk.journey),), submit(journey), stuck=stuck, failed=failed)


OF_THE_DRAFT: dict[Verb, Callable[[Talk, Press], Outcome]] = {
    Verb.CONTINUE: lambda talk, tap: present(talk),
    Verb.BEGIN_ANEW: lambda talk, tap: confirm_anew(talk),
    Verb.CONFIRM_ANEW: _begin_anew,
    Verb.REVIEW: lambda talk, tap: show_review(talk),
    Verb.SUBMIT: _submit,
}


def _on_question(talk: Talk, tap: Press) -> Outcome:
    if tap.verb in (Verb.REMOVE, Verb.CONFIRM_REMOVE):
        return press_remove(talk, tap)
    question = talk.journey.by_key.get(tap.question)
    if question is None or not talk.journey.is_asked(question):
        return present(talk, say("button_gone", talk.language))
    if tap.verb is Verb.EDIT:
        return _open(talk, question)
    if question == talk.open_question:
        return ON_QUESTION[tap.verb](talk, question, tap)
    if question == talk.journey.current and talk.draft.mode is Mode.EDITING:
        return _on_question(talk.change(mode=Mode.ASKING, open=(), selecting=None, held=None), tap)
    if _says_the_same(talk, question, tap):
        return talk.says()
    why = say("opened_for_change", talk.language) if talk.draft.has_answer(question.path) else ""
    return _open(talk, question, why)


def _says_the_same(talk: Talk, question: Question, tap: Press) -> bool:
    """A double tap: what the button says is what the answer already is."""
    answer = talk.draft.answers.get(question.path)
    if tap.verb is Verb.HELP:
        return False
    if answer is None or answer.state is State.PREFILLED:
        return False
    match tap.verb:
        case Verb.CHOOSE:
            return choice_key(answer.value) == tap.argument
        case Verb.TICK:
            return tap.argument in {choice_key(name) for name in answer.value.split()}
        case Verb.SKIP:
            return answer.state is State.SKIPPED
        case Verb.DONE | Verb.KEEP | Verb.ACKNOWLEDGE | Verb.USE_HELD:
            return answer.state is State.GIVEN
        case _:
            return False


def _open(talk: Talk, question: Question, why: str = "") -> Outcome:
    """Open an answered question for editing; afterwards the walk goes on where it was."""
    if talk.open_question == question:
        return ask_again(talk, question)
    opened = talk.change(mode=Mode.EDITING, open=(question.path,), selecting=None, held=None)
    return opened.says(ask(opened.journey, question, before=why))


def _choose(talk: Talk, question: Question, tap: Press) -> Outcome:
    names = [choice.name for choice in talk.journey.choices(question)]
    names += [offer.value for offer in offers(talk.journey, question)]
    chosen = next((name for name in names if choice_key(name) == tap.argument), None)
    if chosen is None and question.kind in (Kind.DATE, Kind.DATETIME) and _is_day(talk, tap.argument):
        chosen = tap.argument
    if chosen is None:
        return ask_again(talk, question, Refusal(say("choice_gone", talk.language)))
    if question.kind is Kind.LEFTOVER:
        return settle_leftovers(talk, question, chosen)
    return take_part(talk, question, chosen) if question.kind is Kind.DATETIME else _take(talk, question, chosen)


def _is_day(talk: Talk, argument: str) -> bool:
    """„Today“ of yesterday's message still means the day that stood on it."""
    return reading.read_date(argument, talk.now.date()) == argument


def _take(talk: Talk, question: Question, value: str) -> Outcome:
    checked = check(talk.journey, question, value)
    if isinstance(checked, Refusal):
        return ask_again(talk, question, checked)
    return take_answer(talk, question, checked)


def _tick(talk: Talk, question: Question, tap: Press) -> Outcome:
    choices = talk.form.lists.get(question.choices or "")
    choice = choices.by_key.get(tap.argument) if choices else None
    if choice is None or (question.kind is Kind.RANK and choice not in talk.journey.choices(question)):
        return ask_again(talk, question, Refusal(say("choice_gone", talk.language)))
    if question.kind is Kind.RANK:
        return _reorder(talk, question, ranking.placed_next(talk.journey, question, choice.name))
    if tap.verb is Verb.TICK:
        return tick(talk, question, add=(choice.name,), in_place=True)
    return tick(talk, question, remove=choice.name, in_place=True)


def _reorder(talk: Talk, question: Question, order: tuple[str, ...]) -> Outcome:
    ordered = talk.change(selecting=order)
    return ordered.says(ask(ordered.journey, question, in_place=True))


def _done(talk: Talk, question: Question, tap: Press) -> Outcome:
    if question.is_multiline and talk.draft.selecting:
        return _finish_text(talk, question)
    if question.kind is Kind.RANK:
        order = ranking.order_so_far(talk.journey, question)
        if ranking.still_to_place(talk.journey, question) or not order:
            return ask_again(talk, question, Refusal(say("rank_all", talk.language)))
        return _take(talk, question, " ".join(order))
    if question.kind is not Kind.SELECT_MULTIPLE:
        return ask_again(talk, question)
    selecting = talk.draft.selecting
    value = talk.journey.value(question.path) if selecting is None else " ".join(selecting)
    if not value:
        why = refuse_blank(talk.journey, question) if talk.journey.is_required(question) else None
        return ask_again(talk, question, why or Refusal(say("nothing_ticked", talk.language)))
    return _take(talk, question, value)


def _finish_text(talk: Talk, question: Question) -> Outcome:
    """A long text is complete; when it is refused, the next message begins it anew."""
    checked = check(talk.journey, question, talk.journey.value(question.path))
    if isinstance(checked, Refusal):
        return ask_again(talk.change(selecting=None), question, checked)
    return take_answer(talk, question, checked)


def _help(talk: Talk, question: Question, tap: Press) -> Outcome:
    return talk.says(ask(talk.journey, question, in_place=True, guided=True))


def _skip(talk: Talk, question: Question, tap: Press) -> Outcome:
    if talk.journey.is_required(question):
        return ask_again(talk, question, refuse_blank(talk.journey, question))
    return take_answer(talk, question, "", State.SKIPPED)


def _keep(talk: Talk, question: Question, tap: Press) -> Outcome:
    value = talk.journey.value(question.path)
    return _take(talk, question, value) if value else ask_again(talk, question)


def _back(talk: Talk, question: Question, tap: Press) -> Outcome:
    before = talk.journey.before(question)
    return _open(talk, before) if before is not None else ask_again(talk, question)


def _page(talk: Talk, question: Question, tap: Press) -> Outcome:
    page = int(tap.argument) if tap.argument in PAGE_NUMBERS else 0
    pictured = has_pictures(talk.journey, question)
    return talk.says(ask(talk.journey, question, page=page, in_place=not pictured))


def _use_held(talk: Talk, question: Question, tap: Press) -> Outcome:
    held = talk.draft.held
    if held is None or text_key(held) != tap.argument:
        return ask_again(talk, question)
    return answer_with(talk, question, held, sure=True)


ON_QUESTION: dict[Verb, Callable[[Talk, Question, Press], Outcome]] = {
    Verb.CHOOSE: _choose,
    Verb.TICK: _tick,
    Verb.UNTICK: _tick,
    Verb.DONE: _done,
    Verb.SKIP: _skip,
    Verb.KEEP: _keep,
    Verb.BACK: _back,
    Verb.PAGE: _page,
    Verb.ACKNOWLEDGE: lambda talk, question, tap: _take(talk, question, "OK"),
    Verb.USE_HELD: _use_held,
    Verb.HELP: _help,
    Verb.RESTART: lambda talk, question, tap: _reorder(talk, question, ()),
}

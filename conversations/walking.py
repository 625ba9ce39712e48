"""Going forward: taking an answer in, and showing whatever comes next."""

from collections.abc import Sequence
from dataclasses import replace

from conversations.answers import LONGEST_TEXT_CHARACTERS
from conversations.call import deadline_line
from conversations.draft import Answer, Draft, Mode, State
from conversations.form import Choice, Question
from conversations.journey import Journey, Refusal, record
from conversations.markdown import escape, plain
from conversations.offering import CHOICES_ON_A_PAGE
from conversations.phrases import count, say
from conversations.questions import answered, ask, label_of, note
from conversations.replies import Reply
from conversations.review import review
from conversations.talk import Outcome, Talk


def take_answer(talk: Talk, question: Question, value: str, state: State = State.GIVEN, *, typed: str = "") -> Outcome:
    """Store an answer that was found good, mark its message as answered and go on. `typed`: see `answered`."""
    recorded = talk.at(record(talk.journey, question.path, Answer(value, state)))
    draft = recorded.draft
    waiting = draft.waiting_file if draft.waiting_file and draft.waiting_file[0] != question.path else None
    taken = recorded.with_draft(replace(draft, selecting=None, held=None, waiting_file=waiting))
    done = answered(taken.journey, question, typed)
    return _go_on(talk.journey, taken.with_draft(_after(taken, question)), done)


def take_change(talk: Talk, journey: Journey, before: str = "") -> Outcome:
    """Go on after a change that is no answer to a question; `before` (Markdown) is said above what comes next."""
    changed = replace(journey.draft, mode=Mode.ASKING, open=(), selecting=None, held=None)
    return _go_on(talk.journey, talk.at(journey).with_draft(changed), Reply(before) if before else None)


def _go_on(before: Journey, talk: Talk, done: Reply | None) -> Outcome:
    """What comes next, after `done`; what has lost its last choice by the change is told to the person and to staff.

    A choice that the change has taken off its list is asked for again, and the person is told why.
    """
    known = {question.path for question in before.stuck}
    stuck = [question for question in talk.journey.stuck if question.path not in known]
    lost = _lost_choices(before, talk)
    following = present(talk, count("choices_lost", talk.language, lost) if lost else "")
    told = tuple(Reply(say("stuck", talk.language, label=_short_label(talk.journey, question))) for question in stuck)
    replies = (*((done,) if done else ()), *told, *following.replies)
    return replace(following, replies=replies, stuck=tuple(question.path for question in stuck))


def _lost_choices(before: Journey, talk: Talk) -> int:
    """How many answers are cleared by the change and asked anew, when one of them is the next question."""
    filtered = (question.path for question in talk.journey.filtered if talk.journey.is_asked(question))
    lost = [path for path in filtered if before.draft.has_answer(path) and not talk.draft.has_answer(path)]
    following = talk.open_question if lost else None
    return len(lost) if following is not None and following.path in lost else 0


def _short_label(journey: Journey, question: Question) -> str:
    return escape(" ".join(plain(label_of(journey, question)).split()))


def present(talk: Talk, before: str = "") -> Outcome:
    """The open question with the notes that stand before it, or the review when nothing is open.

    `before` (Markdown) is said above it. A draft that is complete but no longer valid goes to `correcting`.
    """
    question = talk.open_question
    if question is None:
        return _complete(talk, before)
    notes = note(talk.journey, talk.journey.notes_before(question)) if talk.draft.mode is Mode.ASKING else None
    return talk.says(notes, ask(talk.journey, question, before=before))


def ask_again(
    talk: Talk, question: Question, why: Refusal | None = None, hits: Sequence[Choice] | None = None
) -> Outcome:
    """The same question once more: after a wrong answer, or with what a search found."""
    before = say("invalid", talk.language, message=why.text) if why else ""
    if hits is not None:
        before = say("hits" if hits else "no_hits", talk.language)
    return talk.says(ask(talk.journey, question, before=before, hits=hits))


def tick(
    talk: Talk, question: Question, add: tuple[str, ...] = (), remove: str = "", in_place: bool = False
) -> Outcome:
    """A multi-select's ticks changed; the choices keep their list's order, however the form shuffles them."""
    before = talk.draft.selecting
    chosen = before if before is not None else tuple(talk.journey.value(question.path).split())
    offered = [choice.name for choice in talk.journey.choices(question)]
    wanted = (set(chosen) | set(add)) - {remove}
    listed = talk.form.lists[question.choices or ""].by_name
    kept = wanted & set(offered)
    ticked = talk.change(selecting=tuple(name for name in listed if name in kept) if kept else ())
    touched = remove or (add[0] if add else "")
    page = offered.index(touched) // CHOICES_ON_A_PAGE if touched in offered else 0
    return ticked.says(ask(ticked.journey, question, page=page, in_place=in_place))


def take_part(talk: Talk, question: Question, part: str) -> Outcome:
    """A piece of an answer that takes several messages: the day of a dateTime, or one more piece of a long text.

    The pieces of a text are in the draft as its value, to be confirmed, so that nothing is lost on the way.
    """
    if not question.is_multiline:
        known = talk.change(selecting=(part,))
        return known.says(ask(known.journey, question))
    pieces = (*(talk.draft.selecting or ()), part)
    text = "\n".join(pieces)
    if len(text) > LONGEST_TEXT_CHARACTERS:
        return ask_again(talk, question, Refusal(say("misread_too_long", talk.language, limit=LONGEST_TEXT_CHARACTERS)))
    draft = talk.draft.with_answer(question.path, Answer(text, State.PREFILLED))
    longer = talk.with_draft(replace(draft, selecting=pieces))
    return longer.says(ask(longer.journey, question, before=say("more_text", talk.language)))


def show_review(talk: Talk) -> Outcome:
    """The answers so far. Outside the call's window they can be read, not changed."""
    is_open = talk.window.is_open(talk.now)
    left = len(talk.journey.unanswered)
    warning = deadline_line(talk.window, talk.now, talk.language)
    closing = count("review_unfinished", talk.language, left) if left else say("confirm", talk.language)
    if not is_open:
        closing = say("readable_only", talk.language, contact=talk.form.desk.contact.in_language(talk.language)).strip()
    text = "\n\n".join(part for part in (closing, warning) if part)
    return talk.says(*review(talk.journey, closing=text, may_change=is_open, may_submit=is_open))


def invalid_answers(talk: Talk) -> Outcome | None:
    """What to ask anew because an edit elsewhere broke it; None when every answer stands."""
    broken = tuple(question.path for question in talk.journey.refused_again())
    if not broken:
        return None
    reopened = talk.change(mode=Mode.CORRECTING, open=broken)
    return present(reopened, before=count("check_again", talk.language, len(broken)))


def _complete(talk: Talk, before: str) -> Outcome:
    broken = invalid_answers(talk)
    if broken is not None:
        return broken
    reviewing = talk.change(mode=Mode.REVIEWING, open=())
    notes = note(talk.journey, talk.journey.notes_before(None)) if talk.draft.mode is Mode.ASKING else None
    shown = show_review(reviewing)
    lead = Reply(before) if before else None
    return replace(shown, replies=tuple(reply for reply in (lead, notes, *shown.replies) if reply is not None))


def _after(talk: Talk, question: Question) -> Draft:
    """The draft's mode once `question` is answered: back to where one was."""
    draft = talk.draft
    if draft.mode is Mode.CORRECTING:
        left = tuple(path for path in draft.open if path != question.path and path in talk.journey.places)
        return replace(draft, open=left, mode=Mode.CORRECTING if left else Mode.ASKING)
    return replace(draft, mode=Mode.ASKING, open=())

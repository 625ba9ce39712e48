"""Our own questions about the entries of a repeat: whether there is any, whether another follows, what falls away."""

from conversations.entries import entry_of
from conversations.form import Group, Kind, Question
from conversations.journey import Journey
from conversations.kinds.offer import Offer
from conversations.markdown import escape, plain
from conversations.phrases import count, plain_word, say, spoken

YES, NO = "yes", "no"
DROP, KEEP = "drop", "keep"


def title_of(journey: Journey, group: Group) -> str:
    """A group's heading as Markdown on one line; an entry's has its number: „Деца · 2“ or „Запис 2“."""
    place = entry_of(group.path) if group.repeat is not None else None
    label = " ".join(journey.render(group.label, group.path).split()) if group.label else ""
    label = label.replace("**", "")
    if place is None:
        return label
    number = say("entry", journey.draft.language, n=place[1])
    return f"{label} · {number}" if label else number


def label_of(journey: Journey, question: Question) -> str:
    """What is asked, as Markdown."""
    language = journey.draft.language
    group = repeat_of(journey, question)
    name = " ".join(journey.render(group.label, group.path).replace("**", "").split()) if group.label else ""
    if question.kind is Kind.LEFTOVER:
        gone = journey.leftovers(group)
        here = len(journey.entries(group.path))
        return count("leftover_question", language, len(gone), here=here, name=name or escape(group.path))
    place = entry_of(question.path)
    phrase = "first_entry" if place is not None and place[1] == 0 else "another_entry"
    return say(f"{phrase}_of", language, name=name) if name else say(phrase, language)


def repeat_of(journey: Journey, question: Question) -> Group:
    """The repeat (as the form has it) that one of our own questions is about."""
    place = entry_of(question.path)
    return journey.form.groups[place[0] if place else question.path.rpartition("/")[0]]


def offers_another(journey: Journey, question: Question) -> tuple[Offer, ...]:
    language = journey.draft.language
    return Offer(YES, say("another_yes", language)), Offer(NO, say("another_no", language))


def offers_leftover(journey: Journey, question: Question) -> tuple[Offer, ...]:
    """To keep what a smaller count leaves over, the count itself is asked anew: no offer where nobody answers it."""
    language = journey.draft.language
    group = repeat_of(journey, question)
    drop = Offer(DROP, count("leftover_drop", language, len(journey.leftovers(group))))
    if group.repeat is not None and group.repeat.count is None:
        return drop, Offer(KEEP, say("leftover_keep", language))
    source = journey.count_source(group)
    return (drop, Offer(KEEP, say("leftover_change", language))) if source is not None else (drop,)


def read(journey: Journey, question: Question, text: str) -> str | None:
    """`yes` or `no` in one's own words; None when it is neither."""
    if question.kind is not Kind.ANOTHER:
        return None
    word = plain_word(text)
    if word in spoken("yes_words") | spoken("another_yes"):
        return YES
    return NO if word in spoken("no_words") | spoken("another_no") else None


def removable(journey: Journey, group: Group) -> bool:
    """Whether the entry `group` may be taken away: nobody fixed the number, and one is left where one is needed."""
    place = entry_of(group.path)
    if place is None or group.repeat is None or group.repeat.count is not None:
        return False
    template = journey.form.groups[place[0]]
    return len(journey.entries(place[0])) > 1 or journey.may_be_none(template)


def plain_title(journey: Journey, group: Group) -> str:
    return " ".join(plain(title_of(journey, group)).split())

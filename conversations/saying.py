"""What a typed text does to the open question."""

from conversations import reading
from conversations.answers import Doubtful, Hits, Part, check, misread, read_typed
from conversations.buttons import Verb
from conversations.form import Kind, Question
from conversations.journey import Refusal
from conversations.markdown import escape
from conversations.phrases import plain_word, say, spoken
from conversations.removing import settle_leftovers
from conversations.talk import Outcome, Talk
from conversations.walking import ask_again, take_answer, take_part, tick

LONGEST_QUOTE_CHARACTERS = 200
NAVIGATION = {Verb.BACK: "back", Verb.SKIP: "skip", Verb.DONE: "done", Verb.KEEP: "keep"}
"""Verbs that may be typed as a word, and the phrase that is the word."""


def navigation_word(text: str) -> Verb | None:
    """The verb that the text, taken whole, is the word for; in a free text only the exact word alone counts."""
    word = plain_word(text[:LONGEST_QUOTE_CHARACTERS])
    return next((verb for verb, phrase in NAVIGATION.items() if word and word in spoken(phrase)), None)


def answer_with(talk: Talk, question: Question, text: str, *, sure: bool = False) -> Outcome:
    """Take `text` as the answer to `question`. `sure`: the person has confirmed a text we asked about."""
    talk = talk.change(held=None)
    read = read_typed(talk.journey, question, text)
    if isinstance(read, Doubtful):
        if not sure:
            return hold(talk, question, read.text, "looks_personal")
        read = Part(read.text) if question.is_multiline else check(talk.journey, question, read.text)
    if isinstance(read, Refusal):
        return ask_again(talk, question, read)
    if isinstance(read, Hits):
        return ask_again(talk, question, hits=read.choices)
    if isinstance(read, Part):
        return take_part(talk, question, read.value)
    if question.kind is Kind.LEFTOVER:
        return settle_leftovers(talk, question, read)
    if question.kind is Kind.SELECT_MULTIPLE:
        return tick(talk, question, add=tuple(read.split()))
    return take_answer(talk, question, read, typed=text)


def hold(talk: Talk, question: Question, text: str, why: str) -> Outcome:
    """Show a text back with a „use it“ button instead of taking it as the answer; `why` is a phrase."""
    cleaned = reading.clean_text(text)
    if isinstance(cleaned, reading.Misread):
        return ask_again(talk, question, misread(talk.journey, question, cleaned))
    held = talk.change(held=cleaned)
    quote = cleaned if len(cleaned) <= LONGEST_QUOTE_CHARACTERS else cleaned[: LONGEST_QUOTE_CHARACTERS - 1] + "…"
    return ask_again(held, question, Refusal(say(why, talk.language, text=escape(quote))))

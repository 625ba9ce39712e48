"""The first and the last words: welcome, privacy notice, going on or beginning anew, a closed call, the receipt."""

from datetime import datetime

from conversations.buttons import Verb
from conversations.call import deadline_line, say_moment
from conversations.draft import Draft
from conversations.form import Form
from conversations.markdown import escape
from conversations.phrases import count, say
from conversations.replies import Awaits, Button, Reply, Rows
from conversations.talk import Outcome, Talk

NOTICE_WITHOUT_DESK = "0"
SECONDS_A_QUESTION = 40


def notice_version(form: Form) -> str:
    """The version of the privacy notice that is recorded when it is tapped; `0` is the desk's own short one."""
    return form.desk.notice.version if form.desk.notice else NOTICE_WITHOUT_DESK


def notice_text(form: Form, language: str) -> str:
    """The privacy notice as Markdown."""
    return form.desk.notice.text.in_language(language) if form.desk.notice else say("notice", language)


def greet(talk: Talk) -> Outcome:
    """Welcome with the time it takes and the deadline, then the privacy notice with its one tap."""
    form, language = talk.form, talk.language
    welcome = form.desk.welcome.in_language(language) or _plain_welcome(talk)
    deadline = deadline_line(talk.window, talk.now, language)
    summary = form.desk.notice.summary.in_language(language) if form.desk.notice else ""
    whole = ((Button("/privacy", say("whole_notice", language)),),) if summary else ()
    rows = ((Button(talk.button(Verb.CONSENT), say("consent", language)),), *whole, *_language_row(talk))
    return talk.says(
        Reply("\n\n".join(part for part in (welcome, deadline) if part)),
        Reply(summary or notice_text(form, language), rows, Awaits.CHOICE, key=f"w{talk.draft.tag}"),
    )


def offer_to_continue(talk: Talk) -> Outcome:
    """An open draft is there: go on with it, or begin anew."""
    language, journey = talk.language, talk.journey
    done = len(journey.asked) - len(journey.unanswered)
    deadline = deadline_line(talk.window, talk.now, language)
    text = say("draft_open", language, done=done, total=len(journey.asked))
    rows = (
        (Button(talk.button(Verb.CONTINUE), say("go_on", language)),),
        (Button(talk.button(Verb.REVIEW), say("look_through", language)),),
        (Button(talk.button(Verb.BEGIN_ANEW), say("begin_anew", language)),),
    )
    return talk.says(Reply("\n\n".join(part for part in (text, deadline) if part), rows, Awaits.CHOICE))


def confirm_anew(talk: Talk) -> Outcome:
    """Beginning anew loses the answers: asked twice. The button is good for the answers there are now."""
    anew = say("confirm_anew", talk.language)
    rows = (
        (Button(talk.button(Verb.CONTINUE), say("go_on", talk.language)),),
        (Button(talk.button(Verb.CONFIRM_ANEW, argument=str(len(talk.draft.answers))), anew),),
    )
    return talk.says(Reply(say("anew_question", talk.language), rows, Awaits.CHOICE))


def closed(talk: Talk) -> Outcome:
    """The call is not open: when it opens, or that it has closed and whom to ask. A draft stays readable."""
    language = talk.language
    contact = talk.form.desk.contact.in_language(language)
    if talk.window.opens is not None and talk.window.is_before(talk.now):
        text = say("not_open_yet", language, moment=say_moment(talk.window.opens, talk.now, language))
        return talk.says(Reply("\n\n".join(part for part in (text, contact) if part)))
    closes = talk.window.closes or talk.now
    has_answers = any(talk.draft.has_answer(question.path) for question in talk.journey.asked)
    phrase = "closed_with_draft" if has_answers else "closed"
    text = say(phrase, language, moment=say_moment(closes, talk.now, language))
    rows = ((Button(talk.button(Verb.REVIEW), say("look_through", language)),),) if has_answers else ()
    return talk.says(Reply("\n\n".join(part for part in (text, contact) if part), rows))


def submitted_already(talk: Talk) -> Outcome:
    """The application is in; what can be done now."""
    language = talk.language
    rows: Rows = ((Button("/status", say("see_status", language)),),)
    if talk.window.is_open(talk.now):
        rows = (*rows, (Button(talk.button(Verb.BEGIN_ANEW), say("another_application", language)),))
    return talk.says(
        Reply(say("submitted_already", language, reference=escape(talk.draft.reference)), rows, Awaits.CHOICE)
    )


def receipt(draft: Draft, reference: str, now: datetime) -> Reply:
    """The applicant's proof: registration number, date and time (in the zone of `now`)."""
    text = say("submitted", draft.language, reference=escape(reference), moment=say_moment(now, now, draft.language))
    return Reply(text, ((Button("/status", say("see_status", draft.language)),),), Awaits.CHOICE)


def key_taken(form: Form, draft: Draft) -> Reply:
    """Another application of this call already stands for the same key (one per key and call)."""
    contact = form.desk.contact.in_language(draft.language)
    return Reply("\n\n".join(part for part in (say("key_taken", draft.language), contact) if part))


def _plain_welcome(talk: Talk) -> str:
    """The welcome of a desk without words of its own; its time is reckoned from the questions that are relevant now."""
    minutes = max(1, round(len(talk.journey.asked) * SECONDS_A_QUESTION / 60))
    welcome = say("welcome", talk.language, title=escape(talk.form.title))
    return f"{welcome}\n\n{count('takes', talk.language, minutes)}"


def _language_row(talk: Talk) -> tuple[tuple[Button, ...], ...]:
    others = [code for code in talk.form.languages if code != talk.language]
    if not others:
        return ()
    return (
        tuple(
            Button(talk.button(Verb.LANGUAGE, argument=code), f"🌐 {language_name(talk.form, code)}") for code in others
        ),
    )


def language_name(form: Form, code: str) -> str:
    """„Български (bg)“ → „Български“."""
    return form.languages[code].partition("(")[0].strip() or code

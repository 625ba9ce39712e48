"""What anyone may read: what can be done here, the call, its criteria, how data are kept."""

from collections.abc import Iterable

from bot.commands.request import ROLES, Answer, Command, Request, answer
from conversations.desk import Link
from conversations.form import Form
from conversations.greeting import notice_text
from conversations.markdown import escape
from conversations.phrases import say
from conversations.replies import Button, Rows
from storage import forms

HELP_BUTTONS = ("continue", "review", "status", "about", "criteria", "privacy", "list", "call", "form")


def help_(request: Request) -> Answer:
    return commands_for(request, request.visitor.role)


def commands_for(request: Request, role: str, title: str = "help_title") -> Answer:
    """What this very person may do: a line for each command, and a button for those that need no more words."""
    language = request.language
    here = (command for command in request.commands if command.in_groups or not request.visitor.in_group)
    mine = [command for command in here if ROLES[role] >= command.who]
    lines = [f"/{command.word} – {say(f'help_{command.word}', language)}" for command in mine]
    text = "\n".join((say(title, language), "", *lines, "", say("help_words", language)))
    return answer(text, _buttons(mine, language))


def about(request: Request) -> Answer:
    form = published(request)
    text = form.desk.about.in_language(request.language) or say(
        "about_unknown", request.language, title=escape(form.title)
    )
    return answer(text, (*_links(form.desk.about_links, request.language), *_back(request)))


def criteria(request: Request) -> Answer:
    form = published(request)
    text = form.desk.criteria.in_language(request.language) or say("criteria_unknown", request.language)
    return answer(text, (*_links(form.desk.criteria_links, request.language), *_back(request)))


def privacy(request: Request) -> Answer:
    return answer(notice_text(published(request), request.language), _back(request))


def unknown(request: Request) -> Answer:
    return commands_for(request, request.visitor.role, title="unknown_command")


def not_allowed(request: Request) -> Answer:
    return answer(say("not_allowed", request.language), ((Button("/help", say("button_help", request.language)),),))


def published(request: Request) -> Form:
    """The form of the call as it is published now."""
    row = forms.current(request.conn)
    if row is None:
        raise LookupError("no form is published")
    return request.house.forms.get(request.conn, row)


def _buttons(commands: Iterable[Command], language: str) -> Rows:
    words = [command.word for command in commands if command.word in HELP_BUTTONS]
    buttons = [Button(f"/{word}", say(f"button_{word}", language)) for word in words]
    return tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))


def _links(links: Iterable[Link], language: str) -> Rows:
    return tuple((Button("", link.label.in_language(language), link.url),) for link in links)


def _back(request: Request) -> Rows:
    if request.visitor.in_group:
        return ()
    return ((Button("/continue", say("go_on", request.language)),),)

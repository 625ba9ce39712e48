"""Commands that speak to the applicant's conversation: start (and one-time links), continue, review, language."""

import json

from bot.commands import information
from bot.commands.request import ROLES, Answer, Request
from bot.invitations import is_invitation, redeem
from conversations import inputs
from conversations.markdown import escape
from conversations.phrases import say
from conversations.replies import Reply
from storage import events, people, reach

LANGUAGE_MARK = "lang-"
GO_ON_PAYLOADS = ("resume", "continue")
INVITED = "invite"
"""Where somebody came from who used a one-time link: its payload is a secret."""
LONGEST_SOURCE_CHARACTERS = 64


def start(request: Request) -> Answer:
    """`/start`, `/start PAYLOAD`: begin, or what the link asks for.

    A one-time link gives its rights, a language of the form (`en`, `lang-en`) is chosen, `resume` and `continue` go
    on. Any other payload tells where the person came from.
    """
    payload = request.argument
    if not payload or request.visitor.in_group:
        return _to_person(request, inputs.Started())
    if is_invitation(payload):
        reach.set_source(request.conn, request.visitor.chat_id, INVITED)
        return _redeem(request, payload)
    if payload.casefold() in GO_ON_PAYLOADS:
        return go_on(request)
    code = payload.casefold().removeprefix(LANGUAGE_MARK)
    if code in information.published(request).languages:
        return _to_person(request, inputs.LanguageChosen(code))
    reach.set_source(request.conn, request.visitor.chat_id, payload[:LONGEST_SOURCE_CHARACTERS])
    return _to_person(request, inputs.Started())


def go_on(request: Request) -> Answer:
    return _to_person(request, inputs.Continued())


def review(request: Request) -> Answer:
    return _to_person(request, inputs.ReviewAsked())


def language(request: Request) -> Answer:
    return _to_person(request, inputs.LanguageChosen(request.argument or None))


def _to_person(request: Request, said: inputs.Input) -> Answer:
    if request.visitor.in_group:
        return Answer((Reply(say("group_only_commands", request.language)),))
    return Answer(said=said)


def _redeem(request: Request, payload: str) -> Answer:
    visitor, now = request.visitor, request.now
    role = redeem(request.conn, payload, visitor.person_id, now)
    if role is None:
        return Answer((Reply(say("invite_invalid", request.language)),))
    if ROLES[role] > request.rights:
        people.set_role(request.conn, visitor.person_id, role, now)
        events.record(
            request.conn,
            kind="role",
            actor_person_id=visitor.person_id,
            subject=f"person:{visitor.person_id}",
            detail=json.dumps({"old": visitor.role, "new": role}),
            now=now,
        )
    else:
        role = visitor.role  # an invitation never takes rights away
    welcome = say("invite_welcome", request.language, role=escape(say(f"role_{role}", request.language)))
    return Answer((Reply(welcome), *information.commands_for(request, role).replies))

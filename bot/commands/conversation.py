"""Commands that speak to the applicant's conversation: start (and one-time links), continue, review, language."""

import hashlib
import json

from bot.commands import information
from bot.commands.request import ROLES, Answer, Request
from conversations import inputs
from conversations.markdown import escape
from conversations.phrases import say
from conversations.replies import Reply
from storage import events, invites, people, reach

INVITE_MARK = "invite-"
"""A start payload that begins so is a one-time link's secret."""
LANGUAGE_MARK = "lang-"
GO_ON_PAYLOADS = ("resume", "continue")
INVITED = "invite"
"""Where somebody came from who used a one-time link: its payload is a secret."""
LONGEST_SOURCE_CHARACTERS = 64


def hash_secret(secret: str) -> str:
    """How a one-time link's secret is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def start(request: Request) -> Answer:
    """`/start`, `/start PAYLOAD`: begin, or what the link asks for.

    A one-time link gives its rights, a language of the form (`en`, `lang-en`) is chosen, `resume` and `continue` go
    on. Any other payload tells where the person came from.
    """
    payload = request.argument
    if not payload or request.visitor.in_group:
        return _to_person(request, inputs.Started())
    if payload.startswith(INVITE_MARK):
        reach.set_source(request.conn, request.visitor.chat_id, INVITED)
        return _redeem(request, payload.removeprefix(INVITE_MARK))
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


def _redeem(request: Request, secret: str) -> Answer:
    visitor, now = request.visitor, request.now
    role = invites.redeem(request.conn, hash_secret(secret), visitor.person_id, now)
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

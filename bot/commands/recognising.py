"""Is this update a command, and may this person use it?"""

import json
from dataclasses import dataclass

from bot.channels import base
from bot.commands import information
from bot.commands.request import Command, Request, Who
from conversations.phrases import plain_word, spoken
from storage import events

LONGEST_ALIAS_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Meant:
    """The command to run. `refused`: the person asked for one they may not use, and gets a friendly refusal."""

    command: Command
    argument: str
    refused: bool = False


def recognise(request: Request, content: base.Content) -> Meant | None:
    """The command an update means: typed, tapped, or said in plain words alone in a message. None: no command.

    A try without the right is written to the audit trail.
    """
    word, argument = _word(request, content)
    if word is None:
        return None
    command = next((known for known in request.commands if known.word == word), None)
    if command is None:
        return Meant(Command("unknown", Who.EVERYONE, information.unknown), argument)
    if request.rights >= command.who:
        return Meant(command, argument)
    events.record(
        request.conn,
        kind="refused",
        actor_person_id=request.visitor.person_id,
        subject=f"command:{command.word}",
        detail=json.dumps({"role": request.visitor.role}),
        now=request.now,
    )
    return Meant(Command(word, Who.EVERYONE, information.not_allowed), argument, refused=True)


def _word(request: Request, content: base.Content) -> tuple[str | None, str]:
    match content:
        case base.Command(word, argument):
            known = any(word == command.word for command in request.commands)
            return (word if known else _alias(request.commands, word) or word), argument
        case base.Tap(button) if button.startswith("/"):
            word, _, argument = button[1:].partition(" ")
            return word, argument
        case base.Text(text) if len(text) <= LONGEST_ALIAS_CHARACTERS:
            return _alias(request.commands, text), ""
        case _:
            return None, ""


def _alias(commands: tuple[Command, ...], text: str) -> str | None:
    said = plain_word(text)
    named = (command for command in commands if command.has_alias and said in spoken(f"alias_{command.word}"))
    return next((command.word for command in named), None) if said else None

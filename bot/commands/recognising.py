"""Is this update a command, and may this person use it?"""

import json
from dataclasses import dataclass

from bot.channels import base
from bot.commands import information
from bot.commands.request import Command, Request, Who
from bot.commands.table import BY_WORD, COMMANDS
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
    word, argument = _word(content)
    if word is None:
        return None
    command = BY_WORD.get(word)
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


def _word(content: base.Content) -> tuple[str | None, str]:
    match content:
        case base.Command(word, argument):
            return word, argument
        case base.Tap(button) if button.startswith("/"):
            word, _, argument = button[1:].partition(" ")
            return word, argument
        case base.Text(text) if len(text) <= LONGEST_ALIAS_CHARACTERS:
            return _alias(text), ""
        case _:
            return None, ""


def _alias(text: str) -> str | None:
    said = plain_word(text)
    named = (command for command in COMMANDS if command.has_alias and said in spoken(f"alias_{command.word}"))
    return next((command.word for command in named), None) if said else None

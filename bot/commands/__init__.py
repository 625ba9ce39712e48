"""Commands: one table of them, and how an update is recognised as one."""

from bot.commands.recognising import Meant, recognise
from bot.commands.request import Answer, Command, Request, Who
from bot.commands.table import COMMANDS

__all__ = ["COMMANDS", "Answer", "Command", "Meant", "Request", "Who", "recognise"]

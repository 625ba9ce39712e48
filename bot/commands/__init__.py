"""Commands: one table of them, and how an update is recognised as one."""

from bot.commands.recognising import Meant, recognise
from bot.commands.request import Answer, Command, Request, Who

__all__ = ["Answer", "Command", "Meant", "Request", "Who", "recognise"]

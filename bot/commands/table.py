"""The commands. Rights are data here and are checked in the turn, not by what a menu shows."""

from bot.commands import applications, call, conversation, form, information
from bot.commands.request import Command, Who

COMMANDS = (
    Command("start", Who.EVERYONE, conversation.start, in_groups=False),
    Command("continue", Who.EVERYONE, conversation.go_on, in_groups=False),
    Command("review", Who.EVERYONE, conversation.review, in_groups=False),
    Command("status", Who.EVERYONE, applications.status),
    Command("language", Who.EVERYONE, conversation.language, in_groups=False),
    Command("help", Who.EVERYONE, information.help_),
    Command("about", Who.EVERYONE, information.about),
    Command("criteria", Who.EVERYONE, information.criteria),
    Command("privacy", Who.EVERYONE, information.privacy),
    Command("list", Who.COORDINATOR, applications.list_, has_alias=False),
    Command("show", Who.COORDINATOR, applications.show, has_alias=False),
    Command("call", Who.ADMIN, call.call, has_alias=False),
    Command("form", Who.ADMIN, form.form, has_alias=False, in_groups=False),
)

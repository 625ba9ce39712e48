"""Viber: the REST Bot API by a small client on aiohttp. It has no editing, no uploads and no polling."""

from bot.channels.viber.channel import ViberChannel
from bot.channels.viber.messages import messages_made

__all__ = ["ViberChannel", "messages_made"]

"""Viber: the REST Bot API by a small client on aiohttp. It has no editing, no uploads and no polling."""

from bot.channels.viber.channel import ViberChannel

__all__ = ["ViberChannel"]

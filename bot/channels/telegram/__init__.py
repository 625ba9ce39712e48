"""Telegram: the Bot API by `telegram.Bot` for encoding and methods, on aiohttp, without `telegram.ext`."""

from bot.channels.telegram.channel import TelegramChannel

__all__ = ["TelegramChannel"]

"""Telegram: the Bot API by `telegram.Bot` for encoding and methods, on aiohttp, without `telegram.ext`."""

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.messages import messages_made

__all__ = ["TelegramChannel", "messages_made"]

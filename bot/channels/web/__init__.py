"""The web chat: a page, an event stream towards it and POSTs from it. It needs no account anywhere."""

from bot.channels.web.channel import WebChannel
from bot.channels.web.page import PHRASE_KEYS, Face
from bot.channels.web.streams import StreamRow

__all__ = ["PHRASE_KEYS", "Face", "StreamRow", "WebChannel"]

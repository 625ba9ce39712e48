"""Viber: the REST Bot API by a small client on aiohttp. It has no editing, no uploads and no polling."""

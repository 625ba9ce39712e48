"""What stops the start."""


class StartError(Exception):
    """The bot cannot start. The text is one clear sentence for the operator; the exit code is 2, no traceback."""

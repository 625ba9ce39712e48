"""The desk: one turn, the channels, commands, and what runs beside the turns."""

import sys

# structlog and httpx load rich, 5 MB with all that belongs to it, wherever it is installed, as typer has it. Nothing
# here is written with it: structlog does without, and httpx without its command line.
_may_be_absent = sys.modules.setdefault("rich", None) is None  # type: ignore[arg-type]
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

import structlog  # noqa: E402, F401

if _may_be_absent:
    del sys.modules["rich"]

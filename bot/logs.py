"""Logs: ids and outcomes, to standard error; never answers, names, phones or tokens."""

import logging
import sys
import traceback
from collections.abc import Iterator
from types import TracebackType

import structlog


def set_up(log_format: str, level: str) -> None:
    """`log_format` is `console` or `json`; `level` a standard level's name in lower case."""
    console = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_trace,
            structlog.processors.JSONRenderer() if log_format == "json" else console,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # Libraries log addresses with tokens in them at `info` and below; their messages may quote anything.
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_WithoutContents("%(levelname)s %(name)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def trace(failure: BaseException) -> str:
    """Where it happened and what led to it, without what it was about.

    The text of an exception may quote an answer (a database's does, with every parameter) or an address with a token
    in it, and so may the values of local variables.
    """
    return "\n".join(_lines(failure))


def _lines(failure: BaseException) -> Iterator[str]:
    cause = failure.__cause__ or (None if failure.__suppress_context__ else failure.__context__)
    if cause is not None:
        yield from _lines(cause)
    yield f"{type(failure).__module__}.{type(failure).__qualname__}"
    for frame in traceback.extract_tb(failure.__traceback__, limit=-20):
        yield f"  {frame.filename}:{frame.lineno} {frame.name}"


def _with_trace(logger: object, method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    failure = event.pop("exc_info", None)
    if failure is True:
        failure = sys.exc_info()[1]
    if isinstance(failure, BaseException):
        event["exception"] = trace(failure)
    return event


class _WithoutContents(logging.Formatter):
    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        return trace(ei[1]) if ei[1] is not None else ""

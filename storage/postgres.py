"""The PostgreSQL side: connections that never hang for long, and which failures pass by themselves.

A process that was frozen, or a host that vanished, must not keep a chat locked: the server ends a transaction in which
nothing happens. https://www.postgresql.org/docs/current/runtime-config-client.html

The driver is asynchronous: the engines are to be used within `greenlet_spawn`.
"""

from sqlalchemy import URL, Engine, NullPool, create_engine
from sqlalchemy.exc import DBAPIError, InterfaceError

CONNECT_TIMEOUT_SECONDS = 10
POOL_SIZE = 10
STATEMENT_TIMEOUT_SECONDS = 45
IDLE_TRANSACTION_SECONDS = 30
ANSWER_TIMEOUT_SECONDS = 60
"""How long we wait for the server, which gives up a statement before that: only one that vanished is silent so long."""
PAUSES_SECONDS = (0.02, 0.1, 0.4, 0.8, 1.5)
"""What is waited before each further try of a write: a deadlock passes at once, a restarted server takes a while."""
# https://www.postgresql.org/docs/current/errcodes-appendix.html: deadlock, serialization failure, the server stops,
# crashed or starts, our session was ended, too many connections.
_PASSING = frozenset({"40P01", "40001", "57P01", "57P02", "57P03", "25P03", "53300"})
_LOST_CONNECTION = "08"


def pooled_engine(url: URL, name: str) -> Engine:
    """The engine for all work. `name` is what the server shows in pg_stat_activity for this process."""
    settings = {
        "application_name": name,
        "statement_timeout": f"{STATEMENT_TIMEOUT_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{IDLE_TRANSACTION_SECONDS}s",
    }
    arguments = {
        "timeout": CONNECT_TIMEOUT_SECONDS,
        "command_timeout": ANSWER_TIMEOUT_SECONDS,
        "server_settings": settings,
    }
    return create_engine(url, pool_size=POOL_SIZE, pool_pre_ping=True, connect_args=arguments)


def lone_engine(url: URL, name: str) -> Engine:
    """An engine that opens a connection for each use, and waits for as long as it takes: to migrate, and to listen."""
    arguments = {"timeout": CONNECT_TIMEOUT_SECONDS, "server_settings": {"application_name": name}}
    return create_engine(url, poolclass=NullPool, connect_args=arguments)


def may_pass(failure: Exception) -> bool:
    """Whether the same write may well succeed in a moment."""
    if isinstance(failure, DBAPIError):
        state = getattr(failure.orig, "sqlstate", None) or ""
        return failure.connection_invalidated or isinstance(failure, InterfaceError) or _is_passing(state)
    # The driver's own errors reach us bare while connecting, wrapped afterwards.
    return isinstance(failure, ConnectionError | FileNotFoundError) or _is_passing(getattr(failure, "sqlstate", None))


def _is_passing(state: str | None) -> bool:
    return bool(state) and (state in _PASSING or str(state).startswith(_LOST_CONNECTION))

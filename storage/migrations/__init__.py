"""The schema's history. `migrate` brings a database to HEAD; `versions/` holds one file per step."""

from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0005"
"""The newest step in `versions/`: a database that is there already needs no Alembic, which is slow to import."""


class NewerSchema(Exception):
    """The database was made by a newer version of this program, whose steps we do not know."""


def migrate(connection: Connection, to: str = HEAD) -> None:
    """Bring the schema up to the step `to` inside the caller's transaction.

    Raises NewerSchema, also when we do not know the step `to`.
    """
    if current_step(connection) == to:
        return
    from alembic import command
    from alembic.util import CommandError

    config = _config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, to)
    except CommandError as unknown_step:
        raise NewerSchema from unknown_step


def knows(step: str) -> bool:
    """Whether a schema of this step is one of ours, and not a newer version's."""
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    try:
        return step == HEAD or ScriptDirectory.from_config(_config()).get_revision(step) is not None
    except CommandError:
        return False


def current_step(connection: Connection) -> str:
    """The step that the schema is at; '' before the first."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    return config

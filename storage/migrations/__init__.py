"""The schema's history. `migrate` brings a database to HEAD; `versions/` holds one file per step."""

from sqlalchemy import Connection, inspect, text

HEAD = "0002"
"""The newest step in `versions/`: a database that is there already needs no Alembic, which is slow to import."""


class NewerSchema(Exception):
    """The database was made by a newer version of this program, whose steps we do not know."""


def migrate(connection: Connection) -> None:
    """Bring the schema to HEAD inside the caller's transaction.

    Raises NewerSchema.
    """
    if _is_current(connection):
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as unknown_step:
        raise NewerSchema from unknown_step


def _is_current(connection: Connection) -> bool:
    if not inspect(connection).has_table("alembic_version"):
        return False
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD

import pytest

from bot.logs import set_up
from storage.database import Database
from tests.bot.desk import Desk


@pytest.fixture(scope="session", autouse=True)
def logs() -> None:
    """As the program sets them up: a traceback is written without the values in it."""
    set_up("console", "info")


@pytest.fixture
async def desk(database: Database) -> Desk:
    """An open call with a small form, on both databases."""
    return await Desk(database).open()

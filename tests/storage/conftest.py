import pytest

from storage.database import Database
from tests.storage.desk import Desk, set_up


@pytest.fixture
async def desk(database: Database) -> Desk:
    """A form and a call, stored."""
    return await database.write(set_up)

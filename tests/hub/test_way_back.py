"""Migrations the other way: as far as 0028 the tables go back and forth; before it, only a backup leads."""

import pytest
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine, text

from hub.database import open_engine
from hub.migrations import FOLDER, upgrade
from tests.hub import old_tables as tables
from tests.hub.test_storage import newest

LAST = "0028"  # it gave each house a donor of its own
pytestmark = pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")


def go_back(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def standing(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def test_the_tables_go_back_to_0028_and_forth_again(database_url: str) -> None:
    engine = open_engine(database_url)
    before = tables.shape(engine)
    go_back(engine, LAST)
    assert standing(engine) == LAST
    assert not [table.name for table in tables.tables_of(engine) if table.name.startswith(("pool_", "waiting_"))]
    upgrade(engine)
    assert (standing(engine), tables.shape(engine)) == (newest(), before)
    engine.dispose()


def test_before_0028_a_hub_comes_back_from_a_backup_only(database_url: str) -> None:
    engine = open_engine(database_url)
    before = tables.shape(engine)
    with pytest.raises(CommandError, match="from a backup only"):
        go_back(engine, "0027")
    assert (standing(engine), tables.shape(engine)) == (newest(), before)
    engine.dispose()

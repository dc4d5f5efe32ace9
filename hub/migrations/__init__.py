"""The tables over time: Alembic revisions, in batch mode so that SQLite can follow."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

FOLDER = Path(__file__).resolve().parent


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest revision, in one transaction."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

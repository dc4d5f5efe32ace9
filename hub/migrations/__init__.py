"""The tables over time: Alembic revisions, in batch mode so that SQLite can follow."""

from pathlib import Path

from sqlalchemy import Engine

FOLDER = Path(__file__).resolve().parent


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to this revision, else the newest, in one transaction."""
    from alembic import command  # noqa: PLC0415  (heavy, and `serve` does not need it)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

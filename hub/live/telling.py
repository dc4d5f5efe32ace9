"""Word between the processes of one hub that something at a bench has changed: PostgreSQL's LISTEN and NOTIFY.

The word holds nothing: who hears it looks at the database. It comes with the commit, never without. SQLite has none of
it: there one process serves, and looks every other second.
"""

import psycopg
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

CHANNEL = "etabli_live"
DEAF = psycopg.Error  # what listening raises when the database is away


def tell(session: Session) -> None:
    """Let every process look once this transaction is committed."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"NOTIFY {CHANNEL}"))


class Ears:
    """Listens on a connection of its own, opened at the first wait and again after a failure."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: psycopg.Connection | None = None

    def heard(self, seconds: float) -> bool:
        """Wait for word, at most so long; whether some came. What was opened just now counts as word.

        Raises psycopg.Error, sqlalchemy.exc.SQLAlchemyError when the database is away.
        """
        if self._connection is None:
            self._connection = self._open()
            return True  # nobody knows what was said before
        try:
            return any(True for _ in self._connection.notifies(timeout=seconds, stop_after=1))
        except psycopg.Error:
            self.close()
            raise

    def close(self) -> None:
        """Listen no more."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> psycopg.Connection:
        pooled = self._engine.raw_connection()
        connection = pooled.driver_connection
        assert isinstance(connection, psycopg.Connection)
        pooled.detach()  # it lives as long as somebody looks on: no place of the pool is held
        connection.autocommit = True
        connection.execute(f"LISTEN {CHANNEL}")
        return connection


def ears_of(engine: Engine) -> Ears | None:
    """Ears, where the database has a voice."""
    return Ears(engine) if engine.dialect.name == "postgresql" else None

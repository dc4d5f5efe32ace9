"""Engine and sessions: SQLite by default (WAL, FULL, BEGIN IMMEDIATE), PostgreSQL by `ETABLI_DATABASE_URL`.

One request is one transaction. SQLite pragmas are read back: a journal mode that silently stays `delete` would lose
acknowledged statements at a power cut.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Engine, Row, Select, True_, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

Columns = TypeVarTuple("Columns")
PRAGMAS = (("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1"), ("trusted_schema", "0"))
BEGIN = "sqlite_begin"
CONNECTIONS = 48  # at most, of one process; PostgreSQL has 100 by default
CACHE_KIB = 16 * 1024  # of each connection that is used: SQLite's own 2 MiB are 125 pages, fewer than one large lot has


class StorageError(Exception):
    """The database does not promise what the ledger needs."""


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA page_size=16384")  # only before the first table; an envelope fits without overflow pages
    for name, wanted in PRAGMAS:
        cursor.execute(f"PRAGMA {name}={wanted}")
        got = str(cursor.execute(f"PRAGMA {name}").fetchone()[0]).lower()
        if got != wanted:
            raise StorageError(f"SQLite refused {name}={wanted}: it is {got}")
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    cursor.close()


def _begin(connection: Any) -> None:
    mode = connection.get_execution_options().get(BEGIN, "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {mode}")


def reading(engine: Engine) -> Engine:
    """The same engine for units of work that only read: on SQLite they neither wait for a writer nor stop one."""
    return engine.execution_options(**{BEGIN: "DEFERRED"})


def narrowed(query: Select[*Columns], *conditions: ColumnElement[bool]) -> Select[*Columns]:
    """A query under more conditions; the very same one where all of them are plainly true.

    A query that is made once, with names for what is asked, costs a third of one that is made for each question.
    """
    left = [one for one in conditions if not isinstance(one, True_)]
    return query.where(*left) if left else query


def plain_rows(session: Session, query: Select[*Columns], **asked: Any) -> Sequence[Row[*Columns]]:
    """The rows as the driver gives them: the mapper looks at each of thousands, which is a fifth of a page."""
    session.flush()  # as the mapper's way does by itself
    return session.connection().execute(query, asked).all()


def amid_writing(session: Session) -> bool:
    """Whether a session stands in a transaction that may write, so that whoever else writes waits for its end."""
    mode = session.get_bind().get_execution_options().get(BEGIN, "IMMEDIATE")
    return session.in_transaction() and mode == "IMMEDIATE"


def open_engine(url: str) -> Engine:
    """Make the engine for a database URL ("sqlite:///path", "postgresql+psycopg://...")."""
    sizes: dict[str, Any] = {"pool_size": CONNECTIONS, "max_overflow": 8, "pool_use_lifo": True}  # the warmest first
    shared = url in {"sqlite://", "sqlite:///:memory:"}
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"), **({} if shared else sizes))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin)
    return engine


def session_factory(engine: Engine) -> sessionmaker[Session]:
    """Sessions whose objects stay readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def transaction(factory: sessionmaker[Session]) -> Iterator[Session]:
    """One unit of work: commits at the end, rolls back on any error."""
    with factory.begin() as session:
        yield session

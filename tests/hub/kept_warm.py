"""What a hub that serves makes once, and the hundreds of hubs of a run would make again each: a seventh of their time.

One store holds the statements that were compiled for each kind of database, as that of a hub does that runs for months.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Dialect, Engine, create_engine
from sqlalchemy.util import LRUCache

from hub import database

STATEMENTS = 8000  # what the tests compile


@pytest.fixture(autouse=True, scope="session")
def one_compiler() -> Iterator[None]:
    """Give every engine the dialect of one of its kind that has connected, by which the store knows what it holds."""
    dialects: dict[str, Dialect] = {}
    store: LRUCache[Any, Any] = LRUCache(STATEMENTS)

    def made(url: str, **how: Any) -> Engine:
        engine = create_engine(url, **how)
        known = dialects.setdefault(engine.dialect.name, engine.dialect)
        if known.server_version_info is None:  # its engine has not connected yet: it knows too little to lend
            dialects[engine.dialect.name] = known = engine.dialect
        engine.dialect = engine.pool._dialect = known
        engine._compiled_cache = store
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create_engine", made)
        yield

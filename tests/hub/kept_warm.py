"""What a hub that serves makes once, and the hundreds of hubs of a run would make again each: a seventh of their time.

One event loop answers all requests: a test client otherwise makes a thread, a loop and its pipes for each. One store
holds the statements that were compiled for each kind of database, as that of a hub does that runs for months.
"""

import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from sqlalchemy import Dialect, Engine, create_engine
from sqlalchemy.util import LRUCache

from hub import database

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette asks for another client library than the one that the station uses
    from starlette.testclient import TestClient

STATEMENTS = 8000  # what the tests compile


@pytest.fixture(autouse=True, scope="session")
def one_loop() -> Iterator[None]:
    """Give every client the same loop; one that is used as a context has its own, as ever."""
    with start_blocking_portal() as portal, pytest.MonkeyPatch.context() as patch:
        patch.setattr(TestClient, "portal", portal)
        yield


@pytest.fixture(autouse=True, scope="session")
def one_compiler() -> Iterator[None]:
    """Give every engine the dialect of the first one of its kind, by which the store knows what it holds."""
    dialects: dict[str, Dialect] = {}
    store: LRUCache[Any, Any] = LRUCache(STATEMENTS)

    def made(url: str, **how: Any) -> Engine:
        engine = create_engine(url, **how)
        engine.dialect = engine.pool._dialect = dialects.setdefault(engine.dialect.name, engine.dialect)
        engine._compiled_cache = store
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create_engine", made)
        yield

"""Fixtures of the rows of the seeds: the hub of `tests/hub`, on SQLite."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.hub.conftest import fresh_world, quick_passwords, sqlite_template
from tests.seeds.office import Office

__all__ = ["fresh_world", "quick_passwords", "sqlite_template"]


@pytest.fixture
def office(fresh_world: Callable[[], Any]) -> Office:
    """A workshop with a lot of two laptops."""
    return Office(fresh_world())

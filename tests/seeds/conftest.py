"""Fixtures of the rows of the seeds: a whole workshop with its pages, and a browser for each role."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.hub.conftest import fresh_world, quick_passwords, sqlite_template
from tests.hub.pages.conftest import signed_in, token_of, visitor, worked, workshop
from tests.seeds.office import Office

__all__ = [
    "fresh_world",
    "quick_passwords",
    "signed_in",
    "sqlite_template",
    "token_of",
    "visitor",
    "worked",
    "workshop",
]


@pytest.fixture
def office(fresh_world: Callable[[], Any]) -> Office:
    """A workshop with a lot of two laptops."""
    return Office(fresh_world())

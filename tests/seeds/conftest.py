"""Fixtures of the rows of the seeds: a whole workshop with its pages, and a browser for each role."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.hub.conftest import (
    app,
    client,
    clock,
    fresh_world,
    hub,
    quick_passwords,
    settings,
    sqlite_template,
    world,
)
from tests.hub.kept_warm import one_compiler
from tests.hub.pages.conftest import signed_in, token_of, visitor, worked, workshop
from tests.seeds.office import Office

__all__ = [
    "app",
    "client",
    "clock",
    "fresh_world",
    "hub",
    "one_compiler",
    "quick_passwords",
    "settings",
    "signed_in",
    "sqlite_template",
    "token_of",
    "visitor",
    "worked",
    "workshop",
    "world",
]


@pytest.fixture
def office(fresh_world: Callable[[], Any]) -> Office:
    """A workshop with a lot of two laptops."""
    return Office(fresh_world())

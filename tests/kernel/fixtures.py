"""Pytest plugin: fixtures of the kernel tier, for every room."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.guard import GUARD
from tests.kernel.udevd import running_udevd


@pytest.fixture(scope="session")
def udevd() -> Iterator[None]:
    """Run a udev daemon for as long as the session needs it; its end may fall into an unmarked test."""
    daemon = ExitStack()
    with GUARD.lifted():
        daemon.enter_context(running_udevd())
    yield
    with GUARD.lifted():
        daemon.close()

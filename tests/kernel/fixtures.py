"""Pytest plugin: fixtures of the kernel tier, for every room."""

from collections.abc import Iterator

import pytest

from tests.kernel.udevd import running_udevd


@pytest.fixture(scope="session")
def udevd() -> Iterator[None]:
    """Run a udev daemon for as long as the session needs it."""
    with running_udevd():
        yield

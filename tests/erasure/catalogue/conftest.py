"""The bench of the false-success catalogue (drives reference, sections 5 and 6.3)."""

import itertools
from pathlib import Path
from typing import Any

import pytest

from tests.erasure.catalogue.catalogue_bench import Make, Workbench, make_workbench


@pytest.fixture
def on_bench(tmp_path: Path) -> Make:
    """Make a bench with one fixture on it, as often as a test asks: `on_bench("nvme-lies", nvme={"seconds": 9})`."""
    numbers = itertools.count()

    def make(fixture: str, **changes: Any) -> Workbench:
        return make_workbench(tmp_path / f"bench-{next(numbers)}", fixture, changes)

    return make

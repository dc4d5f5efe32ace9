"""The table at which ceremonies are held."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hub.keys.table import Table


@pytest.fixture
def table(world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    stick = tmp_path / "stick"
    stick.mkdir()
    yield Table(world, stick, monkeypatch)
    assert not list(Path("/dev/shm").glob("etabli-*.pdf"))

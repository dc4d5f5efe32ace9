"""A whole day at the bench in French, by keys alone: it ends well, and it can end otherwise."""

import tempfile
from pathlib import Path

import pytest

from tests.day.programme import walk_a_day

pytestmark = pytest.mark.campaign


def test_a_day_in_french_ends_with_six_verdicts_a_grade_and_nothing_queued(tmp_path: Path) -> None:
    told: list[str] = []
    with tempfile.TemporaryDirectory(prefix="day") as folder:
        page = walk_a_day(Path(folder), tmp_path, "fr", (80, 25), told.append)
    pictures = sorted(tmp_path.glob("*.svg"))
    assert len(pictures) == len(told) >= 25
    assert all(f'src="{picture.name}"' in page.read_text("utf-8") for picture in pictures)

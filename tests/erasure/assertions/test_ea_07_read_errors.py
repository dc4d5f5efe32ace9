"""EA-07: a sector that cannot be read back means not ERASED, by whatever method it was erased."""

from pathlib import Path
from typing import Any

import pytest

from tests.erasure.assertions.cases import EACH_METHOD, EACH_OVERWRITE, KINDS, attempt, faulty

LAST = 256
AFTER = 24 * 512  # bytes read: canaries and old contents were looked at by then, so that only the look afterwards fails


@EACH_METHOD
@pytest.mark.parametrize("lba", [0, LAST])
def test_neither_end_may_be_unreadable(tmp_path: Path, table: dict[str, Any], method: str, lba: int) -> None:
    """Both ends always carry a canary, and are in every read-back."""
    tried = attempt(tmp_path, table, method, faulty("bad-read", first_lba=lba, count=1))
    assert (tried.verdict, tried.objections) == ("FAILED", [])
    assert "READ_ERROR" in tried.codes
    assert [(item.first, item.count) for item in tried.table.report.bad.read] == [(lba, 1)]  # type: ignore[union-attr]


@EACH_OVERWRITE
@pytest.mark.parametrize("place", [(1, 1), (127, 2), (200, 57)])
def test_every_sector_of_an_overwrite_is_read(tmp_path: Path, kind: str, method: str, place: tuple[int, int]) -> None:
    tried = attempt(tmp_path, KINDS[kind], method, faulty("bad-read", first_lba=place[0], count=place[1]))
    assert (tried.verdict, tried.objections) == ("FAILED", [])
    assert [(item.first, item.count) for item in tried.table.report.bad.read] == [place]  # type: ignore[union-attr]


@EACH_METHOD
def test_a_drive_that_reads_nothing_any_more_is_not_erased(tmp_path: Path, table: dict[str, Any], method: str) -> None:
    after = 0 if method.startswith("overwrite.") else AFTER
    tried = attempt(tmp_path, table, method, faulty("bad-read", after_read_bytes=after))
    assert (tried.verdict, tried.objections) == ("FAILED", [])

"""EA-06: a sector that cannot be written means not ERASED, and its LBA is listed."""

from pathlib import Path
from typing import Any

import pytest

from tests.erasure.assertions.cases import EACH_OVERWRITE, KINDS, SCSI, attempt, faulty

LAST = 256  # of 257 sectors
PLACES = {"first": (0, 1), "mid": (128, 1), "last": (LAST, 1), "burst": (100, 40), "tail": (250, 7)}
EACH_PLACE = pytest.mark.parametrize("place", PLACES)


def listed(tried: Any) -> list[tuple[int, int]]:
    return [(item.first, item.count) for item in tried.table.report.bad.write]


@EACH_PLACE
@EACH_OVERWRITE
def test_the_sectors_are_listed_on_every_kind_of_drive(tmp_path: Path, kind: str, method: str, place: str) -> None:
    first, count = PLACES[place]
    tried = attempt(tmp_path, KINDS[kind], method, faulty("bad-write", first_lba=first, count=count))
    assert (tried.verdict, "WRITE_ERROR" in tried.codes, tried.objections) == ("FAILED", True, [])
    assert listed(tried) == [(first, count)]


@EACH_PLACE
@pytest.mark.parametrize("sector", [512, 4096])
def test_sectors_of_4096_bytes_are_listed_as_such(tmp_path: Path, sector: int, place: str) -> None:
    first, count = PLACES[place]
    table = {**KINDS["ata"], "logical_sector": sector, "size_bytes": 257 * sector}
    tried = attempt(tmp_path, table, "overwrite.keystream", faulty("bad-write", first_lba=first, count=count))
    assert (tried.verdict, listed(tried)) == ("FAILED", [(first, count)])


@EACH_PLACE
def test_a_drive_that_needs_a_write_after_its_erase_and_refuses_it_is_not_erased(tmp_path: Path, place: str) -> None:
    first, count = PLACES[place]
    table = {**SCSI, "scsi": {"crypto": False, "block": True, "overwrite": False, "seconds": 1, "wabereq": 2}}
    part = faulty("bad-write", first_lba=first, count=count)
    tried = attempt(tmp_path, table, "scsi.sanitize.block", part, vices=("needs-write",))
    assert (tried.verdict, tried.objections) == ("FAILED", [])
    assert listed(tried) == [(first, count)]

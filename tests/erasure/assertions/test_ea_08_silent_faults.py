"""EA-08: dropped writes, stale reads and capacities that wrap around are found."""

from pathlib import Path
from typing import Any

import pytest

from tests.erasure.assertions.cases import ATA, EACH_OVERWRITE, KIB, KINDS, PLAIN, SCSI, attempt, faulty

PLACES = [(0, 1), (128, 1), (256, 1), (40, 90)]


@EACH_OVERWRITE
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("fault", ["drop-writes", "stale-reads"])
def test_what_the_drive_hides_is_found(
    tmp_path: Path, kind: str, method: str, fault: str, place: tuple[int, int]
) -> None:
    tried = attempt(tmp_path, KINDS[kind], method, faulty(fault, first_lba=place[0], count=place[1]))
    assert (tried.verdict, tried.objections) == ("FAILED", [])
    assert tried.codes & {"MISMATCH", "SIZE"}


@pytest.mark.parametrize("method", ["overwrite.keystream", "overwrite.zeros"])
@pytest.mark.parametrize("real", [16 * KIB, 64 * KIB, 100 * KIB, 128 * KIB])
def test_a_fake_capacity_is_found(tmp_path: Path, method: str, real: int) -> None:
    table = {**PLAIN, "faults": []}
    tried = attempt(tmp_path, table, method, faulty("wrap", real_bytes=real))
    assert (tried.verdict, tried.objections) == ("FAILED", [])


@pytest.mark.parametrize(
    ("table", "method"),
    [
        (ATA, "overwrite.keystream"),
        (ATA, "overwrite.zeros"),
        (ATA, "ata.sanitize.block"),
        (ATA, "ata.security.normal"),
        (SCSI, "overwrite.keystream"),
        (SCSI, "scsi.sanitize.crypto"),
    ],
)
@pytest.mark.parametrize("real", [32 * KIB, 64 * KIB, 96 * KIB])
def test_addresses_that_wrap_around_are_found(tmp_path: Path, table: dict[str, Any], method: str, real: int) -> None:
    kind = str(table["bus"]) if table["bus"] != "scsi" else "scsi"
    wrapping = {**table, kind: {**table[kind], "wrap_bytes": real}}
    tried = attempt(tmp_path, wrapping, method, vices=("wraps",))
    assert (tried.verdict, tried.objections) == ("FAILED", [])


@pytest.mark.parametrize("kind", KINDS)
def test_a_drive_that_drops_everything_is_found_even_when_it_was_blank(tmp_path: Path, kind: str) -> None:
    tried = attempt(tmp_path, {**KINDS[kind], "contents": "zeros"}, "overwrite.zeros", faulty("drop-writes"))
    assert (tried.verdict, tried.codes & {"MISMATCH"}) == ("FAILED", {"MISMATCH"})

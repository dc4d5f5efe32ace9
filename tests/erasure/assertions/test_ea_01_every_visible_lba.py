"""EA-01: every visible LBA holds the pattern: first, last, around 2^28 and 2^32, and tails of any length.

What is scaled: a drive of 2^32 sectors is a sparse file of 2 TiB, so a whole pass over it is not shown. Shown are the
write pass from a checkpoint just below the boundary to the end of the drive, byte by byte against another AES, and the
canaries of a firmware erase on a drive of that size. Drives around 2 MiB are written and compared whole.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erasure.outcome import VerdictWord
from erasure.probe import tag
from erasure.resume import ResumePoint
from erasure.simulated import Contents, SimulatedBlockDrive, SimulatedDrive
from tests.erasure.assertions.cases import ATA, OVERWRITES, SUCCESS, attempt
from tests.erasure.plans.lottery import Part, Plan
from tests.erasure.plans.table import Table
from tests.erasure.simulated_bench import Bench, Singly

BLOCK = 2048  # sectors: the buffers that tools write with
TAILS = (1, 2, 7, 8, 9, 127, 128, 129, 255, 1023, 1024, 1025, 2046, 2047)
EDGES = (1 << 28, 1 << 32)  # LBA28, and 32-bit arithmetic
KEY = bytes(range(32))
ABOVE = 24  # sectors that a drive has beyond the boundary


def of_size(folder: Path, sectors: int, sector: int, method: str) -> Bench:
    drive = SimulatedDrive(
        f"s{sectors}",
        sectors * sector,
        serial="DEMO-0001",
        logical_sector=sector,
        physical_sector=4096,
        contents=Contents.PATTERN,
    )
    return Bench(folder, drive, method)


@pytest.mark.parametrize("method", OVERWRITES)
@pytest.mark.parametrize("tail", TAILS)
def test_a_last_block_of_any_length_is_written(tmp_path: Path, method: str, tail: int) -> None:
    bench = of_size(tmp_path, BLOCK + tail, 512, method)
    assert bench.erase().verdict is VerdictWord.ERASED
    assert bench.content() == bench.expected()


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(sectors=st.integers(1, 700), sector=st.sampled_from([512, 4096]), method=st.sampled_from(OVERWRITES))
def test_a_drive_of_any_length_is_written(tmp_path: Path, sectors: int, sector: int, method: str) -> None:
    bench = of_size(tmp_path, sectors, sector, method)
    bench.backing.unlink()
    assert bench.erase().verdict is VerdictWord.ERASED
    assert bench.content() == bench.expected()


class Ledger(Singly):
    """A port in front of a sparse drive that keeps which bytes were written, and stores what it is given."""

    def __init__(self, inner: SimulatedBlockDrive) -> None:
        self.inner = inner
        self.written: list[tuple[int, int]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def pwrite(self, buffer: memoryview, offset: int) -> int:
        self.written.append((offset, offset + len(buffer)))
        return self.inner.pwrite(buffer, offset)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.inner.close()


def stream(key: bytes, offset: int, length: int) -> bytes:
    """What must stand at a byte of the drive: AES-256-CTR, its counter begun anew at that block."""
    counter = (offset // 16).to_bytes(16, "big")
    return Cipher(algorithms.AES(key), modes.CTR(counter)).encryptor().update(bytes(length))


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("beyond", [-1, 0, 1, ABOVE])
@pytest.mark.parametrize("method", OVERWRITES)
def test_the_boundaries_of_addresses_are_no_boundaries(tmp_path: Path, edge: int, beyond: int, method: str) -> None:
    """The pass is taken up a little below the boundary; every sector from there to the last holds what it must."""
    bench = of_size(tmp_path, edge + beyond, 512, method)
    bench = replace(bench, drive=replace(bench.drive, contents=Contents.ZEROS))
    first, end = (edge - ABOVE) * 512, (edge + beyond) * 512
    with bench.backing.open("r+b") as medium:
        medium.seek(first)
        medium.write(b"old" * ((end - first) // 3) + b"old"[: (end - first) % 3])
        medium.seek(end - 512)
        medium.write(tag(KEY, end // 512 - 1, 512))  # the mark of the probe, which the first part of the run has left
    with bench.open() as port:
        planned = bench.plan_for(port)
    ledger, point = Ledger(bench.open()), point_at(bench, planned, first)
    sampled = replace(bench, verification="sample", sample_sectors=4)
    sampled.erase(resume=point, planned=replace(planned, verification="sample", sample_sectors=4), port=ledger)
    assert min(ledger.written)[0] >= first
    assert max(place for _, place in ledger.written) == end
    with bench.backing.open("rb") as medium:
        medium.seek(first)
        found = medium.read()
    wanted = bytes(end - first) if method == "overwrite.zeros" else stream(point.key, first, end - first)
    assert found == wanted
    assert bench.backing.stat().st_blocks * 512 < 1 << 20  # and nothing else was written


def point_at(bench: Bench, planned: Any, offset: int) -> ResumePoint:
    """The point of a run whose write pass had come to byte `offset`."""
    identity = planned.facts.device.identity
    return ResumePoint(
        run_id="0" * 32,
        method=bench.method,
        key=KEY,
        model=identity.model,
        serial=identity.serial,
        wwn=identity.wwn,
        size_bytes=bench.drive.size_bytes,
        logical_sector=512,
        offset=offset,
        begun=True,
        written=False,
        bad_write=(),
        unreadable=(),
        mismatch=(),
        failures=(),
        resumed=0,
        started_wall="2026-11-21T10:00:00Z",
        entries=(),
    )


@pytest.mark.parametrize("edge", EDGES)
def test_canaries_stand_on_both_sides_of_every_boundary(tmp_path: Path, edge: int) -> None:
    """On a drive that lies: whatever was planted is found alive, and listed."""
    large = {**ATA, "size_bytes": (edge + ABOVE) * 512, "contents": "zeros"}
    tried = attempt_unjudged(tmp_path, large)
    assert tried.verdict is VerdictWord.FAILED
    alive = {lba for item in tried.bad.mismatch for lba in range(item.first, item.first + item.count)}
    assert {0, edge - 1, edge, edge + 1, edge + ABOVE - 1} <= alive


def attempt_unjudged(folder: Path, table: dict[str, Any]) -> Any:
    """Erase a drive that is too large to be looked at whole."""
    drive = {**table, "vices": ["lies"]}
    bench = Table(folder, Plan(drive, dict(ATA), "purge-preferred", "ata.sanitize.block", (Part(),)))
    bench.attempt(Part())
    return bench.report


@pytest.mark.parametrize("method", OVERWRITES)
@pytest.mark.parametrize("extra", [0, 512, 7 * 512])
def test_a_drive_with_commands_is_written_to_its_end_too(tmp_path: Path, method: str, extra: int) -> None:
    tried = attempt(tmp_path, {**ATA, "size_bytes": 65536 + extra}, method)
    assert (tried.verdict in SUCCESS, tried.objections) == (True, [])

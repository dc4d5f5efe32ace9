"""Random drives with random vices: not one false ERASED, and not one healthy drive refused.

The judge does not use the engine: it makes the expected bytes in one piece from the key in the journal, and compares
them with the backing file itself.
"""

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erasure.errors import DeviceError, RunInterrupted
from erasure.outcome import VerdictWord
from erasure.report import ErasureReport
from erasure.simulated import Contents, Fault, FaultKind, SimulatedDrive
from tests.erasure.simulated_bench import Bench

SUCCESS = (VerdictWord.ERASED, VerdictWord.ERASED_WITH_EXCEPTIONS)
HARMLESS = (FaultKind.SHORT_IO, FaultKind.INTERRUPTED_IO, FaultKind.SLOW)
ALWAYS_FATAL = (FaultKind.BAD_WRITE, FaultKind.BAD_READ, FaultKind.WRAP, FaultKind.BAD_FLUSH, FaultKind.VANISH)
CAMPAIGN = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], derandomize=True
)


@st.composite
def geometries(draw: st.DrawFn) -> tuple[int, int]:
    sector = draw(st.sampled_from([512, 4096]))
    sectors = draw(st.integers(min_value=65536 // sector, max_value=(1 << 20) // sector))
    return sector, sectors


@st.composite
def faults(draw: st.DrawFn, sector: int, sectors: int, kinds: Any) -> Fault:
    kind = draw(st.sampled_from(kinds))
    first = draw(st.integers(0, sectors - 1))
    size = sector * sectors
    members: dict[str, Any] = {}
    match kind:
        case FaultKind.WRAP:
            members = {"real_bytes": draw(st.integers(1, sectors - 1)) * sector}
        case FaultKind.WRONG_SIZE:
            real = draw(st.integers(1, 2 * sectors).filter(lambda other: other != sectors)) * sector
            members = {"real_bytes": real, "after_bytes": draw(st.integers(1, size))}
        case FaultKind.VANISH | FaultKind.POWER_LOSS:
            members = {"after_bytes": draw(st.integers(1, size))}
        case FaultKind.RENAMED:
            members = {"after_read_bytes": draw(st.integers(sector, size // 2))}
        case FaultKind.SHORT_IO:
            members = {"count": draw(st.integers(1, 64))}
        case FaultKind.BAD_FLUSH | FaultKind.INTERRUPTED_IO:
            pass
        case _:
            late = draw(st.sampled_from([0, 0, size // 3])) if kind is FaultKind.DROP_WRITES else 0
            count = draw(st.integers(1, min(sectors - first, 200)))
            members = {"first_lba": first, "count": count, "after_bytes": late, "seconds": 1.0}
    return Fault(kind, **members)


@st.composite
def drives(draw: st.DrawFn, kinds: Any, at_most: int = 3) -> SimulatedDrive:
    sector, sectors = draw(geometries())
    vices = draw(st.lists(faults(sector, sectors, kinds), max_size=at_most))
    return SimulatedDrive(
        f"r{draw(st.integers(0, 1 << 62)):x}",
        sector * sectors,
        serial="DEMO-RANDOM",
        logical_sector=sector,
        physical_sector=4096,
        bus=draw(st.sampled_from(["ata", "nvme", "usb"])),
        contents=draw(st.sampled_from(list(Contents))),
        faults=tuple(vices),
    )


METHODS = st.sampled_from(["overwrite.keystream", "overwrite.zeros"])


def judge(bench: Bench, report: ErasureReport) -> str | None:
    """Say what is wrong with a report; None when it holds."""
    kinds = [fault.kind for fault in bench.drive.faults]
    if report.verdict in SUCCESS:
        left = bench.old_sectors()
        if left:
            return f"FALSE ERASED: LBAs {left} still hold something else"
        fatal = [kind for kind in kinds if kind in ALWAYS_FATAL]
        if fatal == [FaultKind.WRAP] and len(kinds) > 1:
            fatal = []  # another vice may hide the wrap; every real sector was judged above
        return f"ERASED in spite of {fatal}" if fatal else None
    if not report.reasons:
        return "no reason given"
    if all(kind in HARMLESS for kind in kinds):
        return f"a healthy drive was called {report.verdict}: {report.reasons}"
    return None


@settings(CAMPAIGN, max_examples=600)
@given(drive=drives(list(FaultKind)), method=METHODS)
def test_no_drive_is_falsely_called_erased(bench: Bench, drive: SimulatedDrive, method: str) -> None:
    tried = replace(bench, drive=drive, method=method, journal=type(bench.journal)(), events=[])
    try:
        report = tried.erase()
        assert judge(tried, report) is None
    finally:
        tried.backing.unlink()


@settings(CAMPAIGN, max_examples=100)
@given(drive=drives(list(HARMLESS), at_most=2), method=METHODS)
def test_every_healthy_drive_ends_erased(bench: Bench, drive: SimulatedDrive, method: str) -> None:
    tried = replace(bench, drive=drive, method=method, journal=type(bench.journal)(), events=[])
    try:
        report = tried.erase()
        assert report.verdict is VerdictWord.ERASED, report.reasons
        assert tried.old_sectors() == []
    finally:
        tried.backing.unlink()


@settings(CAMPAIGN, max_examples=300)
@given(drive=drives(list(FaultKind), at_most=2), method=METHODS, cut=st.integers(0, 4), data=st.data())
def test_no_interrupted_drive_is_falsely_called_erased(
    bench: Bench, drive: SimulatedDrive, method: str, cut: int, data: st.DataObject
) -> None:
    """Stopped at any request, power lost or not, then taken up again with other vices on the same medium."""
    tried = replace(bench, drive=drive, method=method, journal=type(bench.journal)(), events=[])
    asked = iter(range(1_000_000))
    later = later_faults(data, drive)  # drawn in any case: when a part is stopped is not the same each time
    try:
        report = tried.erase(stop=lambda: next(asked) >= cut)
    except RunInterrupted:
        tried = replace(tried, drive=replace(drive, faults=later))
        report = taken_up_again(tried)
    if report is not None and report.verdict in SUCCESS:
        assert tried.old_sectors() == []
    tried.backing.unlink()


def later_faults(data: st.DataObject, drive: SimulatedDrive) -> tuple[Fault, ...]:
    """Draw the vices of the second part; what wraps around once, wraps around for ever."""
    sector = drive.logical_sector
    kinds = [kind for kind in FaultKind if kind is not FaultKind.WRAP]
    later = data.draw(st.lists(faults(sector, drive.size_bytes // sector, kinds), max_size=2))
    return (*(fault for fault in drive.faults if fault.kind is FaultKind.WRAP), *later)


def taken_up_again(tried: Bench) -> ErasureReport | None:
    """Resume; None when the run stays open because the drive is not the same any more."""
    try:
        return tried.erase(resume=tried.resume_point())
    except DeviceError:
        return None

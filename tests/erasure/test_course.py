"""Hidden areas come first, a power cycle is waited for, and sectors that must be written before they are read are."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from erasure.errors import DeviceError, PowerCycleRequired
from erasure.hidden import AreaState, HiddenAreas
from erasure.journal import EntryKind
from erasure.outcome import Reason, ReasonCode, VerdictWord
from erasure.restored import Restored
from tests.erasure.simulated_bench import Bench

CLIPPED = HiddenAreas(AreaState.PRESENT, AreaState.NONE, AreaState.NONE, 400 * 1024)
Restore = Callable[[Restored], list[str]]


@pytest.fixture
def restoring(monkeypatch: pytest.MonkeyPatch) -> Restore:
    """Let the drive answer `restored` when its hidden areas are to be removed; gives the list of calls."""
    calls: list[str] = []

    def answer(restored: Restored) -> list[str]:
        def restore(ports: Any, facts: Any) -> Restored:
            calls.append(facts.device.name)
            return restored

        monkeypatch.setattr("erasure.course.restore", restore)
        return calls

    return answer


def planned(bench: Bench) -> Any:
    with bench.open() as port:
        return replace(bench.plan_for(port), restore=True)


def grown(bench: Bench) -> Bench:
    """The same drive after a power cycle: its whole native capacity shows."""
    size = 400 * 1024
    with bench.backing.open("r+b") as medium:
        medium.truncate(size)
    return replace(bench, drive=replace(bench.drive, size_bytes=size, number=3))


def test_a_hidden_area_that_stays_is_an_exception_with_its_reason(bench: Bench, restoring: Restore) -> None:
    frozen = Reason(ReasonCode.HIDDEN_AREA, "the DCO is frozen")
    calls = restoring(Restored((), (frozen,), power_cycle=False, native_bytes=None))
    report = bench.erase(planned=planned(bench))
    assert (report.verdict, report.exceptions) == (VerdictWord.ERASED_WITH_EXCEPTIONS, (frozen,))
    assert calls == ["sda"]
    assert bench.journal.kinds()[:2] == ["INTENT", "RESTORED"]


def test_a_power_cycle_is_asked_for_and_the_run_stays_open(bench: Bench, restoring: Restore) -> None:
    restoring(Restored(("HPA",), (), power_cycle=True, native_bytes=400 * 1024))
    with pytest.raises(PowerCycleRequired, match="switch the drive off and on"):
        bench.erase(planned=planned(bench))
    assert bench.journal.kinds()[-1] == EntryKind.POWER_CYCLE


def test_the_kernels_old_size_needs_a_power_cycle_too(bench: Bench, restoring: Restore) -> None:
    restoring(Restored(("HPA",), (), power_cycle=False, native_bytes=400 * 1024))
    with pytest.raises(PowerCycleRequired):
        bench.erase(planned=planned(bench))


def test_a_drive_that_was_not_switched_off_is_not_taken_up_again(bench: Bench, restoring: Restore) -> None:
    restoring(Restored(("HPA",), (), power_cycle=True, native_bytes=400 * 1024))
    with pytest.raises(PowerCycleRequired):
        bench.erase(planned=planned(bench))
    with pytest.raises(DeviceError, match="not been switched off"):
        bench.erase(resume=bench.resume_point())


def test_after_the_power_cycle_the_whole_native_capacity_is_erased(bench: Bench, restoring: Restore) -> None:
    restoring(Restored(("HPA",), (), power_cycle=True, native_bytes=400 * 1024))
    with pytest.raises(PowerCycleRequired):
        bench.erase(planned=planned(bench))
    later = grown(bench)
    report = later.erase(resume=later.resume_point())
    assert report.verdict is VerdictWord.ERASED
    assert report.facts.size_bytes == 400 * 1024
    assert later.old_sectors() == []


def test_a_drive_that_refuses_after_a_power_cycle_keeps_its_hidden_area(bench: Bench, restoring: Restore) -> None:
    refused = Reason(ReasonCode.HIDDEN_AREA, "HPA: the drive did not take the change")
    restoring(Restored((), (refused,), power_cycle=True, native_bytes=400 * 1024))
    with pytest.raises(PowerCycleRequired):
        bench.erase(planned=planned(bench))
    replugged = replace(bench, drive=replace(bench.drive, number=3))
    with replugged.open() as port:
        again = replace(replugged.plan_for(port), restore=True)
    report = replugged.erase(resume=replugged.resume_point(), planned=again)
    assert (report.verdict, report.exceptions) == (VerdictWord.ERASED_WITH_EXCEPTIONS, (refused,))


def test_a_drive_of_another_size_is_not_taken_for_it(bench: Bench, restoring: Restore) -> None:
    restoring(Restored(("HPA",), (), power_cycle=True, native_bytes=400 * 1024))
    with pytest.raises(PowerCycleRequired):
        bench.erase(planned=planned(bench))
    with bench.backing.open("r+b") as medium:
        medium.truncate(500 * 1024)
    other = replace(bench, drive=replace(bench.drive, number=3, size_bytes=500 * 1024))
    with pytest.raises(DeviceError, match="size was"):
        other.erase(resume=other.resume_point())


def test_a_restore_that_fails_on_the_way_is_an_exception_and_the_rest_is_erased(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(ports: Any, facts: Any) -> Restored:
        raise OSError(5, "no answer")

    monkeypatch.setattr("erasure.course.restore", lost)
    report = bench.erase(planned=planned(bench))
    assert report.verdict is VerdictWord.ERASED_WITH_EXCEPTIONS
    assert "could not be removed: EIO" in report.exceptions[0].detail
    assert bench.old_sectors() == []

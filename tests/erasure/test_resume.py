"""Taking a run up again: what is read from its journal, and what is refused."""

from dataclasses import replace
from typing import Any, Self

import pytest

from erasure.errors import JournalError, RunInterrupted
from erasure.facts import read_facts
from erasure.journal import EntryKind, JournalEntry
from erasure.outcome import LbaRange, ReasonCode, VerdictWord
from erasure.resume import ResumePoint
from tests.erasure.simulated_bench import RUN_ID, Bench


def entries(bench: Bench) -> list[JournalEntry]:
    bench.erase()
    return list(bench.journal.entries)


def checkpoint(offset: int, bad: list[list[int]]) -> JournalEntry:
    return JournalEntry(RUN_ID, EntryKind.CHECKPOINT, {"phase": "write", "offset": offset, "bad": bad})


def test_without_a_checkpoint_a_run_begins_again_under_its_old_key(bench: Bench) -> None:
    intent = entries(bench)[0]
    point = ResumePoint.from_entries([intent])
    assert (point.offset, point.begun, point.written, point.resumed) == (0, False, False, 0)
    assert point.key.hex() == intent.data["key"]
    assert (point.model, point.serial, point.wwn) == ("DEMO DRIVE", "DEMO-0001", "5000000000000001")


def test_the_last_checkpoint_counts_and_bad_sectors_above_it_are_tried_again(bench: Bench) -> None:
    intent = entries(bench)[0]
    point = ResumePoint.from_entries([intent, checkpoint(4096, [[2, 1]]), checkpoint(8192, [[2, 1], [20, 4]])])
    assert (point.offset, point.begun, point.written) == (8192, True, False)
    assert point.bad_write == (LbaRange(2, 1),)


def test_how_often_it_was_taken_up_is_counted(bench: Bench) -> None:
    intent = entries(bench)[0]
    resumed = JournalEntry(RUN_ID, EntryKind.RESUMED, {"offset": 0})
    assert ResumePoint.from_entries([intent, resumed, resumed]).resumed == 2


WHOLE = "BENCH SATA DISK OF QEMU"
CUT = {"model": WHOLE[:15], "source": "sysfs"}
OWN = {"model": WHOLE, "source": "identify"}


def differing(bench: Bench, before: dict[str, Any], now: dict[str, Any]) -> str:
    """What tells a drive named `now` from the one that the journal names as `before`."""
    intent = entries(bench)[0]
    known = {**intent.data["identity"], **before}
    point = ResumePoint.from_entries([replace(intent, data={**intent.data, "identity": known})])
    with bench.open() as port:
        facts = read_facts(port)
    named = replace(facts.device, identity=replace(facts.device.identity, **now))
    return point.differs_from(replace(facts, device=named), point.method)


@pytest.mark.parametrize(("before", "now"), [(CUT, OWN), (OWN, OWN), (CUT, CUT)])
def test_a_journal_with_the_cut_name_of_a_drive_is_still_about_that_drive(bench: Bench, before: Any, now: Any) -> None:
    assert differing(bench, before, now) == ""


@pytest.mark.parametrize(
    ("before", "now", "what"),
    [
        (CUT, {**OWN, "model": "BENCH SATA DISX OF QEMU"}, "model"),
        (CUT, {**OWN, "serial": "DEMO-0002"}, "serial"),
        (CUT, {**OWN, "wwn": "5000000000000002"}, "wwn"),
        (CUT, {**OWN, "bus": "usb"}, "model"),
        ({**CUT, "source": "identify"}, OWN, "model"),
        (OWN, CUT, "identity source"),
        (OWN, {"model": WHOLE, "source": "sysfs"}, "identity source"),
    ],
)
def test_a_journal_is_never_about_another_drive_or_one_that_fell_silent(
    bench: Bench, before: Any, now: Any, what: str
) -> None:
    assert differing(bench, before, now).startswith(f"{what} was ")


def test_a_run_without_intent_cannot_be_taken_up() -> None:
    with pytest.raises(JournalError):
        ResumePoint.from_entries([checkpoint(0, [])])


def test_a_closed_run_cannot_be_taken_up(bench: Bench) -> None:
    with pytest.raises(JournalError):
        ResumePoint.from_entries([*entries(bench), JournalEntry(RUN_ID, EntryKind.CLOSED, {})])


@pytest.mark.parametrize("member", ["key", "identity", "size_bytes", "method"])
def test_a_journal_that_cannot_be_understood_is_said_to_be_so(bench: Bench, member: str) -> None:
    intent = entries(bench)[0]
    data = {name: value for name, value in intent.data.items() if name != member}
    with pytest.raises(JournalError, match="cannot be understood"):
        ResumePoint.from_entries([replace(intent, data=data)])


def test_sectors_that_failed_in_an_earlier_part_still_count(large_bench: Bench) -> None:
    """The drive behaves in the second part; what it refused in the first is not forgotten."""
    from erasure.simulated import Fault, FaultKind

    asked = iter(range(100))
    with pytest.raises(RunInterrupted):
        large_bench.with_faults(Fault(FaultKind.BAD_WRITE, 100, 3)).erase(stop=lambda: next(asked) >= 6)
    report = large_bench.erase(resume=large_bench.resume_point())
    assert report.bad.write == (LbaRange(100, 3),)
    assert report.verdict == "FAILED"


class Unsteady:
    """A drive that gives wrong bytes for one sector once, and right ones ever after."""

    def __init__(self, port: Any, lba: int) -> None:
        self._port, self._offset, self._wrong = port, lba * 512, True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._port.close()

    def reopen_for_reading(self) -> "Unsteady":
        return Unsteady(self._port.reopen_for_reading(), self._offset // 512)

    def pread_into(self, buffer: memoryview, offset: int) -> int:
        moved = int(self._port.pread_into(buffer, offset))
        if self._wrong and offset <= self._offset < offset + moved:
            self._wrong = False
            buffer[self._offset - offset] ^= 1
        return moved


def test_a_sector_found_different_before_an_interruption_is_not_forgiven_after_it(large_bench: Bench) -> None:
    def stop() -> bool:
        verifying = any(getattr(event, "phase", "") == "verify" for event in large_bench.events)
        return verifying and large_bench.events[-1].done_bytes > 4 << 20

    with pytest.raises(RunInterrupted):
        large_bench.erase(port=Unsteady(large_bench.open(), 3000), stop=stop)
    assert large_bench.journal.kinds()[-1] == "FOUND"
    assert "VERIFIED" not in large_bench.journal.kinds()
    report = large_bench.erase(resume=large_bench.resume_point())
    assert report.verdict is VerdictWord.FAILED
    assert report.bad.mismatch == (LbaRange(3000, 1),)
    assert [reason.code for reason in report.reasons] == [ReasonCode.MISMATCH]


def test_what_a_verification_found_counts_even_if_its_statement_was_never_made(large_bench: Bench) -> None:
    first = large_bench.erase(port=Unsteady(large_bench.open(), 3000))
    assert first.verdict is VerdictWord.FAILED
    assert large_bench.erase(resume=large_bench.resume_point()).bad == first.bad

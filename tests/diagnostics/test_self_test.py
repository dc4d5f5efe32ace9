"""A drive's self-test: followed to its result, bounded in time, broken off, and never beside an erase."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from diagnostics.errors import SelfTestRefused
from diagnostics.self_test import LIMITS, SelfTestBench, SelfTestKind, minutes_allowed, run_self_test, test_state
from diagnostics.smartctl import ToolRun

test_state.__test__ = False  # type: ignore[attr-defined]
Document = dict[str, Any]


def ata(value: int, tests: int = 0, minutes: int = 2) -> Document:
    test = {"status": {"value": value}, "polling_minutes": {"short": minutes, "extended": 100}}
    log = {"standard": {"count": tests, "table": [{"lifetime_hours": tests}]}}
    return {"smartctl": {}, "device": {}, "ata_smart_data": {"self_test": test}, "ata_smart_self_test_log": log}


def nvme(operation: int, done: int, *results: int) -> Document:
    rows = [{"self_test_result": {"value": value}, "power_on_hours": place} for place, value in enumerate(results)]
    log = {"current_self_test_operation": {"value": operation}, "current_self_test_completion_percent": done}
    return {"smartctl": {}, "device": {}, "nvme_self_test_log": {**log, "table": rows}}


def scsi(*results: int) -> Document:
    rows = {f"scsi_self_test_{place}": {"result": {"value": value}} for place, value in enumerate(results)}
    return {"smartctl": {}, "device": {}, **rows}


@dataclass
class Drive:
    """Answers one document after the other, the last one for ever; keeps what it was sent and how time goes."""

    documents: list[Document]
    start_status: int = 0
    now: float = 0.0
    sent: list[tuple[str, ...]] = field(default_factory=list)
    told: list[int | None] = field(default_factory=list)

    def run(self, arguments: Sequence[str], time_limit: float) -> ToolRun:
        assert time_limit > 0
        self.sent.append(tuple(arguments))
        if "-t" in arguments or "-X" in arguments:
            return ToolRun(tuple(arguments), "Self-test not started\n", "", self.start_status)
        document = self.documents.pop(0) if len(self.documents) > 1 else self.documents[0]
        return ToolRun(tuple(arguments), json.dumps(document), "", 0)

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def bench(self, erasing: Callable[[], bool] = bool, stop: Callable[[], bool] = bool) -> SelfTestBench:
        return SelfTestBench(lambda: self.now, self.sleep, self.told.append, erasing, stop, run=self.run)

    @property
    def aborted(self) -> bool:
        return any("-X" in call for call in self.sent)


@pytest.mark.parametrize(
    ("documents", "outcome", "told"),
    [
        ([ata(0), ata(0xF9), ata(0xF1), ata(0, 1)], "passed", [90, 10]),
        ([ata(0), ata(0xF9), ata(0x70, 1)], "failed", [90]),
        ([ata(0), ata(0xF9), ata(0x10, 1)], "aborted", [90]),
        ([ata(0), ata(0, 1)], "passed", []),
        ([ata(0), ata(0)], "unknown", []),
        ([nvme(0, 0), nvme(1, 40), nvme(0, 0, 0)], "passed", [60]),
        ([nvme(0, 0), nvme(1, 40), nvme(0, 0, 7)], "failed", [60]),
        ([nvme(0, 0), nvme(1, 40), nvme(0, 0, 1)], "aborted", [60]),
        ([scsi(0), scsi(15, 0), scsi(0, 0)], "passed", [None]),
        ([scsi(0), scsi(15, 0), scsi(4, 0)], "failed", [None]),
        ([scsi(0), scsi(9, 0)], "unknown", []),
    ],
)  # fmt: skip
def test_a_test_is_followed_to_the_result_that_the_drive_itself_logs(
    documents: list[Document], outcome: str, told: list[int | None]
) -> None:
    drive = Drive(documents)
    result = run_self_test("/dev/demo", "sat", SelfTestKind.SHORT, drive.bench())
    assert (str(result.outcome), drive.told) == (outcome, told)
    assert drive.sent[1] == ("smartctl", "-t", "short", "-d", "sat", "--", "/dev/demo")


def test_a_test_that_does_not_end_in_twice_the_time_of_the_drive_is_broken_off() -> None:
    drive = Drive([ata(0), ata(0xF9)])
    result = run_self_test("/dev/demo", "", SelfTestKind.SHORT, drive.bench())
    assert (str(result.outcome), drive.aborted, 14 * 60 <= result.seconds <= 15 * 60) == ("timed-out", True, True)


def test_who_stops_it_breaks_the_test_off_in_the_drive_too() -> None:
    drive = Drive([ata(0), ata(0xF9)])
    result = run_self_test("/dev/demo", "", SelfTestKind.LONG, drive.bench(stop=lambda: len(drive.told) > 2))
    assert (str(result.outcome), drive.aborted) == ("aborted", True)


def test_a_drive_that_is_being_erased_is_sent_nothing() -> None:
    drive = Drive([ata(0)])
    with pytest.raises(SelfTestRefused, match="erased"):
        run_self_test("/dev/demo", "", SelfTestKind.SHORT, drive.bench(erasing=lambda: True))
    assert drive.sent == []


def test_an_erase_that_begins_beside_a_test_ends_the_looking_without_another_command() -> None:
    drive = Drive([ata(0), ata(0xF9)])
    result = run_self_test("/dev/demo", "", SelfTestKind.SHORT, drive.bench(erasing=lambda: bool(drive.told)))
    assert (str(result.outcome), drive.aborted) == ("aborted", False)


def test_a_drive_that_tests_itself_already_is_left_alone() -> None:
    drive = Drive([ata(0xF5)])
    with pytest.raises(SelfTestRefused, match="another"):
        run_self_test("/dev/demo", "", SelfTestKind.SHORT, drive.bench())
    assert len(drive.sent) == 1


@pytest.mark.parametrize(("status", "outcome"), [(1, "refused"), (2, "refused"), (4, "refused"), (64, "passed")])
def test_a_start_that_the_drive_refuses_is_told_with_its_words(status: int, outcome: str) -> None:
    drive = Drive([ata(0), ata(0, 1)], start_status=status)
    result = run_self_test("/dev/demo", "", SelfTestKind.SHORT, drive.bench())
    assert str(result.outcome) == outcome
    assert result.detail == ("Self-test not started" if outcome == "refused" else "")
    assert result.to_document()["kind"] == "short"


@pytest.mark.parametrize("junk", [{}, {"ata_smart_data": 7}, {"nvme_self_test_log": []}, {"scsi_self_test_0": "x"}])
def test_a_document_that_tells_nothing_of_tests_is_unknown_and_never_passed(junk: Document) -> None:
    state = test_state(junk)
    assert (state.running, str(state.last)) == (False, "unknown")
    assert minutes_allowed(junk, SelfTestKind.LONG) == LIMITS[SelfTestKind.LONG]


def at_block(document: Document, block: object) -> Document:
    rows = (
        document.get("ata_smart_self_test_log", {}).get("standard", {}).get("table")
        or document.get("nvme_self_test_log", {}).get("table")
        or [document.get("scsi_self_test_0", {})]
    )
    rows[0] |= {"lba": block, "lba_first_failure": {"value": block}}
    return document


@pytest.mark.parametrize(
    ("block", "told"), [(4711, 4711), ("4711", 4711), (0, 0), ((1 << 64) - 1, None), (-3, None), ([], None)]
)
@pytest.mark.parametrize(("before", "after"), [(ata(0), ata(0x70, 1)), (nvme(0, 0), nvme(0, 0, 7)), (scsi(), scsi(7))])
def test_the_block_of_the_first_fault_is_told(
    before: Document, after: Document, block: object, told: int | None
) -> None:
    drive = Drive([before, at_block(json.loads(json.dumps(after)), block)])
    result = run_self_test("/dev/demo", "", SelfTestKind.SHORT, drive.bench())
    assert (str(result.outcome), result.first_error_lba) == ("failed", told)


def test_a_test_that_passed_has_no_block_of_a_fault_whatever_the_log_holds() -> None:
    drive = Drive([ata(0), at_block(ata(0, 1), 4711)])
    assert run_self_test("/dev/demo", "", SelfTestKind.SHORT, drive.bench()).first_error_lba is None

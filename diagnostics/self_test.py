"""A drive's own self-test: started, followed, bounded in time, broken off, and its result read back from its log.

Never on a drive that is being erased: the caller's `erasing` is asked before the start and before every look, and a
drive that erases is sent nothing more. "Passed" needs a trace: the test was seen running, or the log has a new entry.
ATA (ACS-4, SMART EXECUTE OFF-LINE IMMEDIATE), NVMe (Device Self-test, log 06h; smartmontools 7.4), SCSI (log page 10h).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from diagnostics import plain
from diagnostics.errors import SelfTestRefused
from diagnostics.smartctl import SMARTCTL, TIME_LIMIT, LiveReading, Runner, read_as, run_tool

_FAILED_TO_START = 0b111  # bits of the exit status: wrong call, no drive, command refused
_ATA_ABORTED, _ATA_RUNNING = (1, 2), 15
_NVME_ABORTED, _NVME_FAILED = range(1, 5), range(5, 8)
_SCSI_ABORTED, _SCSI_RUNNING, _SCSI_FAILED = (1, 2), 15, range(3, 8)
_NO_BLOCK = (1 << 64) - 1  # what drives fill in where there is none
MINUTE = 60.0  # seconds


class SelfTestKind(StrEnum):
    """The two tests that every kind of drive knows."""

    SHORT = "short"
    LONG = "long"


class SelfTestOutcome(StrEnum):
    """How a self-test ended."""

    PASSED = "passed"
    FAILED = "failed"
    ABORTED = "aborted"
    TIMED_OUT = "timed-out"
    REFUSED = "refused"
    UNKNOWN = "unknown"


LIMITS = {SelfTestKind.SHORT: 10, SelfTestKind.LONG: 24 * 60}  # minutes, where the drive names no time of its own
POLLS = {SelfTestKind.SHORT: 5.0, SelfTestKind.LONG: 60.0}  # seconds between two looks


@dataclass(frozen=True, slots=True)
class SelfTestState:
    """What a document says of self-tests: whether one runs, percent left, the last result, the newest log entry.

    `first_error` is the block at which the newest test found its fault, None where the drive names none.
    """

    running: bool
    remaining: int | None
    last: SelfTestOutcome
    newest: str
    first_error: int | None = None


@dataclass(frozen=True, slots=True)
class SelfTestResult:
    """How one self-test went. `seconds` from its start; `detail` is what the program said, for the record.

    `first_error_lba` is the block at which it found its fault, None where it found none or the drive names none.
    """

    kind: SelfTestKind
    outcome: SelfTestOutcome
    seconds: int
    detail: str = ""
    first_error_lba: int | None = None

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {
            "kind": str(self.kind),
            "outcome": str(self.outcome),
            "seconds": self.seconds,
            "detail": self.detail,
            "first_error_lba": self.first_error_lba,
        }


@dataclass(frozen=True, slots=True)
class SelfTestBench:
    """What a self-test is run with: who is asked, and whose time it is. `progress` gets the percent left, or None."""

    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    progress: Callable[[int | None], None]
    erasing: Callable[[], bool]
    stop_asked: Callable[[], bool]
    run: Runner = run_tool
    program: str = SMARTCTL
    time_limit: float = TIME_LIMIT


def run_self_test(device: str, device_type: str, kind: SelfTestKind, bench: SelfTestBench) -> SelfTestResult:
    """Run one self-test to its end. Raises SelfTestRefused while the drive is being erased, and as `read_drive`."""
    if bench.erasing():
        raise SelfTestRefused("the drive is being erased")
    before = _look(device, device_type, bench)
    if test_state(before.document).running:
        raise SelfTestRefused("another self-test runs on this drive")
    started = bench.monotonic()
    chosen = ("-d", device_type) if device_type else ()
    begun = bench.run((bench.program, "-t", str(kind), *chosen, "--", device), bench.time_limit)
    if begun.exit_status & _FAILED_TO_START:
        return SelfTestResult(kind, SelfTestOutcome.REFUSED, 0, plain.text(begun.stdout.strip().rpartition("\n")[2]))
    outcome, block = _followed(device, device_type, kind, bench, before)
    if outcome in (SelfTestOutcome.TIMED_OUT, SelfTestOutcome.ABORTED) and not bench.erasing():
        abort_self_test(device, device_type, bench)
    return SelfTestResult(kind, outcome, int(bench.monotonic() - started), first_error_lba=block)


def abort_self_test(device: str, device_type: str, bench: SelfTestBench) -> None:
    """Break off whatever self-test runs on the drive. Raises SelfTestRefused while it is being erased."""
    if bench.erasing():
        raise SelfTestRefused("the drive is being erased")
    chosen = ("-d", device_type) if device_type else ()
    bench.run((bench.program, "-X", *chosen, "--", device), bench.time_limit)


def test_state(document: Mapping[str, object]) -> SelfTestState:
    """Read the state of self-tests out of a document of any kind of drive; nothing known is "unknown"."""
    if "nvme_self_test_log" in document:
        return _nvme_state(plain.table(document["nvme_self_test_log"]))
    if "ata_smart_data" in document:
        return _ata_state(document)
    return _scsi_state(document)


def minutes_allowed(document: Mapping[str, object], kind: SelfTestKind) -> int:
    """Return the time limit of a test: twice what the drive itself names and ten minutes, or the usual one."""
    test = plain.table(plain.table(document.get("ata_smart_data")).get("self_test"))
    named = plain.table(test.get("polling_minutes")).get("short" if kind is SelfTestKind.SHORT else "extended")
    minutes = plain.integer(named)
    if minutes is None and kind is SelfTestKind.LONG:
        seconds = plain.integer(document.get("scsi_extended_self_test_seconds"))
        minutes = None if seconds is None else -(-seconds // 60)
    return 2 * minutes + 10 if minutes is not None and 0 < minutes <= 3 * LIMITS[SelfTestKind.LONG] else LIMITS[kind]


def _followed(
    device: str, device_type: str, kind: SelfTestKind, bench: SelfTestBench, before: LiveReading
) -> tuple[SelfTestOutcome, int | None]:
    until = bench.monotonic() + minutes_allowed(before.document, kind) * MINUTE
    seen = False
    while bench.monotonic() < until:
        bench.sleep(POLLS[kind])
        if bench.erasing() or bench.stop_asked():
            return SelfTestOutcome.ABORTED, None
        state = test_state(_look(device, device_type, bench).document)
        if not state.running:
            traced = seen or state.newest != test_state(before.document).newest
            outcome = state.last if traced else SelfTestOutcome.UNKNOWN
            return outcome, state.first_error if outcome is SelfTestOutcome.FAILED else None
        seen = True
        bench.progress(state.remaining)
    return SelfTestOutcome.TIMED_OUT, None


def _look(device: str, device_type: str, bench: SelfTestBench) -> LiveReading:
    return read_as(device, device_type, program=bench.program, time_limit=bench.time_limit, run=bench.run)


def _ata_state(document: Mapping[str, object]) -> SelfTestState:
    status = plain.table(plain.table(plain.table(document.get("ata_smart_data")).get("self_test")).get("status"))
    value = plain.integer(status.get("value"))
    log = plain.table(document.get("ata_smart_self_test_log"))
    newest = str([plain.rows(plain.table(part).get("table"))[:1] for part in log.values()])
    counts = str([plain.table(part).get("count") for part in log.values()])
    if value is None:
        return SelfTestState(running=False, remaining=None, last=SelfTestOutcome.UNKNOWN, newest=counts + newest)
    code = value >> 4
    left = plain.integer(status.get("remaining_percent"))
    return SelfTestState(
        running=code == _ATA_RUNNING,
        remaining=(value & 15) * 10 if left is None else left,
        last=_ended(code, aborted=code in _ATA_ABORTED),
        newest=counts + newest,
        first_error=_block(
            next((row for part in log.values() for row in plain.rows(plain.table(part).get("table"))), {})
        ),
    )


def _nvme_state(log: Mapping[str, object]) -> SelfTestState:
    operation = plain.integer(plain.table(log.get("current_self_test_operation")).get("value"))
    done = plain.integer(log.get("current_self_test_completion_percent"))
    rows = plain.rows(log.get("table"))
    code = plain.integer(plain.table(rows[0].get("self_test_result")).get("value")) if rows else None
    last = SelfTestOutcome.UNKNOWN if code not in range(8) else _ended(code, aborted=code in _NVME_ABORTED)
    left = None if done is None else 100 - done
    return SelfTestState(bool(operation), left, last, str(rows), _block(rows[0] if rows else {}))


def _scsi_state(document: Mapping[str, object]) -> SelfTestState:
    newest = plain.table(document.get("scsi_self_test_0"))
    code = plain.integer(plain.table(newest.get("result")).get("value"))
    known = code in (0, *_SCSI_ABORTED, *_SCSI_FAILED)
    last = _ended(code, aborted=code in _SCSI_ABORTED) if known else SelfTestOutcome.UNKNOWN
    logged = [document[name] for name in sorted(document) if name.startswith("scsi_self_test_")]
    block = _block(plain.table(newest.get("lba_first_failure")), "value")
    return SelfTestState(code == _SCSI_RUNNING, None, last, str(logged), block)


def _block(row: Mapping[str, object], name: str = "lba") -> int | None:
    block = plain.counter(row, name)
    return block if block is not None and 0 <= block < _NO_BLOCK else None


def _ended(code: int | None, *, aborted: bool) -> SelfTestOutcome:
    if aborted:
        return SelfTestOutcome.ABORTED
    return SelfTestOutcome.PASSED if code == 0 else SelfTestOutcome.FAILED

"""The two long parts that concern drives: self-tests one after the other, reading speed, each with its evidence."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median_low
from typing import Any, Final

from diagnostics.checks import CheckOutcome
from diagnostics.errors import DiagnosticsError
from diagnostics.self_test import SelfTestKind, SelfTestOutcome, SelfTestResult
from diagnostics.stress.course import Course, Ending, Progress
from diagnostics.stress.drive_reading import DriveSpeed
from station_agent.checks.drives_at_hand import DriveAtHand
from station_agent.checks.found import Found
from station_agent.checks.page import Line, words
from station_agent.checks.speed_graph import graph
from station_agent.language import mark, visible

NO_DRIVE: Final = mark("No drive that can be asked is here: it is out, simulated, or being erased.")
ABORTED, DONE = str(Ending.ABORTED), str(Ending.DONE)
MEGABYTE: Final = 1000  # kB
Now = Callable[[], str]


@dataclass(frozen=True, slots=True)
class _Share:
    """The share of one drive in the progress of all."""

    course: Course
    number: int
    of: int

    def told(self, permille: int, figure: str, began: float) -> None:
        """Tell the permille of this drive as one of all."""
        whole = (self.number * 1000 + permille) // self.of
        self.course.tell(Progress(whole, round(self.course.clock() - began), figure))


def try_drives(drives: Sequence[DriveAtHand], now: Now, course: Course) -> Found:
    """Let each drive test itself, one after the other. One that is being erased is left out."""
    began, rows, facts = course.clock(), [], []
    free = [drive for drive in drives if not drive.erasing()]
    for number, drive in enumerate(free):
        if course.aborted():
            break
        share, started = _Share(course, number, len(free)), now()
        result = _tested(drive, course, share, began)
        facts.append((_name(drive), str(result.outcome)))
        rows.append(_drive(drive) | _of_test(result, started, now()))
    if not drives or not (rows or course.aborted()):
        return Found(notice=NO_DRIVE, evidence={"drives": 0})
    evidence = {"self_tests": rows, "left_out": len(drives) - len(rows)}
    outcomes = [row["outcome"] for row in rows]
    ending = ABORTED if course.aborted() or SelfTestOutcome.ABORTED in outcomes else DONE
    return Found(tuple(facts), evidence | {"ending": ending}, _of_tests(outcomes, len(drives)))


def read_drives(drives: Sequence[DriveAtHand], course: Course) -> Found:
    """Read each drive at even places, one after the other; the picture is of the one that reads worst."""
    began = course.clock()
    free = [drive for drive in drives if not drive.erasing()]
    read: list[tuple[DriveAtHand, DriveSpeed]] = []
    facts = []
    for number, drive in enumerate(free):
        if course.aborted():
            break
        share = _Share(course, number, len(free))
        try:
            speed = drive.read(replace(course, tell=_teller(share, began)))
        except (DiagnosticsError, OSError):
            facts.append((_name(drive), "refused"))
            continue
        read.append((drive, speed))
        facts.append((_name(drive), _speed_words(speed)))
    if not read and not course.aborted():
        return Found(tuple(facts), notice=NO_DRIVE, evidence={"drives": 0})
    rows = [_drive(drive) | of_speed(speed) for drive, speed in read]
    ended = any(speed.ending is Ending.ABORTED for _, speed in read) or course.aborted()
    evidence = {"read_benchmark": rows, "left_out": len(drives) - len(rows), "ending": ABORTED if ended else DONE}
    proposal = None if ended else _of_speeds([speed.verdict for _, speed in read], len(drives))
    return Found(tuple(facts), evidence, proposal, drawing=_picture(read))


def of_speed(speed: DriveSpeed) -> dict[str, Any]:
    """Give the row of a drive in the member `read_benchmark`: whole MB/s (10^6 bytes), places as offsets in bytes."""
    good = [_megabytes(point) for point in speed.read_points]
    return {
        "unit": "MB/s",
        "points": [_megabytes(point) for point in speed.points],
        "min": good[0] if good else None,
        "median": median_low(good) if good else None,
        "max": good[-1] if good else None,
        "slow": list(speed.slow_at),
        "unreadable": list(speed.unreadable),
        "slowest_ms": speed.slowest_ms,
        "size_bytes": speed.size_bytes,
        "seconds": speed.seconds,
        "aborted": speed.ending is Ending.ABORTED,
        "verdict": speed.verdict,
    }


def _teller(share: _Share, began: float) -> Callable[[Progress], None]:
    return lambda progress: share.told(progress.permille, progress.figure, began)


def _tested(drive: DriveAtHand, course: Course, share: _Share, began: float) -> SelfTestResult:
    def told(left: int | None) -> None:
        share.told(0 if left is None else 1000 - 10 * min(100, max(0, left)), visible(drive.model), began)

    told(None)
    try:
        return drive.test(course, told)
    except (DiagnosticsError, OSError) as error:
        return SelfTestResult(SelfTestKind.SHORT, SelfTestOutcome.REFUSED, 0, visible(str(error))[:200])


def _of_test(result: SelfTestResult, started: str, ended: str) -> dict[str, Any]:
    return {
        "kind": str(result.kind),
        "started": started,
        "ended": ended,
        "minutes": -(-result.seconds // 60),
        "outcome": str(result.outcome),
        "first_error_lba": result.first_error_lba,
        **({"detail": result.detail} if result.detail else {}),
    }


def _drive(drive: DriveAtHand) -> dict[str, Any]:
    return {"drive": {"model": visible(drive.model), "serial": visible(drive.serial)}}


def _name(drive: DriveAtHand) -> str:
    return f"{visible(drive.model)[:30]} {visible(drive.serial)[-4:]}".strip()


def _of_tests(outcomes: Sequence[str], drives: int) -> CheckOutcome | None:
    """Speak for "failed" with one fault; for "passed" only when every drive here passed."""
    if SelfTestOutcome.FAILED in outcomes:
        return CheckOutcome.FAIL
    passed = len(outcomes) == drives and all(outcome == SelfTestOutcome.PASSED for outcome in outcomes)
    return CheckOutcome.PASS if passed else None


def _of_speeds(verdicts: Iterable[str], drives: int) -> CheckOutcome | None:
    told = list(verdicts)
    if "fail" in told:
        return CheckOutcome.FAIL
    return CheckOutcome.PASS if len(told) == drives and set(told) == {"pass"} else None


def _speed_words(speed: DriveSpeed) -> str:
    row = of_speed(speed)
    if row["median"] is None:
        return "-"
    return f"{row['min']} / {row['median']} / {row['max']} MB/s, {speed.seconds} s"


def _picture(read: Sequence[tuple[DriveAtHand, DriveSpeed]]) -> tuple[Line, ...]:
    """Draw the drive that reads worst, with its name where there are several."""
    drive, speed = min((one for one in read if one[1].points), key=lambda one: _badness(one[1]), default=(None, None))
    if drive is None or speed is None:
        return ()
    return (*((words(_name(drive), "dim"),) if len(read) > 1 else ()), *graph(speed))


def _badness(speed: DriveSpeed) -> tuple[int, int, int]:
    return (-len(speed.unreadable), -speed.slow, speed.read_points[0] if speed.read_points else 0)


def _megabytes(kilobytes: int) -> int:
    return max(1, round(kilobytes / MEGABYTE)) if kilobytes else 0

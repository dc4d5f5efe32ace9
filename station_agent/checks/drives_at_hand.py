"""The drives of this machine for the checks: their own self-test and a reading of even places, never a write.

A drive that is being erased, by this bench or by itself, is left alone: asked before the start and every few seconds
meanwhile. A drive that is opened here is opened read-only, so an erase that begins meanwhile is not kept out.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from diagnostics.self_test import SelfTestBench, SelfTestKind, SelfTestResult, run_self_test
from diagnostics.smartctl import read_drive
from diagnostics.stress.course import Course
from diagnostics.stress.drive_reading import DirectReader, DriveSpeed, measure_drive
from erasure.drive import BlockDevice

ASK_EVERY_S: Final = 5.0
SLICE_S: Final = 0.2
READ_LIMIT_S: Final = 120.0  # for one drive
Told = Callable[[int | None], None]


@dataclass(frozen=True, slots=True)
class DriveAtHand:
    """One drive: its names, whether it is being erased, and what can be measured. `test` is told the percent left.

    Both raise DiagnosticsError or OSError where the drive cannot be asked.
    """

    model: str
    serial: str
    erasing: Callable[[], bool]
    test: Callable[[Course, Told], SelfTestResult]
    read: Callable[[Course], DriveSpeed]


def at_hand(device: BlockDevice, erasing: Callable[[], bool]) -> DriveAtHand:
    """Give a real drive. `erasing` tells whether it is being erased now."""
    return DriveAtHand(
        device.identity.model,
        device.identity.serial,
        erasing,
        lambda course, told: _tested(device.path, erasing, course, told),
        lambda course: _read(device.path, erasing, course),
    )


def _tested(path: str, erasing: Callable[[], bool], course: Course, told: Told) -> SelfTestResult:
    hands = SelfTestBench(
        monotonic=course.clock,
        sleep=lambda seconds: patiently(course, seconds),
        progress=told,
        erasing=erasing,
        stop_asked=course.aborted,
    )
    return run_self_test(path, read_drive(path).device_type, SelfTestKind.SHORT, hands)


def _read(path: str, erasing: Callable[[], bool], course: Course) -> DriveSpeed:
    reader = DirectReader(Path(path))
    try:
        return measure_drive(watched(replace(course, limit_s=READ_LIMIT_S), erasing), reader)
    finally:
        reader.close()


def patiently(course: Course, seconds: float) -> None:
    """Wait in slices, so that an abort is heard at once."""
    until = course.clock() + seconds
    while not course.aborted() and course.clock() < until:
        course.pause(SLICE_S)


def watched(course: Course, erasing: Callable[[], bool]) -> Course:
    """Give a course that is aborted too when the drive is being erased; asked every few seconds, for it costs."""
    asked_at = course.clock()

    def aborted() -> bool:
        nonlocal asked_at
        if course.aborted():
            return True
        if course.clock() - asked_at < ASK_EVERY_S:
            return False
        asked_at = course.clock()
        return erasing()

    return replace(course, aborted=aborted)

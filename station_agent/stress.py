"""The long tests of a diagnosis, only when a person asks: benchmark, memory, processor under load, reading of drives.

Each is bounded, tells its progress and ends when a person asks; one that was ended so is on the record as that, and
what would have come after it is left out. Drives are opened to be read alone, and one that is being erased is left
alone.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from diagnostics.checks import CheckResult
from diagnostics.stress.benchmark import measure_processor
from diagnostics.stress.course import Course, Progress
from diagnostics.stress.drive_reading import DirectReader, measure_drive
from diagnostics.stress.memory import region_size, try_memory
from diagnostics.stress.processor import load_processor
from diagnostics.stress.sensors import read_sensors
from erasure.drive import BlockDevice
from station_agent.checks.drives_at_hand import watched
from station_agent.language import visible

PARTS: Final = ("benchmark", "memory", "cpu", "drives")
EVERY_PART: Final = "all"
LIMIT_S: Final = 60  # of each part, where a person says no other
MOST_MEMORY: Final = 8 << 30  # bytes
MEMORY_EACH_SECOND: Final = 32 << 20  # bytes that an old machine tests through in a second of the limit
IN_CHECKS: Final = ("memory", "cpu-load")
DETAIL: Final = 200
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Hands:
    """What the tests are run with: the machine's root, its threads, the limit of each, and who is asked and told."""

    root: Path
    threads: int
    limit_s: float
    now: Callable[[], str]  # "YYYY-MM-DDTHH:MM:SSZ"
    stopped: Callable[[], bool]
    tell: Callable[[str, Progress], None]
    left_alone: Callable[[BlockDevice], bool]  # a drive that is being erased


def run_parts(parts: Iterable[str], drives: Iterable[BlockDevice], hands: Hands) -> list[Row]:
    """Run the parts in their order, the benchmark first, while the machine is cool. Returns the member `stress`."""
    wanted = tuple(parts)
    return [
        {**row, "by": "stress", "ended": hands.now()}
        for part in PARTS
        if part in wanted or EVERY_PART in wanted
        for row in _rows(part, tuple(drives) if part == "drives" else (), hands)
    ]


def rows_of_checks(checks: Iterable[CheckResult]) -> list[Row]:
    """Give the long tests that ran in the guided checks, the last of each: what a person saw, as figures."""
    last = {row.id: row for row in checks if row.id in IN_CHECKS and row.evidence.get("verdict")}
    return [{"id": name, "by": "check", "ended": row.ended, **row.evidence} for name, row in last.items()]


def _rows(part: str, drives: tuple[BlockDevice, ...], hands: Hands) -> Iterator[Row]:
    if part == "drives":
        for drive in drives:
            if not hands.stopped():
                yield _of_drive(drive, hands)
    elif not hands.stopped():
        yield _of_machine(part, hands)


def _of_machine(part: str, hands: Hands) -> Row:
    name = {"cpu": "cpu-load"}.get(part, part)
    course = Course(hands.limit_s, lambda progress: hands.tell(name, progress), hands.stopped)
    try:
        match part:
            case "benchmark":
                found = measure_processor(course, hands.threads, hands.root).to_document()
            case "memory":
                most = min(MOST_MEMORY, int(hands.limit_s) * MEMORY_EACH_SECOND)
                each = region_size(hands.root, most, hands.threads)
                found = try_memory(course, each, hands.threads).to_document()
            case _:
                found = load_processor(course, hands.threads, lambda: read_sensors(hands.root)).to_document()
    except OSError as error:
        found = {"verdict": "unknown", "error": visible(str(error))[:DETAIL]}
    return {"id": name, **found}


def _of_drive(drive: BlockDevice, hands: Hands) -> Row:
    row = {"id": "drive-read", "drive": _named(drive)}
    if hands.left_alone(drive):
        return {**row, "verdict": "unknown", "skipped": True}
    course = Course(hands.limit_s, lambda progress: hands.tell("drive-read", progress), hands.stopped)
    course = watched(course, lambda: hands.left_alone(drive))  # an erase may begin meanwhile
    try:
        with closing(DirectReader(Path(drive.path))) as port:
            return {**row, **measure_drive(course, port).to_document()}
    except OSError as error:
        return {**row, "verdict": "unknown", "error": visible(str(error))[:DETAIL]}


def _named(drive: BlockDevice) -> dict[str, str]:
    return {"model": visible(drive.identity.model), "serial": visible(drive.identity.serial)}

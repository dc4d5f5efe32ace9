"""All cores at work: each computes a known answer again and again, while heat, pace, fans and throttling are watched.

The work is SHA-256 over a block of which the digest is known, so a core that computes wrongly is seen, not only one
that overheats. A machine without sensors is tested all the same and its heat stays unknown, never "cool".
"""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any

from diagnostics.stress.course import Course, Ending, Progress
from diagnostics.stress.sensors import SensorReading
from diagnostics.stress.workers import Crew, Team

BLOCK = bytes(range(256)) * 1024  # 256 KiB: stays in the caches, keeps the arithmetic units hot
# SHA-256 of BLOCK, written down here: the machine under test never computes what it is compared with.
ANSWER = "2312394bd99545d9de131c24efb781e765ac1aec243f2ed9347597a793a415e9"
ROUNDS = 64  # blocks between two messages
LOOK_EVERY_S = 0.5
NO_LIMIT_CELSIUS = 95  # where the chip names no limit of its own: most laptop processors stop at 100


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What the load showed. Temperatures in °C, pace in MHz, None where no sensor tells; `blocks` of 256 KiB."""

    ending: Ending
    seconds: int
    workers: int
    blocks: int
    wrong: int  # blocks whose digest was not the known one
    lost: int  # workers that died
    celsius_start: int | None
    celsius_most: int | None
    celsius_limit: int | None
    megahertz_least: int | None
    megahertz_most: int | None
    throttled: int | None  # times since the start of the test
    fans_seen: bool
    fans_turn: bool

    @property
    def verdict(self) -> str:
        """Say "pass", "review" (hot, throttled, a worker died), "fail" (wrong) or "unknown" (aborted, nothing done)."""
        if self.wrong:
            return "fail"
        if self.ending is Ending.ABORTED or not self.blocks:
            return "unknown"
        hot = self.celsius_most is not None and self.celsius_most >= (self.celsius_limit or NO_LIMIT_CELSIUS)
        return "review" if self.lost or hot or self.throttled or (self.fans_seen and not self.fans_turn) else "pass"

    def to_document(self) -> dict[str, Any]:
        """Return plain JSON types."""
        fields = {name: getattr(self, name) for name in self.__slots__ if name != "ending"}
        return fields | {"ending": str(self.ending), "verdict": self.verdict}


def load_processor(
    course: Course,
    cores: int,
    sensors: Callable[[], SensorReading],
    crew: Callable[[int], AbstractContextManager[Team]] | None = None,
) -> LoadReport:
    """Load `cores` cores until the course ends and report what was seen. Its limit is its normal end."""
    first = sensors()
    began = course.clock()
    report = LoadReport(
        Ending.DONE, 0, cores, 0, 0, 0, first.celsius, first.celsius, first.limit, None, first.megahertz_most, None,
        bool(first.fans), any(rpm for _, rpm in first.fans),
    )  # fmt: skip
    with (crew or _crew)(cores) as team:
        while (ending := course.ending(began)) is None and not team.silent:
            for _, (blocks, wrong) in team.told(LOOK_EVERY_S):
                report = replace(report, blocks=report.blocks + blocks, wrong=report.wrong + wrong)
            report = _seen(report, first, sensors())
            _tell(course, began, report)
        lost = len(team.lost)
    done = Ending.ABORTED if ending is Ending.ABORTED else Ending.DONE
    return replace(report, ending=done, seconds=round(course.clock() - began), lost=lost)


def compute(mouth: Connection, answer: str) -> None:
    """Work of one core until it is ended: hash the block, compare, tell how many blocks and how many were wrong."""
    while True:
        wrong = sum(hashlib.sha256(BLOCK).hexdigest() != answer for _ in range(ROUNDS))
        mouth.send((ROUNDS, wrong))


def _crew(cores: int) -> AbstractContextManager[Team]:
    return Crew(compute, [(ANSWER,)] * cores)


def _seen(report: LoadReport, first: SensorReading, now: SensorReading) -> LoadReport:
    throttled = None if now.throttled is None else now.throttled - (first.throttled or 0)
    return replace(
        report,
        celsius_most=_extreme(max, report.celsius_most, now.celsius),
        celsius_limit=report.celsius_limit or now.limit,
        megahertz_least=_extreme(min, report.megahertz_least, now.megahertz),
        throttled=throttled,
        fans_seen=report.fans_seen or bool(now.fans),
        fans_turn=report.fans_turn or any(rpm for _, rpm in now.fans),
    )


def _extreme(choose: Callable[[list[int]], int], one: int | None, other: int | None) -> int | None:
    known = [value for value in (one, other) if value is not None]
    return choose(known) if known else None


def _tell(course: Course, began: float, report: LoadReport) -> None:
    seconds = course.clock() - began
    figure = "" if report.celsius_most is None else f"{report.celsius_most} °C"
    course.tell(Progress(min(1000, round(seconds * 1000 / max(course.limit_s, 0.001))), round(seconds), figure))

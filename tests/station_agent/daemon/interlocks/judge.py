"""The judge of the interlock orders: compares every byte of every disk with what a person cleared, and nothing else.

It asks the hall who is where and what protects it, and the operator what was planned and confirmed. It never asks the
product whether it was right.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from erasure.outcome import VerdictWord
from erasure.report import ErasureReport
from tests.station_agent.daemon.interlocks.hall import SECTOR, Disk, Hall, Medium


class Wrong(AssertionError):
    """A byte changed that nobody cleared, or something was said that is not so."""


@dataclass(frozen=True, slots=True)
class Permit:
    """What a person had planned and confirmed: this disk, in this presence, by the serial of its label."""

    disk: Disk
    presence: int
    typed: str
    sector: int


@dataclass
class Judge:
    """Look at everything after every event."""

    hall: Hall
    permits: dict[str, Permit] = field(default_factory=dict)  # by run id
    erased: int = 0
    changed: set[str] = field(default_factory=set)  # disks that were written to, rightly
    _kept: dict[Medium, bytes] = field(default_factory=dict)
    _old: dict[Medium, bytes] = field(default_factory=dict)
    _at_work: list[str] = field(default_factory=list)
    _granted: set[Medium] = field(default_factory=set)

    def begin(self) -> None:
        """Keep what lies on every disk."""
        self._kept = {disk.medium: disk.medium.content() for disk in self.hall.disks.values()}
        self._old = dict(self._kept)

    @contextmanager
    def working(self, run_id: str) -> Iterator[None]:
        """A worker has this run in its hands; what it asks about meanwhile it may write to if that is cleared."""
        self._at_work.append(run_id)
        try:
            yield
        finally:
            try:
                self.look(f"the worker of {run_id}")
            finally:
                self._at_work.pop()
                self._granted.clear()

    def asked(self, disk: Disk | None) -> None:
        """Take note that the worker has a disk open and asks what protects it: its bytes may change then, or not.

        What comes later is kept away by the descriptor; what left before that moment protects nothing any more.
        """
        if disk is not None and self._at_work and not self.objections(self._at_work[-1], disk):
            self._granted.add(disk.medium)
            self.changed.add(disk.key)

    def objections(self, run_id: str, disk: Disk) -> tuple[str, ...]:
        """Say why a run must not write to a disk now."""
        permit = self.permits.get(run_id)
        if permit is None:
            return ("nobody ordered this run",)
        found = list(self.hall.hazards(disk))
        if permit.disk is not disk:
            found.append(f"{permit.disk.key} was planned")
        if permit.presence != disk.presence:
            found.append("it was pulled and plugged in again since it was planned")
        if permit.typed != disk.label:
            found.append(f"{permit.typed!r} was confirmed")
        if permit.sector != disk.sector:
            found.append("its sectors have another size than planned")
        return tuple(found)

    def look(self, event: str) -> None:
        """Compare every byte of every disk. Raises Wrong."""
        for disk in self.hall.disks.values():
            now = disk.medium.content()
            if now != self._kept[disk.medium] and disk.medium not in self._granted:
                place = next(n for n, (a, b) in enumerate(zip(now, self._kept[disk.medium], strict=True)) if a != b)
                why = self.objections(self._at_work[-1], disk) if self._at_work else ("no worker had it",)
                raise Wrong(f"after {event}: byte {place} of {disk.key} changed although {'; '.join(why)}")
            self._kept[disk.medium] = now

    def heard(self, report: ErasureReport) -> None:
        """Check what a run says at its end. Raises Wrong."""
        if report.verdict not in (VerdictWord.ERASED, VerdictWord.ERASED_WITH_EXCEPTIONS):
            return
        permit = self.permits.get(report.run_id)
        if permit is None:
            raise Wrong(f"{report.run_id} says {report.verdict}, and nobody ordered it")
        self.erased += 1
        if left := self.left_over(permit.disk):
            raise Wrong(f"{permit.disk.key} is said to be {report.verdict}, and {left} old sectors are on it")
        if permit.disk.flaw and report.verdict is VerdictWord.ERASED:
            raise Wrong(f"{permit.disk.key} is said to be ERASED without exceptions, but {permit.disk.flaw}")

    def left_over(self, disk: Disk) -> int:
        """Count the sectors that still hold what was there before."""
        old, now = self._old[disk.medium], disk.medium.content()
        places = range(0, len(old), SECTOR)
        return sum(old[at : at + SECTOR] == now[at : at + SECTOR] for at in places)

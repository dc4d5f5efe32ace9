"""Carries out one random fault plan: a bench with two drives, a worker that dies or stops, power that goes and comes.

What a worker process does is done by `erasure.worker.erase` here, in this process, with a journal in memory and a clock
that jumps.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from erasure.clearance import Confirmation
from erasure.errors import ErasureError, JournalError
from erasure.facts import read_facts
from erasure.journal import JournalEntry
from erasure.orders import WorkOrder
from erasure.passes import Secrets
from erasure.plan import ErasurePlan, Refusal, plan
from erasure.policy import load_policy
from erasure.report import ErasureReport
from erasure.resume import ResumePoint
from erasure.simulated import SimulatedBlockDrive, SimulatedDrive
from erasure.simulated.contents import prepare_backing
from erasure.simulated.namespaces import spread
from erasure.simulated.specification import drive_from_document
from erasure.worker import erase
from tests.erasure.plans.chance import drawn_from
from tests.erasure.plans.judge import Ending, Medium
from tests.erasure.plans.lottery import PSID, Cut, Part, Plan
from tests.erasure.plans.wire import Killed, Tap, TappedDrive
from tests.erasure.simulated_bench import PERSON, RUN_ID, FakeClock

ROUNDS = 6  # times that a healthy run may ask for a power cycle
OPT_IN = frozenset({"ata.security.enhanced", "ata.security.normal", "opal.psid-revert"})


class Clock(FakeClock):
    """Its bench can be started again."""

    boots = 1

    def boot_id(self) -> str:
        return f"boot-{self.boots}"


@dataclass
class Line:
    """The worker's end of the pipe, cut as the plan says: journal, stop request, process."""

    entries: list[JournalEntry]
    tap: Tap
    cut: Cut | None
    begun: bool = False
    dead: bool = False
    seen: dict[str, int] = field(default_factory=dict)
    stopped: bool = False

    def __post_init__(self) -> None:
        self.tap.before, self.tap.after = self.before, self.after

    def record(self, entry: JournalEntry) -> None:
        if self.cut is not None and self.cut.how == "journal" and self.due("record"):
            raise JournalError("the journal's disk is full")
        self.before("record")
        self.entries.append(entry)
        self.begun = True
        self.after("record")

    def stop(self) -> bool:
        self.before("ask")
        self.after("ask")
        return self.stopped

    def tell(self, message: object) -> None:
        """Nobody looks on."""

    def due(self, moment: str) -> bool:
        return self.cut is not None and self.cut.moment == moment and self.seen.get(moment, 0) >= self.cut.nth

    def before(self, moment: str) -> None:
        if self.dead:
            raise Killed
        if self.cut is not None and not self.cut.after and self.due(moment):
            self.end()

    def after(self, moment: str) -> None:
        if self.cut is not None and self.cut.after and self.due(moment):
            self.end()
        self.seen[moment] = self.seen.get(moment, 0) + 1

    def end(self) -> None:
        if self.cut is not None and self.cut.how == "kill":
            self.dead = True
            raise Killed
        self.stopped = True


def serials(report: ErasureReport | None) -> frozenset[str]:
    """Every serial number under which the drive stands in a report."""
    if report is None:
        return frozenset()
    after = () if report.identity_after is None else (report.identity_after.serial,)
    return frozenset((report.facts.device.identity.serial, *after))


@dataclass
class Table:
    """Two drives on one bench, and everything that happens to them."""

    folder: Path
    plan: Plan
    clock: Clock = field(default_factory=Clock)
    entries: list[JournalEntry] = field(default_factory=list)
    tap: Tap = field(default_factory=Tap)
    power: int = 1
    strange: bool = False  # the other drive answers under the name of this one
    report: ErasureReport | None = None
    told: str = ""  # how a run stays open, or why nothing was planned
    refused: bool = False
    parts: int = 0
    cut_short: int = 0  # attempts that took a run up again

    def drives(self, part: Part) -> tuple[SimulatedDrive, ...]:
        """All disks of the bench; those of the target first."""
        named = {"model": "DEMO RANDOM", "firmware": "1", "power": self.power}
        target = {**self.plan.target, **named, "name": "sda", "serial": "DEMO-TARGET", "faults": list(part.faults)}
        other = {**self.plan.neighbour, **named, "name": "sdb", "serial": "DEMO-OTHER", "faults": []}
        if "bridge_serial" in other.get("ata", {}):  # two of the same serial are refused before any order is given
            other["ata"] = {**other["ata"], "bridge_serial": "DEMO-BRIDGE-2"}
        return spread([drive_from_document(target, 0), drive_from_document(other, 1)])

    def backing(self, drive: SimulatedDrive) -> Path:
        path = self.folder / f"{drive.name}.img"
        prepare_backing(drive, path)
        return path

    def media(self, serial: str) -> dict[str, bytes]:
        """Every byte of every medium of one drive, by name."""
        found = [drive for drive in self.drives(Part()) if drive.serial == serial]
        return {drive.name: self.backing(drive).read_bytes() for drive in found}

    def open(self, part: Part, name: str) -> TappedDrive:
        drives = self.drives(part)
        serial = "DEMO-OTHER" if self.strange and name == drives[0].name else ""
        chosen = next(drive for drive in drives if drive.serial == serial or (not serial and drive.name == name))
        port = SimulatedBlockDrive(chosen, self.backing(chosen), self.clock)
        if port.state.inside.gone():
            port.close()
            raise OSError(errno.ENODEV, "no such device")
        return TappedDrive(port, self.tap)

    def carry_out(self) -> Ending:
        """Do everything that the plan says, the same way each time; give what is to be judged."""
        with drawn_from(Random(repr(self.plan))):
            return self._carried_out()

    def _carried_out(self) -> Ending:
        donor, other = self.media("DEMO-TARGET"), self.media("DEMO-OTHER")
        for part in (*self.plan.parts, *[Part(between="both")] * ROUNDS):
            self.attempt(part)
            if self.report is not None or self.refused:
                break
            if self.parts >= len(self.plan.parts) and not (self.plan.healthy or "switch" in self.told):
                break
            self.happen(part.between if self.parts < len(self.plan.parts) else "both")
        left = {name: Medium(content, self.media("DEMO-TARGET")[name]) for name, content in donor.items()}
        return self.ending(left, untouched=self.media("DEMO-OTHER") == other)

    def happen(self, what: str) -> None:
        """Let something happen between two attempts."""
        self.strange = what == "stranger" and bool(self.entries)
        if what in ("power", "both"):
            self.power += 1
        if what in ("reboot", "both"):
            self.clock.boots += 1

    def attempt(self, part: Part) -> None:
        """Plan anew, and erase or go on, as far as it goes."""
        self.parts += 1
        self.cut_short += bool(self.entries)
        resuming = bool(self.entries)
        planned = self.planned(part)
        if isinstance(planned, ErasurePlan):
            with self.noting():
                self.report = self.worked(part, planned, ResumePoint.from_entries(self.entries) if resuming else None)
        elif planned is not None and not resuming:
            self.refused, self.told = True, "; ".join(f"{one.code} {one.detail}" for one in planned.reasons)

    def planned(self, part: Part) -> ErasurePlan | Refusal | None:
        """Ask the drive under its own name; None when it cannot be asked."""
        method = str(self.entries[0].data["method"]) if self.entries else ""
        try:
            with self.open(part, self.drives(part)[0].name) as port:
                facts = read_facts(port)
        except (OSError, ErasureError) as error:
            self.told = repr(error)
            return None
        policy = load_policy(self.plan.policy)
        return plan(facts, (), policy, allowed=OPT_IN, wanted="" if method else self.plan.wanted, resuming=method)

    @contextmanager
    def noting(self) -> Iterator[None]:
        try:
            yield
        except Killed:
            self.told = "killed"
        except ErasureError as error:
            self.told = repr(error)

    def worked(self, part: Part, planned: ErasurePlan, resume: ResumePoint | None) -> ErasureReport:
        line: Any = Line(self.entries, self.tap, part.cut)
        self.strange = self.strange or part.swapped
        device = planned.facts.device
        order = WorkOrder(
            RUN_ID, device, planned, Confirmation(PERSON, device.identity.serial), False, resume, Secrets(psid=PSID)
        )
        opener: Any = lambda asked: self.open(part, asked.name)  # noqa: E731
        return erase(order, line, opener, lambda device: (), self.clock)

    def ending(self, left: dict[str, Medium], *, untouched: bool) -> Ending:
        report = self.report
        first = next(iter(left))
        memory = (self.folder / f"{first}.memory.json").exists()
        return Ending(
            plan=self.plan,
            verdict=str(report.verdict) if report else "REFUSED" if self.refused else "OPEN",
            level=str(report.level) if report else "NONE",
            method=report.method_achieved if report else "",
            size_bytes=report.facts.size_bytes if report else 0,
            reasons=tuple(f"{one.code}: {one.detail}" for one in report.reasons) if report else (self.told,),
            exceptions=tuple(f"{one.code}: {one.detail}" for one in report.exceptions) if report else (),
            target=first,
            media=left,
            untouched=untouched,
            serials=serials(report),
            sent=tuple((one.meaning, one.good) for one in self.tap.sent),
            written=tuple(self.tap.written),
            memory=(self.folder / f"{first}.memory.json").read_text("utf-8") if memory else "{}",
        )

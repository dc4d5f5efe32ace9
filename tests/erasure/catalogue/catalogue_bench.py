"""A drive of the hardware fixtures with other vices or members, a run on it, and what went over the wire meanwhile.

Which commands destroy is written down here once more, from the command sets: not taken from the engine that is tested.
"""

import random
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from erasure.clearance import Confirmation, authorize
from erasure.drive import DriveFacts
from erasure.facts import read_facts
from erasure.plan import ErasurePlan, Refusal, plan
from erasure.policy import load_policy
from erasure.report import ErasureReport
from erasure.resume import ResumePoint
from erasure.run import never, run
from erasure.simulated import SimulatedBlockDrive, SimulatedDrive
from erasure.simulated.contents import prepare_backing
from erasure.simulated.namespaces import spread
from erasure.simulated.specification import drive_from_document
from tests.erasure.simulated_bench import PERSON, RUN_ID, FakeClock, MemoryJournal

DRIVES = Path(__file__).resolve().parents[3] / "hardware-fixtures" / "drives"
SMALL = 400 * 1024 + 512  # bytes: enough for marks, and quickly read
SUCCESS = ("ERASED", "ERASED_WITH_EXCEPTIONS")
ATA_DESTROYS = frozenset({0xF1, 0xF2, 0xF4, 0xF6, 0x37, 0xF9})
Wrap = Callable[[Any], Any]


def as_it_is(port: Any) -> Any:
    return port


@dataclass
class Workbench:
    """One fixture alone on a bench. `erase` plans and runs; what the drives hold is in `content`."""

    folder: Path
    drives: tuple[SimulatedDrive, ...]
    clock: FakeClock = field(default_factory=FakeClock)
    journal: MemoryJournal = field(default_factory=MemoryJournal)

    def open(self, number: int = 0) -> SimulatedBlockDrive:
        drive = self.drives[number]
        return SimulatedBlockDrive(drive, self.backing(number), self.clock)

    def backing(self, number: int = 0) -> Path:
        path = self.folder / f"{self.drives[number].name}.img"
        prepare_backing(self.drives[number], path)
        return path

    def content(self, number: int = 0) -> bytes:
        """Every byte of the backing file of one disk."""
        return self.backing(number).read_bytes()

    def facts(self) -> DriveFacts:
        with self.open() as port:
            return read_facts(port)

    def plan(self, *, policy: str = "purge-preferred", allowed: str = "", wanted: str = "") -> ErasurePlan | Refusal:
        leave = frozenset({allowed} - {""})
        return plan(self.facts(), (), load_policy(policy), allowed=leave, wanted=wanted)

    def erase(
        self,
        planned: ErasurePlan | Refusal | None = None,
        *,
        wrap: Wrap = as_it_is,
        stop: Callable[[], bool] = never,
        resume: ResumePoint | None = None,
        **options: str,
    ) -> ErasureReport:
        chosen = planned or self.plan(**options)
        assert isinstance(chosen, ErasurePlan), chosen
        with ExitStack() as held:
            port = wrap(held.enter_context(self.open()))
            others = tuple(held.enter_context(self.open(at)) for at in range(1, len(self.drives)))
            confirmed = Confirmation(PERSON, chosen.facts.device.identity.serial)
            return run(
                port,
                authorize(chosen.facts, chosen, (), confirmed),
                self.journal,
                run_id=RUN_ID,
                clock=self.clock,
                random_bytes=random.Random(1).randbytes,
                report=lambda event: None,
                resume=resume,
                stop=stop,
                companions=() if chosen.method.startswith("overwrite.") else others,
            )


Make = Callable[..., Workbench]


def make_workbench(folder: Path, fixture: str, changes: dict[str, Any]) -> Workbench:
    """Put a fixture on a bench; tables in `changes` are merged, other members replaced."""
    document = tomllib.loads((DRIVES / fixture / "drive.toml").read_text("utf-8"))
    shrink(document)
    document["contents"] = "random"  # every sector tells whether it was erased
    for name, value in changes.items():
        document[name] = {**document.get(name, {}), **value} if isinstance(value, dict) else value
    drive = drive_from_document({"name": "drive", **document}, 0)
    folder.mkdir()
    return Workbench(folder, spread((replace(drive, bytes_per_second=0),)))


def shrink(document: dict[str, Any]) -> None:
    """Make a drive small, unless its firmware hides a part of it."""
    if any("native_bytes" in document.get(table, ()) for table in ("ata", "scsi")):
        return
    for table in (document, *document.get("nvme", {}).get("namespaces", ())):
        table["size_bytes"] = min(table["size_bytes"], SMALL)
    document.get("hidden", {}).pop("native_bytes", None)


def succeeded(report: ErasureReport) -> bool:
    return str(report.verdict) in SUCCESS


def codes(report: ErasureReport | Refusal) -> set[str]:
    return {str(reason.code) for reason in report.reasons}


def wire(report: ErasureReport) -> Iterator[dict[str, Any]]:
    """Every command that left the host, in order, with its answer."""
    for item in report.evidence:
        if item["what"] == "command":
            yield {**item["data"]["answered"], **item["data"]["asked"]}


def destructive(report: ErasureReport) -> list[dict[str, Any]]:
    """The commands of the wire that destroy; those that show hidden sectors of a SCSI drive (MODE SELECT) do not."""
    return [sent for sent in wire(report) if destroys(sent)]


def destroys(sent: dict[str, Any]) -> bool:
    if sent["port"] == "nvme":
        return sent["opcode"] in (0x80, 0x84)
    if sent["port"] == "mmc":
        return sent["opcode"] in (6, 35, 36, 38)
    if sent["port"] == "opal":
        return True
    cdb = bytes.fromhex(sent["cdb"])
    if cdb[0] != 0x85:
        return cdb[0] in (0x48, 0x04)
    return cdb[14] in ATA_DESTROYS or (cdb[14] == 0xB4 and cdb[4] != 0) or (cdb[14] == 0xB1 and cdb[4] != 0xC2)


def kept(before: bytes, after: bytes, sector: int = 512) -> float:
    """Which part of the sectors is still what it was."""
    places = range(0, len(before), sector)
    return sum(before[at : at + sector] == after[at : at + sector] for at in places) / len(places)


def completion_of(report: ErasureReport) -> dict[str, Any]:
    """What the run kept of the drive's own word."""
    found = [item["data"]["completion"] for item in report.evidence if item["what"] == "WRITTEN"]
    assert isinstance(found[-1], dict)
    return found[-1]

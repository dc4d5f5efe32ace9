"""A bench of simulated drives for the tests of the engine: one drive, one person, one journal, one clock."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from erasure.clearance import Confirmation, authorize
from erasure.errors import JournalError
from erasure.events import Event
from erasure.facts import read_facts
from erasure.journal import EntryKind, JournalEntry
from erasure.methods import method_named
from erasure.outcome import Reason
from erasure.plan import ErasurePlan
from erasure.policy import Policy
from erasure.report import ErasureReport
from erasure.resume import ResumePoint
from erasure.run import never, run
from erasure.simulated import Fault, SimulatedBlockDrive, SimulatedDrive
from erasure.simulated.contents import prepare_backing
from erasure.simulated.port import write_in_turn

RUN_ID = "0123456789abcdef0123456789abcdef"
PERSON = "Camille"


class FakeClock:
    """Time that moves a little each time somebody looks, and jumps when somebody waits."""

    def __init__(self, step_ns: int = 1_000_000) -> None:
        self.ns = 1_000_000_000
        self.step_ns = step_ns

    def monotonic_ns(self) -> int:
        self.ns += self.step_ns
        return self.ns

    def wall(self) -> str:
        return "2026-11-21T10:00:00Z"

    def boot_id(self) -> str:
        return "boot-1"

    def sleep(self, seconds: float) -> None:
        self.ns += int(seconds * 1e9)


@dataclass
class MemoryJournal:
    """A journal in memory that can be told to fail."""

    entries: list[JournalEntry] = field(default_factory=list)
    fails_at: EntryKind | None = None
    watching: Callable[[JournalEntry], None] = lambda entry: None

    def record(self, entry: JournalEntry) -> None:
        if entry.kind is self.fails_at:
            raise JournalError("the journal's disk is full")
        self.watching(entry)
        self.entries.append(entry)

    def kinds(self) -> list[str]:
        return [str(entry.kind) for entry in self.entries]


@dataclass
class Bench:
    """One simulated drive and everything that a run on it needs."""

    folder: Path
    drive: SimulatedDrive
    method: str = "overwrite.keystream"
    verification: str = "full"
    sample_sectors: int = 0
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    clock: FakeClock = field(default_factory=FakeClock)
    events: list[Event] = field(default_factory=list)
    seed: int = 1

    @property
    def backing(self) -> Path:
        path = self.folder / f"{self.drive.name}.img"
        prepare_backing(self.drive, path)
        return path

    def content(self) -> bytes:
        """Every byte of the backing file."""
        return self.backing.read_bytes()

    def expected(self) -> bytes:
        """What must be on the drive: judged by other code than the engine's, from the journal's INTENT."""
        if self.method == "overwrite.zeros":
            return bytes(self.drive.real_bytes)
        key = bytes.fromhex(self.journal.entries[0].data["key"])
        stream = Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor()
        return stream.update(bytes(self.drive.size_bytes))[: self.drive.real_bytes]

    def old_sectors(self) -> list[tuple[int, int]]:
        """Ranges of LBAs whose bytes are not those that must be there: [(first, count), ...]."""
        found, wanted, sector = self.content(), self.expected(), self.drive.logical_sector
        ranges: list[tuple[int, int]] = []
        for lba in range(len(wanted) // sector):
            if found[lba * sector : (lba + 1) * sector] != wanted[lba * sector : (lba + 1) * sector]:
                if ranges and sum(ranges[-1]) == lba:
                    ranges[-1] = (ranges[-1][0], ranges[-1][1] + 1)
                else:
                    ranges.append((lba, 1))
        return ranges

    def open(self) -> SimulatedBlockDrive:
        return SimulatedBlockDrive(self.drive, self.backing, self.clock)

    def plan_for(self, port: Any, exceptions: tuple[Reason, ...] = ()) -> ErasurePlan:
        policy = Policy("test", 1, (self.method,), self.verification, self.sample_sectors)
        method = method_named(self.method)
        return ErasurePlan(
            facts=read_facts(port),
            policy=policy,
            method=method.id,
            method_version=method.version,
            level=method.level,
            verification=self.verification,
            sample_sectors=self.sample_sectors,
            exceptions=exceptions,
            inapplicable=(),
        )

    def with_faults(self, *faults: Fault) -> "Bench":
        return replace(self, drive=replace(self.drive, faults=faults))

    def erase(
        self,
        *,
        resume: ResumePoint | None = None,
        stop: Callable[[], bool] = never,
        planned: ErasurePlan | None = None,
        port: Any = None,
    ) -> ErasureReport:
        with port or self.open() as opened:
            chosen = planned or self.plan_for(opened)
            clearance = authorize(chosen.facts, chosen, (), Confirmation(PERSON, chosen.facts.device.identity.serial))
            return run(
                opened,
                clearance,
                self.journal,
                run_id=RUN_ID,
                clock=self.clock,
                random_bytes=random.Random(self.seed).randbytes,
                report=self.events.append,
                resume=resume,
                stop=stop,
            )

    def resume_point(self) -> ResumePoint:
        return ResumePoint.from_entries(self.journal.entries)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A drive of 300 KiB and one sector with somebody's files on it."""
    return Bench(tmp_path, SimulatedDrive("sda", 300 * 1024 + 512, serial="DEMO-0001", wwn="5000000000000001"))


@pytest.fixture
def large_bench(tmp_path: Path) -> Bench:
    """A drive of 20 MiB and three sectors: several chunks and a short last one."""
    return Bench(tmp_path, SimulatedDrive("sdb", (20 << 20) + 3 * 512, serial="DEMO-0002", wwn="5000000000000002"))


@pytest.fixture
def zeros_bench(bench: Bench) -> Bench:
    """The small drive, to be overwritten with zeros."""
    return replace(bench, method="overwrite.zeros")


class Singly:
    """What a port in front of another inherits, so that no write goes past its `pwrite`."""

    pwrite: Callable[[memoryview, int], int]

    def pwritev(self, buffers: Sequence[memoryview], offset: int) -> int:
        """Write `buffers` one by one."""
        return write_in_turn(self.pwrite, buffers, offset)

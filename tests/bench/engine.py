"""Erase one loop device with this engine, as a process of its own, and print what each phase cost as JSON.

    python -m tests.bench.engine NODE IMAGE POLICY JOURNAL

The whole path runs: facts, interlocks, plan, clearance, journal made durable on disk, write, flush, read back, verdict.
The journal's entries divide the phases: from INTENT to WRITTEN is the write pass with its address probe and its flush,
from WRITTEN to VERIFIED the read-back. CPU is that of the process with all its threads.
"""

import json
import os
import secrets
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from erasure.clearance import Confirmation, authorize
from erasure.clock import SystemClock
from erasure.facts import read_facts
from erasure.interlocks import KernelExaminer
from erasure.inventory import sight
from erasure.journal import EntryKind, JournalEntry
from erasure.kernel_view import KernelView
from erasure.plan import Refusal, plan
from erasure.policy import load_policy
from erasure.report import ErasureReport
from erasure.run import run
from erasure.transport.linux_block import LinuxOpener
from tests.kernel.loops import assert_ours

BOUNDARIES = {EntryKind.INTENT: "write", EntryKind.WRITTEN: "verify", EntryKind.VERIFIED: "end"}


@dataclass(slots=True)
class MeteredJournal:
    """A journal of lines in a file, each durable before `record` returns; times the phases that its entries divide."""

    path: Path
    marks: list[tuple[str, float, float]] = field(default_factory=list)

    def record(self, entry: JournalEntry) -> None:
        """Append one entry and make it durable."""
        self.record_all((entry,))

    def record_all(self, entries: Sequence[JournalEntry]) -> None:
        """Append entries and make them durable together."""
        with self.path.open("a", encoding="ascii") as handle:
            handle.writelines(json.dumps(asdict(entry)) + "\n" for entry in entries)
            handle.flush()
            os.fdatasync(handle.fileno())
        for phase in (BOUNDARIES[entry.kind] for entry in entries if entry.kind in BOUNDARIES):
            self.marks.append((phase, time.perf_counter(), time.process_time()))

    def costs(self) -> dict[str, dict[str, float]]:
        """Wall and CPU seconds of each phase."""
        following = zip(self.marks, self.marks[1:], strict=False)
        return {phase: {"wall": wall1 - wall, "cpu": cpu1 - cpu} for (phase, wall, cpu), (_, wall1, cpu1) in following}


def erase(node: str, policy: str, path: Path) -> tuple[ErasureReport, MeteredJournal]:
    """Take the whole path on one device. Raises AssertionError when the device is refused."""
    device, journal = sight(KernelView(), node), MeteredJournal(path)
    path.unlink(missing_ok=True)
    with LinuxOpener()(device) as port:
        facts = read_facts(port)
        blocks = KernelExaminer(allow_loop=True)(device)
        planned = plan(facts, blocks, load_policy(policy))
        assert not isinstance(planned, Refusal), planned.reasons
        clearance = authorize(facts, planned, blocks, Confirmation("bench", facts.device.identity.serial))
        report = run(
            port,
            clearance,
            journal,
            run_id=secrets.token_hex(16),
            clock=SystemClock(),
            random_bytes=secrets.token_bytes,
            report=lambda _event: None,
        )
    return report, journal


def main(node: str, image: str, policy: str, path: str) -> None:
    """Print the verdict and what each phase cost."""
    assert_ours(node, Path(image))
    report, journal = erase(node, policy, Path(path))
    told = {
        "verdict": report.verdict,
        "reasons": [asdict(reason) for reason in report.reasons],
        "sectors": report.verification.sectors,
        "costs": journal.costs(),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:5])

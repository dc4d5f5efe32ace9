"""Erase one loop device with this engine, as a process of its own, and print what each phase cost as JSON.

    python -m tests.bench.engine NODE IMAGE POLICY JOURNAL

The whole path runs: facts, interlocks, plan, clearance, journal made durable on disk, write, flush, read back, verdict.
Phases are cut at the first progress event of each; CPU is that of the process with all its threads.
"""

import json
import os
import secrets
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from erasure.clearance import Confirmation, authorize
from erasure.clock import SystemClock
from erasure.events import Event, Progress
from erasure.facts import read_facts
from erasure.interlocks import KernelExaminer
from erasure.inventory import sight
from erasure.journal import JournalEntry
from erasure.kernel_view import KernelView
from erasure.plan import Refusal, plan
from erasure.policy import load_policy
from erasure.report import ErasureReport
from erasure.run import run
from erasure.transport.linux_block import LinuxOpener
from tests.kernel.loops import assert_ours


@dataclass(slots=True)
class FileJournal:
    """A journal of lines in a file, each durable before `record` returns."""

    path: Path

    def record(self, entry: JournalEntry) -> None:
        """Append one entry and make it durable."""
        with self.path.open("a", encoding="ascii") as handle:
            handle.write(json.dumps(asdict(entry)) + "\n")
            handle.flush()
            os.fdatasync(handle.fileno())


@dataclass(slots=True)
class PhaseMeter:
    """Takes wall and CPU time whenever the engine enters another phase."""

    marks: list[tuple[str, float, float]] = field(default_factory=list)

    def mark(self, phase: str) -> None:
        """Note the beginning of a phase, once."""
        if not self.marks or self.marks[-1][0] != phase:
            self.marks.append((phase, time.perf_counter(), time.process_time()))

    def tell(self, event: Event) -> None:
        """Listen to the engine."""
        if isinstance(event, Progress):
            self.mark(event.phase)

    def costs(self) -> dict[str, dict[str, float]]:
        """Wall and CPU seconds of each phase."""
        following = zip(self.marks, self.marks[1:], strict=False)
        return {phase: {"wall": wall1 - wall, "cpu": cpu1 - cpu} for (phase, wall, cpu), (_, wall1, cpu1) in following}


def erase(node: str, policy: str, journal: Path, meter: PhaseMeter) -> ErasureReport:
    """Take the whole path on one device. Raises AssertionError when the device is refused."""
    device = sight(KernelView(), node)
    with LinuxOpener()(device) as port:
        facts = read_facts(port)
        blocks = KernelExaminer(allow_loop=True)(device)
        planned = plan(facts, blocks, load_policy(policy))
        assert not isinstance(planned, Refusal), planned
        confirmation = Confirmation("bench", facts.device.identity.serial)
        clearance = authorize(facts, planned, blocks, confirmation)
        report = run(
            port,
            clearance,
            FileJournal(journal),
            run_id=secrets.token_hex(16),
            clock=SystemClock(),
            random_bytes=secrets.token_bytes,
            report=meter.tell,
        )
    meter.mark("end")
    return report


def main(node: str, image: str, policy: str, journal: str) -> None:
    """Print the verdict, the phases as the report has them, and their cost."""
    assert_ours(node, Path(image))
    meter = PhaseMeter()
    report = erase(node, policy, Path(journal), meter)
    told = {
        "verdict": report.verdict,
        "reasons": [asdict(reason) for reason in report.reasons],
        "sectors": report.verification.sectors,
        "phases": [asdict(phase) for phase in report.phases],
        "costs": meter.costs(),
        "import_cpu": meter.marks[0][2],
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:5])

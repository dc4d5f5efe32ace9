"""How a run is put into its report: refused before anything was sent, or ended with all its evidence."""

from dataclasses import dataclass

from erasure.clock import Clock
from erasure.drive import BlockDevice, DriveFacts
from erasure.outcome import BadRanges, Phase, Reason, Verification
from erasure.passes import NO_MARKS, Evidence, Marks, Written
from erasure.plan import ErasurePlan
from erasure.report import ErasureReport
from erasure.transcript import Transcript, facts_document
from erasure.verdict import Verdict

NOTHING_VERIFIED = Verification("none", "", "", "", 0, 0, 0)
NOTHING_READ = Evidence((), NOTHING_VERIFIED, (), (), ())


@dataclass(frozen=True, slots=True)
class Beginning:
    """When this part of the run began: monotonic nanoseconds for the duration, wall time as a claim."""

    run_id: str
    ns: int
    wall: str
    resumed: int

    @staticmethod
    def now(run_id: str, clock: Clock, wall: str = "", resumed: int = 0) -> "Beginning":
        """Take the time; `wall` is that of the first part of a run that is taken up again."""
        return Beginning(run_id, clock.monotonic_ns(), wall or clock.wall(), resumed)

    def ms(self, clock: Clock) -> int:
        """Milliseconds since."""
        return (clock.monotonic_ns() - self.ns) // 1_000_000


def not_erased(
    begun: Beginning, clock: Clock, plan: ErasurePlan, facts: DriveFacts, reasons: tuple[Reason, ...]
) -> ErasureReport:
    """Report that nothing destructive was sent, with every reason."""
    verdict = Verdict.not_erased(reasons)
    return ErasureReport(
        run_id=begun.run_id,
        facts=facts,
        identity_after=None,
        method_requested=plan.method,
        method_achieved="",
        method_version=plan.method_version,
        level=verdict.level,
        verdict=verdict.word,
        reasons=verdict.reasons,
        exceptions=(),
        phases=(),
        verification=NOTHING_VERIFIED,
        bad=BadRanges(),
        started_wall=begun.wall,
        ended_wall=clock.wall(),
        duration_ms=(clock.monotonic_ns() - begun.ns) // 1_000_000,
        resumed=begun.resumed,
        evidence=({"what": "facts", "data": facts_document(facts)},),
        simulated=facts.device.simulated,
    )


@dataclass(frozen=True, slots=True)
class Done:
    """What a run did to the drive, and who answered at the end."""

    written: Written
    evidence: Evidence
    after: BlockDevice | None  # None when the drive could not be asked
    facts: DriveFacts  # as they were when the erase began: after hidden areas were removed
    marks: Marks = NO_MARKS
    exceptions: tuple[Reason, ...] = ()  # met on the way: what could not be removed
    earlier: tuple[Phase, ...] = ()  # of the steps that came first
    reread: bool = False  # its hidden areas were read again once it was at rest: what the plan says of them is stale

    @property
    def failed(self) -> bool:
        """Say whether anything is known that keeps the next step away."""
        return bool(self.written.failures or self.evidence.failures or self.bad != BadRanges())

    @property
    def phases(self) -> tuple[Phase, ...]:
        """Every pass, in order."""
        return (*self.earlier, *self.written.phases, *self.evidence.phases)

    @property
    def bad(self) -> BadRanges:
        """Every sector that failed, by what failed."""
        return BadRanges(self.written.bad, self.evidence.unreadable, self.evidence.mismatch)


def closed(
    begun: Beginning,
    clock: Clock,
    plan: ErasurePlan,
    *,
    done: Done,
    verdict: Verdict,
    told: Transcript,
) -> ErasureReport:
    """Report a run that sent something destructive."""
    return ErasureReport(
        run_id=begun.run_id,
        facts=done.facts,
        identity_after=None if done.after is None else done.after.identity,
        method_requested=plan.method,
        method_achieved=plan.method,
        method_version=plan.method_version,
        level=verdict.level,
        verdict=verdict.word,
        reasons=verdict.reasons,
        exceptions=verdict.exceptions,
        phases=tuple(_since(phase, begun.ns) for phase in done.phases),
        verification=done.evidence.verification,
        bad=done.bad,
        started_wall=begun.wall,
        ended_wall=clock.wall(),
        duration_ms=(clock.monotonic_ns() - begun.ns) // 1_000_000,
        resumed=begun.resumed,
        evidence=told.items(),
        simulated=done.facts.device.simulated,
    )


def _since(phase: Phase, start_ns: int) -> Phase:
    """Count the times of a phase from the beginning of the run."""
    start_ms = start_ns // 1_000_000
    return Phase(phase.op, phase.bytes, phase.errors, phase.start_ms - start_ms, phase.end_ms - start_ms)

"""One run on one open drive: pins, intent, write, flush, read back, pins, verdict.

The order is the point. Who the drive is, is asked again under the exclusive open, right before the first write. The
intent is durable before the first destructive byte. Nothing is verified after a pass that could not be finished. A run
that is stopped, or whose journal fails, has no verdict: it stays open and is taken up again from its last checkpoint.
"""

from collections.abc import Callable
from dataclasses import asdict

from erasure.applicability import Inapplicable
from erasure.clearance import Clearance
from erasure.clock import Clock
from erasure.closing import NOTHING_READ, Beginning, Done, closed, not_erased
from erasure.drive import BlockDevice, DriveFacts
from erasure.errors import DeviceError, IdentityChanged
from erasure.events import Event, Progress
from erasure.facts import read_facts
from erasure.journal import EntryKind, Journal
from erasure.methods import method_named
from erasure.methods.protocol import ErasureMethod, Finished, Stuck, Ticket
from erasure.outcome import LbaRange, Reason, ReasonCode
from erasure.passes import Evidence, Ports, Written
from erasure.pins import moved
from erasure.plan import ErasurePlan
from erasure.progress import ProgressTeller
from erasure.report import ErasureReport
from erasure.resume import ResumePoint, ranges_document, reasons_document
from erasure.sanitizing import WHOLE
from erasure.transcript import Transcript, facts_document
from erasure.transport.ports import BlockPort
from erasure.verdict import Proof, Verdict

SECRET_BYTES = 32
SEED_BYTES = 8
POLL_SECONDS = 1.0


def never() -> bool:
    """Go on: nobody asks to stop."""
    return False


def run(
    port: BlockPort,
    clearance: Clearance,
    journal: Journal,
    *,
    run_id: str,
    clock: Clock,
    random_bytes: Callable[[int], bytes],
    report: Callable[[Event], None],
    resume: ResumePoint | None = None,
    stop: Callable[[], bool] = never,
) -> ErasureReport:
    """Erase the drive behind the exclusively opened `port`, verify it, and say what can be said.

    `random_bytes(n)` gives n fresh random bytes. `stop()` is asked before each request. Raises ClearanceError for a
    used clearance; RunInterrupted when stopped, JournalError, and IdentityChanged or DeviceError on a run that is taken
    up again: the run then stays open.
    """
    plan = clearance.consume()
    begun = Beginning.now(run_id, clock, resume.started_wall if resume else "", resume.resumed + 1 if resume else 0)
    facts, obstacles = examine_again(port, plan, resume)
    if obstacles:
        if resume is not None:
            raise _still_open(obstacles)
        return not_erased(begun, clock, plan, facts, obstacles)
    secret = resume.key if resume else random_bytes(SECRET_BYTES)
    told = Transcript(journal, run_id, resume.entries if resume else ())
    told.note("facts", facts_document(facts))
    teller = ProgressTeller(run_id, facts.size_bytes, clock, report, passes_after(plan))
    ports = Ports(
        block=port,
        secret=secret,
        offset=resume.offset if resume else 0,
        begun=resume.begun if resume else False,
        bad=resume.bad_write if resume else (),
        verification=plan.verification,
        sample_sectors=plan.sample_sectors,
        seed=random_bytes(SEED_BYTES).hex(),
        checkpoint=lambda offset, bad: told.record(EntryKind.CHECKPOINT, _step("write", offset, bad)),
        found=lambda unreadable, mismatch: told.record(EntryKind.FOUND, _findings(unreadable, mismatch)),
        progress=teller.tell,
        clock=clock,
        stop=stop,
    )
    report(Progress(run_id, "prepare", 0, facts.size_bytes, 0, None, 0))
    _announce(told, ports, plan, facts, resume)
    done = carry_out(ports, facts, method_named(plan.method), told, resume)
    verdict = Verdict.from_proof(proof_of(port, plan, facts, done))
    return closed(begun, clock, plan, facts, done=done, verdict=verdict, told=told)


def examine_again(
    port: BlockPort, plan: ErasurePlan, resume: ResumePoint | None
) -> tuple[DriveFacts, tuple[Reason, ...]]:
    """Read the facts under the exclusive open; give them with every reason why this run must not begin."""
    try:
        facts = read_facts(port)
    except (OSError, DeviceError) as error:
        return plan.facts, (Reason(ReasonCode.TRANSPORT, f"the drive cannot be read: {error}"),)
    reasons = []
    changed = moved(plan.facts, facts) or (resume.differs_from(facts, plan.method) if resume else "")
    if changed:
        reasons.append(Reason(ReasonCode.IDENTITY, changed))
    answer = method_named(plan.method).applies(facts)
    if isinstance(answer, Inapplicable):
        reasons.append(answer.reason)
    return facts, tuple(reasons)


def carry_out(
    ports: Ports, facts: DriveFacts, method: ErasureMethod, told: Transcript, resume: ResumePoint | None
) -> Done:
    """Write, then read back unless the pass failed; everything journalled. Raises RunInterrupted, JournalError."""
    if resume is not None and resume.written:
        written = Written((), resume.bad_write, 0 if resume.failures else facts.size_bytes, resume.failures)
    else:
        written = write(ports, facts, method)
        told.record(
            EntryKind.WRITTEN,
            {**_step("write", facts.size_bytes, written.bad), "failures": reasons_document(written.failures)},
        )
    evidence = NOTHING_READ if written.failures else read_back(ports, facts, method)
    if resume is not None:
        evidence = resume.with_earlier_findings(evidence)
    if not written.failures:
        told.record(EntryKind.VERIFIED, _verified(evidence))
    return Done(written, evidence, _sighting_now(ports.block))


def write(ports: Ports, facts: DriveFacts, method: ErasureMethod) -> Written:
    """Start the method and wait for its end. Raises RunInterrupted, JournalError."""
    try:
        return wait(ports, method, method.start(ports, facts))
    except (OSError, DeviceError) as error:
        return _failed(facts, Reason(ReasonCode.TRANSPORT, f"the write pass ended: {error}"))


def wait(ports: Ports, method: ErasureMethod, ticket: Ticket) -> Written:
    """Ask until the drive is done, or until it has been stuck past its deadline."""
    while True:
        state = method.poll(ports, ticket)
        if isinstance(state, Finished):
            return state.written
        if isinstance(state, Stuck):
            failures = (*ticket.written.failures, Reason(ReasonCode.STUCK, state.detail))
            return Written(ticket.written.phases, ticket.written.bad, 0, failures)
        ports.progress("command", (state.done or 0) * ports.block.size_bytes() // WHOLE, 0)
        ports.clock.sleep(POLL_SECONDS)


def read_back(ports: Ports, facts: DriveFacts, method: ErasureMethod) -> Evidence:
    """Let the method confirm; a reader that cannot be opened is a failure, not a pass. Raises RunInterrupted."""
    try:
        return method.confirm(ports, facts)
    except (OSError, DeviceError) as error:
        reason = Reason(ReasonCode.TRANSPORT, f"the read-back could not begin: {error}")
        return Evidence((), NOTHING_READ.verification, (), (), (reason,))


def proof_of(port: BlockPort, plan: ErasurePlan, facts: DriveFacts, done: Done) -> Proof:
    """Collect what the verdict rests on, asking the drive for its size once more."""
    try:
        size_after = port.size_bytes()
    except OSError:
        size_after = 0
    return Proof(
        facts=facts,
        after=done.after,
        size_after=size_after,
        level=plan.level,
        covered=done.written.covered,
        verification=done.evidence.verification,
        sample_sectors=plan.sample_sectors,
        bad=done.bad,
        failures=(*done.written.failures, *done.evidence.failures),
        exceptions=plan.exceptions,
    )


def passes_after(plan: ErasurePlan) -> dict[str, int]:
    """How many whole passes follow each phase: a sample is none."""
    return {"write": 1 if plan.verification == "full" else 0, "verify": 0}


def _announce(told: Transcript, ports: Ports, plan: ErasurePlan, facts: DriveFacts, resume: ResumePoint | None) -> None:
    """Make durable what is about to happen, before it does."""
    clock = ports.clock
    now = {"boot_id": clock.boot_id(), "mono_ns": clock.monotonic_ns(), "wall": clock.wall()}
    if resume is not None:
        told.record(EntryKind.RESUMED, {**now, "offset": resume.offset, "written": resume.written})
        return
    told.record(
        EntryKind.INTENT,
        {
            **now,
            "identity": asdict(facts.device.identity),
            "diskseq": facts.device.diskseq,
            "size_bytes": facts.size_bytes,
            "logical_sector": facts.logical_sector,
            "method": plan.method,
            "method_version": plan.method_version,
            "policy": plan.policy.name,
            "policy_version": plan.policy.version,
            "verification": plan.verification,
            "sample_sectors": plan.sample_sectors,
            "key": ports.secret.hex(),
        },
    )


def _step(phase: str, offset: int, bad: tuple[LbaRange, ...]) -> dict[str, object]:
    return {"phase": phase, "offset": offset, "bad": ranges_document(bad)}


def _findings(unreadable: tuple[LbaRange, ...], mismatch: tuple[LbaRange, ...]) -> dict[str, object]:
    return {"unreadable": ranges_document(unreadable), "mismatch": ranges_document(mismatch)}


def _verified(evidence: Evidence) -> dict[str, object]:
    return {
        **asdict(evidence.verification),
        "failures": reasons_document(evidence.failures),
        "unreadable_ranges": len(evidence.unreadable),
        "mismatch_ranges": len(evidence.mismatch),
    }


def _failed(facts: DriveFacts, reason: Reason) -> Written:
    return Written((), (LbaRange(0, facts.sectors),), 0, (reason,))


def _sighting_now(port: BlockPort) -> BlockDevice | None:
    try:
        return port.sighting()
    except (OSError, DeviceError):
        return None


def _still_open(obstacles: tuple[Reason, ...]) -> DeviceError:
    told = "; ".join(f"{reason.code}: {reason.detail}" for reason in obstacles)
    kind = IdentityChanged if any(reason.code is ReasonCode.IDENTITY for reason in obstacles) else DeviceError
    return kind(f"the run stays open, it is not taken up again on this drive: {told}")

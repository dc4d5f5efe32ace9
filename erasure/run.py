"""One run on one open drive: pins, intent, write, flush, read back, pins, verdict.

The order is the point. Who the drive is, is asked again under the exclusive open, right before the first write. The
intent is durable before the first destructive byte. Nothing is verified after a pass that could not be finished. A run
that is stopped, or whose journal fails, has no verdict: it stays open and is taken up again from its last checkpoint.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from functools import partial

from erasure.announcement import Announced
from erasure.applicability import Inapplicable
from erasure.busy import telling
from erasure.clearance import Clearance
from erasure.clock import Clock
from erasure.closing import Beginning, Done, closed, not_erased
from erasure.course import Course, step_document
from erasure.drive import DriveFacts
from erasure.errors import DeviceError, IdentityChanged
from erasure.events import Event, Progress
from erasure.facts import read_facts, size_faults
from erasure.heat import HeatGuard, limit_of
from erasure.journal import EntryKind, Journal
from erasure.measuring import NOMINAL_BYTES
from erasure.methods import method_named
from erasure.methods.protocol import MethodKind
from erasure.outcome import LbaRange, Level, Reason, ReasonCode
from erasure.passes import NO_SECRETS, Ports, Secrets
from erasure.pins import moved
from erasure.plan import ErasurePlan, uncovered, without_lock
from erasure.progress import ProgressTeller
from erasure.report import ErasureReport
from erasure.resume import ResumePoint, ranges_document
from erasure.sanitizing import SanitizeState
from erasure.transcript import Transcript, facts_document
from erasure.transport.ports import BlockPort
from erasure.unmeasured import awaited, size_zero
from erasure.verdict import Proof, Verdict

SECRET_BYTES = 32
SEED_BYTES = 8
NOT_PURGED = "the drive reports purges, and does not report this one: PRGD 0"


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
    companions: tuple[BlockPort, ...] = (),
    secrets: Secrets = NO_SECRETS,
) -> ErasureReport:
    """Erase the drive behind the exclusively opened `port`, verify it, and say what can be said.

    `random_bytes(n)` gives n fresh random bytes. `stop()` is asked before each request. `companions` are the other
    disks of the same medium, opened exclusively as well. Raises ClearanceError for a used clearance; RunInterrupted
    when stopped or when the drive has to be switched off and on, JournalError; DeviceError when a drive that erases
    itself has left, and IdentityChanged or DeviceError on a run that is taken up again: the run then stays open.
    """
    plan = clearance.consume() if resume is None else continued(clearance.consume(), resume)
    begun = Beginning.now(run_id, clock, resume.started_wall if resume else "", resume.resumed + 1 if resume else 0)
    facts, obstacles = examine_again(port, plan, resume, clock)
    if obstacles:
        if resume is not None:
            raise _still_open(obstacles)
        return not_erased(begun, clock, plan, facts, obstacles)
    told = Transcript(journal, run_id, resume.entries if resume else (), lambda: begun.ms(clock))
    told.note("facts", facts_document(facts))
    guard = Announced(port.commands(), partial(told.record, EntryKind.COMMANDED), told.command)
    total = facts.size_bytes or (resume.size_bytes if resume else 0) or NOMINAL_BYTES
    teller = ProgressTeller(run_id, total, clock, report, passes_after(plan))
    heat = HeatGuard(teller.felt(port.temperature), limit_of(rotational=facts.rotational), clock, teller.notice, stop)
    ports = Ports(
        block=port,
        secret=resume.key if resume else random_bytes(SECRET_BYTES),
        offset=resume.offset if resume else 0,
        begun=resume.begun if resume else False,
        bad=resume.bad_write if resume else (),
        verification=plan.verification,
        sample_sectors=plan.sample_sectors,
        seed=random_bytes(SEED_BYTES).hex(),
        checkpoint=lambda offset, bad: told.record(EntryKind.CHECKPOINT, step_document("write", offset, bad)),
        found=lambda unreadable, mismatch: told.record(EntryKind.FOUND, _findings(unreadable, mismatch)),
        progress=teller.tell,
        clock=clock,
        stop=heat.stop if method_named(plan.method).kind is MethodKind.OVERWRITE else stop,
        commands=guard.ports,
        companions=companions,
        secrets=secrets,
        announce=guard.announce,
        accepted=partial(told.record, EntryKind.ACCEPTED),
        busy=partial(telling, teller.at_work, clock),
    )
    report(Progress(run_id, "prepare", 0, total, 0, None, 0))
    _announce(told, ports, plan, facts, resume)
    done = carried_out(Course(ports, plan, facts, told, resume, guard))
    verdict = Verdict.from_proof(proof_of(port, plan, done))
    return closed(begun, clock, plan, done=done, verdict=verdict, told=told)


def carried_out(course: Course) -> Done:
    """Carry out a course. A drive that leaves on the way to a command, or between two, leaves the run open."""
    try:
        return course.carry_out()
    except OSError as error:
        path = course.facts.device.path
        raise DeviceError(f"{path} cannot be used any more: {error}: the run stays open") from error


def examine_again(
    port: BlockPort, plan: ErasurePlan, resume: ResumePoint | None, clock: Clock
) -> tuple[DriveFacts, tuple[Reason, ...]]:
    """Read the facts under the exclusive open; give them with every reason why this run must not begin."""
    try:
        facts = read_facts(port)
    except (OSError, DeviceError) as error:
        return plan.facts, (Reason(ReasonCode.TRANSPORT, f"the drive cannot be read: {error}"),)
    reasons = []
    if resume is not None and resume.power_cycle == (clock.boot_id(), facts.device.diskseq):
        reasons.append(Reason(ReasonCode.HIDDEN_AREA, "the drive has not been switched off and on yet"))
    followed = plan.adopt or ours(plan, resume)
    seen = facts
    if resume is not None and awaited(facts, plan.facts) and followed:  # sizes are compared once the kernel has them
        seen = replace(facts, size_bytes=resume.size_bytes, logical_sector=resume.logical_sector)
    changed = moved(plan.facts, facts) or (resume.differs_from(seen, plan.method) if resume else "")
    if changed:
        reasons.append(Reason(ReasonCode.IDENTITY, changed))
    if facts.size_bytes == 0 and not (awaited(facts, plan.facts) and followed):
        reasons.append(size_zero(facts.device.name))
    if facts.raw.get("recorded"):
        reasons.append(Reason(ReasonCode.UNSUPPORTED, "a recording answers for this drive: it is never erased"))
    reasons += [*size_faults(facts), *not_applicable(plan, facts, resume)]
    return facts, tuple(reasons)


def continued(plan: ErasurePlan, resume: ResumePoint) -> ErasurePlan:
    """Give a new plan for an open run what its first part settled: its steps, and whether it only follows.

    A drive at work has no steps in its new plan, another policy might have others, and a second erase in place of the
    one that is followed was never asked for. A lock that is still there needs its recovery again.
    """
    opening = tuple(name for name in plan.before if method_named(name).kind is MethodKind.RECOVERY)
    steps = tuple(name for name in resume.before if method_named(name).kind is not MethodKind.RECOVERY)
    restore = plan.restore and not (resume.adopt or resume.erasing)
    return replace(plan, before=(*opening, *steps), adopt=plan.adopt or resume.adopt, restore=restore)


def ours(plan: ErasurePlan, resume: ResumePoint | None) -> bool:
    """Say whether an earlier part of this run started, or followed, what may be at work on the drive."""
    return resume is not None and any(resume.follows(name) for name in (*plan.before, plan.method))


def not_applicable(plan: ErasurePlan, facts: DriveFacts, resume: ResumePoint | None = None) -> Iterator[Reason]:
    """Ask the method once more, on the facts of the open drive, and whether the drive is at something else."""
    report = facts.sanitize
    running = report is not None and report.state is SanitizeState.RUNNING
    if plan.adopt or ((running or awaited(facts, plan.facts)) and ours(plan, resume)):
        return
    if running and method_named(plan.method).kind is MethodKind.OVERWRITE:
        yield Reason(ReasonCode.IN_USE, "a sanitize is running on this drive")
    recovered = any(method_named(name).kind is MethodKind.RECOVERY for name in plan.before)
    answer = method_named(plan.method).applies(without_lock(facts) if recovered else facts)
    if isinstance(answer, Inapplicable):
        yield answer.reason


def proof_of(port: BlockPort, plan: ErasurePlan, done: Done) -> Proof:
    """Collect what the verdict rests on, asking the drive for its size once more."""
    try:
        size_after = port.size_bytes()
    except OSError:
        size_after = 0
    denied = purge_denied(done)
    unmet = (Reason(ReasonCode.ABORTED, NOT_PURGED),) if denied and plan.policy.require is Level.PURGE else ()
    return Proof(
        facts=done.facts,
        after=done.after,
        size_after=size_after,
        level=Level.CLEAR if denied else plan.level,
        covered=done.written.covered,
        verification=done.evidence.verification,
        sample_sectors=plan.sample_sectors,
        bad=done.bad,
        failures=(*done.written.failures, *done.evidence.failures, *unmet),
        exceptions=(*known_exceptions(plan, done), *done.exceptions),
        kind=method_named(plan.method).kind,
        completion=done.written.completion,
        marks=done.marks,
        adopted=plan.adopt,
    )


def known_exceptions(plan: ErasurePlan, done: Done) -> tuple[Reason, ...]:
    """Give what the plan does not cover; of a drive that was planned for while it was at work, as it tells it now.

    Only the ledger of hidden areas is taken back: the verdict weighs it, and names every area that is open in it.
    """
    if not done.reread:
        return plan.exceptions
    stale = frozenset(uncovered(plan.facts))
    others = (reason for reason in plan.exceptions if reason not in stale)
    return tuple(dict.fromkeys((*others, *method_named(plan.method).uncovered(done.facts))))


def purge_denied(done: Done) -> bool:
    """Say whether a drive that reports purges says that this was none (PRGD = 0): the weakest word counts."""
    ended, nvme = done.written.completion, done.facts.nvme
    return ended is not None and ended.attested_purge is False and nvme is not None and nvme.purge_reporting


def passes_after(plan: ErasurePlan) -> dict[str, int]:
    """How many whole passes follow each phase: a sample is none."""
    return {"write": 1 if plan.verification == "full" else 0, "verify": 0, "command": 0}


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
            "before": list(plan.before),
            "restore": plan.restore,
            "adopt": plan.adopt,
            "key": ports.secret.hex(),
        },
    )


def _findings(unreadable: tuple[LbaRange, ...], mismatch: tuple[LbaRange, ...]) -> dict[str, object]:
    return {"unreadable": ranges_document(unreadable), "mismatch": ranges_document(mismatch)}


def _still_open(obstacles: tuple[Reason, ...]) -> DeviceError:
    told = "; ".join(f"{reason.code}: {reason.detail}" for reason in obstacles)
    kind = IdentityChanged if any(reason.code is ReasonCode.IDENTITY for reason in obstacles) else DeviceError
    return kind(f"the run stays open, it is not taken up again on this drive: {told}")

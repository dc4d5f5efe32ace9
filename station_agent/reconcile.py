"""After a crash, a power cut or a Ctrl-C: which runs are open, and how each of them goes on or ends.

An open run is INTERRUPTED. It is taken up again on the same drive only (model, serial, WWN, capacity), or closed as
stated when a person starts over: an overwrite as FAILED, an erase by the drive itself as UNCONFIRMED. Nothing is
resumed by itself. Drives reference, section 6.1.
"""

from erasure.drive import BlockDevice
from erasure.journal import EntryKind
from erasure.outcome import (
    BadRanges,
    LbaRange,
    Level,
    Phase,
    Reason,
    ReasonCode,
    VerdictWord,
    Verification,
)
from erasure.ranges import merged
from erasure.report import ErasureReport
from erasure.transcript import without_key
from station_agent.clock import Clock
from station_agent.journal import BenchJournal, OpenRun
from station_agent.run_context import RunContext, same_drive
from station_agent.signing import Signed

UNSEEN = "given up after an interruption: the drive was told to erase itself, and nobody saw how it ended"
NOT_VERIFIED = Verification("none", "", "", "", 0, 0, 0)


def reconcile(journal: BenchJournal) -> tuple[OpenRun, ...]:
    """Give the interrupted runs; forget those that never reached INTENT, for nothing was done to their drives."""
    open_runs = journal.open_runs()
    for run in open_runs:
        if not run.destructive:
            journal.close_unstarted(run.run_id)
    return tuple(run for run in open_runs if run.destructive)


def open_run_of(device: BlockDevice, open_runs: tuple[OpenRun, ...]) -> OpenRun | None:
    """Find the interrupted run of this very drive; a blank serial never matches."""
    for run in open_runs:
        known, size = run.context.facts.device.identity, device.size_bytes
        if run.shows(size) and same_drive(known, size, device.identity, size):
            return run
    return None


def shares_a_run(device: BlockDevice, open_runs: tuple[OpenRun, ...]) -> bool:
    """Say whether an open run is on this drive, or on another namespace or unit of it; a blank serial tells of none."""
    own = device.identity
    known = [run.context.facts.device.identity for run in open_runs]
    beside = bool(own.serial.strip()) and any((one.model, one.serial) == (own.model, own.serial) for one in known)
    return beside or open_run_of(device, open_runs) is not None


def abandon(journal: BenchJournal, run: OpenRun, clock: Clock) -> Signed:
    """Close an interrupted run as FAILED or UNCONFIRMED, signed: a person starts over. Raises signing errors."""
    return journal.close_run(abandoned_report(run, clock), run.context)


def abandoned_report(run: OpenRun, clock: Clock) -> ErasureReport:
    """Say what is known of a run that nobody will finish: bytes written below the last checkpoint, nothing verified.

    Once a command to erase itself was sent to the drive, neither "erased" nor "data still there" can be said.
    """
    verdict, reason = verdict_of_abandoned(run)
    bad = _bad_sectors(run)
    return ErasureReport(
        run_id=run.run_id,
        facts=run.context.facts,
        identity_after=None,
        method_requested=run.context.method,
        method_achieved=run.context.method,
        method_version=run.context.method_version,
        level=Level.NONE,
        verdict=verdict,
        reasons=(reason,),
        exceptions=(),
        phases=(Phase("write", run.offset, sum(r.count for r in bad.write), 0, 0),),
        verification=NOT_VERIFIED,
        bad=bad,
        started_wall=run.opened,
        ended_wall=clock.moment().wall,
        duration_ms=0,
        resumed=sum(entry.kind is EntryKind.RESUMED for entry in run.entries),
        evidence=tuple({"what": str(entry.kind), "data": without_key(entry.data)} for entry in run.entries),
        simulated=run.context.facts.device.simulated,
    )


def verdict_of_abandoned(run: OpenRun) -> tuple[VerdictWord, Reason]:
    """Give the verdict of a run that nobody will finish, with its reason."""
    if run.commanded:
        return VerdictWord.UNCONFIRMED, Reason(ReasonCode.STATUS_UNREADABLE, UNSEEN)
    detail = f"given up after an interruption, {run.offset} of {run.context.facts.size_bytes} bytes written"
    return VerdictWord.FAILED, Reason(ReasonCode.OPERATOR, detail)


def refused_report(run_id: str, context: RunContext, reasons: tuple[Reason, ...], clock: Clock) -> ErasureReport:
    """Say that nothing destructive was sent to this drive, and why (NOT_ERASED)."""
    now = clock.moment().wall
    return ErasureReport(
        run_id=run_id,
        facts=context.facts,
        identity_after=None,
        method_requested=context.method,
        method_achieved="",
        method_version=context.method_version,
        level=Level.NONE,
        verdict=VerdictWord.NOT_ERASED,
        reasons=reasons,
        exceptions=(),
        phases=(),
        verification=NOT_VERIFIED,
        bad=BadRanges(),
        started_wall=now,
        ended_wall=now,
        duration_ms=0,
        resumed=0,
        evidence=(),
        simulated=context.facts.device.simulated,
    )


def _bad_sectors(run: OpenRun) -> BadRanges:
    """Sectors that failed: those not written, as the last entry that lists them says, and all that were found later."""
    lists = [entry.data["bad"] for entry in run.entries if isinstance(entry.data.get("bad"), list)]
    found = [entry.data for entry in run.entries if entry.kind is EntryKind.FOUND]
    return BadRanges(
        write=merged(_ranges(lists[-1] if lists else [])),
        read=merged(item for data in found for item in _ranges(data["unreadable"])),
        mismatch=merged(item for data in found for item in _ranges(data["mismatch"])),
    )


def _ranges(document: list[list[int]]) -> tuple[LbaRange, ...]:
    return tuple(LbaRange(int(first), int(count)) for first, count in document)

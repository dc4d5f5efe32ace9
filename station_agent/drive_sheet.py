"""The sheet of one drive: every method with its reason, the ledger of sizes, what sanitize and security say.

As JSON types and as lines for a screen of 80 columns. Only tells what was read: a drive that was not opened is "not
examined", and unknown is never "none".
"""

from dataclasses import asdict, dataclass
from typing import Any, Final

from erasure.drive import BlockDevice, DriveFacts
from erasure.hidden import AreaState
from erasure.methods import METHODS
from erasure.outcome import Reason, ReasonCode
from erasure.plan import ErasurePlan
from erasure.quirks import QuirkWarning, warnings_of
from erasure.sanitizing import WHOLE, SanitizeReport, SanitizeState
from station_agent.journal import OpenRun
from station_agent.planning import Surveyed, reaches_all

NOT_EXAMINED: Final = "not examined"


@dataclass(frozen=True, slots=True)
class MethodRow:
    """One method on one drive: planned, a step that comes before, or set aside with a reason."""

    id: str
    planned: bool
    step: bool
    reason: Reason | None


def method_rows(drive: Surveyed) -> tuple[MethodRow, ...]:
    """Give every method that this version knows, in the order of the library."""
    outcome = drive.outcome
    reasons = {other.method: other.reason for other in outcome.inapplicable}
    if not isinstance(outcome, ErasurePlan):
        unseen = Reason(outcome.reasons[0].code, NOT_EXAMINED)
        return tuple(MethodRow(row.id, False, False, reasons.get(row.id, unseen)) for row in METHODS)
    return tuple(
        MethodRow(row.id, row.id == outcome.method, row.id in outcome.before, reasons.get(row.id)) for row in METHODS
    )


def warnings_for(drive: Surveyed) -> tuple[tuple[str, QuirkWarning], ...]:
    """Give what is known of this model and each method that is planned, the steps before included."""
    outcome = drive.outcome
    if not isinstance(outcome, ErasurePlan):
        return ()
    names = (*outcome.before, outcome.method)
    return tuple((name, one) for name in names for one in warnings_of(drive.device.identity, name))


def facts_of(drive: Surveyed) -> DriveFacts | None:
    """Give the facts that were read; None for a drive that was not opened."""
    return drive.outcome.facts


def percent(report: SanitizeReport) -> int | None:
    """Give the progress of a running sanitize, 0 to 100; None when it does not say."""
    running = report.state is SanitizeState.RUNNING and report.progress is not None
    return min(100, (report.progress or 0) * 100 // WHOLE) if running else None


def sheet_document(drive: Surveyed) -> dict[str, Any]:
    """Give the sheet as JSON types."""
    facts = facts_of(drive)
    return {
        "examined": facts is not None,
        "methods": [method_document(row) for row in method_rows(drive)],
        "steps": steps_document(drive),
        "warnings": [warning_document(method, one) for method, one in warnings_for(drive)],
        "hidden": None if facts is None else ledger_document(facts),
        "sanitize": None if facts is None else sanitize_document(facts, drive),
        "security": None if facts is None or facts.ata is None else asdict(facts.ata.security),
        "opal": None if facts is None or facts.opal is None else asdict(facts.opal),
        "locked": None if facts is None else facts.locked,
        "namespaces": [other.path for other in drive.namespaces],
        "also_erased": [{"path": one.path, "size_bytes": one.size_bytes} for one in also_erased(drive)],
        "together": drive.together or None,
        "open_run": None if drive.open_run is None else run_document(drive, drive.open_run),
    }


def method_document(row: MethodRow) -> dict[str, Any]:
    """Give one method as JSON types."""
    known = next(known for known in METHODS if known.id == row.id)
    reason = None if row.reason is None else {"code": str(row.reason.code), "detail": row.reason.detail}
    return {
        "id": row.id,
        "planned": row.planned,
        "step": row.step,
        "level": str(known.level),
        "kind": str(known.kind),
        "reason": reason,
    }


def warning_document(method: str, one: QuirkWarning) -> dict[str, str]:
    """Give a warning as JSON types."""
    return {"method": method, "effect": str(one.effect), "text": one.text, "issue": one.issue}


def steps_document(drive: Surveyed) -> dict[str, Any]:
    """Say what comes first."""
    plan = drive.outcome
    if not isinstance(plan, ErasurePlan):
        return {"before": [], "restore": False, "adopt": False}
    return {"before": list(plan.before), "restore": plan.restore, "adopt": plan.adopt}


def ledger_document(facts: DriveFacts) -> dict[str, Any]:
    """Give the ledger of hidden areas, sizes in bytes."""
    hidden = facts.hidden
    return {
        **{name: str(getattr(hidden, name)) for name in ("hpa", "dco", "ama")},
        "visible_bytes": facts.size_bytes,
        "current_bytes": hidden.current_bytes,
        "native_bytes": hidden.native_bytes,
        "dco_bytes": hidden.dco_bytes,
        "detail": hidden.detail,
    }


def also_erased(drive: Surveyed) -> tuple[BlockDevice, ...]:
    """Give the other disks that the plan of this one erases too: the namespaces of one drive."""
    return drive.namespaces if reaches_all(drive) else ()


def unseen_namespaces(drive: Surveyed) -> int:
    """Count the namespaces that the plan erases too and that this machine shows no disk for."""
    facts = facts_of(drive)
    active = () if facts is None or facts.nvme is None else facts.nvme.active
    return max(0, len(active) - 1 - len(drive.namespaces)) if reaches_all(drive) else 0


def sanitize_document(facts: DriveFacts, drive: Surveyed) -> dict[str, Any] | None:
    """Say what the drive tells of its last or running sanitize; None when it has none."""
    report = facts.sanitize
    if report is None:
        return None
    return {
        "state": str(report.state),
        "action": report.action,
        "percent": percent(report),
        "ours": ours(drive.open_run) or drive.closed_run is not None,
        "closed_run": None if drive.closed_run is None else drive.closed_run.run_id,
        "attested_purge": report.attested_purge,
        "detail": report.detail,
    }


def ours(run: OpenRun | None) -> bool:
    """Say whether an open run of this bench told the drive to erase itself; a closed one is named by its id."""
    return run is not None and run.commanded


def being_erased(drive: Surveyed) -> bool:
    """Say whether an erase of this bench has this drive in its hands now: its run is open, and the drive is held."""
    if drive.open_run is None or not drive.open_run.worker or isinstance(drive.outcome, ErasurePlan):
        return False
    return any(reason.code is ReasonCode.IN_USE for reason in drive.outcome.reasons)


def run_document(drive: Surveyed, run: OpenRun) -> dict[str, Any]:
    """Give the open run of a drive as JSON types."""
    left = "POWER_CYCLE_REQUIRED" if run.waits_for_power else "INTERRUPTED"
    return {
        "run_id": run.run_id,
        "opened": run.opened,
        "method": run.context.method,
        "policy": run.context.policy,
        "state": "RUNNING" if being_erased(drive) else left,
        "written_bytes": run.offset,
    }


def clipped(facts: DriveFacts) -> bool:
    """Say whether the ledger has anything to tell: an area that is not known to be absent, or sizes that differ."""
    hidden = facts.hidden
    sizes = {facts.size_bytes, hidden.native_bytes, hidden.dco_bytes, hidden.current_bytes} - {None}
    absent = all(state is AreaState.NONE for state in (hidden.hpa, hidden.dco, hidden.ama))
    return not absent or len(sizes) > 1

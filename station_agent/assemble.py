"""From an engine's report to the members of a signed statement; the place where two readers must name the same drive.

The engine and the diagnostics each read the drive in their own way. When model, serial or capacity differ, nothing is
claimed: the verdict becomes FAILED with the reason IDENTITY. Words are mapped by name; an unknown word is an error.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from erasure.drive import DriveFacts, DriveIdentity
from erasure.naming import OWN_WORD
from erasure.outcome import BadRanges, LbaRange, Level, Phase, Reason, ReasonCode, VerdictWord
from erasure.report import ErasureReport
from station_agent.errors import AssemblyError, IdentityDisagreement
from station_agent.language import mark, visible
from station_agent.run_context import RunContext, SecondReading

STANDARD: Final = "IEEE 2883-2022"
MAX_RANGES: Final = 500
MAX_TEXT: Final = 250
MAX_NAME: Final = 1000  # model and serial: a bridge may say anything, and it must not fill the statement
MAX_DETAIL: Final = 300
MAX_REASONS: Final = 30
MAX_PHASES: Final = 200
KERNEL_MODEL: Final = 16  # the SCSI layer of the kernel cuts ATA models here
VERDICTS: Final = {
    VerdictWord.ERASED: "ERASED",
    VerdictWord.ERASED_WITH_EXCEPTIONS: "ERASED_WITH_EXCEPTIONS",
    VerdictWord.FAILED: "FAILED",
    VerdictWord.UNCONFIRMED: "UNCONFIRMED",
    VerdictWord.NOT_ERASED: "NOT_ERASED",
}
CLAIMS: Final = (VerdictWord.ERASED, VerdictWord.ERASED_WITH_EXCEPTIONS)


def erasure_facts(report: ErasureReport, context: RunContext) -> dict[str, Any]:
    """Give the members of an `erasure` statement, without those that the chain adds. Raises `AssemblyError`."""
    report = without_disagreement(report, context)
    return {
        **subject_facts(drive_member(report.facts), context),
        "simulated": report.simulated,
        "run_id": report.run_id,
        "method": _method(report),
        "started": report.started_wall,
        "ended": report.ended_wall,
        "duration_ms": report.duration_ms,
        "resumed": report.resumed,
        "phases": [phase_member(phase) for phase in fitted_phases(report.phases)],
        "verify": _verification(report),
        "hidden": {name: str(getattr(report.facts.hidden, name)) for name in ("hpa", "dco", "ama")},
        "bad": bad_member(report.bad),
        "exceptions": [reason_member(reason) for reason in fitted(report.exceptions)],
        "result": {
            "verdict": _verdict_word(report.verdict),
            "reasons": [reason_member(reason) for reason in fitted(report.reasons)],
        },
        "evidence_sha256": hashlib.sha256(transcript(report)).hexdigest(),
    }


def diagnostics_facts(
    report: dict[str, Any], machine: dict[str, Any] | None, *, lot: str, asset: str, operator: str, simulated: bool
) -> dict[str, Any]:
    """Give the members of a `diagnostics` statement about one machine."""
    return {
        "subject": {"drive": None, "machine": machine},
        "lot": lot,
        "asset": asset,
        "operator": operator,
        "simulated": simulated,
        "report": report,
    }


def subject_facts(drive: dict[str, Any], context: RunContext) -> dict[str, Any]:
    """Say about what and for whom a statement is."""
    return {
        "subject": {"drive": drive, "machine": context.machine},
        "lot": context.lot,
        "asset": context.asset,
        "operator": context.operator,
    }


def drive_member(facts: DriveFacts) -> dict[str, Any]:
    """Give the identity of a drive as statements carry it: printable ASCII, sizes in bytes."""
    identity = facts.device.identity
    return {
        "model": plain(identity.model, MAX_NAME),
        "serial": plain(identity.serial, MAX_NAME),
        "wwn": plain(identity.wwn),
        "firmware": plain(identity.firmware),
        "bus": plain(identity.bus, 100),
        "bridge": plain(identity.bridge),
        "size_bytes": facts.size_bytes,
        "native_bytes": facts.hidden.native_bytes,
        "logical_sector": facts.logical_sector,
        "physical_sector": facts.physical_sector,
        "identity_source": plain(identity.source, 100),
        "identity_grade": str(identity.grade),
    }


def machine_member(machine: dict[str, Any] | None) -> dict[str, Any] | None:
    """Give the identity of a machine as statements carry it; None where there is none."""
    if machine is None:
        return None
    names = ("maker", "model", "serial", "uuid", "chassis", "identity_source", "identity_grade")
    return {name: plain(str(machine.get(name, ""))) for name in names}


def compare_readings(facts: DriveFacts, second: SecondReading | None) -> None:
    """Raise `IdentityDisagreement` when the health reader names another drive than the engine.

    Behind a USB bridge the kernel's model and serial are the bridge's (diagnostics reference, section 2.2): only the
    capacity is compared there, and the identity has grade C. A reading that is empty says nothing.
    """
    if second is None:
        return
    identity = facts.device.identity
    if second.size_bytes is not None and second.size_bytes != facts.size_bytes:
        raise _disagreement("capacity", facts.size_bytes, second.size_bytes, identity.serial)
    if identity.bus == "usb":
        return
    if _said(second.serial) and _said(identity.serial) != _said(second.serial):
        raise _disagreement("serial", identity.serial, second.serial, identity.serial)
    if _said(second.model) and not _same_model(identity, _said(second.model)):
        raise _disagreement("model", identity.model, second.model, identity.serial)


def require_same_names(readers: dict[str, Any], serial: str) -> None:
    """Raise `IdentityDisagreement` when smartctl and pySMART differ for no known reason and no person has decided."""
    if readers.get("state") == "differs" and not readers.get("label_read"):
        raise IdentityDisagreement("{detail}", detail=readers.get("words") or visible(serial))


def without_disagreement(report: ErasureReport, context: RunContext) -> ErasureReport:
    """Turn a claim into FAILED/IDENTITY when two readers do not name the same drive."""
    try:
        compare_readings(report.facts, context.second)
        require_same_names(context.readers, report.facts.device.identity.serial)
    except IdentityDisagreement as error:
        reason = Reason(ReasonCode.IDENTITY, str(error))
        verdict = VerdictWord.FAILED if report.verdict in CLAIMS else report.verdict
        return replace(report, verdict=verdict, level=Level.NONE, reasons=(*report.reasons, reason))
    return report


def bad_member(bad: BadRanges) -> dict[str, Any]:
    """Give the LBA lists, at most 500 ranges each; the totals are always whole."""
    lists = {"write": bad.write, "read": bad.read, "mismatch": bad.mismatch}
    return {
        **{name: [[r.first, r.count] for r in ranges[:MAX_RANGES]] for name, ranges in lists.items()},
        **{f"{name}_total": _total(ranges) for name, ranges in lists.items()},
        "truncated": any(len(ranges) > MAX_RANGES for ranges in lists.values()),
    }


def transcript(report: ErasureReport) -> bytes:
    """Give the evidence of a run as it is hashed into the statement and kept beside it."""
    return json.dumps(list(report.evidence), sort_keys=True, separators=(",", ":")).encode("ascii")


def fitted(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """Give as many reasons as a statement holds: one of each code first, and at the end how many are left out."""
    if len(reasons) <= MAX_REASONS:
        return tuple(reasons)
    firsts = list({reason.code: reason for reason in reversed(reasons)}.values())[::-1]
    ordered = [*firsts, *(reason for reason in reasons if reason not in firsts)]
    kept, left = ordered[: MAX_REASONS - 1], ordered[MAX_REASONS - 1 :]
    return (*kept, Reason(left[0].code, f"and {len(left)} more, which the evidence names")) if left else tuple(kept)


def fitted_phases(phases: Sequence[Phase]) -> tuple[Phase, ...]:
    """Give as many phases as a statement holds: the first and the last ones; one in their middle stands for the rest.

    It says how many are left out, and has their bytes and their errors.
    """
    if len(phases) <= MAX_PHASES:
        return tuple(phases)
    half = MAX_PHASES // 2
    first, rest, last = phases[:half], phases[half : 1 - half], phases[1 - half :]
    moved, errors = sum(phase.bytes for phase in rest), sum(phase.errors for phase in rest)
    return (*first, Phase(f"({len(rest)} ...)", moved, errors, rest[0].start_ms, rest[-1].end_ms), *last)


def phase_member(phase: Phase) -> dict[str, Any]:
    """Give a phase as statements carry it."""
    times = {"start_ms": phase.start_ms, "end_ms": phase.end_ms}
    return {"op": phase.op, "bytes": phase.bytes, "errors": phase.errors, **times}


def reason_member(reason: Reason) -> dict[str, str]:
    """Give a reason as statements carry it."""
    return {"code": str(reason.code), "detail": plain(reason.detail, MAX_DETAIL)}


def plain(text: str, limit: int = MAX_TEXT) -> str:
    """Give printable ASCII of at most `limit` characters, other bytes as visible escapes."""
    return visible(text)[:limit]


def _method(report: ErasureReport) -> dict[str, Any]:
    return {
        "requested": report.method_requested,
        "achieved": report.method_achieved,
        "version": report.method_version,
        "level": str(report.level),
        "standard": STANDARD,
    }


def _verification(report: ErasureReport) -> dict[str, Any]:
    seen = report.verification
    return {
        "mode": seen.mode,
        "pattern": seen.pattern,
        "key_sha256": seen.key_sha256,
        "seed": seen.seed,
        "sectors": seen.sectors,
        "nonmatching": seen.nonmatching,
        "unreadable": seen.unreadable,
    }


def _verdict_word(verdict: VerdictWord) -> str:
    try:
        return VERDICTS[verdict]
    except KeyError:
        raise AssemblyError(mark("The engine gave a verdict that no statement knows: {word}."), word=verdict) from None


def _total(ranges: Sequence[LbaRange]) -> int:
    return sum(r.count for r in ranges)


def _said(text: str) -> str:
    return " ".join(text.replace("_", " ").split())


def _same_model(engine: DriveIdentity, health: str) -> bool:
    """Say whether both mean one model: the kernel may cut it or leave the vendor out, the drive itself does not."""
    told = _said(engine.model)
    if told == health or engine.source == OWN_WORD:
        return told == health
    cut = len(told) in (KERNEL_MODEL - 1, KERNEL_MODEL) and health.startswith(told)
    return cut or health.endswith(f" {told}")


def _disagreement(what: str, one: object, other: object, serial: str) -> IdentityDisagreement:
    return IdentityDisagreement(
        mark("Two readers disagree about the {what} of drive {serial}: {one} or {other}."),
        what=what,
        serial=visible(serial),
        one=visible(str(one)),
        other=visible(str(other)),
    )

"""One statement of the ledger, read into the derived tables. A pure function of the ledger and of primary data."""

from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from certificates import canonical
from certificates.envelope import parse_envelope
from hub.derive.drives import drive_of, settle
from hub.derive.matching import match_erasure, match_machine
from hub.devices.observed import clip
from hub.grades.assessing import assess_diagnostic
from hub.models import Certificate, Diagnostic, Erasure, IntakeProblem, LedgerEntry, Lot


class Uninterpretable(Exception):
    """A statement that says something which no table can hold; it stays in the ledger, and in the list of problems."""


def payload_of(entry: LedgerEntry) -> dict[str, Any]:
    """The payload of a stored statement; its signature was verified before it was stored."""
    payload: dict[str, Any] = canonical.decode(parse_envelope(entry.envelope).body)
    return payload


def interpret(session: Session, entry: LedgerEntry) -> None:
    """Write the derived row of one statement. Raises Uninterpretable, KeyError, TypeError, ValueError."""
    readers = {
        "erasure": _erasure,
        "diagnostics": _diagnostics,
        "validation": _validation,
        "certificate": _certificate,
        "attestation": _attestation,
    }
    reader = readers.get(entry.kind)
    if reader is None:
        raise Uninterpretable(f"no table for statements of kind {entry.kind}")
    reader(session, entry, payload_of(entry))
    session.flush()


def note_problem(session: Session, entry: LedgerEntry, detail: str) -> None:
    """Queue a statement for a person."""
    session.merge(IntakeProblem(statement_id=entry.id, detail=detail[:2000], created=entry.received))
    session.flush()


def _erasure(session: Session, entry: LedgerEntry, payload: dict[str, Any]) -> None:
    seen = payload["subject"]["drive"]
    if seen is None:
        raise Uninterpretable("an erasure without a drive")
    row = session.get(Erasure, entry.id)
    drive = row.drive if row else drive_of(session, entry, seen)
    with session.no_autoflush:  # a new drive and its first run are written at once, when all is known of them
        match = match_erasure(session, entry, payload, drive)
    if row is None:
        row = Erasure(statement_id=entry.id, **_facts(entry, payload))
    row.drive_id = drive.id
    row.device_id = match.device.id if match.device else None
    row.lot_id = match.lot_id
    if inspect(drive).pending:
        settle(session, drive, row)
        session.add(row)
    else:
        session.add(row)
        session.flush()
        settle(session, drive, row)
    certificate = session.get(Certificate, row.certificate_id) if row.certificate_id else None
    if certificate is not None:
        certificate.device_id = row.device_id
    if match.lot_id is None and match.problem:
        note_problem(session, entry, match.problem)


def _facts(entry: LedgerEntry, payload: dict[str, Any]) -> dict[str, Any]:
    return {
        "position": entry.position,
        "kid": entry.kid,
        "verdict": payload["result"]["verdict"],
        "level": payload["method"]["level"],
        "method": clip(payload["method"]["achieved"] or payload["method"]["requested"], 64),
        "operator": clip(payload["operator"], 64),
        "ended": payload["ended"],
        "received": entry.received,
        "simulated": payload["simulated"],
        "payload": payload,
    }


def _diagnostics(session: Session, entry: LedgerEntry, payload: dict[str, Any]) -> None:
    match = match_machine(session, entry, payload)
    grade = payload["report"]["grade"]
    row = session.get(Diagnostic, entry.id)
    if row is None:
        row = Diagnostic(
            statement_id=entry.id,
            position=entry.position,
            kid=entry.kid,
            letter=clip(grade["letter"], 16),
            policy=clip(grade["policy"], 64),
            policy_version=grade["policy_version"],
            received=entry.received,
            payload=payload,
        )
        session.add(row)
        session.flush()
        assess_diagnostic(session, row)
    row.device_id = match.device.id if match.device else None
    row.lot_id = match.lot_id
    if match.lot_id is None and match.problem:
        note_problem(session, entry, match.problem)


def _validation(session: Session, entry: LedgerEntry, payload: dict[str, Any]) -> None:
    row = session.get(Erasure, payload["statement"])
    if row is None:
        raise Uninterpretable("a decision about an erasure that is not in the ledger")
    row.decision = payload["decision"]
    row.validation_id = entry.id


def _attestation(_session: Session, _entry: LedgerEntry, _payload: dict[str, Any]) -> None:
    """Nothing to derive: the record that it states is primary data, and explains its drive itself."""


def _certificate(session: Session, entry: LedgerEntry, payload: dict[str, Any]) -> None:
    erasure = session.get(Erasure, payload["erasure"])
    if erasure is None:
        raise Uninterpretable("a certificate of an erasure that is not in the ledger")
    erasure.certificate_id = payload["certificate"]
    lot_id = session.scalar(select(Lot.id).where(Lot.code == payload["lot"]["code"]))
    session.add(
        Certificate(
            id=payload["certificate"],
            statement_id=entry.id,
            number=payload["number"],
            erasure_id=erasure.statement_id,
            lot_id=lot_id,
            device_id=erasure.device_id,
            drive_id=erasure.drive_id,
            lang=payload["lang"],
            issued=entry.received,
        ),
    )

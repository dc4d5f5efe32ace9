"""Statements of the ledger, read into the derived tables. A pure function of the ledger and of primary data.

What they speak of is looked up once for all of them, and what comes of them is written at once.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.envelope import parse_envelope
from certificates.statement import TIMELESS
from hub.clock import instant
from hub.derive.drives import drive_of, settle
from hub.derive.known import Known
from hub.derive.matching import match_erasure, match_machine
from hub.derive.moments import moment_of
from hub.derive.waiting import names_of, note_waiting
from hub.devices.observed import clip
from hub.grades.assessing import assess_diagnostics
from hub.keys.bounds import mark_disputed
from hub.models import Certificate, Diagnostic, Erasure, IntakeProblem, LedgerEntry
from hub.recalled import Superseded


class Uninterpretable(Exception):
    """A statement that says something which no table can hold; it stays in the ledger, and in the list of problems."""


def payload_of(entry: LedgerEntry) -> dict[str, Any]:
    """The payload of a stored statement; signature and canonical form were verified before it was stored."""
    payload: dict[str, Any] = json.loads(parse_envelope(entry.envelope).body)
    return payload


def interpret(session: Session, entries: Sequence[LedgerEntry]) -> None:
    """Write the derived rows of statements, in their order, each as if those before it were written already.

    Nothing of them is to be kept where one raises: Uninterpretable, KeyError, TypeError, ValueError, SQLAlchemyError.
    """
    said = [(entry, payload_of(entry)) for entry in entries]
    with session.no_autoflush:  # what is asked of the database meanwhile is flushed before where it has to be
        known = Known(session, said)
        for entry, payload in said:
            reader = _READERS.get(entry.kind)
            if reader is None:
                raise Uninterpretable(f"no table for statements of kind {entry.kind}")
            reader(known, entry, payload)
            known.moments.note(moment_of(entry.position))
        note_waiting(session, known.read_before, known.waits)
        session.flush()
        assess_diagnostics(session, known.new_diagnostics)
        session.flush()


def note_problem(session: Session, entry: LedgerEntry, detail: str) -> None:
    """Queue a statement for a person."""
    session.merge(IntakeProblem(statement_id=entry.id, detail=detail[:2000].replace("\0", "�"), created=entry.received))


def _erasure(known: Known, entry: LedgerEntry, payload: dict[str, Any]) -> None:
    seen = payload["subject"]["drive"]
    if seen is None:
        raise Uninterpretable("an erasure without a drive")
    row = known.runs.get(entry.id)
    drive = known.drive(row.drive_id) if row else drive_of(known, entry, seen)
    assert drive is not None
    match = match_erasure(known, entry, payload, drive)
    if row is None:
        row = known.runs[entry.id] = Erasure(statement_id=entry.id, drive_id=drive.id, **_facts(entry, payload))
        known.session.add(row)
    row.device_id = match.device.id if match.device else None
    row.lot_id = match.lot_id
    known.note_place(row)
    _note_wait(known, entry, payload, row.lot_id)
    settle(known, drive)
    if row.validation_id is not None:  # of each of its certificates, those that count no more too
        for certificate in known.session.scalars(select(Certificate).where(Certificate.erasure_id == entry.id)):
            certificate.device_id = row.device_id
    if match.lot_id is None and match.problem:
        note_problem(known.session, entry, match.problem)


def _facts(entry: LedgerEntry, payload: dict[str, Any]) -> dict[str, Any]:
    return {
        "position": entry.position,
        "kid": entry.kid,
        "verdict": payload["result"]["verdict"],
        "level": payload["method"]["level"],
        "method": clip(payload["method"]["achieved"] or payload["method"]["requested"], 64),
        "operator": clip(payload["operator"], 64),
        "ended": payload["ended"],
        "began": None if payload["wall_src"] in TIMELESS else instant(payload["started"]),
        "received": entry.received,
        "simulated": payload["simulated"],
        "payload": payload,
    }


def _diagnostics(known: Known, entry: LedgerEntry, payload: dict[str, Any]) -> None:
    match = match_machine(known, entry, payload)
    grade = payload["report"]["grade"]
    row = known.diagnostics.get(entry.id)
    if row is None:
        row = known.diagnostics[entry.id] = Diagnostic(
            statement_id=entry.id,
            position=entry.position,
            kid=entry.kid,
            letter=clip(grade["letter"], 16),
            policy=clip(grade["policy"], 64),
            policy_version=grade["policy_version"],
            received=entry.received,
            payload=payload,
        )
        known.session.add(row)
        known.new_diagnostics.append(row)
    row.device_id = match.device.id if match.device else None
    row.lot_id = match.lot_id
    _note_wait(known, entry, payload, row.lot_id)
    if match.lot_id is None and match.problem:
        note_problem(known.session, entry, match.problem)


def _note_wait(known: Known, entry: LedgerEntry, payload: dict[str, Any], lot_id: str | None) -> None:
    if lot_id is None and (names := names_of(entry.kind, payload)):
        known.waits.append((entry.position, names))


def _validation(known: Known, entry: LedgerEntry, payload: dict[str, Any]) -> None:
    row = known.runs.get(payload["statement"])
    if row is None:
        raise Uninterpretable("a decision about an erasure that is not in the ledger")
    row.decision = payload["decision"]
    row.validation_id = entry.id


def _registry(known: Known, entry: LedgerEntry, _payload: dict[str, Any]) -> None:
    """Mark the runs that a compromised key leaves in dispute, where the statement makes such a change hold."""
    mark_disputed(known.session, entry.position)


def _of_the_log(_known: Known, _entry: LedgerEntry, _payload: dict[str, Any]) -> None:
    """No table repeats it: it speaks of keys, of the log and of refused statements, to verifiers."""


def _attestation(_known: Known, _entry: LedgerEntry, _payload: dict[str, Any]) -> None:
    """Nothing to derive: the record that it states is primary data, and explains its drive itself."""


def _certificate(known: Known, entry: LedgerEntry, payload: dict[str, Any]) -> None:
    erasure = known.runs.get(payload["erasure"])
    if erasure is None:
        raise Uninterpretable("a certificate of an erasure that is not in the ledger")
    erasure.certificate_id = payload["certificate"]
    lot = known.lots.get(payload["lot"]["code"])
    known.session.add(
        Certificate(
            id=payload["certificate"],
            statement_id=entry.id,
            number=payload["number"],
            erasure_id=erasure.statement_id,
            lot_id=lot.id if lot else None,
            device_id=erasure.device_id,
            drive_id=erasure.drive_id,
            lang=payload["lang"],
            issued=entry.received,
        ),
    )


def _supersede(known: Known, entry: LedgerEntry, payload: dict[str, Any]) -> None:
    """The newest word about a certificate counts; one that was taken back is no longer that of its run."""
    session = known.session
    session.flush()
    certificate = session.scalar(select(Certificate).where(Certificate.statement_id == payload["certificate"]))
    if certificate is None:
        raise Uninterpretable("a word about a certificate that is not in the ledger")
    told = {"new": payload["by"], "why": payload["why"], "position": entry.position, "at": entry.received}
    session.merge(Superseded(statement_id=certificate.statement_id, **told))
    run = known.runs.get(certificate.erasure_id) or session.get(Erasure, certificate.erasure_id)
    if run is not None and run.certificate_id == certificate.id:
        run.certificate_id = None


_READERS: Final[dict[str, Callable[[Known, LedgerEntry, dict[str, Any]], None]]] = {
    "erasure": _erasure,
    "diagnostics": _diagnostics,
    "validation": _validation,
    "certificate": _certificate,
    "attestation": _attestation,
    "supersede": _supersede,
    "registry": _registry,
    "fork": _of_the_log,
}

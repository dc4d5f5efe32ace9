"""Issuing: the certificate statement, its documents in both languages, frozen in the same transaction."""

import hashlib
from dataclasses import asdict
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from certificates.bundle import VerifiedBundle
from certificates.issue import certificate_payload
from certificates.keys import SigningKey
from certificates.verify import VerifiedStatement, verify_envelope
from hub.clock import instant
from hub.context import hub_of
from hub.ledger.append import append
from hub.models import Diagnostic, Erasure, IssuedDocument, LedgerEntry, Lot
from hub.stations.trust import trust_of
from hub.validation.statements import chained, signed

LANGUAGES = ("fr", "en")
LANGUAGE_OF_STATEMENT = "fr"


def verify_address(public_url: str, statement_id: str) -> str:
    """Where anybody checks a certificate: the address in its QR code."""
    return f"{public_url}/verify/{statement_id}"


def issue_certificate(
    session: Session, run: VerifiedStatement, decision: VerifiedStatement, erasure: Erasure, lot: Lot
) -> VerifiedStatement:
    """Sign and append the certificate of an approved erasure, render its documents and freeze their bytes."""
    hub, now = hub_of(session), instant(decision.payload["wall"])
    diagnosis = _diagnosis(session, run, erasure)
    certificate_id = str(uuid4())
    payload = certificate_payload(
        run,
        decision,
        **chained(session, now),
        certificate=certificate_id,
        number=_number(session, now),
        lot={"code": lot.code, "label": lot.label},
        donor={"name": lot.donor.name},
        issuer=asdict(hub.identity.issuer),
        device={"asset": erasure.device.asset or "" if erasure.device else ""},
        lang=LANGUAGE_OF_STATEMENT,
        verify_url=verify_address(hub.settings.public_url, run.id),
        diagnostics=diagnosis,
    )
    certificate = signed(hub.identity.key, payload)
    append(session, certificate, now)
    _freeze(session, certificate_id, VerifiedBundle(certificate, decision, run, diagnosis), now)
    return certificate


def render(bundle: VerifiedBundle, key: SigningKey, lang: str) -> bytes:
    """The PDF of a certificate."""
    from certificates.pdf import render_certificate  # noqa: PLC0415  (loads reportlab: a hub is up before that)

    return render_certificate(bundle, key, lang)


def prepare() -> None:
    """Load what rendering needs, so that the first decision does not load it while it holds the ledger."""
    import certificates.pdf  # noqa: F401, PLC0415  (the module is wanted in memory)


def _freeze(session: Session, certificate_id: str, bundle: VerifiedBundle, now: datetime) -> None:
    key = hub_of(session).identity.key
    for lang in LANGUAGES:
        pdf = render(bundle, key, lang)
        session.add(
            IssuedDocument(
                certificate_id=certificate_id,
                lang=lang,
                pdf=pdf,
                pdf_sha256=hashlib.sha256(pdf).hexdigest(),
                bundle=bundle.data,
                created=now,
            ),
        )
    session.flush()


def _number(session: Session, now: datetime) -> str:
    issued = session.scalar(select(func.count()).select_from(LedgerEntry).where(LedgerEntry.kind == "certificate"))
    return f"ETB-{now.year}-{(issued or 0) + 1:06d}"


def _diagnosis(session: Session, run: VerifiedStatement, erasure: Erasure) -> VerifiedStatement | None:
    if erasure.device_id is None:
        return None
    data = session.scalar(
        select(LedgerEntry.envelope)
        .join(Diagnostic, Diagnostic.statement_id == LedgerEntry.id)
        .where(Diagnostic.device_id == erasure.device_id)
        .order_by(Diagnostic.position.desc())
        .limit(1)
    )
    found = verify_envelope(data, trust_of(session)) if data else None
    return found if found and found.simulated == run.simulated else None

"""Credentials of certificates (W3C, optional): made when asked for, from the frozen bundle, judged anew; never kept.

None is made of a certificate that does not hold here, or against which something was found that nobody has answered.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.credential import issuer_document, signed_credential
from certificates.verdicts import Verdict, judge
from hub.context import Hub, hub_of
from hub.errors import Conflict, NotFound
from hub.issued.contradictions import contradictions, unanswered
from hub.keys.trust_file import own_trust
from hub.models import Certificate, IssuedDocument, Person
from hub.scope import in_scope

PATH = "/issuer"
HOLDS = (Verdict.VALID, Verdict.VALID_UNWITNESSED)


def issuer_of(hub: Hub) -> dict[str, Any]:
    """The document that names the key of this hub."""
    return issuer_document(_address(hub), hub.identity.key.public)


def credential_by_number(session: Session, number: str) -> str:
    """The credential of a certificate, for whoever runs the hub. Raises NotFound, Conflict."""
    return _made(session, session.scalar(select(Certificate).where(Certificate.number == number)))


def credential_in_scope(session: Session, person: Person, certificate_id: str) -> str:
    """The credential of a certificate in somebody's scope. Raises NotFound, Conflict."""
    query = select(Certificate).where(Certificate.id == certificate_id, in_scope(person, Certificate.lot_id))
    return _made(session, session.scalar(query))


def _made(session: Session, row: Certificate | None) -> str:
    if row is None:
        raise NotFound("no such certificate")
    hub = hub_of(session)
    query = select(IssuedDocument.bundle).where(IssuedDocument.certificate_id == row.id).order_by(IssuedDocument.lang)
    found = judge(session.scalar(query.limit(1)) or b"", own_trust(session))
    if found.bundle is None or found.verdict not in HOLDS:
        raise Conflict("no credential is made of a certificate that does not hold")
    if unanswered(contradictions(session, [row.erasure_id]).get(row.erasure_id, ())):
        raise Conflict("no credential is made of a certificate against which something was found")
    return signed_credential(found.bundle, hub.identity.key, _address(hub))


def _address(hub: Hub) -> str:
    return f"{hub.settings.public_url}{PATH}"

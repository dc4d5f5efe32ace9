"""The register of signed documents: of partners (NDA, test agreement, convention, charter) and of donors (convention).

The bytes are kept as they came, with their hash, and are never read or shown: only handed out as a file. A newer
version takes no older one away; what was wrong is taken back with a reason.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from hub import audit
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.errors import BadInput, NotFound, TooLarge
from hub.models import Donor, Person, Role
from hub.partnered import Partner, RegisteredDocument
from hub.partners.register import LONGEST, reason_for
from hub.people.roles import MANAGERS, NETWORKERS, READERS, require
from hub.scope import donor_in_care, partner_in_scope, require_networker, works_here
from hub.typed import one_line

NDA, TEST_AGREEMENT, CONVENTION, CHARTER, OTHER = "nda", "test-agreement", "convention", "charter", "other"
KINDS = (NDA, TEST_AGREEMENT, CONVENTION, CHARTER, OTHER)
MAX_FILE = 8 * 1024 * 1024  # bytes: a scanned convention of thirty pages is a few MiB
ENDINGS = (".pdf", ".odt", ".docx", ".png", ".jpg", ".jpeg", ".txt", ".p7m", ".asice")
Owner = Partner | Donor


class Held(StrEnum):
    """How a kind of document stands on a day."""

    VALID = "valid"
    EXPIRED = "expired"
    UNSIGNED = "unsigned"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Filed:
    """A document as it is handed in; days are YYYY-MM-DD or ""."""

    kind: str
    content: bytes
    file_name: str
    signed: str = ""
    expires: str = ""
    processing_clause: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a kind of document stands, and by which document; None where there is none."""

    held: Held
    document: RegisteredDocument | None = None


def file_document(session: Session, person: Person, owner: Owner, filed: Filed) -> RegisteredDocument:
    """Keep a document; it is the next version of its kind. Raises Forbidden, BadInput, TooLarge."""
    _require_care(session, person, owner)
    signed, expires = _checked(filed, hub_of(session).clock().date())
    note = one_line(filed.note, LONGEST)
    refuse_claims(note)
    partner_id, donor_id = _owner(owner)
    newest = select(func.max(RegisteredDocument.version)).where(_of(owner), RegisteredDocument.kind == filed.kind)
    row = RegisteredDocument(
        partner_id=partner_id,
        donor_id=donor_id,
        kind=filed.kind,
        version=(session.scalar(newest) or 0) + 1,
        file_name=one_line(filed.file_name, 120),
        content=filed.content,
        size=len(filed.content),
        sha256=hashlib.sha256(filed.content).hexdigest(),
        signed=signed,
        expires=expires,
        processing_clause=filed.processing_clause,
        note=note,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "document.file", owner.id, f"{row.kind} version {row.version} sha256 {row.sha256}")
    return row


def documents_of(session: Session, person: Person, owner: Owner) -> tuple[RegisteredDocument, ...]:
    """Every document of a partner or donor, the newest first, what was taken back too. Raises Forbidden."""
    _require_care(session, person, owner)
    query = select(RegisteredDocument).where(_of(owner))
    return tuple(session.scalars(query.order_by(RegisteredDocument.kind, RegisteredDocument.version.desc())))


def document_for(session: Session, person: Person, document_id: str) -> RegisteredDocument:
    """One document. Raises Forbidden, NotFound."""
    require(person, *NETWORKERS)
    seen = _of_partners(person) if person.role == Role.COORDINATOR else _of_donors(person)
    if works_here(session, person):
        seen = or_(seen, _of_partners(person))
    row = session.scalar(select(RegisteredDocument).where(RegisteredDocument.id == document_id, seen))
    if row is None:
        raise NotFound("no such document")
    return row


def download_name(row: RegisteredDocument) -> str:
    """A harmless name for a download: kind, version, and an ending of the closed list."""
    ending = next((one for one in ENDINGS if row.file_name.lower().endswith(one)), ".bin")
    return f"{row.kind}-{row.version}{ending}"


def withdraw(session: Session, person: Person, document_id: str, reason: str) -> RegisteredDocument:
    """Take a document back: it counts no more, and stays on record. Raises Forbidden, NotFound, BadInput."""
    row = document_for(session, person, document_id)
    if row.withdrawn is not None:
        raise NotFound("no such document")
    row.withdrawn_reason = reason_for(reason)
    row.withdrawn, row.withdrawn_by = hub_of(session).clock(), person.id
    owner = row.partner_id or row.donor_id or ""
    audit.record(session, person, "document.withdraw", owner, f"{row.kind} {row.version}: {row.withdrawn_reason}")
    return row


def standing_of(session: Session, person: Person, owner: Owner, kind: str) -> Standing:
    """Where a kind of document of a partner or donor stands today; for everybody of the workshop. Raises Forbidden."""
    require(person, *READERS)
    query = select(RegisteredDocument).where(_of(owner), RegisteredDocument.kind == kind)
    rows = session.scalars(query.order_by(RegisteredDocument.version.desc())).all()
    return standing(rows, hub_of(session).clock().date())


def standing(rows: Sequence[RegisteredDocument], today: date) -> Standing:
    """Where documents of one kind stand: signed and in force, else run out, else not signed. Newest version first."""
    rows = [row for row in rows if row.withdrawn is None]
    signed = [row for row in rows if row.signed]
    valid = [row for row in signed if not row.expires or row.expires >= today.isoformat()]
    if valid:
        return Standing(Held.VALID, valid[0])
    if signed:
        return Standing(Held.EXPIRED, signed[0])
    return Standing(Held.UNSIGNED, rows[0]) if rows else Standing(Held.MISSING)


def day_of(text: str) -> str:
    """A day as YYYY-MM-DD; "" stays "". Raises BadInput."""
    text = text.strip()
    if not text:
        return ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise BadInput("write the day as YYYY-MM-DD", "day") from error


def _checked(filed: Filed, today: date) -> tuple[str, str]:
    if filed.kind not in KINDS:
        raise BadInput("choose a kind of document", "document-kind")
    if not filed.content:
        raise BadInput("choose the file of the document", "file")
    if len(filed.content) > MAX_FILE:
        raise TooLarge("This file is too large.")
    signed, expires = day_of(filed.signed), day_of(filed.expires)
    if signed > today.isoformat():
        raise BadInput("this day has not come yet", "day")
    if expires and expires < signed:
        raise BadInput("a document does not end before it is signed", "day")
    return signed, expires


def _owner(owner: Owner) -> tuple[str | None, str | None]:
    return (owner.id, None) if isinstance(owner, Partner) else (None, owner.id)


def _of(owner: Owner) -> ColumnElement[bool]:
    if isinstance(owner, Partner):
        return RegisteredDocument.partner_id == owner.id
    return RegisteredDocument.donor_id == owner.id


def _require_care(session: Session, person: Person, owner: Owner) -> None:
    """Raise Forbidden unless the person may open this register."""
    if isinstance(owner, Partner):
        require_networker(session, person)
    else:
        require(person, *MANAGERS)


def _of_partners(person: Person) -> ColumnElement[bool]:
    return RegisteredDocument.partner_id.is_not(None) & partner_in_scope(person, RegisteredDocument.partner_id)


def _of_donors(person: Person) -> ColumnElement[bool]:
    return RegisteredDocument.donor_id.is_not(None) & donor_in_care(person, RegisteredDocument.donor_id)

"""Reading the papers of destroyed and absent drives: lists and files in scope, and what anybody may know of one.

A paper whose record was taken back is revoked; where a newer one of the same drive took its place, superseded. The
bytes stay as issued.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from certificates.attestation import AttestationAccount, attestation_account
from certificates.errors import CertificateError
from certificates.verify import verify_envelope
from hub.accounted import DriveRecord
from hub.errors import NotFound
from hub.lots.account import ABSENT
from hub.lots.sameness import DRIVE, same_as
from hub.models import Erasure, Lot, Person
from hub.papers_issued import DrivePaper, DrivePaperPdf
from hub.scope import in_scope
from hub.stations.trust import trust_of


class Held(StrEnum):
    """Whether a paper still holds."""

    VALID = "valid"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper with the record that it states, and whether it holds; `newer` is the number of what took its place."""

    row: DrivePaper
    record: DriveRecord
    held: Held
    newer: str = ""


def papers_of(session: Session, person: Person, lot: Lot) -> tuple[Paper, ...]:
    """The papers of a lot by number; nothing outside the person's scope."""
    query = (
        select(DrivePaper, DriveRecord)
        .join(DriveRecord, DriveRecord.id == DrivePaper.record_id)
        .where(DrivePaper.lot_id == lot.id, in_scope(person, DrivePaper.lot_id))
    )
    rows = [(row[0], row[1]) for row in session.execute(query.order_by(DriveRecord.id))]
    return tuple(sorted((_paper(row, record, rows) for row, record in rows), key=lambda one: one.row.number))


def paper_for(session: Session, person: Person, paper_id: str) -> Paper:
    """One paper. Raises NotFound outside the person's scope."""
    row = session.scalar(select(DrivePaper).where(DrivePaper.id == paper_id, in_scope(person, DrivePaper.lot_id)))
    if row is None:
        raise NotFound("no such certificate")
    return _with_neighbours(session, row)


def public_paper(session: Session, paper_id: str) -> Paper | None:
    """The paper with this number in an address, for anybody; what may be shown of it is the caller's to choose."""
    row = session.get(DrivePaper, paper_id)
    return _with_neighbours(session, row) if row else None


def pdf_of(session: Session, paper: Paper, lang: str) -> bytes:
    """The PDF as issued. Raises NotFound for a language that it does not have."""
    found = session.get(DrivePaperPdf, (paper.row.id, lang))
    if found is None:
        raise NotFound("no such certificate")
    return found.pdf


def account_of(session: Session, paper: Paper, lang: str) -> AttestationAccount | None:
    """What a paper says, judged anew; None where its signature does not hold."""
    try:
        return attestation_account(verify_envelope(paper.row.statement, trust_of(session)), lang)
    except CertificateError:
        return None


def seen_since(session: Session, paper: Paper) -> datetime | None:
    """When a bench first saw a drive that a paper says to be gone; an absent one may be seen in another lot."""
    row, record = paper.row, paper.record
    drives = {row.drive_id, *same_as(session, DRIVE, [row.drive_id]).get(row.drive_id, ())}
    query = select(func.min(Erasure.received)).where(Erasure.drive_id.in_(drives))
    if row.how == ABSENT:
        return session.scalar(query.where(or_(Erasure.lot_id.is_(None), Erasure.lot_id == row.lot_id)))
    return session.scalar(query.where(Erasure.received > record.at))


def _with_neighbours(session: Session, row: DrivePaper) -> Paper:
    query = (
        select(DrivePaper, DriveRecord)
        .join(DriveRecord, DriveRecord.id == DrivePaper.record_id)
        .where(DrivePaper.drive_id == row.drive_id, DrivePaper.lot_id == row.lot_id)
    )
    rows = [(one[0], one[1]) for one in session.execute(query.order_by(DriveRecord.id))]
    return _paper(row, session.get_one(DriveRecord, row.record_id), rows)


def _paper(row: DrivePaper, record: DriveRecord, rows: Sequence[tuple[DrivePaper, DriveRecord]]) -> Paper:
    if record.withdrawn is None:
        return Paper(row, record, Held.VALID)
    newer = [one.number for one, said in rows if one.drive_id == row.drive_id and said.id > record.id]
    return Paper(row, record, Held.SUPERSEDED, newer[0]) if newer else Paper(row, record, Held.REVOKED)

"""The SHA-256 of every PDF of a lot that this hub has issued: who holds a file can tell the genuine one by it.

`etabli.issued/1`: {"schema", "lot", "documents": [{"number", "kind", "lang", "statement", "pdf_sha256"}]}, by number
and language; a certificate that went out with a proof of the log is there once more for each proof. In the scope of
whoever asks.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models import Certificate, IssuedDocument, Lot, Person
from hub.papers_issued import DrivePaper, DrivePaperPdf
from hub.proven import ProvenDocument
from hub.scope import in_scope

SCHEMA = "etabli.issued/1"


def manifest(session: Session, person: Person, lot: Lot) -> dict[str, Any]:
    """Every certificate and paper of the lot in every language; empty outside of the person's scope."""
    mine = (Certificate.lot_id == lot.id, in_scope(person, Certificate.lot_id))
    certificates = (
        select(Certificate.number, IssuedDocument.lang, Certificate.statement_id, IssuedDocument.pdf_sha256)
        .join(IssuedDocument, IssuedDocument.certificate_id == Certificate.id)
        .where(*mine)
    )
    proven = (
        select(Certificate.number, ProvenDocument.lang, Certificate.statement_id, ProvenDocument.pdf_sha256)
        .join(ProvenDocument, ProvenDocument.certificate_id == Certificate.id)
        .where(*mine)
    )
    papers = (
        select(DrivePaper.number, DrivePaperPdf.lang, DrivePaper.statement_id, DrivePaperPdf.pdf_sha256)
        .join(DrivePaperPdf, DrivePaperPdf.paper_id == DrivePaper.id)
        .where(DrivePaper.lot_id == lot.id, in_scope(person, DrivePaper.lot_id))
    )
    rows = [("certificate", *row) for query in (certificates, proven) for row in session.execute(query)]
    rows += [("paper", *row) for row in session.execute(papers)]
    names = ("kind", "number", "lang", "statement", "pdf_sha256")
    documents = [dict(zip(names, row, strict=True)) for row in sorted(rows, key=lambda row: row[1:])]
    return {"schema": SCHEMA, "lot": lot.code, "documents": documents}

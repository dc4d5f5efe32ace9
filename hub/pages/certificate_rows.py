"""Certificates in a table, with their downloads."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from hub.issued import service as issued
from hub.models import Certificate, Lot
from hub.pages.language import LANGUAGES
from hub.pages.visit import Visit


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """One certificate: number, drive, and the languages of its frozen PDF."""

    id: str
    statement_id: str
    number: str
    model: str
    serial: str
    issued: datetime
    documents: tuple[str, ...] = tuple(LANGUAGES)


def certificate_rows(visit: Visit, lot: Lot) -> list[CertificateRow]:
    """The certificates of a lot in the reader's scope."""
    return rows_of(issued.certificates_of_lot(visit.session, visit.someone, lot))


def rows_of(certificates: Iterable[Certificate]) -> list[CertificateRow]:
    """Certificates as rows."""
    return [
        CertificateRow(one.id, one.statement_id, one.number, one.drive.model, one.drive.serial, one.issued)
        for one in certificates
    ]

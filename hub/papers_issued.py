"""Table of the signed papers about drives that were destroyed or never there, as issued.

Primary data: bytes are frozen, never rendered again. Whether a paper still holds is read from the record that it is
about: one whose record was taken back is revoked, and says so wherever it is listed.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base


class DrivePaper(Base):
    """Primary: one paper: its number, the record that it states, and the signed statement (in the ledger too)."""

    __tablename__ = "drive_paper"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("drive_record.id"), unique=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    drive_id: Mapped[str] = mapped_column(ForeignKey("drive.id"), index=True)
    how: Mapped[str] = mapped_column(String(16))
    number: Mapped[str] = mapped_column(String(40), unique=True)
    statement_id: Mapped[str] = mapped_column(String(64), unique=True)
    statement: Mapped[bytes] = mapped_column(LargeBinary)
    issued: Mapped[datetime]


class DrivePaperPdf(Base):
    """Primary: the PDF of a paper in one language, as issued."""

    __tablename__ = "drive_paper_pdf"
    paper_id: Mapped[str] = mapped_column(ForeignKey("drive_paper.id"), primary_key=True)
    lang: Mapped[str] = mapped_column(String(2), primary_key=True)
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
    pdf_sha256: Mapped[str] = mapped_column(String(64), index=True)

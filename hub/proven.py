"""Certificates as they were handed out with a proof of the log: digest of each PDF, and the proof inside it.

The PDF is made again from the frozen one and the proof; the same proof gives the same bytes.
"""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base


class ProvenDocument(Base):
    """Primary: a PDF that went out with a proof. `proof` in its canonical form (etabli.proof/1)."""

    __tablename__ = "proven_document"
    pdf_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    certificate_id: Mapped[str] = mapped_column(String(36), index=True)
    lang: Mapped[str] = mapped_column(String(2))
    proof: Mapped[bytes] = mapped_column(LargeBinary)
    created: Mapped[datetime]

"""Tables of the library of process documents: what was handed to whom in which version, and who has read it.

Primary data. A version is never changed; it is taken back with a reason, and its receipts stay.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base, Position, new_id
from hub.noted import Noted, TakenBack


class ProcessDocument(Noted, TakenBack, Base):
    """Primary: one version of a process document of a network; the newest of its title that stands is to be read."""

    __tablename__ = "process_document"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    version: Mapped[int]
    file_name: Mapped[str] = mapped_column(String(120))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    size: Mapped[int]  # bytes
    sha256: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(500))
    __table_args__ = (UniqueConstraint("network_id", "title", "version"),)


class ReadReceipt(Base):
    """Primary: somebody says to have read one version."""

    __tablename__ = "read_receipt"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("process_document.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("document_id", "person_id"),)

"""Tables of what other programs reported, and of how a site wants its exports.

Primary data. The bytes of a report are stored before anybody reads them and never change; its lines are what was read
in them and can be read again. A decision is a row of its own: a newer one stands beside it, and none is deleted.
"""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base, Position
from hub.noted import Noted


class WipeReportFile(Noted, Base):
    """Primary: a wipe report of another program, byte for byte. `lot_key`: the lot, else the partner, else ""."""

    __tablename__ = "wipe_report"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    sha256: Mapped[str] = mapped_column(String(64))
    lot_key: Mapped[str] = mapped_column(String(36), default="")
    lot_id: Mapped[str | None] = mapped_column(ForeignKey("lot.id"), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), default="stored")  # stored, read, unreadable
    trouble: Mapped[str] = mapped_column(String(32), default="")
    tool: Mapped[str] = mapped_column(String(120), default="")
    version: Mapped[str] = mapped_column(String(120), default="")
    form: Mapped[str] = mapped_column(String(16), default="")
    signed: Mapped[bool] = mapped_column(default=False)  # it carries something like a signature, which nobody checked
    __table_args__ = (UniqueConstraint("sha256", "lot_key"),)


class WipeReportLine(Base):
    """Primary: one drive of a report, as read. `said` is the report's own word; times are as it wrote them."""

    __tablename__ = "wipe_report_line"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("wipe_report.id"), index=True)
    number: Mapped[int]
    serial: Mapped[str] = mapped_column(String(120), index=True)
    model: Mapped[str] = mapped_column(String(120))
    size: Mapped[str] = mapped_column(String(120))
    technique: Mapped[str] = mapped_column(String(120))
    outcome: Mapped[str] = mapped_column(String(16))
    said: Mapped[str] = mapped_column(String(120))
    why: Mapped[str] = mapped_column(String(16))
    started: Mapped[str] = mapped_column(String(120))
    ended: Mapped[str] = mapped_column(String(120))


class WipeReportDecision(Noted, Base):
    """Primary: what a validator decided about one line: accepted (with the record in the account) or set aside."""

    __tablename__ = "wipe_report_decision"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("wipe_report_line.id"), index=True)
    word: Mapped[str] = mapped_column(String(16))  # accepted, set-aside
    record_id: Mapped[int | None] = mapped_column(ForeignKey("drive_record.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500))


class ExportChoice(Base):
    """Primary: the columns that a person wants in one sort of export, in their order. Changed at will."""

    __tablename__ = "export_choice"
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(String(16), primary_key=True)
    columns: Mapped[list[str]] = mapped_column(JSON)


class ExportMapping(Base):
    """Primary: a column mapping of the site, byte for byte. Never changed: another version is another row."""

    __tablename__ = "export_mapping"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    added: Mapped[datetime]
    added_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    __table_args__ = (UniqueConstraint("name", "version"),)

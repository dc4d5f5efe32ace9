"""Tables of what people decide about a lot: its life, counts, devices, how each drive is explained, its closing.

Primary data. A row is never deleted and never changed but for the columns that say who took it back, when and why; a
closing keeps its document as the bytes of that day.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base, Position
from hub.noted import Noted, TakenBack


class LotStep(Noted, Base):
    """Primary: a person moved a lot from one state to another. `kind`: step, undo, close, reopen."""

    __tablename__ = "lot_step"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    before: Mapped[str] = mapped_column(String(16))
    after: Mapped[str] = mapped_column(String(16))
    received_before: Mapped[datetime | None]  # what the lot said of its reception until then: an undo puts it back
    note: Mapped[str] = mapped_column(String(500), default="")


class LotCount(Noted, Base):
    """Primary: how many units of a kind somebody counted at one step. The newest of its step, kind and reason holds."""

    __tablename__ = "lot_count"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    step: Mapped[str] = mapped_column(String(16))  # announced, collected, received, refused, sorted
    kind: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(32), default="")  # why refused; sorted: the outcome
    number: Mapped[int]
    note: Mapped[str] = mapped_column(String(500), default="")


class DeviceSaid(Noted, TakenBack, Base):
    """Primary: what a person said of a device. `about`: disposition, step, bays, empty, drive (a drive's id)."""

    __tablename__ = "device_said"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    about: Mapped[str] = mapped_column(String(16))
    word: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(500), default="")
    __table_args__ = (Index("ix_device_said_device_about", "device_id", "about", "id"),)


class DriveRecord(Noted, TakenBack, Base):
    """Primary: how people explain a drive of a lot: destroyed, absent, returned, lost, or an earlier run counts.

    `serial` is what the operator read on the drive; "" where it could not be read, which the note then explains.
    """

    __tablename__ = "drive_record"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    drive_id: Mapped[str] = mapped_column(ForeignKey("drive.id"), index=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    how: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(32), default="")  # a code: method of destruction, why absent
    serial: Mapped[str] = mapped_column(String(120), default="")
    day: Mapped[str] = mapped_column(String(10), default="")  # YYYY-MM-DD
    operator: Mapped[str] = mapped_column(String(120), default="")
    operator_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    witness: Mapped[str] = mapped_column(String(120), default="")
    reference: Mapped[str] = mapped_column(String(200), default="")  # receipt that was signed, incident record
    note: Mapped[str] = mapped_column(String(500), default="")


class LotClosing(Noted, Base):
    """Primary: a closing of a lot and its frozen document; a reopened lot gets another one, with the next version."""

    __tablename__ = "lot_closing"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"))
    version: Mapped[int]
    document: Mapped[str] = mapped_column(Text)  # JSON, as it was closed
    sha256: Mapped[str] = mapped_column(String(64))  # of the document in UTF-8
    one_person: Mapped[bool]
    reopened: Mapped[datetime | None]
    reopened_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    reopened_reason: Mapped[str] = mapped_column(String(500), default="")
    __table_args__ = (UniqueConstraint("lot_id", "version"),)

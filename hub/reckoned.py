"""Tables that figures rest on beside the work: what donors state, where they are, what was promised, open actions.

Primary data. A row is never deleted, and never changed but for the columns that say who took it back, when and why, or
who did an action.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base, Position
from hub.noted import Noted, TakenBack


class DeviceFact(Base):
    """Primary: what is stated of a device. `about` and `word`: see `hub.lots.stated`; the newest holds, "" is unknown.

    `by` is nobody for a list that the command line imported.
    """

    __tablename__ = "device_fact"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    about: Mapped[str] = mapped_column(String(16))
    word: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str] = mapped_column(String(120), default="")
    __table_args__ = (Index("ix_device_fact_device_about", "device_id", "about", "id"),)


class DonorArea(Noted, Base):
    """Primary: the department of a donor, by its code; the newest holds, "" is unknown."""

    __tablename__ = "donor_area"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    donor_id: Mapped[str] = mapped_column(ForeignKey("donor.id"), index=True)
    department: Mapped[str] = mapped_column(String(3))


class RetiredCount(Noted, Base):
    """Primary: retired devices that a public donor had in stock on 1 January, as it says itself; the newest holds."""

    __tablename__ = "retired_count"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    donor_id: Mapped[str] = mapped_column(ForeignKey("donor.id"), index=True)
    year: Mapped[int]
    number: Mapped[int]
    note: Mapped[str] = mapped_column(String(500), default="")


class Promise(Noted, TakenBack, Base):
    """Primary: units of a kind that a convention promises between two days (YYYY-MM-DD), both included."""

    __tablename__ = "promise"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("registered_document.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    number: Mapped[int]
    first: Mapped[str] = mapped_column(String(10))
    last: Mapped[str] = mapped_column(String(10))


class OpenAction(Noted, TakenBack, Base):
    """Primary: what a review decided to do, for whom ("" for all) and until when; who did it, and when."""

    __tablename__ = "open_action"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    partner_id: Mapped[str | None] = mapped_column(ForeignKey("partner.id"), index=True)
    what: Mapped[str] = mapped_column(String(500))
    due: Mapped[str] = mapped_column(String(10))  # YYYY-MM-DD
    done: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    done_name: Mapped[str] = mapped_column(String(120), default="")
    outcome: Mapped[str] = mapped_column(String(500), default="")

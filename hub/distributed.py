"""Tables of distribution: prescriptions, reservations, and which exits are deliveries to which distributor.

Primary data. There is no column for the name of whoever gets a device, and none that takes free words about a
prescription: it has a code. A row is never deleted; it is taken back with a reason, who and when.
"""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.accounted import DeviceSaid
from hub.base import Base, Position
from hub.departed import ExitBatch
from hub.noted import Noted, TakenBack


class Prescription(Noted, TakenBack, Base):
    """Primary: a prescriber's code for one device (S4-9). Taken back: cancelled, the reason a code of a closed list."""

    __tablename__ = "prescription"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)  # of `hub.distribution.codes`
    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)  # the prescriber
    kind: Mapped[str] = mapped_column(String(16), default="")  # wanted; "" for any
    category: Mapped[str] = mapped_column(String(16), default="")  # wanted letter; "" for any
    until: Mapped[str] = mapped_column(String(10))  # the last day on which it holds


class Reservation(Noted, TakenBack, Base):
    """Primary: a device is kept for a distributor, for a prescription, or for both. Taken back: released."""

    __tablename__ = "reservation"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), index=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    partner_id: Mapped[str | None] = mapped_column(ForeignKey("partner.id"), index=True)  # the distributor
    prescription_id: Mapped[int | None] = mapped_column(ForeignKey("prescription.id"), index=True)
    until: Mapped[str] = mapped_column(String(10))  # the last day on which it holds


class Delivery(Base):
    """Primary: an exit that went to a distributor with accounts here: its people read it and ask for service."""

    __tablename__ = "delivery"
    batch_id: Mapped[int] = mapped_column(ForeignKey("exit_batch.id"), primary_key=True, autoincrement=False)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)


FOUND_BY = (
    Index("ix_exit_batch_prescription", ExitBatch.prescription),
    Index("ix_device_said_about_word", DeviceSaid.about, DeviceSaid.word, DeviceSaid.device_id),
)

"""Tables of what came by hand: the channel of a lot, the receipt of a device, the donor that stands for all who bring.

Primary data, never deleted. There is no column for the name of whoever brought it: the receipt has a code.
"""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base, Position
from hub.noted import Noted


class LotChannel(Noted, Base):
    """Primary: by which way a lot came (S1-12), a code of `hub.intake.channels`; the newest row holds."""

    __tablename__ = "lot_channel"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    word: Mapped[str] = mapped_column(String(16), index=True)


class HandReceipt(Noted, Base):
    """Primary: one device that somebody brought (S2-11), as it was taken in, and the code on the paper given for it."""

    __tablename__ = "hand_receipt"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), unique=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    state: Mapped[str] = mapped_column(String(16))  # a code of `hub.intake.single`
    drive: Mapped[str] = mapped_column(String(8))  # yes, no, unknown


class HouseIndividuals(Base):
    """Primary: the donor that stands for private persons at a partner; the workshop that runs this hub has no row."""

    __tablename__ = "house_individuals"
    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), primary_key=True)
    donor_id: Mapped[str] = mapped_column(ForeignKey("donor.id"), unique=True)

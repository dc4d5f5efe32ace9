"""Tables of what leaves and of what comes back: exits with their lines, weights and slips, returns, non-conformity.

Primary data. A row is never deleted, and never changed but for the columns that say who took it back, when and why.
There is no column for the name of whoever gets a device: a prescription has a code, a distributor is an organisation.
"""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base, Position
from hub.noted import Noted, TakenBack


class DonorType(Noted, Base):
    """Primary: what sort of donor somebody is; the newest row holds (S2-9)."""

    __tablename__ = "donor_type"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    donor_id: Mapped[str] = mapped_column(ForeignKey("donor.id"), index=True)
    word: Mapped[str] = mapped_column(String(24))


class ExitBatch(Noted, Base):
    """Primary: one movement out of the workshop, whatever goes with it. Its number is its id."""

    __tablename__ = "exit_batch"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    mode: Mapped[str] = mapped_column(String(16), index=True)  # a code of `hub.exits.modes`
    day: Mapped[str] = mapped_column(String(10))  # YYYY-MM-DD
    receiver: Mapped[str] = mapped_column(String(200), default="")  # distributor, recycler: an organisation
    receiver_siret: Mapped[str] = mapped_column(String(14), default="")
    receiver_address: Mapped[str] = mapped_column(String(200), default="")
    prescription: Mapped[str] = mapped_column(String(32), default="")  # a code, no name
    producer: Mapped[str] = mapped_column(String(200), default="")  # the producer organisation (éco-organisme)
    producer_siren: Mapped[str] = mapped_column(String(9), default="")
    carrier: Mapped[str] = mapped_column(String(200), default="")
    receipt: Mapped[str] = mapped_column(String(200), default="")  # what the donor signed for a return
    named_to_donor: Mapped[bool] = mapped_column(default=False)  # the receiver agreed that the donor reads its name


class ExitLine(Noted, TakenBack, Base):
    """Primary: one device that left, or units without a tag, as on that day; prices in cents, taxes included."""

    __tablename__ = "exit_line"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("exit_batch.id"), index=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    units: Mapped[int]
    accessories: Mapped[str] = mapped_column(String(200), default="")  # codes of `hub.exits.modes`, comma separated
    letter: Mapped[str] = mapped_column(String(16), default="")
    grade_policy: Mapped[str] = mapped_column(String(80), default="")  # name and version
    word: Mapped[str] = mapped_column(String(16), default="")  # refurbished, second-hand
    missing: Mapped[str] = mapped_column(Text, default="")  # JSON: what is missing for "refurbished"
    price_cents: Mapped[int | None]
    ceiling_cents: Mapped[int | None]
    ceiling_policy: Mapped[str] = mapped_column(String(80), default="")
    warranty_start: Mapped[str] = mapped_column(String(10), default="")
    warranty_end: Mapped[str] = mapped_column(String(10), default="")  # the last day that counts
    presumption_end: Mapped[str] = mapped_column(String(10), default="")  # the last day that counts


class ExitMass(Noted, Base):
    """Primary: what one category of equipment of an exit weighs; the newest row of its category holds."""

    __tablename__ = "exit_mass"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("exit_batch.id"), index=True)
    category: Mapped[str] = mapped_column(String(8))
    grams: Mapped[int]


class ExitSlip(Noted, Base):
    """Primary: the waste slip (BSD) of an exit and the treatment that it names; the newest row holds."""

    __tablename__ = "exit_slip"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("exit_batch.id"), index=True)
    number: Mapped[str] = mapped_column(String(64))
    day: Mapped[str] = mapped_column(String(10))
    treatment: Mapped[str] = mapped_column(String(8), default="")  # a code of operation, such as R4


class DeviceReturn(Noted, TakenBack, Base):
    """Primary: a device that left comes back, or is complained of (S2-19). `within`: of its legal warranty."""

    __tablename__ = "device_return"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), index=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("exit_line.id"), index=True)
    day: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(32))
    came_back: Mapped[bool]  # the device is in the workshop again: its drives were used since
    within: Mapped[bool]
    finding: Mapped[str] = mapped_column(String(500), default="")
    remedy: Mapped[str] = mapped_column(String(500), default="")


class NonConformity(Noted, TakenBack, Base):
    """Primary: a defect of a delivered device. A device counts once, however many of these it has (K-8)."""

    __tablename__ = "non_conformity"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), index=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("exit_line.id"), index=True)
    day: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(32))
    finding: Mapped[str] = mapped_column(String(500), default="")
    remedy: Mapped[str] = mapped_column(String(500), default="")
    counted: Mapped[bool]

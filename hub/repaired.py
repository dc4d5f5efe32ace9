"""Tables of repairs: what was done to a device and with which part, the stock of parts, what is to be found, places.

Primary data. A row is never deleted, and never changed but for the columns that say who took it back, when and why. A
drive that becomes a part stays the drive that it is: its account and its runs are never copied.
"""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base, Position
from hub.noted import Noted, TakenBack


class Part(Noted, TakenBack, Base):
    """Primary: a spare part and where it comes from. Its number is its id. `drive_id`: the drive that it is."""

    __tablename__ = "part"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(24), index=True)
    origin: Mapped[str] = mapped_column(String(16))  # device, new, given
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.id"), index=True)
    lot_id: Mapped[str | None] = mapped_column(ForeignKey("lot.id"), index=True)
    drive_id: Mapped[str | None] = mapped_column(ForeignKey("drive.id"), index=True)
    serial: Mapped[str] = mapped_column(String(120), default="")
    what: Mapped[str] = mapped_column(String(200), default="")


class MissingPart(Noted, TakenBack, Base):
    """Primary: a part that a device lacks. It is met by a repair that names it."""

    __tablename__ = "missing_part"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), index=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    note: Mapped[str] = mapped_column(String(500), default="")


class Repair(Noted, TakenBack, Base):
    """Primary: something that was done to a device, with the part that it took and the need that it met."""

    __tablename__ = "repair"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), index=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    action: Mapped[str] = mapped_column(String(24))
    part_id: Mapped[int | None] = mapped_column(ForeignKey("part.id"), index=True)
    need_id: Mapped[int | None] = mapped_column(ForeignKey("missing_part.id"), index=True)
    note: Mapped[str] = mapped_column(String(500), default="")


class Placement(Noted, Base):
    """Primary: where somebody put a device or a part; the newest row holds, the others are its movements."""

    __tablename__ = "placement"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.id"), index=True)
    part_id: Mapped[int | None] = mapped_column(ForeignKey("part.id"), index=True)
    lot_id: Mapped[str | None] = mapped_column(ForeignKey("lot.id"), index=True)
    place: Mapped[str] = mapped_column(String(64))

"""Tables of what people read off a device and tried on it where no bench can, and of the system put on it.

Primary data, never deleted; taken back with who, when and why. Nothing here explains a drive: neither a tick nor a
system says that data is gone (INV-5).
"""

from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base, Position
from hub.noted import Noted, TakenBack


class DeviceNumber(Noted, TakenBack, Base):
    """Primary: a number of a device as somebody read it: an observation, never a key (INV-1). `sort`: imei."""

    __tablename__ = "device_number"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), index=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    sort: Mapped[str] = mapped_column(String(8))
    value: Mapped[str] = mapped_column(String(32))
    __table_args__ = (Index("ix_device_number_value", "sort", "value"),)


class HandCheck(Noted, TakenBack, Base):
    """Primary: the answers to a checklist, as they were given, with the checklist's name and version."""

    __tablename__ = "hand_check"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), index=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    checklist: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    answers: Mapped[dict[str, Any]]  # id of the check -> result; "looks" -> C1 to C9
    letter: Mapped[str] = mapped_column(String(16))  # what the shipped policy makes of them; "" for none
    policy: Mapped[str] = mapped_column(String(80))  # its name and version


class InstalledSystem(Noted, TakenBack, Base):
    """Primary: a system put on a device (S2-16): image, version, sort of licence, and how the final test ended."""

    __tablename__ = "installed_system"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), index=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    image: Mapped[str] = mapped_column(String(120))
    version: Mapped[str] = mapped_column(String(60))
    licence: Mapped[str] = mapped_column(String(24))
    test: Mapped[str] = mapped_column(String(16))  # passed, failed, not-done
    note: Mapped[str] = mapped_column(String(500), default="")

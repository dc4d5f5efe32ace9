"""Tables of what somebody did to many devices at once: one act, one line for each device, and what was taken back.

Primary data. The words themselves are rows of `hub.accounted` and `hub.repaired`; these rows say which belong together,
so that one act can be taken back as one.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base, Position
from hub.noted import Noted


class Handling(Noted, Base):
    """Primary: one act on many devices. `action`: step, place, outcome. `left_out`: lines that named none, and why."""

    __tablename__ = "handling"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    action: Mapped[str] = mapped_column(String(16))
    word: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(500), default="")
    left_out: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    undone: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))


class HandledDevice(Base):
    """Primary: one device of an act, the row that it made, what was there before; `kept`: why an undo left it."""

    __tablename__ = "handled_device"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    handling_id: Mapped[int] = mapped_column(ForeignKey("handling.id"), index=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"))
    said_id: Mapped[int | None] = mapped_column(ForeignKey("device_said.id"))
    placement_id: Mapped[int | None] = mapped_column(ForeignKey("placement.id"))
    place_before: Mapped[str] = mapped_column(String(64), default="")
    received_now: Mapped[bool] = mapped_column(default=False)
    kept: Mapped[str] = mapped_column(String(200), default="")

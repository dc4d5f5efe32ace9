"""Tables of what people said beside the evidence: another letter than the computed one, another place than the list's.

Primary data. A row is never changed but for the two columns that say who took it back, and never deleted; neither the
statement nor what was computed or declared is touched by it.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base, Position
from hub.noted import Noted


class GradeOverride(Noted, Base):
    """Primary: a letter that a person gave to one diagnosis, beside the computed one, with the reason."""

    __tablename__ = "grade_override"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    statement_id: Mapped[str] = mapped_column(String(64), index=True)  # the diagnosis
    letter: Mapped[str] = mapped_column(String(16))
    computed: Mapped[str] = mapped_column(String(16))  # what stood there on that day; "" for none
    policy: Mapped[str] = mapped_column(String(64))
    policy_version: Mapped[int]
    reason: Mapped[str] = mapped_column(String(32))  # a code of `hub.grades.overriding`
    note: Mapped[str] = mapped_column(String(500), default="")
    withdrawn: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))


class DriveTie(Base):
    """Primary: where a person put a drive, and why where that contradicts what was declared or seen before."""

    __tablename__ = "drive_tie"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    drive_id: Mapped[str] = mapped_column(ForeignKey("drive.id"), index=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.id"))
    before_lot_id: Mapped[str | None] = mapped_column(ForeignKey("lot.id"), index=True)  # where it was until then
    known_from: Mapped[int] = mapped_column(BigInteger)  # a moment (derive.moments)
    reason: Mapped[str] = mapped_column(String(32), default="")  # a code of `hub.devices.tying`; "" where none was due
    note: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(ForeignKey("person.id"))

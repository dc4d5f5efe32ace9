"""Tables of samples: which drives of a lot were drawn to be read again, by which rule and seed, and what was read.

Primary data. A draw is never taken back: whoever dislikes it could otherwise draw until it pleases. A reading is taken
back with a reason, never changed.
"""

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base, Position
from hub.noted import Noted, TakenBack


class SampleDraw(Noted, Base):
    """Primary: a draw among the approved runs of a lot. `population`: the runs, as ids of statements, in order."""

    __tablename__ = "sample_draw"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    policy: Mapped[str] = mapped_column(String(64))
    policy_version: Mapped[int]
    policy_sha256: Mapped[str] = mapped_column(String(64))
    seed: Mapped[str] = mapped_column(String(64))
    population: Mapped[list[str]] = mapped_column(JSON)


class SampledDrive(Base):
    """Primary: one drive of a draw, and the run that is read again."""

    __tablename__ = "sampled_drive"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("sample_draw.id"))
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    drive_id: Mapped[str] = mapped_column(ForeignKey("drive.id"), index=True)
    run_id: Mapped[str] = mapped_column(String(64))
    __table_args__ = (UniqueConstraint("draw_id", "run_id"),)


class SampleReading(Noted, TakenBack, Base):
    """Primary: what somebody read on a drawn drive. `result`: clean, data, unreadable."""

    __tablename__ = "sample_reading"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    sampled_id: Mapped[int] = mapped_column(ForeignKey("sampled_drive.id"), index=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    drive_id: Mapped[str] = mapped_column(ForeignKey("drive.id"), index=True)
    result: Mapped[str] = mapped_column(String(16))
    tool: Mapped[str] = mapped_column(String(120))
    found: Mapped[str] = mapped_column(String(500))
    serial: Mapped[str] = mapped_column(String(120), default="")  # as it was read on the drive

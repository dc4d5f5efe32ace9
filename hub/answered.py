"""Tables of answers to what speaks against an account afterwards, and of what people say is one and the same.

Primary data. A row is never deleted, and never changed but for the columns that say who took it back, when and why.
Neither copies anything: runs, records and rows of lists stay where they are, and each keeps what it said (INV-3).
"""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base, Position
from hub.noted import Noted, TakenBack


class LateRunAnswer(Noted, TakenBack, Base):
    """Primary: a lead says why a later run that failed does not speak against the account of a lot."""

    __tablename__ = "late_run_answer"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    drive_id: Mapped[str] = mapped_column(ForeignKey("drive.id"), index=True)
    statement_id: Mapped[str] = mapped_column(String(64), index=True)  # the run
    reason: Mapped[str] = mapped_column(String(32))  # a code of `hub.lots.late_runs`
    note: Mapped[str] = mapped_column(String(500), default="")


class SameThing(Noted, TakenBack, Base):
    """Primary: a person says that two devices, or two drives, on record are one. `kind`: device, drive."""

    __tablename__ = "same_thing"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(8))
    one_id: Mapped[str] = mapped_column(String(36), index=True)
    other_id: Mapped[str] = mapped_column(String(36), index=True)
    reason: Mapped[str] = mapped_column(String(500))

"""Tables of what the benches are told beside the lots: pre-approvals, protected serials, messages, policies, badges.

Primary data, decided by named people. A pre-approval is never changed but for the two columns that say who undid it.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base, Position


class PreApproval(Base):
    """Primary: drives of one lot may be erased with nobody at the bench, by these rules, until that moment."""

    __tablename__ = "pre_approval"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)  # the rule's number in statements
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    policy: Mapped[str] = mapped_column(String(64))
    any_drive: Mapped[bool]  # False: only drives whose serial the lot expects
    exceptions: Mapped[bool]  # True: also where the plan names exceptions beforehand
    countdown_s: Mapped[int]
    approved: Mapped[datetime]
    approved_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    valid_until: Mapped[datetime]
    revoked: Mapped[datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))


class ProtectedSerial(Base):
    """Primary: a drive that no bench may erase, and why."""

    __tablename__ = "protected_serial"
    serial: Mapped[str] = mapped_column(String(120), primary_key=True)
    note: Mapped[str] = mapped_column(String(200), default="")
    added: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(ForeignKey("person.id"))


class BenchMessage(Base):
    """Primary: plain text that every bench shows until a moment, or until somebody withdraws it."""

    __tablename__ = "bench_message"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    text: Mapped[str] = mapped_column(String(400))
    severity: Mapped[str] = mapped_column(String(16))  # info, warning, urgent
    until: Mapped[datetime | None]
    written: Mapped[datetime]
    written_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    withdrawn: Mapped[datetime | None]


class BenchPolicy(Base):
    """Primary: an erasure policy that the hub signed and hands to the benches; the newest of its name."""

    __tablename__ = "bench_policy"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    envelope: Mapped[bytes] = mapped_column(LargeBinary)
    signed: Mapped[datetime]


class PersonBadge(Base):
    """Primary: the SHA-256 of the random token on somebody's badge. The token itself is on paper only."""

    __tablename__ = "person_badge"
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    made: Mapped[datetime]


class AssignmentCounter(Base):
    """Primary: the last counter under which assignments were issued to a station. It only grows."""

    __tablename__ = "assignment_counter"
    station_id: Mapped[str] = mapped_column(ForeignKey("station.id"), primary_key=True)
    counter: Mapped[int] = mapped_column(BigInteger)

"""Tables of the hub, in three sorts; each class says which.

* ledger: exact bytes, append-only, the truth about drives and machines;
* primary: donors, lots, people, decisions of access, with an audit trail;
* derived: read from the ledger, can be dropped and rebuilt at any time.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.assigned import PreApproval as PreApproval  # noqa: PLC0414  (with its neighbours, see there)
from hub.base import Base as Base  # noqa: PLC0414  (every table is reached from here)
from hub.base import Position, new_id
from hub.said import DriveTie as DriveTie  # noqa: PLC0414
from hub.said import GradeOverride as GradeOverride  # noqa: PLC0414


class Role(StrEnum):
    """What a person may do (field reference, section 1.3)."""

    TECHNICIAN = "technician"
    LEAD = "lead"
    DONOR = "donor"
    ADMIN = "admin"
    COORDINATOR = "coordinator"  # of a network of workshops
    VOLUNTEER = "volunteer"
    DISTRIBUTOR = "distributor"
    PRESCRIBER = "prescriber"


class StationState(StrEnum):
    """Where a station is in its life."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    LOCKED = "locked"


class LotState(StrEnum):
    """Life of a lot (field reference, section 3.1)."""

    ANNOUNCED = "announced"
    COLLECTED = "collected"
    RECEIVED = "received"
    PROCESSING = "processing"
    READY = "ready"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class DecisionWord(StrEnum):
    """What a person decided about an erasure."""

    AWAITING = "AWAITING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"


# --- primary ---


class Donor(Base):
    """Primary: who gives."""

    __tablename__ = "donor"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    contact: Mapped[str] = mapped_column(String(200), default="")
    created: Mapped[datetime]
    lots: Mapped[list["Lot"]] = relationship(back_populates="donor")


class Person(Base):
    """Primary: somebody with an account. `pseudonym` is what signed statements carry."""

    __tablename__ = "person"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    pseudonym: Mapped[str] = mapped_column(String(32), unique=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)  # lower case
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str] = mapped_column(String(200))
    lang: Mapped[str] = mapped_column(String(2), default="fr")
    active: Mapped[bool] = mapped_column(default=True)
    donor_id: Mapped[str | None] = mapped_column(ForeignKey("donor.id"))
    created: Mapped[datetime]
    donor: Mapped[Donor | None] = relationship()


class WebSession(Base):
    """Primary: one signed-in browser. Only the hash of the token is stored."""

    __tablename__ = "web_session"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    created: Mapped[datetime]
    expires: Mapped[datetime]
    browser: Mapped[str] = mapped_column(String(80), default="")
    person: Mapped[Person] = relationship()


class LoginAttempt(Base):
    """Primary: a failed sign-in, for the throttle per account and per address."""

    __tablename__ = "login_attempt"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    account: Mapped[str] = mapped_column(String(254), index=True)
    address: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime]


class Lot(Base):
    """Primary: what one donor gave at one time."""

    __tablename__ = "lot"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    label: Mapped[str] = mapped_column(String(200), default="")
    donor_id: Mapped[str] = mapped_column(ForeignKey("donor.id"))
    state: Mapped[str] = mapped_column(String(16), default=LotState.ANNOUNCED)
    created: Mapped[datetime]
    known_from: Mapped[int] = mapped_column(BigInteger, default=0, index=True)  # a moment (derive.moments)
    received: Mapped[datetime | None]
    donor: Mapped[Donor] = relationship(back_populates="lots")
    devices: Mapped[list["Device"]] = relationship(back_populates="lot")


class Device(Base):
    """Primary: a machine or a loose drive of a lot, as announced, tagged or observed."""

    __tablename__ = "device"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"))
    kind: Mapped[str] = mapped_column(String(16), default="laptop")  # laptop desktop screen phone drive parts
    asset: Mapped[str | None] = mapped_column(String(64), unique=True)  # tag stuck at intake: the human key
    maker: Mapped[str] = mapped_column(String(120), default="")
    model: Mapped[str] = mapped_column(String(120), default="")
    serial: Mapped[str] = mapped_column(String(120), default="", index=True)
    source: Mapped[str] = mapped_column(String(16), default="import")  # import, bench, person
    received: Mapped[datetime | None]  # None: announced only
    created: Mapped[datetime]
    known_from: Mapped[int] = mapped_column(BigInteger, default=0, index=True)  # a moment (derive.moments)
    lot: Mapped[Lot] = relationship(back_populates="devices")
    drives: Mapped[list["Drive"]] = relationship(back_populates="device", foreign_keys="Drive.device_id")
    __table_args__ = (Index("ix_device_lot_serial", "lot_id", "serial", "id"),)


class Drive(Base):
    """Primary: a drive declared by the donor's list, or first seen by a bench (`declared` tells).

    What the list and a person say is kept as said. `lot_id` and `device_id` are where the drive is now: the newest run
    that found a lot, what the list says, or the person's word; a rebuild reads them again, as model, WWN and size.
    """

    __tablename__ = "drive"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    lot_id: Mapped[str | None] = mapped_column(ForeignKey("lot.id"), index=True)
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.id"), index=True)
    known_from: Mapped[int] = mapped_column(BigInteger, default=0, index=True)  # a moment (derive.moments)
    serial: Mapped[str] = mapped_column(String(120), default="", index=True)
    model: Mapped[str] = mapped_column(String(120), default="")
    wwn: Mapped[str] = mapped_column(String(64), default="")
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    declared: Mapped[bool] = mapped_column(default=False)
    declared_lot_id: Mapped[str | None] = mapped_column(ForeignKey("lot.id"))
    declared_device_id: Mapped[str | None] = mapped_column(ForeignKey("device.id"))
    declared_from: Mapped[int | None] = mapped_column(BigInteger, index=True)
    tied_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))  # a person's word: no match moves the drive
    tied_from: Mapped[int | None] = mapped_column(BigInteger, index=True)
    created: Mapped[datetime]
    runs: Mapped[int] = mapped_column(default=0, server_default="0")  # erasures that name it: counted by the database
    device: Mapped[Device | None] = relationship(back_populates="drives", foreign_keys=[device_id])
    lot: Mapped[Lot | None] = relationship(foreign_keys=[lot_id])


class Station(Base):
    """Primary: a bench and its key; nothing is taken from it before a person accepted it."""

    __tablename__ = "station"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    kid: Mapped[str] = mapped_column(String(64), unique=True)
    public: Mapped[str] = mapped_column(String(64))  # base64 of 32 bytes
    name: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(16), default=StationState.PENDING)
    demo: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime]
    decided: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    last_seen: Mapped[datetime | None]
    heartbeat: Mapped[dict[str, Any] | None]


class EnrolmentToken(Base):
    """Primary: a one-off token; only its hash is stored."""

    __tablename__ = "enrolment_token"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created: Mapped[datetime]
    expires: Mapped[datetime]
    used: Mapped[datetime | None]


class Alarm(Base):
    """Primary: something that a person must look at (fork, gap, refused station ...)."""

    __tablename__ = "alarm"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(32))
    station_id: Mapped[str | None] = mapped_column(ForeignKey("station.id"))
    detail: Mapped[str] = mapped_column(Text, default="")
    created: Mapped[datetime]
    closed: Mapped[datetime | None]


class AuditEntry(Base):
    """Primary, append-only: who did what."""

    __tablename__ = "audit_entry"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(128))
    detail: Mapped[str] = mapped_column(Text, default="")


class IssuedDocument(Base):
    """Primary: a certificate as issued. Bytes are frozen, never rendered again."""

    __tablename__ = "issued_document"
    certificate_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    lang: Mapped[str] = mapped_column(String(2), primary_key=True)
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
    pdf_sha256: Mapped[str] = mapped_column(String(64), index=True)
    bundle: Mapped[bytes] = mapped_column(LargeBinary)
    created: Mapped[datetime]


class GradePolicyFile(Base):
    """Primary: a grade or category policy of the site, byte for byte. Never changed: another version is another row."""

    __tablename__ = "grade_policy"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))  # grade, category
    name: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    added: Mapped[datetime]
    added_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    __table_args__ = (UniqueConstraint("kind", "name", "version"),)


class GradePolicyUse(Base):
    """Primary: a policy in force, from when, up to which statement of the ledger (None: still), and whether undone."""

    __tablename__ = "grade_policy_use"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("grade_policy.sha256"))
    since: Mapped[datetime]
    by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    until_position: Mapped[int | None] = mapped_column(BigInteger)
    undone: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    policy: Mapped[GradePolicyFile] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[by])


# --- ledger ---


class LedgerEntry(Base):
    """Ledger: one statement, byte for byte. Never updated, never deleted."""

    __tablename__ = "ledger"
    position: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256 of the envelope bytes
    kind: Mapped[str] = mapped_column(String(16), index=True)
    kid: Mapped[str] = mapped_column(String(64))
    seq: Mapped[int] = mapped_column(BigInteger)
    prev: Mapped[str] = mapped_column(String(64))
    envelope: Mapped[bytes] = mapped_column(LargeBinary)
    received: Mapped[datetime]
    __table_args__ = (UniqueConstraint("kid", "seq"),)


class QuarantinedStatement(Base):
    """Ledger: an authentic statement that contradicts its chain (409) or is not understood (422). Kept for a person."""

    __tablename__ = "quarantined_statement"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kid: Mapped[str] = mapped_column(String(64), index=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(32))
    envelope: Mapped[bytes] = mapped_column(LargeBinary)
    received: Mapped[datetime]


# --- derived ---


class DerivationCursor(Base):
    """Derived: how far the ledger has been read into the tables below (one row, id 1)."""

    __tablename__ = "derivation_cursor"
    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)


class IntakeProblem(Base):
    """Derived: a stored statement that could not be interpreted; the statement itself is safe."""

    __tablename__ = "intake_problem"
    statement_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    detail: Mapped[str] = mapped_column(Text)
    created: Mapped[datetime]


class Erasure(Base):
    """Derived: one erasure statement, read for pages and queues."""

    __tablename__ = "erasure"
    statement_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, index=True)
    drive_id: Mapped[str] = mapped_column(ForeignKey("drive.id"))  # `ix_erasure_drive_story`
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.id"), index=True)
    lot_id: Mapped[str | None] = mapped_column(ForeignKey("lot.id"), index=True)
    kid: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[str] = mapped_column(String(32))
    level: Mapped[str] = mapped_column(String(8))
    method: Mapped[str] = mapped_column(String(64))
    operator: Mapped[str] = mapped_column(String(64), default="")
    ended: Mapped[str] = mapped_column(String(32))  # the station's claim
    began: Mapped[datetime | None]  # the same of its beginning; None where its clock knew no time
    received: Mapped[datetime]
    simulated: Mapped[bool] = mapped_column(default=False)
    payload: Mapped[dict[str, Any]]
    decision: Mapped[str] = mapped_column(String(16), default=DecisionWord.AWAITING, index=True)
    validation_id: Mapped[str | None] = mapped_column(String(64))
    certificate_id: Mapped[str | None] = mapped_column(String(36), index=True)
    disputed: Mapped[bool] = mapped_column(default=False, server_default=false())  # signed above a bound of its key
    drive: Mapped[Drive] = relationship()
    device: Mapped[Device | None] = relationship()
    lot: Mapped[Lot | None] = relationship()


class Diagnostic(Base):
    """Derived: one diagnostics statement and its grade."""

    __tablename__ = "diagnostic"
    statement_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, index=True)
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.id"))  # `ix_diagnostic_device_story`
    lot_id: Mapped[str | None] = mapped_column(ForeignKey("lot.id"))  # `ix_diagnostic_lot_device`
    kid: Mapped[str] = mapped_column(String(64))
    letter: Mapped[str] = mapped_column(String(16))
    policy: Mapped[str] = mapped_column(String(64))
    policy_version: Mapped[int]
    received: Mapped[datetime]
    payload: Mapped[dict[str, Any]]
    device: Mapped[Device | None] = relationship()


class Assessment(Base):
    """Derived: what a policy of the site made of one diagnostics statement. The bench's own grade stays beside it."""

    __tablename__ = "assessment"
    use_id: Mapped[int] = mapped_column(ForeignKey("grade_policy_use.id"), primary_key=True)
    statement_id: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    word: Mapped[str] = mapped_column(String(16))  # letter or category; "" where there is none
    document: Mapped[dict[str, Any]]
    use: Mapped[GradePolicyUse] = relationship()


class Certificate(Base):
    """Derived: one certificate statement; its document is in `issued_document`."""

    __tablename__ = "certificate"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    statement_id: Mapped[str] = mapped_column(String(64), unique=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    erasure_id: Mapped[str] = mapped_column(String(64), index=True)
    lot_id: Mapped[str | None] = mapped_column(ForeignKey("lot.id"), index=True)
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.id"))
    drive_id: Mapped[str] = mapped_column(ForeignKey("drive.id"))
    lang: Mapped[str] = mapped_column(String(2))
    issued: Mapped[datetime]
    lot: Mapped[Lot | None] = relationship()
    drive: Mapped[Drive] = relationship()
    device: Mapped[Device | None] = relationship()

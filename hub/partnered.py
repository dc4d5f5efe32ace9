"""Tables of the network: partners, their contacts, levels, documents and gates; typed figures; frozen half-years.

Primary data. A row is never deleted and never changed but for the columns that say who took it back, when and why; a
frozen half-year keeps its document as the bytes of that day.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.base import Base, Position, new_id
from hub.noted import Noted, TakenBack


class Network(Base):
    """Primary: a supply chain (filière) of partners."""

    __tablename__ = "network"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    area: Mapped[str] = mapped_column(String(200), default="")
    created: Mapped[datetime]


class Partner(Base):
    """Primary: an organisation of the network. `kind` is a code of `hub.partners.register`."""

    __tablename__ = "partner"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    network_id: Mapped[str | None] = mapped_column(ForeignKey("network.id"), index=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    created: Mapped[datetime]
    network: Mapped[Network | None] = relationship()


class PartnerLevel(Noted, Base):
    """Primary: the level that a partner was given; the newest holds."""

    __tablename__ = "partner_level"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)
    level: Mapped[int]
    note: Mapped[str] = mapped_column(String(500))


class PartnerContact(TakenBack, Base):
    """Primary: whom to call at a partner. `role`: administrative, technical."""

    __tablename__ = "partner_contact"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(ForeignKey("person.id"))


class RegisteredDocument(Noted, TakenBack, Base):
    """Primary: a document of a partner or of a donor, with the bytes of its file. Days are YYYY-MM-DD, "" for none."""

    __tablename__ = "registered_document"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    partner_id: Mapped[str | None] = mapped_column(ForeignKey("partner.id"), index=True)
    donor_id: Mapped[str | None] = mapped_column(ForeignKey("donor.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    file_name: Mapped[str] = mapped_column(String(120))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    size: Mapped[int]  # bytes
    sha256: Mapped[str] = mapped_column(String(64))
    signed: Mapped[str] = mapped_column(String(10))
    expires: Mapped[str] = mapped_column(String(10))  # the last day on which it holds
    processing_clause: Mapped[bool]  # the clause of a processor (RGPD, art. 28) is in it
    note: Mapped[str] = mapped_column(String(500))


class Evaluation(Noted, Base):
    """Primary: what was found at a partner. `kind` is a code of `hub.partners.evaluating`, whose newest holds."""

    __tablename__ = "evaluation"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    day: Mapped[str] = mapped_column(String(10))
    document: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(String(500))


class GateRecord(Noted, Base):
    """Primary: one judgement of one gate; the newest of a gate holds, an exception with its reason and name too."""

    __tablename__ = "gate_record"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)
    gate: Mapped[int]
    passed: Mapped[bool]
    exception: Mapped[bool]
    facts: Mapped[dict[str, Any]]  # what was judged, what is unmet, by which policy
    reason: Mapped[str] = mapped_column(String(500))


class LotPartner(TakenBack, Base):
    """Primary: which partner works on a lot, and whether it is a test lot; the newest not taken back holds."""

    __tablename__ = "lot_partner"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)
    test: Mapped[bool]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(ForeignKey("person.id"))


class SocialFigure(Noted, Base):
    """Primary: a social figure that somebody typed for one period; the newest of its period and kind holds."""

    __tablename__ = "social_figure"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    period: Mapped[str] = mapped_column(String(24))
    kind: Mapped[str] = mapped_column(String(24))
    number: Mapped[int]
    note: Mapped[str] = mapped_column(String(500))
    __table_args__ = (Index("ix_social_figure_period_kind", "period", "kind", "id"),)


class HalfYear(Noted, Base):
    """Primary: a frozen half-year report; another freeze of the same half-year and partner is the next version."""

    __tablename__ = "half_year"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    period: Mapped[str] = mapped_column(String(24))
    partner_id: Mapped[str] = mapped_column(String(36))  # "" for the whole hub
    version: Mapped[int]
    document: Mapped[str] = mapped_column(Text)  # JSON, as it was frozen
    sha256: Mapped[str] = mapped_column(String(64))  # of the document in UTF-8
    __table_args__ = (UniqueConstraint("period", "partner_id", "version"),)

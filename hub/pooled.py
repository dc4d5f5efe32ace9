"""Tables of the figures that workshops of a network share: what is chosen, who agreed, what was counted, who reads.

Primary data. A count keeps no number that is too small to be told. Nothing is changed but for the columns that say who
took a row back, when and why.
"""

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base, Position
from hub.noted import Noted, TakenBack


class PoolChoice(Noted, Base):
    """Primary: which figures a network shares, codes of `hub.figures.contributions` by commas; the newest holds."""

    __tablename__ = "pool_choice"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"), index=True)
    figures: Mapped[str] = mapped_column(String(200))


class PoolAgreement(Noted, TakenBack, Base):
    """Primary: a partner lets these figures be counted, under its name or without it."""

    __tablename__ = "pool_agreement"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"), index=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)
    figures: Mapped[str] = mapped_column(String(200))
    named: Mapped[bool]


class PoolCount(Noted, Base):
    """Primary: what one workshop had in a half-year that is over, as it was counted once under its agreement."""

    __tablename__ = "pool_count"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("pool_agreement.id"), index=True)
    half: Mapped[str] = mapped_column(String(8))
    document: Mapped[str] = mapped_column(Text)  # JSON, as it was counted
    __table_args__ = (UniqueConstraint("agreement_id", "half"),)


class PoolReader(Noted, TakenBack, Base):
    """Primary: a reader without account who holds a link; of the link only a hash is kept."""

    __tablename__ = "pool_reader"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)

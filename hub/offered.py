"""Tables of the exchange board between workshops: offers, their review, what was written about them, how they ended.

Primary data. Nothing is changed but for the columns that say who took an end back, when and why. No row names a device.
"""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.base import Base, Position, new_id
from hub.noted import Noted, TakenBack
from hub.partnered import Network, Partner


class Offer(Noted, Base):
    """Primary: what a workshop has too much of. `partner_id` None: the workshop that runs this hub offers it."""

    __tablename__ = "surplus_offer"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"), index=True)
    partner_id: Mapped[str | None] = mapped_column(ForeignKey("partner.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(String(200))
    number: Mapped[int]
    grams: Mapped[int]  # all of it together
    weighed: Mapped[bool]  # else by the default weight of its kind
    value_cents: Mapped[int]  # all of it together, as it was declared
    network: Mapped[Network] = relationship()
    partner: Mapped[Partner | None] = relationship()


class OfferReview(Noted, Base):
    """Primary: whether an offer was published; there is one for each offer at most."""

    __tablename__ = "surplus_review"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    offer_id: Mapped[str] = mapped_column(ForeignKey("surplus_offer.id"), unique=True)
    published: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(500))


class OfferMessage(Noted, Base):
    """Primary: what somebody of a workshop wrote on the page of an offer."""

    __tablename__ = "surplus_message"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    offer_id: Mapped[str] = mapped_column(ForeignKey("surplus_offer.id"), index=True)
    partner_id: Mapped[str | None] = mapped_column(ForeignKey("partner.id"))
    text: Mapped[str] = mapped_column(Text)
    partner: Mapped[Partner | None] = relationship()


class OfferEnd(Noted, TakenBack, Base):
    """Primary: what became of an offer; the one that was not taken back holds. `outcome`: exchanged, thrown, gone."""

    __tablename__ = "surplus_end"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    offer_id: Mapped[str] = mapped_column(ForeignKey("surplus_offer.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(16))
    receiver: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(500))

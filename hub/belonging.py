"""Tables of who belongs where: people to a partner or a network (coordinator), benches and donors to a partner.

Primary data, one row per person or bench. Who or what has no row belongs to the workshop that runs this hub.
"""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base


class Belonging(Base):
    """Primary: the partner or the network that a person works for: exactly one of the two is set."""

    __tablename__ = "belonging"
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    partner_id: Mapped[str | None] = mapped_column(ForeignKey("partner.id"), index=True)
    network_id: Mapped[str | None] = mapped_column(ForeignKey("network.id"), index=True)


class StationBelonging(Base):
    """Primary: the partner whose bench this is: of whoever made the token by which it was enrolled."""

    __tablename__ = "station_belonging"
    station_id: Mapped[str] = mapped_column(ForeignKey("station.id"), primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)


class DonorBelonging(Base):
    """Primary: a partner that recorded a donor by name, so that it may open the first lot of this donor."""

    __tablename__ = "donor_belonging"
    donor_id: Mapped[str] = mapped_column(ForeignKey("donor.id"), primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), primary_key=True, index=True)

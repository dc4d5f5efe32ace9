"""Table of who belongs where: to a partner (workshop, distributor, prescriber) or to a whole network (coordinator).

Primary data, one row per person. Whoever has no row belongs to the workshop that runs this hub.
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

"""Tables of how people get in, beside their password: links that give a first or a new one, and the second factor.

Primary data. Of every token only the hash is stored. The secret of a second factor has to be kept as it is: who reads
the database of a hub can compute its codes, and needs the password as well.
"""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base


class Invitation(Base):
    """Primary: a link with which one person chooses a password, once."""

    __tablename__ = "invitation"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created: Mapped[datetime]
    expires: Mapped[datetime]
    used: Mapped[datetime | None]


class SecondFactor(Base):
    """Primary: the shared secret of one person's code generator; it counts only once `confirmed`."""

    __tablename__ = "second_factor"
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(String(64))  # base32
    created: Mapped[datetime]
    confirmed: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)  # of the last code taken: none is taken twice
    spare: Mapped[list[str]] = mapped_column(JSON, default=list)  # SHA-256 of the codes on paper that are left


class HalfSession(Base):
    """Primary: somebody whose password was right and whose code is still to come."""

    __tablename__ = "half_session"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    expires: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)

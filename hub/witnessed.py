"""Tables of the witnesses that this hub asks to cosign its log. What they signed stands in `log_cosignature`."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base, Position
from hub.noted import Noted, TakenBack


class LogWitness(Base):
    """Primary: a witness by its key; `ended` when it is asked no more. Times of its last answer and of the next try.

    `private`: its address may lie in a network that is not public.
    """

    __tablename__ = "log_witness"
    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(400))
    vkey: Mapped[str] = mapped_column(String(400))
    private: Mapped[bool] = mapped_column(default=False)
    added: Mapped[datetime]
    ended: Mapped[datetime | None]
    answered: Mapped[datetime | None]
    silent_since: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(String(200), default="")
    tries: Mapped[int] = mapped_column(default=0)
    due: Mapped[datetime]
    held_until: Mapped[datetime | None]


class WitnessChange(Noted, TakenBack, Base):
    """Primary: somebody asks, for a network, that a witness be asked or asked no more; another person agrees.

    `change`: add or remove. Of a removal only `kid` and `name` are told.
    """

    __tablename__ = "witness_change"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    change: Mapped[str] = mapped_column(String(8))
    kid: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(400), default="")
    vkey: Mapped[str] = mapped_column(String(400), default="")
    private: Mapped[bool] = mapped_column(default=False)
    agreed: Mapped[datetime | None]
    agreed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))

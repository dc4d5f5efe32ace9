"""Tables of certificates that count no more: who asked for it and who agreed, and what the hub signed of it."""

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, ForeignKey, String, exists
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base, Position
from hub.models import Certificate
from hub.noted import Noted, TakenBack


class CertificateRecall(Noted, TakenBack, Base):
    """Primary: a lead asks that a certificate be taken back or replaced; signed once `agreed`, where two are needed.

    `why`: a code of `certificates.statement` (REPLACED, TAKEN_BACK); `note`: in words, for the workshop.
    """

    __tablename__ = "certificate_recall"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    certificate_id: Mapped[str] = mapped_column(String(36), index=True)
    why: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(String(1000))
    agreed: Mapped[datetime | None]
    agreed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    agreed_name: Mapped[str] = mapped_column(String(120), default="")


class Superseded(Base):
    """Derived: the newest word of the hub about a certificate that counts no more, by statement ids; `new` or "".

    `why`: a code of `certificates.statement`, or DISPUTED: the key that signed it was compromised by then.
    """

    __tablename__ = "superseded"
    statement_id: Mapped[str] = mapped_column(String(64), primary_key=True)  # of the certificate
    new: Mapped[str] = mapped_column(String(64))
    why: Mapped[str] = mapped_column(String(16))
    position: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]


DISPUTED: Final = "disputed"
# that a certificate is neither taken back nor replaced: what a lot has, what a file holds, what is counted
IN_FORCE: Final = ~exists().where(Superseded.statement_id == Certificate.statement_id)

"""The table of names that statements without a lot gave: by these they are found once such a device is known."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base


class WaitingName(Base):
    """Derived: the tag that a statement without a lot named, or the serial of its machine; none of the empty ones."""

    __tablename__ = "waiting_name"
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(400), primary_key=True, index=True)

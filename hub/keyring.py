"""Tables of keys: what registry statements say of each, as it was judged when they were stored, and the root files.

A change of a key is one row for each registry statement of the ledger that is no opening of a shard. It takes effect at
a position of the ledger: its own where one person decides, that of the approving statement where two do.
"""

from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base


class KeyChange(Base):
    """Ledger: a registry statement. `kid` is the key that it speaks of, "" for an approval; `signer` the key under it.

    `effective`: the position at which it holds; None while it waits for a second person, and of an approval.
    """

    __tablename__ = "key_change"
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    statement_id: Mapped[str] = mapped_column(String(64), unique=True)
    change: Mapped[str] = mapped_column(String(16))
    kid: Mapped[str] = mapped_column(String(64), index=True)
    public: Mapped[str] = mapped_column(String(64), default="")
    role: Mapped[str] = mapped_column(String(16), default="")
    name: Mapped[str] = mapped_column(String(400), default="")
    replaces: Mapped[str] = mapped_column(String(64), default="")
    last_good_seq: Mapped[int | None] = mapped_column(BigInteger)
    last_good_index: Mapped[int | None] = mapped_column(BigInteger)
    shard: Mapped[str] = mapped_column(String(16), default="")
    approves: Mapped[str] = mapped_column(String(64), default="")
    signer: Mapped[str] = mapped_column(String(64))
    said_by: Mapped[str] = mapped_column(String(128))
    at: Mapped[datetime]
    effective: Mapped[int | None] = mapped_column(BigInteger, index=True)


class RootVersion(Base):
    """Primary: a version of the root file, in its one form in bytes. Versions follow one another without a gap."""

    __tablename__ = "root_version"
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[bytes] = mapped_column(LargeBinary)
    installed: Mapped[datetime]

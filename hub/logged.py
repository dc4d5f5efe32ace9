"""Tables of the log (C2SP tlog-tiles over RFC 6962): its shards, hash tiles, signed checkpoints and cosignatures.

Part of the ledger. Its entries are the rows of `ledger` themselves: entry `index` of a shard is the row at position
`first + index`. What stands here is signed or can be proven against what is signed; nothing of it is ever recomputed.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base, Position


class LogShard(Base):
    """Ledger: one tree. `state`: open, closed, frozen; only the one with the highest `number` can be open.

    `size`: entries that are in its tiles; `origin` and `vkey` are fixed when it opens.
    """

    __tablename__ = "log_shard"
    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    origin: Mapped[str] = mapped_column(String(256), unique=True)
    vkey: Mapped[str] = mapped_column(String(400))
    first: Mapped[int] = mapped_column(BigInteger)
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(Text, default="")
    opened: Mapped[datetime]


class LogTile(Base):
    """Ledger: tile `number` of a level of a tree: 1 to 256 hashes of 32 bytes; it grows at its end until it is full."""

    __tablename__ = "log_tile"
    shard: Mapped[str] = mapped_column(ForeignKey("log_shard.name"), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)


class LogCheckpoint(Base):
    """Ledger: a checkpoint as it was signed, without cosignatures; `number` counts those of a shard from 1."""

    __tablename__ = "log_checkpoint"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    shard: Mapped[str] = mapped_column(ForeignKey("log_shard.name"))
    number: Mapped[int] = mapped_column(BigInteger)
    size: Mapped[int] = mapped_column(BigInteger)
    root: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text)
    signed: Mapped[datetime]
    __table_args__ = (UniqueConstraint("shard", "size"), UniqueConstraint("shard", "number"))


class LogCosignature(Base):
    """Ledger: the line of a witness under a checkpoint; one for each key (`kid`), at its `time` in Unix seconds."""

    __tablename__ = "log_cosignature"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("log_checkpoint.id"))
    kid: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    time: Mapped[int] = mapped_column(BigInteger)
    line: Mapped[str] = mapped_column(Text)
    received: Mapped[datetime]
    __table_args__ = (UniqueConstraint("checkpoint_id", "kid"),)

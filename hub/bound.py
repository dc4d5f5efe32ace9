"""Table of the binders that people asked for: all certificates of a lot as one PDF, made by the hub after the request.

Primary data. A row stays when its file has gone: who asked for what, and when, is on record.
"""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base, new_id


class Binder(Base):
    """Primary: one binder. `state`: waiting, running, ready, failed, expired. The file is in the data folder."""

    __tablename__ = "binder"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    lang: Mapped[str] = mapped_column(String(2))
    contents: Mapped[list[dict[str, str]]] = mapped_column(JSON)  # id, number, model, serial, group; as asked for
    contents_sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), index=True)
    done: Mapped[int] = mapped_column(default=0)  # certificates read so far
    total: Mapped[int]
    asked: Mapped[datetime]
    by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str] = mapped_column(String(120))
    worker: Mapped[str] = mapped_column(String(36), default="")
    held_until: Mapped[datetime | None]  # after that another worker may take it: this one has gone
    tries: Mapped[int] = mapped_column(default=0)
    ended: Mapped[datetime | None]
    expires: Mapped[datetime | None]
    size: Mapped[int] = mapped_column(BigInteger, default=0)  # bytes of the file
    sha256: Mapped[str] = mapped_column(String(64), default="")
    problem: Mapped[str] = mapped_column(String(16), default="")  # why it failed: changed, file, disk, tries

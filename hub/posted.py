"""Tables of the post: messages that wait, are sent or were given up, and who wants which of them.

Primary data. A message is kept as its kind and its facts and put into words when it is sent; the facts of a message
that is over are emptied, because a link in them is worth a password.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base, new_id


class Letter(Base):
    """Primary: one message to one person. `state`: waiting, sent, failed, dropped; `once` keeps doubles out."""

    __tablename__ = "letter"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    once: Mapped[str] = mapped_column(String(120), unique=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    facts: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    asked: Mapped[datetime]
    due: Mapped[datetime]
    expires: Mapped[datetime]  # after it the message says nothing any more
    tries: Mapped[int] = mapped_column(default=0)
    held_until: Mapped[datetime | None]
    ended: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(String(120), default="")
    __table_args__ = (Index("ix_letter_state_due", "state", "due"),)


class Wish(Base):
    """Primary: a sort of message that somebody asked for; without a row it is not sent. Deleted when taken back."""

    __tablename__ = "letter_wish"
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    at: Mapped[datetime]

"""Columns that tables of people's acts share: who wrote a row and when, who took it back and why."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column


class Noted:
    """The columns that say who wrote a row, and when."""

    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str] = mapped_column(String(120))


class TakenBack:
    """The columns that say who took a row back, when and why."""

    withdrawn: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_reason: Mapped[str] = mapped_column(String(500), default="")

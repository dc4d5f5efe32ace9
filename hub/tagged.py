"""Table of the series of asset tags: which numbers were issued, by whom, on which sheet. No number is issued twice.

Primary data. A range is never taken back: a sheet that was spoilt is thrown away, its numbers are not used again.
"""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.base import Base, Position
from hub.noted import Noted


class TagRange(Noted, Base):
    """Primary: tags of one series, `first` to `last`, and the sheet for which they were made."""

    __tablename__ = "tag_range"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    series: Mapped[str] = mapped_column(String(4))
    first: Mapped[int]
    last: Mapped[int]
    sheet: Mapped[str] = mapped_column(String(32))
    start: Mapped[int]  # place of the first label on its sheet, from 1
    each: Mapped[int]  # labels of each tag: 1, or 3 (device, battery, charger)
    __table_args__ = (UniqueConstraint("series", "first"),)

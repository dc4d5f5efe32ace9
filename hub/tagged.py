"""Tables of asset tags: which numbers were issued, by whom, on which sheet, and the sheets printed for a lot.

Primary data. A range is never taken back: a sheet that was spoilt is thrown away, its numbers are not used again. That
a sheet was printed for a lot says nothing about its devices: it is a help, and no lot waits for it.
"""

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
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


class TagSheet(Noted, Base):
    """Primary: the labels of some devices of a lot, printed on one sheet or several."""

    __tablename__ = "tag_sheet"
    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), index=True)
    devices: Mapped[list[str]] = mapped_column(JSON)  # their identifiers, in the order of the labels
    sheet: Mapped[str] = mapped_column(String(32))
    start: Mapped[int]  # place of the first label on its sheet, from 1
    each: Mapped[int]  # labels of each device: 1, or 3 (device, battery, charger)

"""What most lots have none of, asked at once: a page would ask for each by itself, and hear nothing every time.

Only a session that reads, and has written nothing, is told: what it heard once holds for all that it reads.
"""

from typing import Any, Final

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from hub.accounted import DriveRecord, LotClosing
from hub.base import Base
from hub.bound import Binder
from hub.database import plain_rows
from hub.partnered import LotPartner
from hub.sampled import SampledDrive, SampleReading
from hub.tagged import TagSheet
from hub.unchanged import is_reading

RARE: Final[tuple[type[Base], ...]] = (
    *(DriveRecord, SampledDrive, SampleReading, LotClosing, Binder, LotPartner, TagSheet),
)
HEARD: Final = "hub.rare"  # in `Session.info`: the transaction that asked, and what was heard by lot


def has_none(session: Session, lot_id: str, table: type[Base]) -> bool:
    """Whether a lot surely has no row of one of these tables; False where it has to be asked for, always in writing."""
    if not is_reading(session):
        return False
    transaction, heard = session.info.get(HEARD, (None, {}))
    if transaction is None or transaction is not session.get_transaction():
        heard = {}
        session.info[HEARD] = session.get_transaction(), heard
    if lot_id not in heard:
        heard[lot_id] = dict(zip(RARE, plain_rows(session, _HAS, lot=lot_id)[0], strict=True))
    return not heard[lot_id][table]


def _of_lot(table: Any) -> Any:
    return exists().where(table.lot_id == bindparam("lot"))


_HAS: Final = select(*map(_of_lot, RARE))

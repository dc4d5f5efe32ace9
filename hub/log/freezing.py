"""A person ends a shard and opens the next one. Nothing is taken away; what the old shard proves stays proven.

What it can prove no more, because a row or a tile of it is damaged, is logged again in the new shard: that begins
behind the last checkpoint before the first fault, or behind the last row that is damaged itself.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.context import Hub
from hub.errors import BadInput
from hub.ledger.append import lock_ledger
from hub.log.entries import COLUMNS, claimed, differing, end_of_ledger
from hub.log.fsck import Report
from hub.log.key import NoteSigner
from hub.log.shards import OPEN, freeze, lock_log, newest_shard, open_next
from hub.logged import LogCheckpoint, LogShard
from hub.models import LedgerEntry


@dataclass(frozen=True, slots=True)
class Opened:
    """The shard that ended, the one that began, at which position, and how many entries of before it logs again."""

    old: str
    new: str
    first: int
    again: int


def freeze_and_open(hub: Hub, report: Report, reason: str, signer: NoteSigner | None = None) -> Opened:
    """Freeze the newest shard and open the next; `report` is of a search just before. Raises BadInput without a log.

    `signer` is the key of the next shard, None: the key in use, made where it is lost.
    """
    with hub.sessions().begin() as session:
        lock_ledger(session)
        lock_log(session)
        shard = newest_shard(session)
        if shard is None:
            raise BadInput("there is no log yet: it begins when the hub serves", "log")
        if shard.state == OPEN:
            freeze(session, shard, reason, hub.clock())
            session.refresh(shard)
        end = end_of_ledger(session)
        first = _first(session, shard, report.faulty.get(shard.name), end)
        new = open_next(session, shard, first, hub.clock(), signer)
        return Opened(shard.name, new.name, new.first, end + 1 - new.first)


def _first(session: Session, shard: LogShard, faulty: int | None, end: int) -> int:
    query = select(LogCheckpoint.size).where(LogCheckpoint.shard == shard.name)
    if faulty is not None:
        query = query.where(LogCheckpoint.size <= faulty)
    held = session.scalar(query.order_by(LogCheckpoint.size.desc()).limit(1)) or 0
    first = expected = shard.first + held
    rows = select(*COLUMNS, LedgerEntry.kind, LedgerEntry.prev, LedgerEntry.envelope)
    rows = rows.where(LedgerEntry.position.between(first, end)).order_by(LedgerEntry.position)
    for row in session.execute(rows.execution_options(yield_per=256)):
        said = claimed(row.envelope)
        if row.position != expected:
            first = row.position
        if said is None or differing(row, said):
            first = row.position + 1
        expected = row.position + 1
    return first

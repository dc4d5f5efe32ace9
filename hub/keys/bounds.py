"""Bounds of a compromised key as places of the ledger, and what lies above them. Deletes nothing.

Above a bound is what has a higher number in the chain of the key, or a later place in the log: each by itself, so that
a thief cannot fill an old gap (trust reference, 3.4).
"""

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from hub.errors import BadInput
from hub.keyring import KeyChange
from hub.logged import LogShard
from hub.models import Certificate, DecisionWord, Erasure, LedgerEntry
from hub.recalled import DISPUTED, Superseded


def require_shard(session: Session, shard: str, index: int) -> None:
    """Raise BadInput where a bound names no shard of this log, or an entry that is not there."""
    last = session.scalar(select(LedgerEntry.position).order_by(LedgerEntry.position.desc()).limit(1)) or 0
    first = _first(session, shard)
    following = session.scalar(select(func.min(LogShard.first)).where(LogShard.first > (first or 0)))
    if first is None or first + index > min(last, (following or last + 1) - 1):
        raise BadInput(f"the log has no entry {index} in a shard {shard}")


def mark_disputed(session: Session, position: int) -> None:
    """Mark what lies above the bounds of the compromise that holds at this position of the ledger, if one does.

    A run of a bench is in dispute for ever; a decision and a certificate of the hub count no more, and their run waits
    for a decision again, which the next key signs.
    """
    query = select(KeyChange).where(KeyChange.effective == position, KeyChange.change == "compromise")
    for change in session.scalars(query).all():
        above = (
            LedgerEntry.kid == change.kid,
            or_(LedgerEntry.seq > (change.last_good_seq or 0), LedgerEntry.position > _last_good(session, change)),
        )
        session.flush()
        runs = select(LedgerEntry.position).where(*above)
        session.execute(update(Erasure).where(Erasure.position.in_(runs)).values(disputed=True))
        _decide_again(session, change, select(LedgerEntry.id).where(*above))


def _decide_again(session: Session, change: KeyChange, signed: Select[str]) -> None:
    """Take the decisions and certificates among these statements out of force: the key of a hub signs such."""
    certificates = session.scalars(select(Certificate).where(Certificate.statement_id.in_(signed))).all()
    known = set(session.scalars(select(Superseded.statement_id).where(Superseded.statement_id.in_(signed))))
    for one in certificates:
        if one.statement_id in known:
            continue  # it was replaced or taken back before
        session.add(
            Superseded(statement_id=one.statement_id, new="", why=DISPUTED, position=change.effective, at=change.at)
        )
    issued = select(Certificate.id).where(Certificate.statement_id.in_(signed))
    undecided = or_(Erasure.validation_id.in_(signed), Erasure.certificate_id.in_(issued))
    waiting = {"decision": DecisionWord.AWAITING, "validation_id": None, "certificate_id": None}
    session.execute(update(Erasure).where(undecided).values(**waiting))


def _last_good(session: Session, change: KeyChange) -> int:
    """The position of the last entry that is good; 0, so that none is, where the shard is not known."""
    first = _first(session, change.shard)
    return first + (change.last_good_index or 0) if first is not None else 0


def _first(session: Session, shard: str) -> int | None:
    return session.scalar(select(LogShard.first).where(LogShard.name == shard))

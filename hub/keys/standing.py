"""How each key stands: the changes of the ledger that hold, one after the other. Decides nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.position import shard_order
from certificates.trust import Status
from hub.keyring import KeyChange

GONE: frozenset[Status] = frozenset({"retired", "compromised"})


@dataclass(frozen=True, slots=True)
class KeyStanding:
    """One key. `ended` is the statement that ended it, by the position at which that holds; 0 while it is active.

    Of a compromised key `shard`, `last_good_index` and `last_good_seq` are the tightest bounds that were named.
    """

    kid: str
    public: str
    role: str
    name: str
    status: Status = "active"
    ended: int = 0
    shard: str = ""
    last_good_index: int = 0
    last_good_seq: int = 0


def standings(session: Session) -> Mapping[str, KeyStanding]:
    """Every key of which a registry statement that holds has spoken, by key id."""
    query = select(KeyChange).where(KeyChange.effective.is_not(None))
    return fold(session.scalars(query.order_by(KeyChange.effective, KeyChange.position)))


def fold(changes: Iterable[KeyChange]) -> Mapping[str, KeyStanding]:
    """The same of changes in the order in which they hold."""
    found: dict[str, KeyStanding] = {}
    for change in changes:
        at = change.effective or 0
        old = found.get(change.kid) or KeyStanding(change.kid, change.public, change.role, change.name)
        if change.change == "rotate" and change.replaces in found:
            found[change.replaces] = _retired(found[change.replaces], at)
        if change.change == "compromise":
            found[change.kid] = _compromised(old, change, at)
        else:
            found[change.kid] = _retired(old, at) if change.change == "retire" else old
    return found


def _retired(key: KeyStanding, at: int) -> KeyStanding:
    return replace(key, status="retired", ended=at) if key.status == "active" else key


def _compromised(key: KeyStanding, change: KeyChange, at: int) -> KeyStanding:
    """Both bounds at their tightest: an index in an older shard is the tighter one."""
    index, seq, shard = change.last_good_index or 0, change.last_good_seq or 0, change.shard
    if key.status == "compromised":
        (_, index), shard = min(
            ((shard_order(key.shard), key.last_good_index), key.shard), ((shard_order(shard), index), shard)
        )
        seq = min(seq, key.last_good_seq)
    return replace(key, status="compromised", ended=at, shard=shard, last_good_index=index, last_good_seq=seq)

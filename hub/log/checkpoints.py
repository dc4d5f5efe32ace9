"""Checkpoints that a tree is held against: the stored ones, and notes that somebody shows."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.errors import ProofError
from certificates.note import Checkpoint, NoteKey, verify_note
from hub.log.findings import Finding
from hub.log.shards import key_of
from hub.logged import LogCheckpoint, LogShard


@dataclass(frozen=True, slots=True)
class Signed:
    """Size and root that were signed. `sort` and `name` say in a finding what it is: checkpoint 7, or a file."""

    sort: str
    name: dict[str, Any]
    size: int
    root: bytes


def stored_checkpoints(session: Session, shard: LogShard, faults: list[Finding]) -> list[Signed]:
    """The stored checkpoints of a shard whose notes the log signed; what is wrong with them goes to `faults`."""
    known = shard.state == "frozen"

    def find(code: str, **facts: Any) -> None:
        faults.append(Finding(code, {**facts, "shard": shard.name}, known))

    try:
        key = key_of(shard)
    except ProofError as error:
        find("shard.key", why=str(error))
        return []
    found, expected = list[Signed](), 1
    query = select(LogCheckpoint).where(LogCheckpoint.shard == shard.name).order_by(LogCheckpoint.number)
    for row in session.scalars(query.execution_options(yield_per=500)):
        while expected < row.number:
            find("checkpoint.missing", number=expected)
            expected += 1
        expected = row.number + 1
        said = _opened(row, key)
        if isinstance(said, str):
            find("checkpoint.signature", number=row.number, why=said)
            continue
        if (said.size, said.root.hex()) != (row.size, row.root):
            find("checkpoint.columns", number=row.number)
        found.append(Signed("checkpoint", {"number": row.number}, said.size, said.root))
    return found


def _opened(row: LogCheckpoint, key: NoteKey) -> Checkpoint | str:
    try:
        return verify_note(row.note, key, (), 0).checkpoint
    except ProofError as error:
        return str(error)

"""The chain of one key: what a new statement is to what is already there. Decides nothing about its content."""

from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.statement import GENESIS
from hub.ledger.append import head_of
from hub.models import LedgerEntry


class ChainWord(StrEnum):
    """How a statement fits the chain of its key."""

    NEXT = "next"
    GAP = "gap"
    FILLS = "fills"
    FORK = "fork"


def judge_link(session: Session, statement_id: str, payload: dict[str, Any]) -> ChainWord:
    """Fork, when the place is taken or a neighbour says another id; else next, a gap before it, or a gap filled."""
    kid, seq, prev = payload["kid"], payload["seq"], payload["prev"]
    near = {
        row.seq: (row.id, row.prev)
        for row in session.execute(
            select(LedgerEntry.seq, LedgerEntry.id, LedgerEntry.prev).where(
                LedgerEntry.kid == kid, LedgerEntry.seq.between(seq - 1, seq + 1)
            )
        )
    }
    before = GENESIS if seq == 1 else near.get(seq - 1, (None, ""))[0]
    after = near.get(seq + 1)
    if seq in near or (before is not None and before != prev) or (after is not None and after[1] != statement_id):
        return ChainWord.FORK
    head, _ = head_of(session, kid)
    if seq < head:
        return ChainWord.FILLS
    return ChainWord.NEXT if seq == head + 1 else ChainWord.GAP


def gaps(session: Session, kid: str) -> tuple[tuple[int, int], ...]:
    """The missing places of a chain, as (first, last)."""
    found, expected = [], 1
    for seq in session.scalars(select(LedgerEntry.seq).where(LedgerEntry.kid == kid).order_by(LedgerEntry.seq)):
        if seq > expected:
            found.append((expected, seq - 1))
        expected = seq + 1
    return tuple(found)

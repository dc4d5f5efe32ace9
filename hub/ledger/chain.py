"""The chain of one key: what a new statement is to what is already there. Decides nothing about its content."""

from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.statement import GENESIS
from certificates.verify import Link
from hub.models import LedgerEntry

Neighbours = Mapping[int, tuple[str, str]]  # id and prev by seq


class ChainWord(StrEnum):
    """How a statement fits the chain of its key."""

    NEXT = "next"
    GAP = "gap"
    FILLS = "fills"
    FORK = "fork"


def judge_link(statement_id: str, link: Link, near: Neighbours, head: int) -> ChainWord:
    """Fork, when the place is taken or a neighbour says another id; else next, a gap before it, or a gap filled.

    `near` has what is at its place and at the two beside it; `head` is the highest seq of the key, 0 before the first.
    """
    seq = link.seq
    before = GENESIS if seq == 1 else near.get(seq - 1, (None, ""))[0]
    after = near.get(seq + 1)
    if seq in near or (before is not None and before != link.prev) or (after is not None and after[1] != statement_id):
        return ChainWord.FORK
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

"""The key statements behind signed statements: what the registry says of the key under each, with who approved it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.envelope import SignedEnvelope
from hub.keyring import KeyChange
from hub.models import LedgerEntry


def key_statements(session: Session, statement_ids: Sequence[str]) -> Mapping[str, Sequence[SignedEnvelope]]:
    """By statement, in the order of the ledger: the changes of its key that hold, and the approvals of these."""
    signed = select(LedgerEntry.id, LedgerEntry.kid).where(LedgerEntry.id.in_(statement_ids))
    kids = {row.id: row.kid for row in session.execute(signed)}
    changes = select(KeyChange.statement_id, KeyChange.kid).where(KeyChange.effective.is_not(None))
    whose = {row.statement_id: row.kid for row in session.execute(changes.where(KeyChange.kid.in_(kids.values())))}
    approvals = select(KeyChange.statement_id, KeyChange.approves).where(KeyChange.approves.in_(whose))
    whose |= {row.statement_id: whose[row.approves] for row in session.execute(approvals)}
    rows = select(LedgerEntry.id, LedgerEntry.envelope).where(LedgerEntry.id.in_(whose)).order_by(LedgerEntry.position)
    said: dict[str, list[SignedEnvelope]] = defaultdict(list)
    for row in session.execute(rows):
        said[whose[row.id]].append(SignedEnvelope(row.envelope))
    return {one: said[kids[one]] if one in kids else [] for one in statement_ids}

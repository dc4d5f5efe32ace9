"""What the policies in force make of each diagnosis: derived rows, a pure function of the ledger and of the uses.

A use concerns every statement up to the one at which it ended, so that a rebuild gives the same rows. The evidence and
the bench's own grade are read, never written.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import product

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from hub.grades.policies import KINDS, SitePolicy, read_policy
from hub.models import Assessment, Diagnostic, GradePolicyFile, GradePolicyUse

Current = dict[str, Assessment]  # by kind
LONGEST_WORD = 16


def assess_diagnostics(session: Session, diagnostics: Sequence[Diagnostic]) -> None:
    """Write what every use that concerns these diagnoses makes of them; what is written already stays."""
    if not diagnostics:
        return
    uses = session.scalars(select(GradePolicyUse).order_by(GradePolicyUse.id)).all()
    of_these = Assessment.statement_id.in_([diagnostic.statement_id for diagnostic in diagnostics])
    written = {(row.use_id, row.statement_id) for row in session.scalars(select(Assessment).where(of_these))}
    for diagnostic, use in product(diagnostics, uses):
        concerned = use.until_position is None or use.until_position >= diagnostic.position
        if concerned and (use.id, diagnostic.statement_id) not in written:
            session.add(assessment(use, diagnostic))


def assess_all(session: Session, use: GradePolicyUse) -> int:
    """Write what a use makes of every diagnosis that it concerns and has not judged; returns how many."""
    judged = select(Assessment.statement_id).where(Assessment.use_id == use.id)
    query = select(Diagnostic).where(Diagnostic.statement_id.not_in(judged)).order_by(Diagnostic.position)
    if use.until_position is not None:
        query = query.where(Diagnostic.position <= use.until_position)
    rows = [assessment(use, diagnostic) for diagnostic in session.scalars(query)]
    session.add_all(rows)
    session.flush()
    return len(rows)


def assessment(use: GradePolicyUse, diagnostic: Diagnostic) -> Assessment:
    """What a use makes of one diagnosis."""
    word, document = _policy(use.policy.content).judge(diagnostic.payload["report"], diagnostic.received.year)
    return Assessment(use_id=use.id, statement_id=diagnostic.statement_id, word=word[:LONGEST_WORD], document=document)


def uses_in_force(session: Session) -> dict[str, GradePolicyUse]:
    """The use in force of each kind that has one."""
    query = (
        select(GradePolicyUse)
        .join(GradePolicyFile)
        .options(joinedload(GradePolicyUse.policy))
        .where(GradePolicyUse.until_position.is_(None))
    )
    return {use.policy.kind: use for use in session.scalars(query)}


def current(session: Session, statement_ids: Iterable[str]) -> dict[str, Current]:
    """The assessments in force of these diagnoses, by statement and kind; nothing where the bench's grade stands."""
    in_force = uses_in_force(session)
    query = select(Assessment).where(
        Assessment.statement_id.in_(list(statement_ids)), Assessment.use_id.in_([use.id for use in in_force.values()])
    )
    kinds = {in_force[kind].id: kind for kind in KINDS if kind in in_force}
    found: dict[str, Current] = {}
    for row in session.scalars(query):
        found.setdefault(row.statement_id, {})[kinds[row.use_id]] = row
    return found


def assessments_of(session: Session, statement_id: str) -> tuple[Assessment, ...]:
    """Everything that policies ever made of one diagnosis, oldest first, with use, policy and person."""
    query = (
        select(Assessment)
        .options(joinedload(Assessment.use).joinedload(GradePolicyUse.policy))
        .options(joinedload(Assessment.use).joinedload(GradePolicyUse.person))
        .where(Assessment.statement_id == statement_id)
        .order_by(Assessment.use_id)
    )
    return tuple(session.scalars(query))


@lru_cache(maxsize=32)
def _policy(content: bytes) -> SitePolicy:
    return read_policy(content)

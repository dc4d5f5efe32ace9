"""What was found at a partner: the score of the audit, the two checklists, the maturity audit, and dated acts.

A new evaluation is a new row, begun from the answers of the last; the newest of its kind holds.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import audit
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.errors import BadInput
from hub.models import Person
from hub.partnered import Evaluation, Partner
from hub.partners import checklists, maturity
from hub.partners.documents import day_of
from hub.partners.gates import exact
from hub.partners.register import LONGEST
from hub.scope import require_networker
from hub.typed import one_line

# a result of a test was typed once; it is counted now (`conformity`), and the old rows stay readable
CONTACT, AUDIT, READ, WISH, TEST = "contact", "audit", "documents-read", "wish-to-test", "test-result"
ADMINISTRATIVE, TECHNICAL = checklists.ADMINISTRATIVE, checklists.TECHNICAL
MATURITY = "maturity"


def evaluate(
    session: Session, person: Person, partner: Partner, kind: str, told: Mapping[str, str], *, note: str = ""
) -> Evaluation:
    """Keep an evaluation. `told` has the typed fields and `day`. Raises Forbidden, BadInput."""
    require_networker(session, person)
    today = hub_of(session).clock().date().isoformat()
    day = day_of(told.get("day", "")) or today
    if day > today:
        raise BadInput("this day has not come yet", "day")
    note = one_line(note, LONGEST)
    refuse_claims(note)
    row = Evaluation(
        partner_id=partner.id,
        kind=kind,
        day=day,
        document=_document(kind, told),
        note=note,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "partner.evaluate", partner.id, f"{kind} {day} {note}".strip())
    return row


def evaluations(session: Session, person: Person, partner: Partner) -> tuple[Evaluation, ...]:
    """Every evaluation of a partner, the newest first. Raises Forbidden."""
    require_networker(session, person)
    query = select(Evaluation).where(Evaluation.partner_id == partner.id)
    return tuple(session.scalars(query.order_by(Evaluation.id.desc())))


def newest(session: Session, person: Person, partner: Partner) -> dict[str, Evaluation]:
    """The evaluation that holds, by kind. Raises Forbidden."""
    return {row.kind: row for row in reversed(evaluations(session, person, partner))}


def _document(kind: str, told: Mapping[str, str]) -> dict[str, Any]:
    if kind == AUDIT:
        return _audit(told)
    if kind in {ADMINISTRATIVE, TECHNICAL}:
        return checklists.answered(kind, told, checklists.shipped())
    if kind == MATURITY:
        return maturity.answered(told, maturity.shipped())
    if kind in {CONTACT, READ, WISH}:
        return {}
    raise BadInput("choose a kind of evaluation", "evaluation")


def _audit(told: Mapping[str, str]) -> dict[str, Any]:
    score, scale = exact(told.get("score", "")), exact(told.get("scale", ""))
    if score is None or scale is None or not 0 <= score <= scale or scale == 0:
        raise BadInput("write the score and its scale as numbers, such as 6,5 of 10", "score")
    return {"score": str(score), "scale": str(scale)}

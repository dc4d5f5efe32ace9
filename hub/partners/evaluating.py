"""What was found at a partner: the score of the audit, the two checklists, dated acts, and what the test came to.

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
from hub.partners import checklists
from hub.partners.documents import day_of
from hub.partners.gates import exact
from hub.partners.register import LONGEST
from hub.scope import require_networker
from hub.typed import one_line

CONTACT, AUDIT, READ, WISH, TEST = "contact", "audit", "documents-read", "wish-to-test", "test-result"
ADMINISTRATIVE, TECHNICAL = checklists.ADMINISTRATIVE, checklists.TECHNICAL
KINDS = (CONTACT, AUDIT, READ, WISH, ADMINISTRATIVE, TECHNICAL, TEST)
MOST = 100_000


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
    if kind == TEST:
        delivered, bad = _number(told, "delivered"), _number(told, "nonconforming")
        if bad > delivered:
            raise BadInput("a device counts once: no more non-conforming ones than delivered ones", "test-result")
        return {"delivered": delivered, "nonconforming": bad}
    if kind in {CONTACT, READ, WISH}:
        return {}
    raise BadInput("choose a kind of evaluation", "evaluation")


def _audit(told: Mapping[str, str]) -> dict[str, Any]:
    score, scale = exact(told.get("score", "")), exact(told.get("scale", ""))
    if score is None or scale is None or not 0 <= score <= scale or scale == 0:
        raise BadInput("write the score and its scale as numbers, such as 6,5 of 10", "score")
    return {"score": str(score), "scale": str(scale)}


def _number(told: Mapping[str, str], name: str) -> int:
    text = told.get(name, "").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST)) and int(text) <= MOST):
        raise BadInput(f"a count has 0 to {MOST} units", "count")
    return int(text)

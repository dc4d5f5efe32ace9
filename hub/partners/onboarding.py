"""The stage of a partner: each gate is judged by a named person, and each judgement is a row that stays.

A gate that is not met is not passed; a coordinator may let it pass all the same, with a reason and a name, both shown.
"""

from dataclasses import asdict, dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import audit
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.errors import BadInput, Conflict
from hub.models import Person
from hub.partnered import GateRecord, Partner
from hub.partners import checklists, conformity, documents, evaluating, gates, trial_lots
from hub.partners.gates import GATES, GateFacts, Unmet
from hub.partners.register import LONGEST
from hub.scope import require_networker
from hub.typed import one_line


@dataclass(frozen=True, slots=True)
class Judged:
    """One judgement of one gate; `reason` is that of an exception, "" without one."""

    gate: int
    facts: GateFacts
    unmet: tuple[Unmet, ...]
    reason: str = ""


def facts_of(session: Session, person: Person, partner: Partner) -> GateFacts:
    """What is known of a partner now. Raises Forbidden."""
    found = evaluating.newest(session, person, partner)
    kinds = (documents.NDA, documents.TEST_AGREEMENT, documents.CONVENTION)
    audited, rate = found.get(evaluating.AUDIT), conformity.rate_of_test(session, person, partner)
    shares = {
        kind: checklists.share_of(found[kind].document) if kind in found else None
        for kind in (evaluating.ADMINISTRATIVE, evaluating.TECHNICAL)
    }
    return GateFacts(
        contact=evaluating.CONTACT in found,
        score=Fraction(audited.document["score"]) if audited else None,
        documents={kind: documents.standing_of(session, person, partner, kind).held for kind in kinds},
        documents_read=evaluating.READ in found,
        wish_to_test=evaluating.WISH in found,
        test_devices=_test_devices(session, person, partner),
        administrative=shares[evaluating.ADMINISTRATIVE],
        technical=shares[evaluating.TECHNICAL],
        delivered=rate.delivered if rate else None,
        nonconforming=rate.bad if rate else None,
    )


def judge(session: Session, person: Person, partner: Partner, gate: int) -> GateRecord:
    """Judge a gate by what is known now, and keep the judgement, be it a refusal.

    Raises Forbidden, BadInput for a gate that is none, Conflict while an earlier gate is not passed.
    """
    _require_turn(session, person, partner, gate)
    facts = facts_of(session, person, partner)
    missing = gates.unmet(gate, facts, gates.shipped())
    return _write(session, person, partner, Judged(gate, facts, missing))


def let_pass(session: Session, person: Person, partner: Partner, gate: int, reason: str) -> GateRecord:
    """Let a partner pass a gate that was refused, signed by name. Raises as `judge`, and BadInput without a reason."""
    _require_turn(session, person, partner, gate)
    reason = one_line(reason, LONGEST)
    if not reason:
        raise BadInput("say why the partner passes all the same", "reason")
    refuse_claims(reason)
    facts = facts_of(session, person, partner)
    missing = gates.unmet(gate, facts, gates.shipped())
    if not missing:
        raise Conflict("every condition of this gate is met: it needs no exception")
    return _write(session, person, partner, Judged(gate, facts, missing, reason))


def records(session: Session, person: Person, partner: Partner) -> tuple[GateRecord, ...]:
    """Every judgement of a partner, the newest first. Raises Forbidden."""
    require_networker(session, person)
    query = select(GateRecord).where(GateRecord.partner_id == partner.id)
    return tuple(session.scalars(query.order_by(GateRecord.id.desc())))


def holding(session: Session, person: Person, partner: Partner) -> dict[int, GateRecord]:
    """The judgement that holds, by gate. Raises Forbidden."""
    return {row.gate: row for row in reversed(records(session, person, partner))}


def stage_of(session: Session, person: Person, partner: Partner) -> int:
    """The step that a partner is at: the first gate that it has not passed; 6 is the last. Raises Forbidden."""
    held = holding(session, person, partner)
    return next((gate for gate in GATES if gate not in held or not held[gate].passed), GATES[-1])


def _test_devices(session: Session, person: Person, partner: Partner) -> int | None:
    tests = [lot for row, lot in trial_lots.lots_of(session, person, partner) if row.test]
    return trial_lots.devices_in(session, tests[0].id) if tests else None


def _require_turn(session: Session, person: Person, partner: Partner, gate: int) -> None:
    require_networker(session, person)
    if gate not in GATES:
        raise BadInput("choose a gate of the list", "gate")
    session.refresh(partner, with_for_update=True)
    if gate > stage_of(session, person, partner):
        raise Conflict("an earlier gate is not passed yet")


def _write(session: Session, person: Person, partner: Partner, judged: Judged) -> GateRecord:
    policy = gates.shipped()
    row = GateRecord(
        partner_id=partner.id,
        gate=judged.gate,
        passed=not judged.unmet or bool(judged.reason),
        exception=bool(judged.reason),
        facts={
            "policy": policy.name,
            "version": policy.version,
            "unmet": [asdict(one) for one in judged.unmet],
            "found": _plain(judged.facts),
        },
        reason=judged.reason,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    word = "exception" if row.exception else "passed" if row.passed else "refused"
    audit.record(session, person, "partner.gate", partner.id, f"{row.gate} {word} {row.reason}".strip())
    return row


def _plain(facts: GateFacts) -> dict[str, object]:
    """The facts as JSON carries them; exact figures as fractions."""
    plain = asdict(facts)
    return {name: str(value) if isinstance(value, Fraction) else value for name, value in plain.items()}

"""Pre-approvals: a lead lets the drives of a lot be erased with nobody at the bench, by written rules, for some hours.

It can be undone at once at the hub; a bench without a network learns it at its next contact, so a rule ends by itself
after two weeks at most. Whoever approves beforehand counts as the operator of the runs (two-person rule).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from certificates.assignments import LEAST_COUNTDOWN_S, LONGEST_COUNTDOWN_S
from hub import audit
from hub.assigned import BenchPolicy
from hub.context import hub_of
from hub.errors import BadInput, Conflict, NotFound
from hub.models import Lot, LotState, Person, PreApproval
from hub.partners import levels
from hub.people.roles import VALIDATORS, require

LONGEST_HOURS = 336
ENDED = {LotState.CLOSED, LotState.CANCELLED}


@dataclass(frozen=True, slots=True)
class Rules:
    """What a lead allows beforehand. `countdown_s` in seconds, `hours` from now."""

    policy: str
    any_drive: bool
    exceptions: bool
    countdown_s: int
    hours: int


def pre_approve(session: Session, person: Person, lot: Lot, rules: Rules) -> PreApproval:
    """Approve beforehand; an earlier pre-approval of this lot ends by it.

    Raises Forbidden (leads only), Conflict for a lot that is over, BadInput for rules outside their limits.
    """
    require(person, *VALIDATORS)
    if lot.state in ENDED:
        raise Conflict(f"lot {lot.code} is over: nothing of it is erased any more")
    levels.require_step(session, lot.id, levels.WIPE)
    _check(session, rules)
    for earlier in _open_rules(session, lot):
        _end(session, person, earlier)
    now = hub_of(session).clock()
    rule = PreApproval(
        lot_id=lot.id,
        policy=rules.policy,
        any_drive=rules.any_drive,
        exceptions=rules.exceptions,
        countdown_s=rules.countdown_s,
        approved=now,
        approved_by=person.id,
        valid_until=now + timedelta(hours=rules.hours),
    )
    session.add(rule)
    session.flush()
    audit.record(session, person, "lot.pre-approve", lot.id, f"rule {rule.id}: {rules}")
    return rule


def undo(session: Session, person: Person, lot: Lot) -> PreApproval:
    """Take the pre-approval of a lot back. Raises Forbidden, NotFound when there is none."""
    require(person, *VALIDATORS)
    found = _open_rules(session, lot)
    if not found:
        raise NotFound("no pre-approval of this lot is in force")
    for rule in found:
        _end(session, person, rule)
    return found[0]


def rule_of(session: Session, lot: Lot) -> tuple[PreApproval, Person] | None:
    """The pre-approval of a lot that is in force, and who gave it."""
    found = [(rule, person) for rule, of_lot, person in rules_in_force(session) if of_lot.id == lot.id]
    return found[0] if found else None


def history(session: Session, lot: Lot) -> tuple[tuple[PreApproval, Person], ...]:
    """Every pre-approval that a lot ever had, the newest first."""
    query = select(PreApproval, Person).join(Person, Person.id == PreApproval.approved_by)
    rows = session.execute(query.where(PreApproval.lot_id == lot.id).order_by(PreApproval.id.desc()))
    return tuple((rule, person) for rule, person in rows)


def rules_in_force(session: Session) -> tuple[tuple[PreApproval, Lot, Person], ...]:
    """Every rule that counts now: not ended, not undone, its lot open, its approver still a lead."""
    rows = session.execute(_IN_FORCE, {"now": hub_of(session).clock()})
    return tuple((rule, lot, person) for rule, lot, person in rows)


_IN_FORCE: Final = (
    select(PreApproval, Lot, Person)
    .join(Lot, Lot.id == PreApproval.lot_id)
    .join(Person, Person.id == PreApproval.approved_by)
    .where(
        PreApproval.revoked.is_(None),
        PreApproval.valid_until > bindparam("now"),
        Lot.state.not_in([state.value for state in ENDED]),
        Person.active,
        Person.role.in_([role.value for role in VALIDATORS]),
    )
    .order_by(PreApproval.id)
)


def usable_policies(session: Session) -> tuple[str, ...]:
    """The policies that benches of this hub may use, the default first."""
    own = session.scalars(select(BenchPolicy.name).order_by(BenchPolicy.name))
    return tuple(dict.fromkeys((*hub_of(session).settings.policies, *own)))


def _check(session: Session, rules: Rules) -> None:
    if rules.policy not in usable_policies(session):
        raise BadInput("choose a policy that the benches may use", "pre-approval")
    if not LEAST_COUNTDOWN_S <= rules.countdown_s <= LONGEST_COUNTDOWN_S:
        raise BadInput(f"a countdown has {LEAST_COUNTDOWN_S} to {LONGEST_COUNTDOWN_S} seconds", "pre-approval")
    if not 1 <= rules.hours <= LONGEST_HOURS:
        raise BadInput(f"a pre-approval holds for 1 to {LONGEST_HOURS} hours", "pre-approval")


def _open_rules(session: Session, lot: Lot) -> tuple[PreApproval, ...]:
    query = select(PreApproval).where(PreApproval.lot_id == lot.id, PreApproval.revoked.is_(None))
    return tuple(
        session.scalars(query.where(PreApproval.valid_until > hub_of(session).clock()).order_by(PreApproval.id))
    )


def _end(session: Session, person: Person, rule: PreApproval) -> None:
    rule.revoked, rule.revoked_by = hub_of(session).clock(), person.id
    audit.record(session, person, "lot.pre-approve.undo", rule.lot_id, f"rule {rule.id}")

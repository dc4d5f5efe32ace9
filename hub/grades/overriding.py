"""A letter by a person, beside the computed one: who, when, why, and taken back (field reference, section 4).

It never replaces what was computed and never touches evidence; it is said of one diagnosis, so that a newer one stands
without it. The word « reconditionné » has its own gate (`diagnostics.grading.mention`), which no letter opens.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from diagnostics.grading import GradePolicy
from hub import audit
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.errors import BadInput, Conflict, NotFound
from hub.grades.assessing import current, uses_in_force
from hub.grades.policies import GRADE, SHIPPED, read_policy
from hub.models import Diagnostic, GradeOverride, Person
from hub.partners import levels
from hub.people.roles import VALIDATORS, require
from hub.typed import one_line

LOOKS, REPAIRED, MEASURED, DEFECT, OTHER = "looks", "repaired", "measured-wrong", "hidden-defect", "other"
REASONS = (LOOKS, REPAIRED, MEASURED, DEFECT, OTHER)
LONGEST_NOTE = 500
_NONE = ("", "none")


def letters(session: Session) -> tuple[str, ...]:
    """The letters that a person may give: those of the site's policy in force, else of the shipped one."""
    use = uses_in_force(session).get(GRADE)
    rules = read_policy(use.policy.content if use else SHIPPED[GRADE].read_bytes()).rules
    return tuple(rule.letter for rule in rules.letters) if isinstance(rules, GradePolicy) else ()


def override(
    session: Session, person: Person, statement_id: str, letter: str, *, reason: str, note: str
) -> GradeOverride:
    """Give a diagnosis another letter than the computed one; one that a person gave before is taken back with it.

    Raises Forbidden, NotFound, BadInput (letter, reason, or "other" without a note), Conflict for the same letter.
    """
    require(person, *VALIDATORS)
    diagnostic, note = _diagnostic(session, statement_id), one_line(note, LONGEST_NOTE)
    levels.require_step(session, diagnostic.lot_id, levels.GRADE)
    if letter not in letters(session):
        raise BadInput("choose a letter of the policy in force", "letter")
    if reason not in REASONS or (reason == OTHER and not note):
        raise BadInput("another letter needs a reason, in words where it is none of the list", "reason")
    refuse_claims(note)
    stands = current(session, [statement_id]).get(statement_id, {}).get(GRADE)
    computed = stands.word if stands else diagnostic.letter
    if letter == computed:
        raise Conflict(f"the computed letter is {letter} already")
    if overrides(session, [statement_id]):
        withdraw(session, person, statement_id)
    row = GradeOverride(
        statement_id=statement_id,
        letter=letter,
        computed="" if computed in _NONE else computed,
        policy=stands.use.policy.name if stands else diagnostic.policy,
        policy_version=stands.use.policy.version if stands else diagnostic.policy_version,
        reason=reason,
        note=note,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "grades.override", statement_id, f"{row.computed or '-'} -> {letter}: {reason}")
    return row


def withdraw(session: Session, person: Person, statement_id: str) -> GradeOverride:
    """Take a person's letter back: the computed one stands alone. Raises Forbidden, Conflict where there is none."""
    require(person, *VALIDATORS)
    found = overrides(session, [statement_id]).get(statement_id)
    if found is None:
        raise Conflict("no person gave this diagnosis another letter")
    found.withdrawn, found.withdrawn_by = hub_of(session).clock(), person.id
    session.flush()
    audit.record(session, person, "grades.withdraw", statement_id, found.letter)
    return found


def overrides(session: Session, statement_ids: Iterable[str]) -> Mapping[str, GradeOverride]:
    """The letters by people that stand, by diagnosis."""
    query = select(GradeOverride).where(
        GradeOverride.statement_id.in_(list(statement_ids)), GradeOverride.withdrawn.is_(None)
    )
    return {row.statement_id: row for row in session.scalars(query.order_by(GradeOverride.id))}


def overrides_of(session: Session, statement_id: str) -> tuple[GradeOverride, ...]:
    """Every letter that people ever gave to one diagnosis, oldest first."""
    query = select(GradeOverride).where(GradeOverride.statement_id == statement_id)
    return tuple(session.scalars(query.order_by(GradeOverride.id)))


def _diagnostic(session: Session, statement_id: str) -> Diagnostic:
    found = session.get(Diagnostic, statement_id)
    if found is None:
        raise NotFound("no such diagnosis")
    return found

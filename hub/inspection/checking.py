"""Checks by hand: a person answers the checklist of a kind, and a policy makes a letter of the answers.

The newest answers hold. No answer touches the drive account: that a system starts afresh proves no erasure.
"""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import audit
from hub.context import hub_of
from hub.devices import kinds
from hub.errors import BadInput
from hub.exits.gone import require_here
from hub.grades.assessing import uses_in_force
from hub.grades.policies import GRADE, SitePolicy, read_policy, shipped
from hub.inspected import HandCheck
from hub.inspection import checklists
from hub.inspection.checklists import Checklist
from hub.lots.life import require_open
from hub.models import Device, Person
from hub.partners import levels
from hub.people.roles import BENCH, require


def checklist_for(device: Device) -> Checklist | None:
    """The checklist of a device that no bench reads; None for one that a bench reads."""
    kind = kinds.shipped().get(device.kind)
    return checklists.shipped().get(kind.by_hand) if kind is not None else None


def answer(session: Session, person: Person, device: Device, answers: Mapping[str, str]) -> HandCheck:
    """Keep the answers to the checklist. Raises Forbidden, BadInput (no such list, answer), Conflict (lot is over)."""
    require(person, *BENCH)
    require_open(session, device.lot)
    require_here(session, device)
    levels.require_step(session, device.lot_id, levels.DIAGNOSIS)
    checklist = checklist_for(device)
    if checklist is None:
        raise BadInput("a bench reads this kind of device: nothing is checked by hand", "kind")
    told = {name: word for name, word in answers.items() if word}
    if not told or not checklists.usable(checklist, told):
        raise BadInput("choose an answer of the list", "answer")
    policy, now = _policy(session), hub_of(session).clock()
    letter, _ = policy.judge(checklists.report_of(checklist, told, person.pseudonym), now.year)
    row = HandCheck(
        device_id=device.id,
        lot_id=device.lot_id,
        checklist=f"{checklist.name}/{checklist.id}"[:40],
        version=checklist.version,
        answers=told,
        letter=letter,
        policy=f"{policy.rules.name} v{policy.rules.version}",
        at=now,
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    audit.record(session, person, "device.hand-check", device.id, f"{row.checklist} v{row.version} {letter}".strip())
    return row


def newest(session: Session, device_id: str) -> HandCheck | None:
    """The answers that hold of a device that the caller may see."""
    query = select(HandCheck).where(HandCheck.device_id == device_id, HandCheck.withdrawn.is_(None))
    return session.scalar(query.order_by(HandCheck.id.desc()).limit(1))


def _policy(session: Session) -> SitePolicy:
    use = uses_in_force(session).get(GRADE)
    return read_policy(use.policy.content) if use is not None else shipped(GRADE)

"""What the level of a partner opens in its lots (S2-6): services ask here before they do a step of the work.

A lot is limited by the partner that works on it now, and only once that partner has a level: lots of the workshop that
runs the hub, and those of a partner on trial, are not. Evidence of benches is never refused, and nothing that was
written before a level was lowered is hidden.
"""

from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from hub.errors import BadInput
from hub.models import Person
from hub.partnered import LotPartner, Partner, PartnerLevel
from hub.partners.register import LEVEL_STEPS, steps_of
from hub.rare import has_none
from hub.scope import own_partner

WIPE, DIAGNOSIS, GRADE, REINSTALL, SALE, AFTER_SALES = (
    "wipe", "diagnosis", "grade", "reinstall", "sale", "after-sales",
)  # fmt: skip
LIMITED = tuple(step for level in (2, 3) for step in LEVEL_STEPS[level])
# the steps of a device that a person notes, and the work that each of them says was done
OF_DEVICE_STEP = {
    "wiping": WIPE,
    "diagnosed": DIAGNOSIS,
    "repairing": REINSTALL,
    "graded": GRADE,
    "installed": REINSTALL,
}


class Closed(BadInput):
    """The level of the partner does not open this step."""

    code = "level"


@dataclass(frozen=True, slots=True)
class Opened:
    """Whose level limits, which it is, and what it closes; nobody and nothing without a level."""

    partner: str = ""
    level: int = 0
    closed: frozenset[str] = field(default_factory=frozenset)

    def refusal(self, step: str) -> str:
        """Why a step is not open, in a sentence; "" where it is open."""
        if step not in self.closed:
            return ""
        told = f"{self.partner} has level {self.level}, which does not open this: {step}"
        return f"{told}. Give the lot to another partner"


UNLIMITED = Opened()


def opened_in(session: Session, lot_id: str | None) -> Opened:
    """What is open in a lot that the caller may see: by the level of the partner that works on it."""
    if lot_id is not None and has_none(session, lot_id, LotPartner):
        return _opened(session, None)
    return _opened(session, session.scalar(_WORKING, {"lot": lot_id}))


_WORKING: Final = (
    select(LotPartner.partner_id)
    .where(LotPartner.lot_id == bindparam("lot"), LotPartner.withdrawn.is_(None))
    .order_by(LotPartner.id.desc())
    .limit(1)
)


def opened_to(session: Session, person: Person) -> Opened:
    """What is open to the partner that somebody works for."""
    return _opened(session, session.scalar(own_partner(person)))


def require_step(session: Session, lot_id: str | None, step: str) -> None:
    """Raise Closed unless a step is open in a lot."""
    if refusal := opened_in(session, lot_id).refusal(step):
        raise Closed(refusal)


def require_own_step(session: Session, person: Person, step: str) -> None:
    """Raise Closed unless a step is open to the partner that somebody works for."""
    if refusal := opened_to(session, person).refusal(step):
        raise Closed(refusal)


def lots_closed_to(step: str) -> Select[str]:
    """The ids of the lots in which a step is not open."""
    needed = next(level for level, steps in LEVEL_STEPS.items() if step in steps)
    newest = select(PartnerLevel.level).where(PartnerLevel.partner_id == LotPartner.partner_id)
    level = newest.order_by(PartnerLevel.id.desc()).limit(1).correlate(LotPartner).scalar_subquery()
    return select(LotPartner.lot_id).where(LotPartner.withdrawn.is_(None), level < needed)


def _opened(session: Session, partner_id: str | None) -> Opened:
    if partner_id is None:
        return UNLIMITED
    newest = select(PartnerLevel.level).where(PartnerLevel.partner_id == partner_id)
    level = session.scalar(newest.order_by(PartnerLevel.id.desc()).limit(1))
    if level is None:
        return UNLIMITED
    partner = session.get_one(Partner, partner_id)
    return Opened(partner.name, level, frozenset(LIMITED) - frozenset(steps_of(level)))

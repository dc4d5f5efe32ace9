"""How many units a lot has at each step, by kind, as people counted them (field reference, section 1.2, K-2).

A count is never changed: a correction is a newer row, and the newest of its step, kind and reason holds. Units without
a tag of their own (screens, parts, loose drives) are sorted by number instead of one by one.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from hub import audit
from hub.accounted import LotCount
from hub.claims import refuse_claims
from hub.context import hub_of
from hub.devices.outcomes import DISPOSITIONS, KINDS
from hub.errors import BadInput
from hub.lots.life import require_open
from hub.models import Lot, Person
from hub.partners import trial_lots
from hub.people.roles import BENCH, require
from hub.scope import scoped
from hub.typed import one_line

ANNOUNCED, COLLECTED, RECEIVED, REFUSED, SORTED = "announced", "collected", "received", "refused", "sorted"
STEPS = (ANNOUNCED, COLLECTED, RECEIVED, REFUSED, SORTED)
DAMAGED, NOT_ANNOUNCED, DANGEROUS, SPECIAL, OTHER = "damaged", "not-announced", "dangerous", "special", "other"
REFUSALS = (DAMAGED, NOT_ANNOUNCED, DANGEROUS, SPECIAL, OTHER)
BY_NUMBER = ("screen", "drive", "parts")
MOST = 100_000
LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class Counted:
    """One count that somebody made."""

    step: str
    kind: str
    number: int
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Quantities:
    """The counts of a lot that hold: step -> kind -> units; refusals and sorted units also by their reason."""

    by_step: Mapping[str, Mapping[str, int]]
    refusals: Mapping[str, int]
    sorted: Mapping[str, int]
    told: frozenset[str]  # steps that somebody counted, be it zero
    sorted_kinds: Mapping[tuple[str, str], int] = field(default_factory=dict)  # outcome and kind

    def total(self, step: str) -> int:
        """Units of every kind at one step."""
        return sum(self.by_step[step].values())

    @property
    def gap(self) -> int | None:
        """Announced less received (K-2); None while one of the two was not counted."""
        return self.total(ANNOUNCED) - self.total(RECEIVED) if {ANNOUNCED, RECEIVED} <= self.told else None


def count(session: Session, person: Person, lot: Lot, counted: Counted) -> LotCount:
    """Write a count down; it takes the place of the one before. Raises Forbidden, BadInput, Conflict (lot is over)."""
    require(person, *BENCH)
    require_open(session, lot)
    note = one_line(counted.note, LONGEST_NOTE)
    _check(counted, note)
    refuse_claims(note)
    if counted.step == RECEIVED:
        others = quantities(session, person, lot).by_step[RECEIVED]
        trial_lots.require_count(session, lot, sum(others.values()) - others[counted.kind] + counted.number)
    row = LotCount(
        lot_id=lot.id,
        step=counted.step,
        kind=counted.kind,
        reason=counted.reason if counted.step in {REFUSED, SORTED} else "",
        number=counted.number,
        note=note,
        at=hub_of(session).clock(),
        by=person.id,
        by_name=person.name,
    )
    session.add(row)
    session.flush()
    detail = f"{counted.step} {counted.kind} {row.reason} {counted.number} {note}"
    audit.record(session, person, "lot.count", lot.id, " ".join(detail.split()))
    return row


def quantities(session: Session, person: Person, lot: Lot) -> Quantities:
    """The counts of a lot that hold; nothing outside the person's scope."""
    held = {(row.step, row.kind, row.reason): row for row in reversed(history(session, person, lot))}
    by_step: dict[str, Counter[str]] = {step: Counter() for step in STEPS}
    refusals, outcomes, kinds = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    for row in held.values():
        by_step[row.step][row.kind] += row.number
        if row.step == REFUSED:
            refusals[row.reason] += row.number
        if row.step == SORTED:
            outcomes[row.reason] += row.number
            kinds[(row.reason, row.kind)] += row.number
    return Quantities(by_step, refusals, outcomes, frozenset(row.step for row in held.values()), kinds)


def history(session: Session, person: Person, lot: Lot) -> tuple[LotCount, ...]:
    """Every count that anybody made of a lot, the newest first."""
    query, asked = scoped(_COUNTS, person, LotCount.lot_id)
    return tuple(session.scalars(query, {"lot": lot.id, **asked}))


_COUNTS: Final = select(LotCount).where(LotCount.lot_id == bindparam("lot")).order_by(LotCount.id.desc())


def _check(counted: Counted, note: str) -> None:
    if counted.step not in STEPS or counted.kind not in KINDS:
        raise BadInput("choose a step and a kind of the list", "count")
    if not 0 <= counted.number <= MOST:
        raise BadInput(f"a count has 0 to {MOST} units", "count")
    if counted.step == REFUSED and (counted.reason not in REFUSALS or (counted.reason == OTHER and not note)):
        raise BadInput("say why units are refused, in words if need be", "count")
    if counted.step == SORTED and (counted.reason not in DISPOSITIONS or counted.kind not in BY_NUMBER):
        raise BadInput("only screens, loose drives and parts are sorted by number, each to one outcome", "count")

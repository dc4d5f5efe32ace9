"""Whether a drive starts by itself: only by a rule that a named person signed beforehand, and only if all else holds.

Pure: no clock, no file, no drive. The same facts give the same answer. Whoever calls it shows the countdown, lets
anybody stop it, and asks again with fresh facts when it ends: a start is what the second answer says. The result is a
confirmation like one that was typed: the engine's interlocks, plan and clearance judge it once more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from certificates.assignments import LEAST_COUNTDOWN_S
from certificates.pre_approval import pre_approved_operator
from erasure.clearance import Confirmation
from erasure.drive import IdentityGrade
from erasure.plan import ErasurePlan, Refusal
from station_agent.assigned import Assignments, Rule, Said, Unusable
from station_agent.language import mark

CLOCKS: Final = frozenset({"system", "ntp", "rtc", "hub"})  # sources of the wall clock that may end or keep a rule
CLOCK_PLAY: Final = timedelta(minutes=5)  # a bench may be so much behind its hub
NAMED: Final = frozenset({IdentityGrade.A, IdentityGrade.B})


class Why(StrEnum):
    """What holds a drive back; `SENTENCES` has the words."""

    ASSIGNMENTS = "assignments"
    AMBIGUOUS = "ambiguous"
    OTHER_LOT = "other-lot"
    LOT_SET = "lot-set"
    LOT_OVER = "lot-over"
    NOBODY_APPROVED = "nobody-approved"
    COUNTDOWN = "countdown"
    CLOCK = "clock"
    RULE_ENDED = "rule-ended"
    SIMULATION = "simulation"
    NO_SERIAL = "no-serial"
    TWINS = "twins"
    IDENTITY = "identity"
    PROTECTED = "protected"
    HERE_AT_START = "here-at-start"
    OPEN_RUN = "open-run"
    STATED = "stated"
    STOPPED = "stopped"
    SELECTED = "selected"
    NO_PLAN = "no-plan"
    OTHER_POLICY = "other-policy"
    EXCEPTIONS = "exceptions"


SENTENCES: Final = {
    Why.AMBIGUOUS: mark("Two rules fit this drive: erase it by hand, or end one of them at the hub."),
    Why.OTHER_LOT: mark("Another lot expects this drive: erase it by hand, with its own lot."),
    Why.LOT_SET: mark("This bench works for lot {set} now: set lot {lot}, or erase the drive by hand."),
    Why.LOT_OVER: mark("Lot {lot} is not open any more: run `etabli-station sync`."),
    Why.NOBODY_APPROVED: mark("Rule {rule} names nobody who approved it."),
    Why.COUNTDOWN: mark("Rule {rule} has a countdown of less than 5 seconds."),
    Why.CLOCK: mark("The clock of this bench cannot be trusted: set it, and rule {rule} can start drives."),
    Why.RULE_ENDED: mark("Rule {rule} has ended: a lead can approve lot {lot} again at the hub."),
    Why.SIMULATION: mark("Rule {rule} and this drive are not of one kind: one is simulated, the other is real."),
    Why.NO_SERIAL: mark("The drive tells no serial number: erase it by hand."),
    Why.TWINS: mark("Two drives show this serial number: pull one of them."),
    Why.IDENTITY: mark("Who this drive is rests on the word of a bridge: erase it by hand."),
    Why.PROTECTED: mark("The hub protects this serial number."),
    Why.HERE_AT_START: mark("It was here when the bench started, and no list names it: pull it and plug it in again."),
    Why.OPEN_RUN: mark("A run of this drive for another lot is open: settle that one first."),
    Why.STATED: mark("This bench has a result of this drive already: erase it again by hand if you want to."),
    Why.STOPPED: mark("Somebody stopped the countdown: erase it by hand, or pull it and plug it in again."),
    Why.SELECTED: mark("{person} has selected this drive."),
    Why.NO_PLAN: mark("There is no plan for this drive: see why it is refused."),
    Why.OTHER_POLICY: mark("It is planned by another policy than {policy}, which rule {rule} asks for."),
    Why.EXCEPTIONS: mark("Its plan has exceptions, and rule {rule} allows none: erase it by hand."),
}
BECAUSE: Final = mark("starts by itself: {name} approved lot {lot} beforehand (rule {rule})")


@dataclass(frozen=True, slots=True)
class Planned:
    """What auto-start needs of a plan: for which serial, by which policy, with which exceptions known beforehand."""

    serial: str
    policy: str
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DriveHere:
    """A drive as the bench knows it at this moment."""

    serial: str
    grade: IdentityGrade
    simulated: bool
    after_start: bool  # it appeared after the daemon had started
    same_serial: int  # how many drives here show this serial, this one included
    planned: Planned | None  # None: not planned, or refused
    open_lots: tuple[str, ...] = ()  # of its open runs; "" for a run without a lot
    stated: bool = False  # this bench has stated a run of it
    stopped: bool = False  # a person stopped its countdown
    selected_by: str = ""  # who is signed in and has it selected
    lot: str = ""  # that a person set for it at the bench


@dataclass(frozen=True, slots=True)
class BenchClock:
    """The wall clock of the bench and where it comes from (`station_agent.clock.Moment.wall_src`)."""

    now: datetime
    source: str


@dataclass(frozen=True, slots=True)
class AutoStart:
    """The drive starts after the countdown, unless somebody stops it. `rule` and `approved_by` enter its statement."""

    serial: str
    lot: str
    policy: str
    countdown_s: int
    rule: int
    approved_by: str
    because: Said

    @property
    def operator(self) -> str:
        """What the statement says of the operator: who approved, by which rule."""
        return pre_approved_operator(self.approved_by, self.rule)

    def confirmation(self) -> Confirmation:
        """Give what stands for a typed serial number: the one that was judged here."""
        return Confirmation(self.operator, self.serial)


@dataclass(frozen=True, slots=True)
class Hold:
    """A rule concerns this drive, or would, and this is why it does not start by itself."""

    code: Why
    why: Said


@dataclass(frozen=True, slots=True)
class _Case:
    drive: DriveHere
    rule: Rule
    assigned: Assignments
    clock: BenchClock


def planned(outcome: ErasurePlan | Refusal | None) -> Planned | None:
    """Give what counts of a plan; None for a refusal, or when there is none yet."""
    if not isinstance(outcome, ErasurePlan):
        return None
    exceptions = tuple(str(reason.code) for reason in outcome.exceptions)
    return Planned(outcome.facts.device.identity.serial, outcome.policy.name, exceptions)


def auto_start(drive: DriveHere, assigned: Assignments | Unusable | None, clock: BenchClock) -> AutoStart | Hold | None:
    """Judge one drive. None: no rule concerns it, and a person starts it as always."""
    if assigned is None:
        return None
    if isinstance(assigned, Unusable):
        return Hold(Why.ASSIGNMENTS, assigned.why)
    rules = rules_for(drive.serial, assigned)
    if len(rules) != 1:
        return _hold(Why.AMBIGUOUS) if rules else None
    case = _Case(drive, rules[0], assigned, clock)
    held = next((why for why, holds in CONDITIONS if not holds(case)), None)
    if held is not None:
        return _hold(held, case)
    rule = rules[0]
    facts = {"name": rule.approver_name, "lot": rule.lot, "rule": str(rule.id)}
    because = Said(BECAUSE, facts)
    return AutoStart(drive.serial, rule.lot, rule.policy, rule.countdown_s, rule.id, rule.approved_by, because)


def rules_for(serial: str, assigned: Assignments) -> tuple[Rule, ...]:
    """Give the rules that concern a drive: those of a lot that expects its serial, else those for any drive.

    With exactly one, plan the drive by its policy.
    """
    expecting = assigned.lots_expecting(serial)
    of_its_lot = tuple(rule for rule in assigned.rules if rule.lot in expecting)
    return of_its_lot or tuple(rule for rule in assigned.rules if rule.any_drive)


def _expected(case: _Case) -> bool:
    return case.rule.lot in case.assigned.lots_expecting(case.drive.serial)


def _clock_holds(case: _Case) -> bool:
    return case.clock.source in CLOCKS and case.clock.now >= case.assigned.issued - CLOCK_PLAY


def _one_kind(case: _Case) -> bool:
    return case.drive.simulated == case.assigned.demo


def _own_lot(case: _Case) -> bool:
    return set(case.assigned.lots_expecting(case.drive.serial)) <= {case.rule.lot}


def _planned(case: _Case) -> bool:
    return case.drive.planned is not None and case.drive.planned.serial == case.drive.serial


def _by_its_policy(case: _Case) -> bool:
    return case.drive.planned is not None and case.drive.planned.policy == case.rule.policy


def _no_exceptions(case: _Case) -> bool:
    return case.drive.planned is not None and (case.rule.exceptions or not case.drive.planned.exceptions)


CONDITIONS: Final[tuple[tuple[Why, Callable[[_Case], bool]], ...]] = (  # all must hold; the first that does not is told
    (Why.PROTECTED, lambda case: case.drive.serial not in case.assigned.protected_serials),
    (Why.NO_SERIAL, lambda case: bool(case.drive.serial.strip())),
    (Why.OTHER_LOT, _own_lot),
    (Why.LOT_SET, lambda case: case.drive.lot in ("", case.rule.lot)),
    (Why.LOT_OVER, lambda case: case.assigned.lot(case.rule.lot) is not None),
    (Why.NOBODY_APPROVED, lambda case: bool(case.rule.approved_by.strip())),
    (Why.COUNTDOWN, lambda case: case.rule.countdown_s >= LEAST_COUNTDOWN_S),
    (Why.CLOCK, _clock_holds),
    (Why.RULE_ENDED, lambda case: case.clock.now < case.rule.valid_until),
    (Why.SIMULATION, _one_kind),
    (Why.TWINS, lambda case: case.drive.same_serial == 1),
    (Why.IDENTITY, lambda case: case.drive.grade in NAMED),
    (Why.HERE_AT_START, lambda case: case.drive.after_start or _expected(case)),
    (Why.OPEN_RUN, lambda case: all(lot == case.rule.lot for lot in case.drive.open_lots)),
    (Why.STATED, lambda case: not case.drive.stated),
    (Why.STOPPED, lambda case: not case.drive.stopped),
    (Why.SELECTED, lambda case: not case.drive.selected_by),
    (Why.NO_PLAN, _planned),
    (Why.OTHER_POLICY, _by_its_policy),
    (Why.EXCEPTIONS, _no_exceptions),
)


def _hold(why: Why, case: _Case | None = None) -> Hold:
    if case is None:
        return Hold(why, Said(SENTENCES[why]))
    rule = case.rule
    drive = case.drive
    facts = {
        "rule": str(rule.id),
        "lot": rule.lot,
        "policy": rule.policy,
        "person": drive.selected_by,
        "set": drive.lot,
    }
    return Hold(why, Said(SENTENCES[why], facts))

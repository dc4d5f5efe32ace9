"""A drive starts by itself only when every condition holds; each one alone holds it back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from erasure.drive import IdentityGrade
from station_agent.assigned import AssignedLot, Assignments, Rule, Said, Unusable
from station_agent.auto_start import (
    CLOCKS,
    CONDITIONS,
    SENTENCES,
    AutoStart,
    BenchClock,
    DriveHere,
    Hold,
    Planned,
    Why,
    auto_start,
    planned,
    rules_for,
)

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULE = Rule(7, "LOT-1", "purge-preferred", False, False, 60, "p-lead", "Camille", NOW + HOUR)
ANY = replace(RULE, id=8, any_drive=True)
LOT = AssignedLot("LOT-1", "CAF", "purge-preferred", False, frozenset(), frozenset({"S-1"}))
OTHER = AssignedLot("LOT-2", "CAF", "purge-preferred", False, frozenset(), frozenset({"S-2"}))
ASSIGNED = Assignments(5, NOW - HOUR, False, (LOT, OTHER), frozenset({"KEEP-ME"}), rules=(RULE,))
ANY_ASSIGNED = replace(ASSIGNED, rules=(ANY,))
DRIVE = DriveHere("S-1", IdentityGrade.A, False, False, 1, Planned("S-1", "purge-preferred"))
STRANGER = replace(DRIVE, serial="S-9", after_start=True, planned=Planned("S-9", "purge-preferred"))
CLOCK = BenchClock(NOW, "ntp")


def of_rule(**changed: Any) -> Assignments:
    return replace(ASSIGNED, rules=(replace(RULE, **changed),))


def test_an_expected_drive_of_a_pre_approved_lot_starts() -> None:
    found = auto_start(DRIVE, ASSIGNED, CLOCK)
    assert isinstance(found, AutoStart)
    assert (found.lot, found.policy, found.countdown_s, found.rule) == ("LOT-1", "purge-preferred", 60, 7)
    assert found.operator == "pre-approved by p-lead, rule 7"
    assert (found.confirmation().person, found.confirmation().serial) == (found.operator, "S-1")
    assert "Camille" in found.because.sentence.format(**found.because.facts)


def test_any_drive_that_was_plugged_in_later_starts_where_the_rule_says_any() -> None:
    assert isinstance(auto_start(STRANGER, ANY_ASSIGNED, CLOCK), AutoStart)


def test_without_a_rule_for_it_a_drive_waits_for_a_person_as_always() -> None:
    assert auto_start(STRANGER, ASSIGNED, CLOCK) is None
    assert auto_start(DRIVE, replace(ASSIGNED, rules=()), CLOCK) is None
    assert auto_start(DRIVE, None, CLOCK) is None


def test_the_rule_of_its_own_lot_goes_before_one_for_any_drive() -> None:
    both = replace(ASSIGNED, rules=(RULE, replace(ANY, lot="LOT-2")))
    assert rules_for("S-1", both) == (RULE,)
    assert isinstance(auto_start(DRIVE, both, CLOCK), AutoStart)


UNUSABLE = Unusable("damaged", Said("damaged"))
TWO_RULES = replace(ASSIGNED, rules=(RULE, replace(RULE, id=9)))
NAMELESS = replace(STRANGER, serial=" ", planned=Planned(" ", "purge-preferred"))
HELD_BACK = [  # each differs in one thing from a case that starts
    (Why.ASSIGNMENTS, DRIVE, UNUSABLE, CLOCK),
    (Why.AMBIGUOUS, DRIVE, TWO_RULES, CLOCK),
    (Why.PROTECTED, DRIVE, replace(ASSIGNED, protected_serials=frozenset({"S-1"})), CLOCK),
    (Why.NO_SERIAL, NAMELESS, ANY_ASSIGNED, CLOCK),
    (Why.OTHER_LOT, replace(STRANGER, serial="S-2", planned=Planned("S-2", "purge-preferred")), ANY_ASSIGNED, CLOCK),
    (Why.OTHER_LOT, DRIVE, replace(ASSIGNED, lots=(LOT, replace(OTHER, serials=frozenset({"S-1"})))), CLOCK),
    (Why.LOT_SET, replace(DRIVE, lot="LOT-2"), ASSIGNED, CLOCK),
    (Why.LOT_OVER, STRANGER, replace(ANY_ASSIGNED, lots=(OTHER,)), CLOCK),
    (Why.NOBODY_APPROVED, DRIVE, of_rule(approved_by=" "), CLOCK),
    (Why.COUNTDOWN, DRIVE, of_rule(countdown_s=4), CLOCK),
    (Why.CLOCK, DRIVE, ASSIGNED, BenchClock(NOW, "unset")),
    (Why.CLOCK, DRIVE, ASSIGNED, BenchClock(NOW, "floor")),
    (Why.CLOCK, DRIVE, ASSIGNED, BenchClock(NOW - 2 * HOUR, "rtc")),
    (Why.RULE_ENDED, DRIVE, ASSIGNED, BenchClock(NOW + HOUR, "ntp")),
    (Why.SIMULATION, replace(DRIVE, simulated=True), ASSIGNED, CLOCK),
    (Why.SIMULATION, DRIVE, replace(ASSIGNED, demo=True), CLOCK),
    (Why.TWINS, replace(DRIVE, same_serial=2), ASSIGNED, CLOCK),
    (Why.IDENTITY, replace(DRIVE, grade=IdentityGrade.C), ASSIGNED, CLOCK),
    (Why.HERE_AT_START, replace(STRANGER, after_start=False), ANY_ASSIGNED, CLOCK),
    (Why.OPEN_RUN, replace(DRIVE, open_lots=("LOT-1", "LOT-2")), ASSIGNED, CLOCK),
    (Why.OPEN_RUN, replace(DRIVE, open_lots=("",)), ASSIGNED, CLOCK),
    (Why.STATED, replace(DRIVE, stated=True), ASSIGNED, CLOCK),
    (Why.STOPPED, replace(DRIVE, stopped=True), ASSIGNED, CLOCK),
    (Why.SELECTED, replace(DRIVE, selected_by="p-tech"), ASSIGNED, CLOCK),
    (Why.NO_PLAN, replace(DRIVE, planned=None), ASSIGNED, CLOCK),
    (Why.NO_PLAN, replace(DRIVE, planned=Planned("S-2", "purge-preferred")), ASSIGNED, CLOCK),
    (Why.OTHER_POLICY, replace(DRIVE, planned=Planned("S-1", "clear")), ASSIGNED, CLOCK),
    (Why.EXCEPTIONS, replace(DRIVE, planned=Planned("S-1", "purge-preferred", ("HIDDEN_AREA",))), ASSIGNED, CLOCK),
]


@pytest.mark.parametrize(("why", "drive", "assigned", "clock"), HELD_BACK, ids=[str(row[0]) for row in HELD_BACK])
def test_each_condition_alone_holds_a_drive_back(
    why: Why, drive: DriveHere, assigned: Assignments | Unusable, clock: BenchClock
) -> None:
    found = auto_start(drive, assigned, clock)
    assert isinstance(found, Hold)
    assert found.code is why
    assert found.why.sentence.format(**found.why.facts)
    if isinstance(assigned, Assignments) and why is not Why.AMBIGUOUS:
        assert violated(drive, assigned, clock) == {why}


def test_every_reason_has_its_case_and_its_words() -> None:
    assert {row[0] for row in HELD_BACK} == set(Why)
    assert set(SENTENCES) | {Why.ASSIGNMENTS} == set(Why)
    assert {why for why, _ in CONDITIONS} | {Why.ASSIGNMENTS, Why.AMBIGUOUS} == set(Why)


def test_a_rule_may_allow_exceptions() -> None:
    drive = replace(DRIVE, planned=Planned("S-1", "purge-preferred", ("HIDDEN_AREA",)))
    assert isinstance(auto_start(drive, of_rule(exceptions=True), CLOCK), AutoStart)


def test_an_open_run_of_the_same_lot_goes_on() -> None:
    assert isinstance(auto_start(replace(DRIVE, open_lots=("LOT-1",)), ASSIGNED, CLOCK), AutoStart)


def test_what_was_not_planned_is_no_plan() -> None:
    assert planned(None) is None


def violated(drive: DriveHere, assigned: Assignments, clock: BenchClock) -> set[Why]:
    """The conditions in the words of the specification, written a second time and in another way."""
    (rule,) = rules_for(drive.serial, assigned)
    homes = [lot.code for lot in assigned.lots if drive.serial in lot.serials]
    broken = {
        Why.PROTECTED: drive.serial in assigned.protected_serials,
        Why.NO_SERIAL: not drive.serial.strip(),
        Why.OTHER_LOT: any(home != rule.lot for home in homes),
        Why.LOT_SET: drive.lot not in {"", rule.lot},
        Why.LOT_OVER: rule.lot not in [lot.code for lot in assigned.lots],
        Why.NOBODY_APPROVED: not rule.approved_by.strip(),
        Why.COUNTDOWN: rule.countdown_s < 5,
        Why.CLOCK: clock.source in {"", "unset", "floor"} or assigned.issued - clock.now > timedelta(minutes=5),
        Why.RULE_ENDED: clock.now >= rule.valid_until,
        Why.SIMULATION: drive.simulated is not assigned.demo,
        Why.TWINS: drive.same_serial != 1,
        Why.IDENTITY: drive.grade is IdentityGrade.C,
        Why.HERE_AT_START: not drive.after_start and rule.lot not in homes,
        Why.OPEN_RUN: any(lot != rule.lot for lot in drive.open_lots),
        Why.STATED: drive.stated,
        Why.STOPPED: drive.stopped,
        Why.SELECTED: drive.selected_by != "",
        Why.NO_PLAN: drive.planned is None or drive.planned.serial != drive.serial,
        Why.OTHER_POLICY: drive.planned is not None and drive.planned.policy != rule.policy,
        Why.EXCEPTIONS: drive.planned is not None and bool(drive.planned.exceptions) and not rule.exceptions,
    }
    return {why for why, is_broken in broken.items() if is_broken}


SERIALS = st.sampled_from(["S-1", "S-2", "S-9", "", " ", "KEEP-ME", "s-1"])
LOTS = st.sampled_from(["LOT-1", "LOT-2", "LOT-3"])
POLICIES = st.sampled_from(["purge-preferred", "clear"])
EXPECTED = st.frozensets(SERIALS, max_size=3)
EXCEPTIONS = ("HIDDEN_AREA",)
PLANS = st.builds(Planned, SERIALS, POLICIES, st.sampled_from([(), EXCEPTIONS])) | st.sampled_from(
    [Planned("S-1", "purge-preferred", EXCEPTIONS), Planned(" ", "purge-preferred")]
)
MOMENTS = [
    NOW,
    NOW - timedelta(minutes=59),
    NOW - 3 * HOUR,
    NOW + HOUR,
    NOW + 2 * HOUR,
    datetime(1970, 1, 1, tzinfo=UTC),
]
DRIFTS: dict[tuple[str, str], st.SearchStrategy[Any]] = {  # what can be otherwise: whose, what, and how
    ("drive", "lot"): st.sampled_from(["", "LOT-1", "LOT-2"]),
    ("drive", "serial"): SERIALS,
    ("drive", "grade"): st.sampled_from(IdentityGrade),
    ("drive", "simulated"): st.booleans(),
    ("drive", "after_start"): st.booleans(),
    ("drive", "same_serial"): st.integers(0, 3),
    ("drive", "planned"): st.none() | PLANS,
    ("drive", "open_lots"): st.lists(LOTS | st.just(""), max_size=2).map(tuple),
    ("drive", "stated"): st.booleans(),
    ("drive", "stopped"): st.booleans(),
    ("drive", "selected_by"): st.sampled_from(["", "p-tech"]),
    ("rule", "lot"): LOTS,
    ("rule", "policy"): POLICIES,
    ("rule", "any_drive"): st.booleans(),
    ("rule", "exceptions"): st.booleans(),
    ("rule", "countdown_s"): st.sampled_from([60, 5, 4, 0, -1]),
    ("rule", "approved_by"): st.sampled_from(["p-lead", "", " "]),
    ("rule", "valid_until"): st.sampled_from(MOMENTS),
    ("assigned", "demo"): st.booleans(),
    ("assigned", "issued"): st.sampled_from(MOMENTS),
    ("assigned", "lots"): st.tuples(*(st.builds(replace, st.just(lot), serials=EXPECTED) for lot in (LOT, OTHER))),
    ("assigned", "protected_serials"): EXPECTED,
    ("clock", "now"): st.sampled_from(MOMENTS),
    ("clock", "source"): st.sampled_from([*sorted(CLOCKS), "unset", "floor", ""]),
}


@st.composite
def cases(draw: st.DrawFn) -> tuple[DriveHere, Assignments, BenchClock]:
    """A case that starts, with up to four things otherwise."""
    drive, rule = draw(st.sampled_from([(DRIVE, RULE), (STRANGER, ANY)]))
    parts: dict[str, Any] = {"drive": drive, "rule": rule, "assigned": ASSIGNED, "clock": CLOCK}
    for whose, what in sorted(draw(st.sets(st.sampled_from(sorted(DRIFTS)), max_size=4))):
        parts[whose] = replace(parts[whose], **{what: draw(DRIFTS[whose, what])})
    rules = (parts["rule"],) if draw(st.integers(0, 9)) else (parts["rule"], replace(ANY, lot=draw(LOTS)))
    return parts["drive"], replace(parts["assigned"], rules=rules), parts["clock"]


@settings(max_examples=1200, deadline=None, derandomize=True)
@given(case=cases())
def test_a_drive_starts_exactly_when_every_condition_holds(case: tuple[DriveHere, Assignments, BenchClock]) -> None:
    drive, assigned, clock = case
    found, rules = auto_start(drive, assigned, clock), rules_for(drive.serial, assigned)
    if len(rules) != 1:
        assert found is None if not rules else isinstance(found, Hold)
        return
    against = violated(drive, assigned, clock)
    assert isinstance(found, Hold if against else AutoStart)
    assert isinstance(found, AutoStart) or (found is not None and found.code in against)

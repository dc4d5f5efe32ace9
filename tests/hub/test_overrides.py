"""A letter by a person stands beside the computed one, says who and why, and can be taken back."""

from typing import Any

import pytest
from sqlalchemy import select

from hub.derive.reading import rebuild
from hub.devices.service import devices_of_lot
from hub.errors import BadInput, Conflict, Forbidden, NotFound
from hub.grades import overriding, policies, service
from hub.models import AuditEntry, Diagnostic, GradeOverride, LedgerEntry, Lot, Role
from tests.hub.bench import machine
from tests.hub.grade_reports import full_report


@pytest.fixture
def diagnosed(world: Any) -> Any:
    """A hub with one laptop that the bench graded B."""
    world.lot("LOT-1")
    world.station_bench, world.lead = world.bench(), world.person(Role.LEAD)
    world.diagnosis = diagnose(world)
    return world


def diagnose(world: Any) -> str:
    payload = world.station_bench.diagnosis_payload(lot="LOT-1", asset="A-1", machine=machine("PF-1"))
    envelope = world.station_bench.sign({**payload, "report": full_report(battery=790)})
    assert world.station_bench.put(envelope).status_code == 201
    return str(envelope.id)


def say(world: Any, letter: str, reason: str = "looks", note: str = "") -> None:
    with world.hub.sessions().begin() as session:
        overriding.override(session, world.lead, world.diagnosis, letter, reason=reason, note=note)


def view(world: Any) -> Any:
    with world.hub.sessions()() as session:
        lot = session.scalars(select(Lot)).one()
        return devices_of_lot(session, world.lead, lot)[0]


def test_both_letters_stand_and_nothing_else_changes(diagnosed: Any) -> None:
    with diagnosed.hub.sessions()() as session:
        before = session.scalars(select(LedgerEntry.envelope)).all()
    say(diagnosed, "C", "hidden-defect", "charnière fendue")
    found = view(diagnosed)
    assert (found.letter, found.override.letter, found.override.computed) == ("B", "C", "B")
    assert (found.override.by_name, found.override.at) == (diagnosed.lead.name, diagnosed.hub.clock())
    with diagnosed.hub.sessions().begin() as session:
        rebuild(session)
        assert session.scalars(select(LedgerEntry.envelope)).all() == before
        assert session.scalars(select(Diagnostic.letter)).one() == "B"
        assert session.scalar(select(AuditEntry).where(AuditEntry.action == "grades.override")).detail.startswith(
            "B -> C"
        )
    assert view(diagnosed).override.letter == "C"


def test_it_is_taken_back_and_the_row_stays(diagnosed: Any) -> None:
    say(diagnosed, "C")
    say(diagnosed, "D", "measured-wrong")  # another one takes the first back
    with diagnosed.hub.sessions().begin() as session:
        overriding.withdraw(session, diagnosed.lead, diagnosed.diagnosis)
    assert view(diagnosed).override is None
    with diagnosed.hub.sessions().begin() as session:
        told = overriding.overrides_of(session, diagnosed.diagnosis)
        assert [(row.letter, row.withdrawn is not None) for row in told] == [("C", True), ("D", True)]
        with pytest.raises(Conflict):
            overriding.withdraw(session, diagnosed.lead, diagnosed.diagnosis)


def test_a_newer_diagnosis_stands_without_it_and_a_policy_leaves_it(diagnosed: Any) -> None:
    say(diagnosed, "C")
    with diagnosed.hub.sessions().begin() as session:
        service.apply_policy(session, diagnosed.lead, policies.keep_shipped(session, policies.GRADE))
    assert view(diagnosed).override.letter == "C"
    diagnose(diagnosed)
    assert view(diagnosed).override is None


@pytest.mark.parametrize(
    ("letter", "reason", "note", "error"),
    [
        ("Z", "looks", "", BadInput),
        ("comme neuf", "looks", "", BadInput),
        ("C", "", "", BadInput),
        ("C", "because", "", BadInput),
        ("C", "other", "  ", BadInput),
        ("C", "other", "presque cоmme neuf", BadInput),
        ("B", "looks", "", Conflict),
    ],
)
def test_a_letter_without_a_good_reason_is_refused(
    diagnosed: Any, letter: str, reason: str, note: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        say(diagnosed, letter, reason, note)
    with diagnosed.hub.sessions()() as session:
        assert session.scalars(select(GradeOverride)).all() == []


def test_only_a_lead_may_and_only_of_a_diagnosis(diagnosed: Any) -> None:
    for role in (Role.TECHNICIAN, Role.ADMIN):
        person = diagnosed.person(role)
        with diagnosed.hub.sessions()() as session, pytest.raises(Forbidden):
            overriding.override(session, person, diagnosed.diagnosis, "C", reason="looks", note="")
    with diagnosed.hub.sessions()() as session, pytest.raises(NotFound):
        overriding.override(session, diagnosed.lead, "0" * 64, "C", reason="looks", note="")

"""Policies of the site: old reports get another letter, the ledger keeps its bytes, and all can be taken back."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from diagnostics.grading import DEFAULT_CATEGORY_POLICY, DEFAULT_POLICY
from hub.derive.reading import rebuild
from hub.devices.service import devices_of_lot
from hub.errors import BadInput, Conflict, Forbidden
from hub.grades import policies, service
from hub.grades.assessing import assessments_of
from hub.models import Assessment, Diagnostic, LedgerEntry, Person, QuarantinedStatement, Role
from tests.hub.bench import machine
from tests.hub.grade_reports import full_report

OLD_GRADE = {"letter": "B", "policy": "p", "policy_version": 1}
SHIPPED = DEFAULT_POLICY.read_bytes()


def policy(battery: int = 800, version: int = 1, name: str = "atelier") -> bytes:
    """The shipped policy with another bound for A."""
    text = SHIPPED.decode().replace("battery_permille = 800", f"battery_permille = {battery}")
    return (
        text.replace('name = "etabli-example"', f'name = "{name}"')
        .replace("version = 2", f"version = {version}")
        .encode()
    )


@pytest.fixture
def graded(world: Any) -> Any:
    """A hub with three diagnosed laptops whose batteries are at 850, 800 and 799 permille."""
    world.lot("LOT-1", "CAF")
    bench = world.bench()
    for at, battery in enumerate((850, 800, 799), 1):
        send(bench, f"A-{at}", full_report(battery=battery, serial=f"SSD-{at}"))
    world.station_bench, world.lead = bench, world.person(Role.LEAD)
    return world


def send(bench: Any, asset: str, report: dict[str, Any], status: int = 201) -> None:
    payload = bench.diagnosis_payload(lot="LOT-1", asset=asset, machine=machine(f"PF-{asset}"))
    assert bench.put(bench.sign({**payload, "report": report})).status_code == status


def letters(session: Session, lead: Person) -> dict[str, str]:
    from hub.models import Lot

    lot = session.scalar(select(Lot).where(Lot.code == "LOT-1"))
    assert lot is not None
    return {str(view.device.asset): view.letter for view in devices_of_lot(session, lead, lot)}


def ledger(session: Session) -> list[tuple[Any, ...]]:
    query = select(LedgerEntry.position, LedgerEntry.id, LedgerEntry.envelope).order_by(LedgerEntry.position)
    return [tuple(row) for row in session.execute(query)]


def test_a_new_policy_grades_old_reports_again_and_the_evidence_keeps_its_bytes(graded: Any, session: Session) -> None:
    lead = graded.lead
    assert letters(session, lead) == {"A-1": "A", "A-2": "A", "A-3": "B"}
    before, signed = ledger(session), [row.payload for row in session.scalars(select(Diagnostic))]
    kept = policies.keep_policy(session, lead, policy(battery=801))
    found = service.preview(session, lead, kept)
    assert found.counts == (("A", "A", 1), ("A", "B", 1), ("B", "B", 1))
    assert [(one.tag, one.before, one.after) for one in found.changes] == [("A-2", "A", "B")]
    assert letters(session, lead)["A-2"] == "A"  # a preview writes nothing
    service.apply_policy(session, lead, kept)
    assert letters(session, lead) == {"A-1": "A", "A-2": "B", "A-3": "B"}
    assert ledger(session) == before
    assert [row.payload for row in session.scalars(select(Diagnostic))] == signed
    assert {row.letter for row in session.scalars(select(Diagnostic))} == {"A", "B"}  # the bench's own stand beside


@pytest.mark.parametrize(("bound", "letter"), [(799, "A"), (800, "B"), (801, "B")])
def test_at_just_below_and_just_above_the_bound_of_the_policy(
    graded: Any, session: Session, bound: int, letter: str
) -> None:
    service.apply_policy(session, None, policies.keep_policy(session, None, policy(battery=bound)))
    assert letters(session, graded.lead)["A-3"] == letter


def test_each_policy_names_its_version_and_digest_and_the_history_keeps_all(graded: Any, session: Session) -> None:
    for version, bound in ((1, 900), (2, 700)):
        service.apply_policy(session, None, policies.keep_policy(session, None, policy(bound, version)))
    statement = session.scalars(select(Diagnostic.statement_id).order_by(Diagnostic.position)).first()
    past = assessments_of(session, str(statement))
    assert [(one.use.policy.version, one.word) for one in past] == [(1, "B"), (2, "A")]
    assert [one.document["policy_sha256"] for one in past] == [one.use.policy.sha256 for one in past]
    assert [(use.policy.version, use.until_position is None) for use in service.history(session)] == [
        (2, True),
        (1, False),
    ]


def test_undoing_brings_the_policy_before_back_and_then_the_benches_own_grades(graded: Any, session: Session) -> None:
    lead = graded.lead
    service.apply_policy(session, lead, policies.keep_policy(session, lead, policy(801, 1)))
    service.apply_policy(session, lead, policies.keep_policy(session, lead, policy(1000, 2)))
    assert set(letters(session, lead).values()) == {"B"}
    before = service.undo(session, lead, policies.GRADE)
    assert before is not None
    assert before.policy.version == 1
    assert letters(session, lead) == {"A-1": "A", "A-2": "B", "A-3": "B"}
    assert service.undo(session, lead, policies.GRADE) is None
    assert letters(session, lead) == {"A-1": "A", "A-2": "A", "A-3": "B"}
    with pytest.raises(Conflict, match="no policy of the site"):
        service.undo(session, lead, policies.GRADE)
    assert len(service.history(session)) == 2


def test_a_report_that_arrives_later_is_graded_by_the_policy_in_force(graded: Any, session: Session) -> None:
    service.apply_policy(session, None, policies.keep_policy(session, None, policy(battery=950)))
    session.commit()
    send(graded.station_bench, "A-4", full_report(battery=940, serial="SSD-4"))
    assert letters(session, graded.lead)["A-4"] == "B"


def test_a_rebuild_from_the_ledger_gives_the_same_assessments(graded: Any, session: Session) -> None:
    def rows() -> list[tuple[Any, ...]]:
        query = select(Assessment).order_by(Assessment.use_id, Assessment.statement_id)
        return [(row.use_id, row.statement_id, row.word, row.document) for row in session.scalars(query)]

    service.apply_policy(session, None, policies.keep_policy(session, None, policy(900, 1)))
    session.commit()
    send(graded.station_bench, "A-4", full_report(serial="SSD-4"))
    service.apply_policy(session, None, policies.keep_policy(session, None, policy(700, 2)))
    session.commit()
    send(graded.station_bench, "A-5", full_report(serial="SSD-5"))
    service.undo(session, None, policies.GRADE)
    session.commit()
    before = rows()
    assert len(before) == 5 + 5
    rebuild(session)
    assert rows() == before


def test_a_category_policy_is_a_second_one_over_the_same_reports(graded: Any, session: Session) -> None:
    tables = b"""name = "ctnrs"\nversion = 2\nmethod_version = "example"\nweights = []\ncaps = []
notes = [{group = "memory", input = "memory_mib", at_least = 4096, note = 5}]
categories = [{id = "B", at_least = 5}]"""
    kept = policies.keep_policy(session, None, tables)
    assert kept.kind == policies.CATEGORY
    service.apply_policy(session, None, kept)
    lead = graded.lead
    assert letters(session, lead)["A-1"] == "A"  # the letter is another policy's
    assert {row.word for row in session.scalars(select(Assessment))} == {"B"}
    shipped = policies.keep_shipped(session, policies.CATEGORY)
    assert shipped.content == DEFAULT_CATEGORY_POLICY.read_bytes()


def test_one_name_and_version_is_one_policy(session: Session) -> None:
    kept = policies.keep_policy(session, None, policy(800))
    assert policies.keep_policy(session, None, policy(800)) is kept
    with pytest.raises(Conflict, match="raise its version"):
        policies.keep_policy(session, None, policy(810))


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"name = 1", b"letters = 7", policy(name="comme neuf"), b"[" * 9000]
)
def test_what_is_no_policy_is_refused_with_a_reason(session: Session, data: bytes) -> None:
    with pytest.raises(BadInput, match="cannot be used"):
        policies.keep_policy(session, None, data)


def test_only_leads_and_administrators_change_policies(world: Any, session: Session) -> None:
    people = (world.person(Role.TECHNICIAN), world.person(Role.DONOR, donor="CAF"))
    kept = policies.keep_policy(session, None, policy())
    for person in people:
        for act in (service.preview, service.apply_policy):
            with pytest.raises(Forbidden):
                act(session, person, kept)
        with pytest.raises(Forbidden):
            service.undo(session, person, policies.GRADE)


@pytest.mark.parametrize(
    "report",
    [
        {"machine": {}, "drives": [], "batteries": [], "checks": [], "grade": OLD_GRADE},
        {**full_report(), "machine": {"identity": 7, "locks": [], "year": "x"}, "checks": [None, 3, {"id": []}]},
        full_report(locks={"passwords": 3}, stress=[{"id": "cpu"}], second_reader={"a": ["b"]}, self_tests=None),
    ],
)  # fmt: skip
def test_reports_of_every_age_are_taken_and_graded_again(world: Any, session: Session, report: Any) -> None:
    world.lot("LOT-1", "CAF")
    service.apply_policy(session, None, policies.keep_policy(session, None, policy()))
    session.commit()
    send(world.bench(), "A-1", report)
    assert session.scalars(select(QuarantinedStatement)).all() == []
    assert len(session.scalars(select(Assessment)).all()) == 1

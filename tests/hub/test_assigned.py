"""What benches are told: signed for one bench, newer each time, and never a rule that nobody stands for any more."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from certificates.assignments import open_assignments
from certificates.errors import KeyMismatch
from certificates.trust import Trust
from hub.assigned import AssignmentCounter, PreApproval
from hub.errors import BadInput, Conflict, Forbidden, NotFound
from hub.lots.service import apply_import, lot_for
from hub.models import AuditEntry, Lot, LotState, Person, Role
from hub.people.badges import keep_badge, void_badge
from hub.stations import bench_policies, messages, pre_approvals, protection
from hub.stations.pre_approvals import Rules
from hub.validation.service import ONE_PERSON, approve
from station_agent.assigned import Assignments
from station_agent.assignments import keep_assignments, protected_serials, read_assignments
from station_agent.hub_keys import TRUST_FILE
from tests.hub.bench import Bench
from tests.hub.test_validation import erased, now

RULES = Rules("purge-preferred", any_drive=False, exceptions=False, countdown_s=30, hours=24)
POLICY = {"version": 1, "methods": ["overwrite.zeros"], "verification": "full"}


def told(bench: Bench) -> dict[str, Any]:
    answer = bench.send("GET", "/api/v1/assignments")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def approved(world: Any, lead: Person, rules: Rules = RULES) -> PreApproval:
    with world.hub.sessions().begin() as session:
        return pre_approvals.pre_approve(session, lead, lot_for(session, lead, "LOT-1"), rules)


def actions(world: Any) -> list[str]:
    with world.hub.sessions()() as session:
        return list(session.scalars(select(AuditEntry.action)))


@pytest.fixture
def lead(world: Any) -> Person:
    """The lead of a workshop with one lot and its list."""
    world.lot()
    person: Person = world.person()
    with world.hub.sessions().begin() as session:
        apply_import(session, lot_for(session, person, "LOT-1"), "asset;drive serial\nA-1;WD-0001\n", person)
    return person


def test_lots_people_rules_and_messages_reach_the_bench(world: Any, lead: Person) -> None:
    technician = world.person(Role.TECHNICIAN)
    rule = approved(world, lead)
    with world.hub.sessions().begin() as session:
        protection.protect(session, lead, "KEEP-ME", "server of the office")
        messages.write_message(session, lead, "Fermé lundi", "warning", 7)
        keep_badge(session, technician.email, "b" * 64)
    found = told(world.bench())
    assert found["lots"] == [
        {
            "code": "LOT-1",
            "donor_label": "CAF",
            "policy": "purge-preferred",
            "four_eyes": False,
            "assets": ["A-1"],
            "serials": ["WD-0001"],
        }
    ]
    assert found["protected_serials"] == ["KEEP-ME"]
    (sent,) = found["auto_start"]
    assert (sent["id"], sent["lot"], sent["drives"], sent["countdown_s"]) == (rule.id, "LOT-1", "expected", 30)
    assert sent["approved_by"] == {"id": lead.pseudonym, "name": lead.name}
    assert [(one["text"], one["severity"]) for one in found["messages"]] == [("Fermé lundi", "warning")]
    badges = {one["id"]: one["badge_sha256"] for one in found["operators"]}
    assert badges == {lead.pseudonym: "", technician.pseudonym: "b" * 64}
    assert {"lot.pre-approve", "serial.protect", "message.write", "person.badge"} <= set(actions(world))


def test_what_is_told_is_signed_for_this_bench_alone(world: Any, lead: Person) -> None:
    assert lead.active
    bench, other = world.bench(), world.bench("banc 2")
    trust = Trust.from_json(world.client.get("/api/v1/trust").content)
    found = told(bench)
    signed = found.pop("signed").encode()
    assert open_assignments(signed, trust, bench.key.kid).document == found
    with pytest.raises(KeyMismatch):
        open_assignments(signed, trust, other.key.kid)


def test_a_bench_keeps_what_this_hub_said(world: Any, lead: Person, tmp_path: Path) -> None:
    approved(world, lead)
    with world.hub.sessions().begin() as session:
        protection.protect(session, lead, "KEEP-ME", "")
        messages.write_message(session, lead, "Fermé lundi", "info", 0)
    bench = world.bench()
    answer, kid = told(bench), bench.key.kid
    (tmp_path / TRUST_FILE).write_bytes(world.client.get("/api/v1/trust").content)
    counter = keep_assignments(tmp_path, answer, station=kid)
    found = read_assignments(tmp_path, station=kid, least=counter)
    assert isinstance(found, Assignments)
    assert [(rule.lot, rule.approved_by, rule.any_drive) for rule in found.rules] == [("LOT-1", lead.pseudonym, False)]
    assert found.lots_expecting("WD-0001") == ("LOT-1",)
    assert protected_serials(tmp_path) == {"KEEP-ME"}


def test_each_answer_is_newer_than_the_one_before_also_after_an_old_backup(world: Any, clock: Any) -> None:
    bench = world.bench()
    first, second = told(bench)["counter"], told(bench)["counter"]
    assert second > first
    clock.forward(minutes=1)
    with world.hub.sessions().begin() as session:
        session.scalars(select(AssignmentCounter)).one().counter = 1
    assert told(bench)["counter"] > second
    with world.hub.sessions().begin() as session:
        session.scalars(select(AssignmentCounter)).one().counter = 2**45  # the clock was once far ahead
    assert told(bench)["counter"] == 2**45 + 1


def test_no_password_address_or_pin_reaches_a_bench(world: Any, lead: Person) -> None:
    text = world.bench().send("GET", "/api/v1/assignments").text
    assert lead.name in text or lead.pseudonym in text
    assert lead.password_hash not in text
    assert not any(word in text for word in ('"pin"', "argon2", '"email"', '"password'))


def test_an_undone_rule_is_told_no_more(world: Any, lead: Person) -> None:
    approved(world, lead)
    bench = world.bench()
    assert told(bench)["auto_start"]
    with world.hub.sessions().begin() as session:
        pre_approvals.undo(session, lead, lot_for(session, lead, "LOT-1"))
    assert told(bench)["auto_start"] == []
    assert "lot.pre-approve.undo" in actions(world)
    with world.hub.sessions()() as session, pytest.raises(NotFound):
        pre_approvals.undo(session, lead, lot_for(session, lead, "LOT-1"))


def test_a_rule_ends_with_its_hours_its_lot_and_its_approver(world: Any, lead: Person, clock: Any) -> None:
    approved(world, lead)
    bench = world.bench()

    def change(**columns: Any) -> None:
        with world.hub.sessions().begin() as session:
            person, lot = session.get(Person, lead.id), session.scalars(select(Lot)).one()
            for name, value in columns.items():
                setattr(lot if name == "state" else person, name, value)

    for otherwise, again in (
        ({"active": False}, {"active": True}),
        ({"role": Role.TECHNICIAN.value}, {"role": Role.LEAD.value}),
        ({"state": LotState.CLOSED.value}, {"state": LotState.PROCESSING.value}),
    ):
        change(**otherwise)
        assert told(bench)["auto_start"] == [], otherwise
        change(**again)
        assert told(bench)["auto_start"], again
    clock.forward(minutes=24 * 60)
    assert told(bench)["auto_start"] == []


def test_a_second_pre_approval_takes_the_place_of_the_first(world: Any, lead: Person) -> None:
    first, second = approved(world, lead), approved(world, lead, replace(RULES, any_drive=True))
    assert [rule["id"] for rule in told(world.bench())["auto_start"]] == [second.id]
    with world.hub.sessions()() as session:
        assert session.get(PreApproval, first.id).revoked is not None
        assert session.get(PreApproval, first.id).policy == "purge-preferred"


@pytest.mark.parametrize(
    "rules",
    [
        replace(RULES, policy="unknown"),
        replace(RULES, countdown_s=4),
        replace(RULES, countdown_s=3601),
        replace(RULES, hours=0),
        replace(RULES, hours=337),
    ],
)
def test_rules_outside_their_limits_are_refused(world: Any, lead: Person, rules: Rules) -> None:
    with pytest.raises(BadInput):
        approved(world, lead, rules)


def test_only_a_lead_approves_beforehand_and_only_an_open_lot(world: Any, lead: Person) -> None:
    for role in (Role.ADMIN, Role.TECHNICIAN):
        with pytest.raises(Forbidden):
            approved(world, world.person(role))
    with world.hub.sessions().begin() as session:
        session.scalars(select(Lot)).one().state = LotState.CLOSED.value
    with pytest.raises(Conflict):
        approved(world, lead)


def test_whoever_approved_beforehand_counts_as_who_ran_it(world: Any, lead: Person) -> None:
    rule = approved(world, lead)
    statement = erased(world, operator=f"pre-approved by {lead.pseudonym}, rule {rule.id}")
    with world.hub.sessions().begin() as session:
        approve(session, lead, statement, "", now(world))
        reasons = [row.detail for row in session.scalars(select(AuditEntry).where(AuditEntry.subject == statement))]
    assert reasons == [ONE_PERSON]


def test_messages_end_by_their_days_or_by_a_person(world: Any, lead: Person, clock: Any) -> None:
    bench, technician = world.bench(), world.person(Role.TECHNICIAN)
    with world.hub.sessions().begin() as session:
        messages.write_message(session, lead, "one\nday", "info", 1)
        until = messages.write_message(session, lead, "until withdrawn", "urgent", 0)
    assert [one["text"] for one in told(bench)["messages"]] == ["one day", "until withdrawn"]
    clock.forward(minutes=24 * 60 + 1)
    assert [one["text"] for one in told(bench)["messages"]] == ["until withdrawn"]
    with world.hub.sessions().begin() as session:
        messages.withdraw_message(session, lead, until.id)
    assert told(bench)["messages"] == []
    with world.hub.sessions()() as session:
        with pytest.raises(NotFound):
            messages.withdraw_message(session, lead, until.id)
        for text, severity, days in (("", "info", 1), ("x", "loud", 1), ("x", "info", 91), ("x", "info", -1)):
            with pytest.raises(BadInput):
                messages.write_message(session, lead, text, severity, days)
        with pytest.raises(Forbidden):
            messages.write_message(session, technician, "x", "info", 1)


def test_a_serial_is_protected_until_somebody_takes_it_off_the_list(world: Any, lead: Person) -> None:
    technician = world.person(Role.TECHNICIAN)
    with world.hub.sessions().begin() as session:
        protection.protect(session, lead, " S-1 ", "")
        for serial, error in (("S-1", Conflict), ("", BadInput), ("é", BadInput), ("x" * 121, BadInput)):
            with pytest.raises(error):
                protection.protect(session, lead, serial, "")
        with pytest.raises(Forbidden):
            protection.unprotect(session, technician, "S-1")
    bench = world.bench()
    assert told(bench)["protected_serials"] == ["S-1"]
    with world.hub.sessions().begin() as session:
        protection.unprotect(session, lead, "S-1")
        with pytest.raises(NotFound):
            protection.unprotect(session, lead, "S-1")
    assert told(bench)["protected_serials"] == []


def test_a_policy_of_the_hub_is_handed_out_and_can_be_chosen_for_a_lot(world: Any, lead: Person) -> None:
    with world.hub.sessions().begin() as session:
        bench_policies.publish_policy(session, "own", POLICY)
        bench_policies.publish_policy(session, "own", POLICY)
        with pytest.raises(Conflict, match="raise its version"):
            bench_policies.publish_policy(session, "own", POLICY | {"verification": "sample"})
        with pytest.raises(BadInput):
            bench_policies.publish_policy(session, "../own", POLICY)
        bench_policies.publish_policy(session, "own", POLICY | {"version": 2})
    approved(world, lead, replace(RULES, policy="own"))
    found = told(world.bench())
    assert [policy["name"] for policy in found["signed_policies"]] == ["own"]
    assert found["auto_start"][0]["policy"] == "own"
    with world.hub.sessions().begin() as session:
        bench_policies.withdraw_policy(session, "own")
        with pytest.raises(NotFound):
            bench_policies.withdraw_policy(session, "own")


def test_a_badge_belongs_to_one_person_and_can_be_taken_back(world: Any, lead: Person) -> None:
    other = world.person(Role.TECHNICIAN)
    with world.hub.sessions().begin() as session:
        keep_badge(session, lead.email, "a" * 64)
        with pytest.raises(Conflict):
            keep_badge(session, other.email, "a" * 64)
        with pytest.raises(BadInput):
            keep_badge(session, other.email, "1234")
        with pytest.raises(NotFound):
            keep_badge(session, "nobody@hub.test", "c" * 64)
        void_badge(session, lead.email)
        with pytest.raises(NotFound):
            void_badge(session, lead.email)


def test_donors_stay_unnamed_where_the_hub_says_so(world: Any, lead: Person) -> None:
    bench = world.bench()
    object.__setattr__(world.hub, "settings", replace(world.hub.settings, name_donors=False))
    assert lead.active
    assert told(bench)["lots"][0]["donor_label"] == ""


def test_the_time_of_issue_is_the_hubs(world: Any, clock: Any) -> None:
    bench = world.bench()
    issued = datetime.fromisoformat(told(bench)["issued"])
    assert abs(issued - world.hub.clock()) < timedelta(seconds=1)
    assert clock is not None

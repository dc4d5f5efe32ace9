"""Decisions: who may, what may, what is issued, and that it stays as it was."""

import threading
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from certificates.verdicts import Verdict, judge
from hub.derive.reading import rebuild
from hub.errors import AlreadyDecided, BadInput, Forbidden, HubError, NotFound
from hub.issued import service as issued
from hub.lots.service import import_list
from hub.models import AuditEntry, Certificate, Erasure, IssuedDocument, LedgerEntry, Lot, Role
from hub.stations.service import refuse
from hub.stations.trust import trust_of
from hub.validation.service import ONE_PERSON, approve, may_approve, queue, reject
from tests.hub.bench import machine


def erased(world: Any, **changed: Any) -> str:
    """One erasure in lot LOT-1, its statement id."""
    bench = world.bench()
    envelope = bench.erasure(**{"lot": "LOT-1", "asset": "A-1", **changed})
    assert bench.put(envelope).status_code == 201
    return str(envelope.id)


def now(world: Any) -> datetime:
    moment: datetime = world.hub.clock()
    return moment


def test_an_approval_issues_a_certificate_that_anybody_can_verify(world: Any) -> None:
    world.lot()
    lead, statement = world.person(), erased(world)
    with world.hub.sessions().begin() as session:
        certificate = approve(session, lead, statement, "", now(world))
        assert certificate.number == "ETB-2026-000001"
    with world.hub.sessions()() as session:
        for lang in ("fr", "en"):
            pdf = issued.pdf_of(session, lead, certificate.id, lang)
            judgement = judge(pdf, trust_of(session))
            assert judgement.verdict is Verdict.VALID
            assert judgement.bundle is not None
            assert judgement.bundle.erasure.id == statement
            assert issued.issued_here(session, pdf)
        assert issued.verify_upload(session, issued.bundle_of(session, lead, certificate.id)).verdict is Verdict.VALID


def test_the_hub_has_a_chain_of_its_own_in_the_same_ledger(world: Any) -> None:
    world.lot()
    lead, statement = world.person(), erased(world)
    with world.hub.sessions().begin() as session:
        approve(session, lead, statement, "vu", now(world))
    with world.hub.sessions()() as session:
        kid = world.hub.identity.key.kid
        rows = session.scalars(select(LedgerEntry).where(LedgerEntry.kid == kid).order_by(LedgerEntry.seq)).all()
        assert [(row.kind, row.seq, row.position) for row in rows] == [("validation", 1, 2), ("certificate", 2, 3)]
        assert rows[1].prev == rows[0].id


def test_the_diagnosis_of_the_device_is_in_the_bundle(world: Any) -> None:
    world.lot()
    bench = world.bench()
    envelope = bench.erasure(lot="LOT-1", asset="A-1")
    bench.put(envelope)
    diagnosis = bench.diagnosis(lot="LOT-1", asset="A-1", machine=machine())
    bench.put(diagnosis)
    lead = world.person()
    with world.hub.sessions().begin() as session:
        certificate = approve(session, lead, envelope.id, "", now(world))
        bundle = issued.bundle_of(session, lead, certificate.id)
        judgement = judge(bundle, trust_of(session))
    assert judgement.bundle is not None
    assert judgement.bundle.diagnostics is not None
    assert judgement.bundle.diagnostics.id == diagnosis.id


def test_the_same_approval_again_gives_the_same_certificate(world: Any) -> None:
    world.lot()
    lead, statement = world.person(), erased(world)
    with world.hub.sessions().begin() as session:
        first = approve(session, lead, statement, "", now(world)).id
    with world.hub.sessions().begin() as session:
        assert approve(session, lead, statement, "", now(world)).id == first
    with world.hub.sessions()() as session:
        assert len(session.scalars(select(Certificate)).all()) == 1
        assert len(session.scalars(select(IssuedDocument)).all()) == 2


def test_a_second_lead_is_told_who_decided(world: Any) -> None:
    world.lot()
    first, second = world.person(), world.person(email="second@hub.test")
    statement = erased(world)
    with world.hub.sessions().begin() as session:
        approve(session, first, statement, "", now(world))
    for decide in (approve, reject):
        with world.hub.sessions()() as session, pytest.raises(AlreadyDecided, match=r"Name of lead@hub\.test"):
            decide(session, second, statement, "no", now(world))


def test_of_two_leads_at_once_exactly_one_wins(world: Any) -> None:
    world.lot()
    leads = [world.person(email=f"lead{number}@hub.test") for number in range(4)]
    statement = erased(world)
    start, outcomes = threading.Barrier(len(leads)), []

    def decide(lead: Any) -> None:
        start.wait()
        try:
            with world.hub.sessions().begin() as session:
                approve(session, lead, statement, "", now(world))
            outcomes.append("won")
        except AlreadyDecided:
            outcomes.append("lost")

    threads = [threading.Thread(target=decide, args=(lead,)) for lead in leads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["lost", "lost", "lost", "won"]
    with world.hub.sessions()() as session:
        assert len(session.scalars(select(Certificate)).all()) == 1


@pytest.mark.parametrize("verdict", ["FAILED", "UNCONFIRMED", "NOT_ERASED"])
def test_what_was_not_erased_is_never_certified(world: Any, verdict: str) -> None:
    world.lot()
    lead, statement = world.person(), erased(world, verdict=verdict)
    with world.hub.sessions()() as session, pytest.raises(BadInput, match="cannot be certified"):
        approve(session, lead, statement, "", now(world))
    with world.hub.sessions()() as session:
        assert session.scalars(select(Certificate)).all() == []
        assert not may_approve(session.get(Erasure, statement))


def test_an_erasure_with_exceptions_may_be_approved(world: Any) -> None:
    world.lot()
    lead, statement = world.person(), erased(world, verdict="ERASED_WITH_EXCEPTIONS")
    with world.hub.sessions().begin() as session:
        assert approve(session, lead, statement, "HPA vue", now(world)).erasure_id == statement


def test_a_drive_without_lot_is_not_certified(world: Any) -> None:
    lead, statement = world.person(), erased(world)
    with world.hub.sessions()() as session, pytest.raises(BadInput, match="tie this drive to a lot"):
        approve(session, lead, statement, "", now(world))


def test_nothing_of_a_locked_station_is_certified(world: Any) -> None:
    world.lot()
    lead, bench = world.person(), world.bench()
    envelope = bench.erasure(lot="LOT-1")
    bench.put(envelope)
    bench.put(bench.key.sign_statement(bench.erasure_payload() | {"seq": 1, "prev": "0" * 64}))
    with world.hub.sessions()() as session, pytest.raises(BadInput, match="locked by an alarm"):
        approve(session, lead, envelope.id, "", now(world))


def test_a_rejection_needs_a_reason_and_is_signed(world: Any) -> None:
    world.lot()
    lead, statement = world.person(), erased(world)
    with world.hub.sessions()() as session, pytest.raises(BadInput, match="needs a reason"):
        reject(session, lead, statement, "  \n", now(world))
    with world.hub.sessions().begin() as session:
        row = reject(session, lead, statement, "mauvais disque", now(world))
        assert row.decision == "REJECTED"
        assert session.get(LedgerEntry, 2).kind == "validation"
        assert session.scalars(select(Certificate)).all() == []


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.ADMIN])
def test_only_a_lead_decides(world: Any, role: Role) -> None:
    world.lot()
    person, statement = world.person(role), erased(world)
    for decide in (approve, reject):
        with world.hub.sessions()() as session, pytest.raises(Forbidden):
            decide(session, person, statement, "x", now(world))


def test_an_unknown_erasure_is_not_found(world: Any) -> None:
    lead = world.person()
    with world.hub.sessions()() as session, pytest.raises(NotFound):
        approve(session, lead, "0" * 64, "", now(world))


def test_one_person_for_both_is_recorded_in_the_signed_decision(world: Any) -> None:
    world.lot()
    lead = world.person()
    statement = erased(world, operator=lead.pseudonym)
    with world.hub.sessions().begin() as session:
        approve(session, lead, statement, "", now(world))
        assert session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "erasure.approve")).all() == [
            ONE_PERSON
        ]


def test_the_queue_shows_first_what_needs_a_look(world: Any) -> None:
    world.lot()
    bench = world.bench()
    clean = bench.erasure(serial="WD-0001", lot="LOT-1")
    failed = bench.erasure(serial="WD-0002", lot="LOT-1", verdict="FAILED")
    lost = bench.erasure(serial="WD-0003")
    for envelope in (clean, failed, lost):
        bench.put(envelope)
    with world.hub.sessions()() as session:
        assert [row.statement_id for row in queue(session, world.person())] == [lost.id, failed.id, clean.id]


def test_if_the_document_cannot_be_made_nothing_is_decided(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    world.lot()
    lead, statement = world.person(), erased(world)

    def broken(*_: Any) -> bytes:
        raise HubError("no ink")

    monkeypatch.setattr("hub.validation.issue.render", broken)
    with world.hub.sessions()() as session, pytest.raises(HubError, match="no ink"):
        approve(session, lead, statement, "", now(world))
    with world.hub.sessions()() as session:
        assert session.get(Erasure, statement).decision == "AWAITING"
        assert len(session.scalars(select(LedgerEntry)).all()) == 1


def test_an_issued_document_stays_as_it_was_whatever_changes_later(world: Any) -> None:
    world.lot()
    lead, statement = world.person(), erased(world)
    with world.hub.sessions().begin() as session:
        certificate = approve(session, lead, statement, "", now(world))
        before = issued.pdf_of(session, lead, certificate.id)
    with world.hub.sessions().begin() as session:
        session.scalars(select(Lot)).one().label = "another label"
        rebuild(session)
    with world.hub.sessions()() as session:
        assert issued.pdf_of(session, lead, certificate.id) == before


def test_the_public_view_names_the_drive_and_no_donor(world: Any) -> None:
    world.lot(donor="CAF du Finistère")
    lead, statement = world.person(), erased(world)
    with world.hub.sessions().begin() as session:
        certificate = approve(session, lead, statement, "", now(world))
    with world.hub.readers()() as session:
        for word in (statement, certificate.id, certificate.statement_id):
            view = issued.lookup_public(session, word)
            assert view is not None
            assert (view.drive_serial, view.verdict, view.number) == ("WD-1234", "ERASED", "ETB-2026-000001")
            assert "CAF" not in repr(view)
        assert issued.lookup_public(session, "WD-1234") is None
        assert issued.lookup_public(session, "0" * 64) is None


def refused(world: Any, lead: Any, statement: str, reason: str = "") -> str:
    """The code with which an approval is refused."""
    with world.hub.sessions()() as session, pytest.raises(BadInput) as caught:
        approve(session, lead, statement, reason, now(world))
    return caught.value.code


def test_a_run_from_before_the_lot_needs_a_persons_word(world: Any, clock: Any) -> None:
    bench, lead = world.bench(), world.person()
    old = bench.erasure(lot="", serial="OLD-0001", wall_src="unset")
    bench.put(old)
    clock.forward(days=400)  # the drive was used again in the meantime
    lot = world.lot()
    with world.hub.sessions().begin() as session:
        import_list(session, session.merge(lot), "disque série\nOLD-0001\n", None)
    assert refused(world, lead, old.id) == "doubt"
    with world.hub.sessions().begin() as session:
        certificate = approve(session, lead, old.id, "bon de prise en charge en retard", now(world))
        assert certificate.number


def test_an_old_run_that_is_delivered_late_needs_a_persons_word(world: Any) -> None:
    world.lot()
    bench, lead = world.bench(), world.person()
    payload = bench.erasure_payload(lot="LOT-1")
    payload["started"], payload["ended"] = "2025-01-01T09:00:00Z", "2025-01-01T10:00:00Z"
    old = bench.sign(payload)
    bench.put(old)
    assert refused(world, lead, old.id) == "doubt"
    payload = bench.erasure_payload(lot="LOT-1", serial="WD-5678", wall_src="unset")
    payload["started"], payload["ended"] = "1970-01-01T00:00:10Z", "1970-01-01T01:00:00Z"
    without_clock = bench.sign(payload)
    bench.put(without_clock)
    with world.hub.sessions().begin() as session:
        assert approve(session, lead, without_clock.id, "", now(world)).number


def test_a_run_is_not_certified_after_the_same_bench_failed_on_its_drive(world: Any) -> None:
    world.lot()
    bench, lead = world.bench(), world.person()
    good, bad = bench.erasure(lot="LOT-1"), bench.erasure(lot="LOT-1", verdict="FAILED")
    for one in (good, bad):
        bench.put(one)
    assert refused(world, lead, good.id, "tant pis") == "undone"
    again = bench.erasure(lot="LOT-1")
    bench.put(again)
    with world.hub.sessions().begin() as session:
        assert approve(session, lead, again.id, "", now(world)).number


def test_a_later_failure_at_another_bench_needs_a_persons_word(world: Any) -> None:
    world.lot()
    bench, other, lead = world.bench(), world.bench("banc 2"), world.person()
    good, bad = bench.erasure(lot="LOT-1"), other.erasure(lot="LOT-1", verdict="FAILED")
    bench.put(good)
    other.put(bad)
    assert refused(world, lead, good.id) == "doubt"


def test_a_run_of_a_station_that_was_turned_away_needs_a_persons_word(world: Any) -> None:
    world.lot()
    bench, lead = world.bench(), world.person()
    run = bench.erasure(lot="LOT-1")
    bench.put(run)
    with world.hub.sessions().begin() as session:
        refuse(session, lead, world.station(bench).id)
    assert refused(world, lead, run.id) == "doubt"


def test_readers_that_name_another_drive_hold_its_certificate_until_a_person_says_why_it_counts(world: Any) -> None:
    world.lot()
    bench, lead = world.bench(), world.person()
    run = bench.erasure(lot="LOT-1", asset="A-1")
    bench.put(run)
    payload = bench.diagnosis_payload(lot="LOT-1", asset="A-1", machine=machine())
    readers = {"state": "differs", "differences": [{"field": "serial", "explained": ""}]}
    payload["report"]["drives"] = ["?", {}, {"identity": {"serial": "WD-1234"}, "readers": readers}]
    bench.put(bench.sign(payload))
    with world.hub.sessions()() as session, pytest.raises(BadInput, match=r"another serial number .* read its label"):
        approve(session, lead, run.id, "", now(world))
    other = bench.erasure(lot="LOT-1", asset="A-1", serial="WD-5678")
    bench.put(other)
    with world.hub.sessions().begin() as session:
        assert approve(session, lead, other.id, "", now(world)).number
        assert approve(session, lead, run.id, "étiquette lue : WD-1234", now(world)).number

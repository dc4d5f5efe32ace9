"""Approving together: ordinary runs only, each signed by itself, and everything else left out with its reason."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from hub.models import Alarm, AuditEntry, Certificate, Erasure, LedgerEntry, Station
from tests.asgi import TestClient
from tests.hub.pages.workshop import Workshop
from tests.seeds.desk import Desk

Enter = Callable[[str], TestClient]
OURS = ("WD-0001", "ST-0004", "SA-0005")


@pytest.fixture
def ids(workshop: Workshop, signed_in: Enter) -> dict[str, str]:
    """Three ordinary runs, and one with exceptions."""
    bench, hub = workshop.bench, workshop.hub
    desk = Desk(signed_in("lead"))
    desk.done("/lots/MAIRIE-01/life", after="received", day="2026-03-01")
    found = {serial: bench.give(hub, bench.erasure(serial)) for serial in OURS}
    reasons = (("HIDDEN_AREA", "AMA 2048 sectors"),)
    found["ST-0002"] = bench.give(hub, bench.erasure("ST-0002", verdict="ERASED_WITH_EXCEPTIONS", reasons=reasons))
    return found


@pytest.fixture
def lead(ids: dict[str, str], signed_in: Enter) -> Desk:
    return Desk(signed_in("lead"))


def offered(desk: Desk) -> set[str]:
    page = desk.read("/approve-together")
    return {part.split('"')[0] for part in page.split('name="run" value="')[1:]}


def approve(desk: Desk, runs: list[str], sure: str = "yes") -> object:
    return desk.client.post("/approve-together", data={"csrf": desk.token, "run": runs, "sure": sure})


def test_each_ordinary_run_gets_its_own_signed_decision_and_audit(
    workshop: Workshop, lead: Desk, ids: dict[str, str]
) -> None:
    assert offered(lead) == {ids[serial] for serial in OURS}
    assert "this cannot be undone" in lead.read("/approve-together")
    answer = approve(lead, [ids["WD-0001"], ids["ST-0004"]])
    assert answer.status_code == 303  # type: ignore[attr-defined]
    assert "2 certificates are issued" in lead.read("/approve-together")
    assert offered(lead) == {ids["SA-0005"]}
    with workshop.session() as session:
        assert session.scalar(select(func.count()).select_from(Certificate)) == 2
        signed = session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "validation")).all()
        assert len(signed) == 2
        acts = session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "erasure.approve")).all()
        assert set(acts) == {ids["WD-0001"], ids["ST-0004"]}


def test_without_the_tick_nothing_is_approved(workshop: Workshop, lead: Desk, ids: dict[str, str]) -> None:
    for runs, sure in ((list(ids.values()), ""), ([], "yes"), ([ids["WD-0001"]] * 2, "yes"), (["x"] * 26, "yes")):
        assert approve(lead, runs, sure).status_code == 422  # type: ignore[attr-defined]
    with workshop.session() as session:
        assert session.scalar(select(func.count()).select_from(Certificate)) == 0


def test_what_is_not_ordinary_is_left_out_even_when_its_number_is_sent(
    workshop: Workshop, lead: Desk, ids: dict[str, str]
) -> None:
    answer = approve(lead, [ids["ST-0002"], "0" * 64, ids["WD-0001"]])
    assert "1 approved; 2 left out" in answer.text  # type: ignore[attr-defined]
    with workshop.session() as session:
        assert session.get_one(Erasure, ids["ST-0002"]).decision == "AWAITING"
        assert session.get_one(Erasure, ids["WD-0001"]).decision == "APPROVED"


def test_runs_of_ones_own_are_decided_alone(workshop: Workshop, lead: Desk) -> None:
    with workshop.session() as session:
        own = workshop.person(session, "lead").pseudonym
    workshop.bench.operator = own
    mine = workshop.bench.give(workshop.hub, workshop.bench.erasure("KX-0003"))
    workshop.bench.operator = ""
    nobody = workshop.bench.give(workshop.hub, workshop.bench.erasure("TO-9001", lot="USINE-01"))
    assert not offered(lead) & {mine, nobody}
    page = lead.read("/approve-together")
    assert "you ran it, or allowed it beforehand" in page
    assert "it names nobody who ran it" in page


def test_an_open_alarm_of_a_bench_or_a_locked_one_leaves_its_runs_out(workshop: Workshop, lead: Desk) -> None:
    with workshop.session() as session, session.begin():
        station = session.query(Station).filter_by(kid=workshop.bench.key.kid).one()
        session.add(Alarm(kind="gap", station_id=station.id, created=workshop.clock()))
    assert offered(lead) == set()
    assert lead.read("/approve-together").count("an alarm of its bench is open") == 3
    with workshop.session() as session, session.begin():
        session.query(Alarm).delete()
        session.query(Station).filter_by(kid=workshop.bench.key.kid).one().state = "locked"
    assert offered(lead) == set()
    assert "its bench is not accepted, or locked" in lead.read("/approve-together")


def test_a_doubt_or_a_run_that_was_undone_is_decided_alone(workshop: Workshop, lead: Desk, ids: dict[str, str]) -> None:
    lost = {"reasons": (("WRITE_ERROR", "EIO"),), "bad": {"write": [[1000, 8]]}}
    failed = workshop.bench.erasure("WD-0001", verdict="FAILED", **lost)
    workshop.bench.give(workshop.hub, failed)
    workshop.bench.give(workshop.hub, workshop.bench.erasure("TO-9001", lot="USINE-01"))
    early = workshop.bench.erasure("ST-0004") | {"started": "2026-01-02T08:00:00Z"}
    old = workshop.bench.give(workshop.hub, early)
    assert ids["WD-0001"] not in offered(lead)
    assert old not in offered(lead)
    page = lead.read("/approve-together")
    assert "the same bench ran this drive again" in page
    assert "it needs a remark" in page

"""Seeds S2-8 and S4-8: collectors, refurbishers and coordinators on one hub; volunteers with light accounts."""

import re
from collections.abc import Iterator

import pytest

from hub.errors import NotFound
from hub.models import Person
from hub.stations.assignments import assign
from hub.validation.service import approve
from tests.asgi import TestClient
from tests.hub.houses import ALPHA, BRAVO, CHARLIE, HOME, HOUSES, OTHER, Houses


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Houses]:
    """The hub with all houses, made once; each test looks at things of its own."""
    made = Houses.built(tmp_path_factory.mktemp("houses") / "hub")
    yield made
    made.workshop.hub.engine.dispose()


def post(browser: TestClient, path: str, **form: str) -> int:
    token = re.search(r'name="csrf" value="([^"]+)"', browser.get("/help").text)
    return browser.post(path, data={"csrf": token[1] if token else "", **form}).status_code


def words(browser: TestClient, path: str) -> set[str]:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return {word for word in HOUSES if word in answer.text.lower()}


def test_s2_8_each_house_reads_the_lots_that_are_its_own(houses: Houses) -> None:
    assert words(houses.browser("lead at home"), "/lots") == set(HOUSES)
    assert words(houses.browser("lead of a partner"), "/lots") == {ALPHA, OTHER}
    assert words(houses.browser("coordinator"), "/lots") == {ALPHA, OTHER, BRAVO}
    assert words(houses.browser("donor"), "/lots") == {ALPHA}
    for who in ("distributor", "prescriber"):
        assert houses.browser(who).get("/lots").status_code == 403
        assert words(houses.browser(who), "/") == set()


def test_s2_8_a_lead_of_a_partner_approves_no_run_of_another(houses: Houses) -> None:
    browser, theirs = houses.browser("lead of a partner"), houses.things[BRAVO]["statement_id"]
    assert words(browser, "/queue") == {ALPHA, OTHER}
    assert post(browser, f"/queue/{theirs}/approve", sure="yes") == 404
    with houses.session() as session:
        lead = session.get_one(Person, houses.people["lead of a partner"])
        with pytest.raises(NotFound):
            approve(session, lead, theirs, "vu", houses.workshop.clock())
    assert post(browser, f"/queue/{houses.things[ALPHA]['statement_id']}/approve", sure="yes") == 303


def test_s2_8_a_coordinator_reads_the_evidence_and_decides_nothing(houses: Houses) -> None:
    browser, theirs = houses.browser("coordinator"), houses.things[BRAVO]
    assert words(browser, f"/devices/{theirs['device_id']}") == {BRAVO}
    assert words(browser, "/partners") == {ALPHA, BRAVO}
    for path in ("/queue", f"/queue/{theirs['statement_id']}"):
        assert browser.get(path).status_code == 403
    for path in (f"/queue/{theirs['statement_id']}/approve", f"/lots/{theirs['code']}/close"):
        assert post(browser, path, sure="yes") == 403
    assert browser.get(f"/lots/{houses.things[CHARLIE]['code']}").status_code == 404


def test_s2_8_a_bench_of_a_partner_is_told_of_its_lots_and_people_only(houses: Houses) -> None:
    with houses.session() as session, session.begin():
        told = str(assign(session, houses.things[ALPHA]["station_id"])[0]["lots"])
        people = str(assign(session, houses.things[ALPHA]["station_id"])[0]["operators"])
        at_home = str(assign(session, houses.things[HOME]["station_id"])[0]["lots"])
    assert {word for word in HOUSES if word in told} == {ALPHA, OTHER}
    assert {word for word in HOUSES if word in people} == {ALPHA, OTHER}
    assert {word for word in HOUSES if word in at_home} == set(HOUSES)


def test_s4_8_a_volunteer_helps_at_the_bench_and_declares_no_drive_gone(houses: Houses) -> None:
    browser, mine = houses.browser("volunteer of a partner"), houses.things[ALPHA]
    assert post(browser, f"/devices/{mine['device_id']}/work", act="miss", kind="screen") == 303
    drive = f"/lots/{mine['code']}/drives/{mine['drive_id']}"
    assert post(browser, f"{drive}/explain", how="absent", reason="bay-empty", sure="yes") == 403
    assert post(browser, f"/lots/{mine['code']}/close") == 403
    assert post(browser, "/stations/token") == 403


def test_s4_8_a_volunteer_comes_in_by_a_link_and_benches_know_the_name(houses: Houses) -> None:
    admin = houses.browser("admin of a partner")
    token = re.search(r'name="csrf" value="([^"]+)"', admin.get("/help").text)
    assert token is not None
    form = {"csrf": token[1], "name": "Benoît", "email": "benoit@alpha.example", "role": "volunteer"}
    link = re.search(r"/welcome/([\w-]+)", admin.post("/people", data=form).text)
    assert link is not None
    visitor = houses.browser("visitor")
    password = "une phrase assez longue"
    assert visitor.post(link[0], data={"password": password, "again": password}).status_code == 303
    with houses.session() as session, session.begin():
        told = assign(session, houses.things[ALPHA]["station_id"])[0]["operators"]
        elsewhere = assign(session, houses.things[BRAVO]["station_id"])[0]["operators"]
    assert "Benoît" in {one["name"] for one in told}
    assert "Benoît" not in {one["name"] for one in elsewhere}

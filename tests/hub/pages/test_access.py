"""Who may open what: every address of the pages, for every role. An address that is not in the table fails the test."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session

from hub import pages
from hub.accounted import LotClosing
from hub.binders.requests import ask
from hub.devices import photos
from hub.devices.together import Order, handle_one
from hub.exits import leaving
from hub.grades.policies import GRADE, keep_shipped
from hub.imported.keeping import keep
from hub.lots.bilan import Closer, bilan
from hub.lots.blocking import book_of
from hub.lots.closing import written
from hub.models import Device, Lot, Person, Role
from hub.people.invitations import invite
from hub.people.policies import Door, Policy, policy_of
from hub.reckoned import OpenAction
from hub.tags.printing import print_sheet
from hub.tags.series import issue
from tests.asgi import TestClient
from tests.hub.camera import png
from tests.hub.pages.distribution import distribution_for
from tests.hub.pages.network import network_for
from tests.hub.pages.papers import a_paper
from tests.hub.pages.workshop import Workshop

EVERYBODY = {"lead", "technician", "admin", "donor", "visitor"}
PEOPLE = EVERYBODY - {"visitor"}
STAFF = {"lead", "technician", "admin"}
SIGNED_OUT = {"/sign-in", "/sign-in/code"}  # filled by people without a session, who have no token

ROLES = {role.value for role in Role} & EVERYBODY


def table(method: str) -> dict[str, set[str]]:
    """Who may open what at home, as the routes themselves declare it."""
    found = [route for router in pages.routers for route in router.routes if isinstance(route, APIRoute)]
    return {route.path: let_in(policy_of(route)) for route in found if method in (route.methods or ())}


def let_in(policy: Policy) -> set[str]:
    if policy.door is Door.ANYBODY:
        return set(EVERYBODY)
    return {who for who in ROLES if policy.admits(Role(who), at_home=True)}


GET, POST = table("GET"), table("POST")
NOBODY = {"alarm_id": "0", "line_id": "1", "subject": "lots", "person_id": "none", "station_id": "none"}
Enter = Callable[[str], TestClient]


def test_the_roles_are_let_in_as_the_trade_has_it() -> None:
    assert POST["/queue/{statement_id}/approve"] == {"lead"}
    assert POST["/lots/{code}/close"] == {"lead"}
    assert POST["/lots/{code}/drives/{drive_id}/explain"] == STAFF
    assert GET["/people"] == {"admin"}
    assert GET["/lots/{code}"] == PEOPLE
    assert GET["/verify"] == EVERYBODY


@pytest.fixture
def places(worked: tuple[Workshop, dict[str, str]], signed_in: Enter) -> dict[str, str]:
    """A real thing for every placeholder, all of them of the donor's own lot."""
    workshop, ids = worked
    workshop.app.state.live.end()  # a line that never ends cannot be read to its end
    lead = signed_in("lead")
    approve(lead, ids["WD-0001"])
    with workshop.session() as session, session.begin():
        policy = keep_shipped(session, GRADE).sha256
        device = session.query(Device).filter(Device.asset == "ETB-0001").one()
        handle_one(session, workshop.person(session, "lead"), Order("step", "triaged"), device)
        drive, lot = device.drives[0].id, device.lot
        photo = photos.keep(session, workshop.person(session, "lead"), device, png()).id
        session.add(a_closing(workshop, session, lot))
        donor, person = device.lot.donor_id, session.query(Person).filter(Person.role == Role.TECHNICIAN).one()
        token, network = invite(session, person, None), network_for(session, workshop)
        leaving.begin(session, workshop.person(session, "lead"), leaving.Head("gift"))
        with_tags(session, workshop.person(session, "lead"), lot)
        report = str(keep(session, workshop.person(session, "lead"), device.lot, b"a report").id)
        paper = a_paper(session, workshop.person(session, "lead"), device.lot)
        action = session.query(OpenAction).one().id
    certificate = lead.get("/lots/MAIRIE-01").text.split("/certificates/")[1].split(".pdf")[0]
    return {
        "name": "etabli.css",
        "code": "MAIRIE-01",
        "device_id": device.id,
        "statement_id": ids["WD-0001"],
        "certificate_id": certificate,
        "drive_id": drive,
        "photo_id": photo,
        "version": "1",
        "number": "1",
        "binder_id": a_binder(workshop),
        "token": token,
        "donor_id": donor,
        "sha256": policy,
        "report_id": report,
        "paper_id": paper,
        "action_id": str(action),
        **distribution_for(workshop),
        **network,
        **NOBODY,
    }


def a_closing(workshop: Workshop, session: Session, lot: Lot) -> LotClosing:
    return LotClosing(
        lot_id=lot.id,
        version=1,
        document=a_report(session, lot),
        sha256="0" * 64,
        one_person=False,
        at=workshop.clock(),
        by=workshop.person(session, "lead").id,
        by_name="Camille",
    )


def with_tags(session: Session, lead: Person, lot: Lot) -> None:
    issue(session, lead, "A", 1, sheet="a4-24-70x37", start=1, each=1)
    print_sheet(session, lead, lot, sheet="a4-24-70x37", start=1, each=1)


def a_binder(workshop: Workshop) -> str:
    """All certificates of the donor's lot in one file, made."""
    with workshop.session() as session, session.begin():
        lot = session.query(Lot).filter_by(code="MAIRIE-01").one()
        binder = ask(session, workshop.person(session, "donor"), lot, "en").id
    workshop.app.state.binders.work_off()
    return binder


def a_report(session: Session, lot: Lot) -> str:
    """A report as a closing would write it, of a lot that is still open."""
    lead = session.query(Person).filter_by(role="lead").one()
    closer = Closer(lead, lot.created, 1, "", one_person=False)
    return written(bilan(lot, book_of(session, lead, lot), closer, ()))


def approve(client: TestClient, statement_id: str) -> None:
    page = client.get(f"/queue/{statement_id}").text
    token = page.split('name="csrf" value="')[1].split('"')[0]
    answer = client.post(f"/queue/{statement_id}/approve", data={"csrf": token, "sure": "yes"})
    assert answer.status_code == 303, answer.text


def address(path: str, places: dict[str, str]) -> str:
    return path.replace("/language/{code}", "/language/fr").replace("/theme/{code}", "/theme/dark").format(**places)


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_pages_open_for_their_roles_only(
    who: str, places: dict[str, str], signed_in: Enter, visitor: TestClient
) -> None:
    client = visitor if who == "visitor" else signed_in(who)
    for path, allowed in GET.items():
        answer = client.get(address(path, places))
        if path.startswith("/sign-in/provider"):
            assert answer.status_code == 404, path  # this workshop has none: tests/hub/pages/test_provider.py
        elif who in allowed:
            assert answer.status_code in {200, 303}, path
            assert "/sign-in" not in answer.headers.get("location", ""), path
        elif who == "visitor":
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/sign-in?next="), path
        else:
            assert answer.status_code == 403, path


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_forms_are_refused_to_other_roles(
    who: str, places: dict[str, str], signed_in: Enter, visitor: TestClient
) -> None:
    client = visitor if who == "visitor" else signed_in(who)
    token = csrf_of(client)
    for path, allowed in POST.items():
        if who not in allowed:
            answer = client.post(address(path, places), data={"csrf": token})
            assert answer.status_code == (401 if who == "visitor" else 403), path


def csrf_of(client: TestClient) -> str:
    page = client.get("/", follow_redirects=True).text
    return page.split('name="csrf" value="')[1].split('"')[0]


def test_every_form_is_refused_without_its_token(places: dict[str, str], signed_in: Enter) -> None:
    clients = {who: signed_in(who) for who in ("lead", "admin")}
    for path in sorted(path for path in set(POST) - SIGNED_OUT if POST[path]):
        client = clients["lead" if "lead" in POST[path] else "admin"]
        for data in ({}, {"csrf": "0" * 64}):
            answer = client.post(address(path, places), data=data)
            assert answer.status_code == 403, path
            assert "too old" in answer.text, path


def test_every_form_is_refused_from_another_site(places: dict[str, str], signed_in: Enter, visitor: TestClient) -> None:
    clients = {who: signed_in(who) for who in ("lead", "admin")}
    tokens = {who: csrf_of(client) for who, client in clients.items()}
    for path in sorted(path for path in POST if POST[path]):
        who = "lead" if "lead" in POST[path] else "admin"
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
            client = visitor if path in SIGNED_OUT else clients[who]
            answer = client.post(address(path, places), data={"csrf": tokens[who]}, headers=headers)
            assert answer.status_code == 403, path
            assert "another site" in answer.text, path


def test_a_donor_finds_nothing_of_another_donor(places: dict[str, str], signed_in: Enter) -> None:
    stranger: Any = signed_in("other donor")
    for path in (
        "/lots/{code}",
        "/devices/{device_id}",
        "/certificates/{certificate_id}.pdf",
        "/certificates/{certificate_id}.json",
        "/lots/{code}/bilan/{version}",
        "/lots/{code}/bilan/{version}.json",
        "/lots/{code}/exits",
        "/lots/{code}/papers",
        "/lots/{code}/weee",
        "/lots/{code}/pack.zip",
        "/papers/{paper_id}",
        "/papers/{paper_id}.pdf",
        "/papers/{paper_id}.json",
        "/lots/{code}/donation",
        "/lots/{code}/donation.csv",
        "/lots/{code}/devices.csv",
        "/lots/{code}/devices.json",
        "/lots/{code}/drives.csv",
        "/lots/{code}/drives.json",
        "/lots/{code}/impact.json",
        "/lots/{code}/stated",
        *(f"/donors/{{donor_id}}/reen{ending}" for ending in ("", ".csv", ".json")),
        "/lots/{code}/binders/{binder_id}",
        "/lots/{code}/binders/{binder_id}.json",
        "/lots/{code}/binders/{binder_id}.pdf",
    ):
        there = stranger.get(address(path, places))
        nowhere = stranger.get(address(path, dict.fromkeys(places, "00000000-0000-0000-0000-000000000000")))
        assert there.status_code == nowhere.status_code == 404
    lots = stranger.get("/lots").text
    assert "USINE-01" in lots
    assert "MAIRIE-01" not in lots
    assert "Mairie" not in stranger.get("/").text


def test_a_signed_out_browser_is_out(signed_in: Enter) -> None:
    client = signed_in("lead")
    cookie = client.cookies.get("etabli")
    assert client.post("/sign-out", data={"csrf": csrf_of(client)}).status_code == 303
    client.cookies.set("etabli", str(cookie))
    assert client.get("/lots").status_code == 303

"""Stations, people, and the start page of each role."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.models import Alarm, EnrolmentToken, Station
from hub.pages.station_pages import enrol_command
from hub.settings import Settings
from tests.asgi import TestClient
from tests.hub.pages.workshop import EMAILS, Workshop

Enter = Callable[[str], TestClient]
Token = Callable[[TestClient], str]


def state_of(workshop: Workshop, station: str) -> str:
    with workshop.session() as session:
        return session.get_one(Station, station).state


@pytest.mark.parametrize(("act", "state"), [("accept", "accepted"), ("refuse", "refused")])
def test_a_pending_station_shows_its_whole_fingerprint_and_is_decided(
    workshop: Workshop, signed_in: Enter, token_of: Token, act: str, state: str
) -> None:
    station = workshop.ask_to_join("Banc 2")
    lead = signed_in("lead")
    page = lead.get("/stations").text
    with workshop.session() as session:
        kid = session.get_one(Station, station).kid
    assert " ".join(kid[at : at + 4] for at in range(0, 64, 4)) in page
    assert "Banc 2 asks to join" in page
    assert lead.post(f"/stations/{station}/{act}", data={"csrf": token_of(lead)}).status_code == 303
    assert state_of(workshop, station) == state
    assert f"Station Banc 2 is {state}" in lead.get("/stations").text
    again = lead.post(f"/stations/{station}/accept", data={"csrf": token_of(lead)})
    assert again.status_code == 409


def test_a_token_is_shown_once(workshop: Workshop, signed_in: Enter, token_of: Token) -> None:
    lead = signed_in("lead")
    page = lead.post("/stations/token", data={"csrf": token_of(lead)}).text
    token = page.split('id="token">')[1].split("<")[0]
    assert len(token) >= 20
    assert token not in lead.get("/stations").text
    with workshop.session() as session:
        assert session.query(EnrolmentToken).one().token_hash != token


@pytest.mark.parametrize(
    ("url", "demo", "options"),
    [
        ("https://hub.example", False, ""),
        ("http://127.0.0.1:8080", True, " --demo"),
        ("http://10.0.0.5:8080", False, " --allow-http"),
    ],
)
def test_the_command_for_the_bench_has_the_options_that_this_hub_needs(url: str, demo: int, options: str) -> None:
    settings = Settings(data_dir=Path("x"), database_url="sqlite://", public_url=url, demo=bool(demo))
    assert enrol_command(settings, "T0") == f"etabli-station enrol --hub {url} --token T0{options}"


def test_an_administrator_adds_a_donors_account(workshop: Workshop, signed_in: Enter, token_of: Token) -> None:
    admin = signed_in("admin")
    page = admin.get("/people").text
    donor = page.split('<option value="')[1:]
    donor_id = next(part.split('"')[0] for part in donor if ">Usine du Port<" in part)
    data = {"name": "Zoé", "email": "zoe@usine.example", "role": "donor", "donor": donor_id, "password": "assez longue"}
    answer = admin.post("/people", data={"csrf": token_of(admin), **data})
    assert answer.status_code == 303
    assert "Zoé can sign in now." in admin.get("/people").text
    client = TestClient(workshop.app, follow_redirects=False, cookies={"etabli-lang": "en"})
    client.post("/sign-in", data={"email": data["email"], "password": data["password"]})
    assert "USINE-01" in client.get("/lots").text


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"password": "court"}, "a password needs at least 8 characters"),
        ({"email": EMAILS["lead"]}, "has an account already"),
        ({"role": "emperor"}, "Choose a role."),
        ({"role": "donor"}, "a donor account, and only that"),
    ],
)
def test_an_account_that_does_not_fit_is_told(
    signed_in: Enter, token_of: Token, changed: dict[str, str], says: str
) -> None:
    admin = signed_in("admin")
    data = {"name": "Zoé", "email": "zoe@x.example", "role": "lead", "donor": "", "password": "assez longue", **changed}
    answer = admin.post("/people", data={"csrf": token_of(admin), **data})
    assert answer.status_code in {409, 422}
    assert says in answer.text
    assert "assez longue" not in answer.text


def test_the_lead_sees_what_waits(worked: tuple[Workshop, dict[str, str]], signed_in: Enter) -> None:
    worked[0].ask_to_join("Banc 2")
    page = signed_in("lead").get("/").text
    tiles = page.split('class="figure">')[1:]
    figures = [(part.split("<")[0], part.split("</svg> ")[1].split("<")[0]) for part in tiles]
    assert figures == [
        ("5", "decisions to take"),
        ("1", "drives that failed"),
        ("1", "statements without a lot"),
        ("3", "devices without a grade"),
        ("2", "lots not received yet"),
        ("1", "stations to accept"),
        ("0", "certificates that somebody asks to take back or replace"),
        ("0", "drives contradicted after certificate, closing or exit"),
        ("0", "erasures in dispute"),
        ("0", "locked stations"),
        ("0", "open alarms"),
    ]
    assert "XX-7777" in page


def test_an_alarm_is_shown_until_somebody_has_looked(workshop: Workshop, signed_in: Enter, token_of: Token) -> None:
    with workshop.session() as session, session.begin():
        session.add(Alarm(kind="fork", station_id=None, detail="seq 4", created=workshop.clock()))
    lead = signed_in("lead")
    page = lead.get("/").text
    assert "a station may have been copied" in page
    number = page.split("/alarms/")[1].split("/close")[0]
    assert lead.post(f"/alarms/{number}/close", data={"csrf": token_of(lead)}).status_code == 303
    assert "a station may have been copied" not in lead.get("/").text


def test_a_donor_sees_the_own_counts(worked: tuple[Workshop, dict[str, str]], signed_in: Enter) -> None:
    page = signed_in("donor").get("/").text
    figures = [part.split("<")[0] for part in page.split('class="figure">')[1:]]
    assert figures == ["0", "5"]
    lot = signed_in("donor").get("/lots/MAIRIE-01").text
    figures = [part.split("<")[0] for part in lot.split('class="figure">')[1:]]
    assert figures == ["5", "3", "0", "5"]  # announced, received, with a certificate, to be explained

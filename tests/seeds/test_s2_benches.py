"""Rows S2-1, S2-3, S2-13, S2-20, S2-21, S4-8: a real bench and a real hub, from what is read to what people read."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from certificates.cli import main as etabli_verify
from diagnostics.checks import CheckOutcome
from diagnostics.grading import DEFAULT_CATEGORY_POLICY
from hub.models import LedgerEntry, Person, Role
from hub.models import Station as StationRow
from hub.settings import Settings
from hub.stations.service import accept
from station_agent.bench import Bench, simulated_bench
from station_agent.checks.answers import Answers
from station_agent.checks.kept import KeptAnswers
from station_agent.diagnose import Heard, diagnosis, machine_of, state_diagnosis
from station_agent.enrol import enrol
from station_agent.operators import add_operator
from station_agent.outbox import OutboxState
from station_agent.sign_in import SignedIn, SignInDesk, SignInRefused
from station_agent.station import Station, open_station
from station_agent.sync import SyncState, drain
from tests.asgi import TestClient
from tests.hub.conftest import PASSWORD, URL
from tests.seeds.desk import Desk

BENCHES = Path(__file__).resolve().parents[2] / "hardware-fixtures" / "benches"
WHEN = "2026-11-21T09:00:00Z"
CHASSIS = ("laptop", "desktop")


class Cable:
    """The way from the bench to the hub, which may be unplugged."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.inner, self.plugged = inner, True

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not self.plugged:
            raise httpx.ConnectError("no cable")
        return self.inner.handle_request(request)

    def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def demo() -> bool:
    return True


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: bytes) -> str:
    (tmp_path / "hub.db").write_bytes(sqlite_template)
    return f"sqlite:///{tmp_path / 'hub.db'}"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, two_people=True)


@pytest.fixture
def cable(client: Any) -> Cable:
    return Cable(client._transport)


@pytest.fixture
def station(tmp_path: Path, world: Any, cable: Any) -> Iterator[Station]:
    """A bench that the hub has accepted."""
    made = open_station(tmp_path / "state", demo=True, transport=cable)
    enrol(made.store, made.link_to(URL), made.key, url=URL, token=world.token(), name="banc 1")
    with world.hub.sessions().begin() as session:
        (row,) = session.query(StationRow).all()
        accept(session, world._gatekeeper(session), row.id)
    yield made
    made.close()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """The bench of the demonstration with its laptop, of which nobody has checked anything."""
    return replace(simulated_bench(BENCHES / "demo.toml", tmp_path / "bench"), checks=())


@pytest.fixture
def enter(world: Any, app: Any) -> Callable[..., Desk]:
    """A browser of somebody with a role, in English."""

    def sign_in(role: Role, donor: str = "", email: str = "") -> Desk:
        person = world.person(role, donor, email)
        client = TestClient(app, base_url=URL, follow_redirects=False, cookies={"etabli-lang": "en"})
        assert client.post("/sign-in", data={"email": person.email, "password": PASSWORD}).status_code == 303
        return Desk(client)

    return sign_in


def answers_of(folder: Path, chassis: str, bench: Bench) -> Answers:
    _machine, found = machine_of(bench)
    return Answers(chassis, found, KeptAnswers(folder, chassis), lambda: WHEN, "op-1")


def give_all(answers: Answers, **other: CheckOutcome) -> None:
    """Everything passes, but for what is named."""
    for check in answers.checks:
        outcome = other.get(check.id.replace("-", "_"), CheckOutcome.PASS)
        answers.give(check, outcome, value="C5" if check.id == "casing" else "", started=WHEN)


def diagnose(station: Station, bench: Bench, answers: Answers, asset: str = "A-1") -> None:
    heard = Heard(kept=answers.kept.read(), year=2026, chassis=answers.chassis)
    report = diagnosis(bench, heard)
    state_diagnosis(station, bench, report, lot="LOT-1", asset=asset, operator="op-1")


def state_run(station: Station, world: Any, operator: str, serial: str = "") -> str:
    """Let the bench sign an erasure that this operator ran; its id."""
    facts = world.bench("model", accepted=False).erasure_payload(
        serial=serial or f"WD-{operator}", lot="LOT-1", operator=operator
    )
    with station.store.transaction() as connection:
        return station.chain.append(connection, "erasure", facts, run_id=None).id


def deliver(station: Station, world: Any) -> int:
    """Send what is queued and wait until the hub has read it; how many statements were confirmed."""
    confirmed = drain(station.sync()).confirmed
    world.client.app.state.intake.settle()
    return confirmed


def device_of(desk: Desk, tag: str = "A-1") -> str:
    return str(desk.client.get(f"/search?q={tag}").headers["location"])


def words(desk: Desk, path: str) -> str:
    return " ".join(desk.read(path).replace("\N{NO-BREAK SPACE}", " ").split())


def test_s2_1_who_signs_in_reads_the_licence_and_the_description_of_the_interface(
    world: Any, enter: Callable[..., Desk], client: Any
) -> None:
    donor = enter(Role.DONOR, "CAF")
    page = donor.read("/")
    assert 'href="/about"' in page
    page = donor.read("/about")
    assert "AGPL-3.0-or-later" in page
    assert "PUT /api/v1/statements/{sha256}" in page
    assert "GNU AFFERO GENERAL PUBLIC LICENSE" in donor.read("/about/licence.txt").splitlines()[0]
    described = donor.client.get("/about/api.json").json()
    assert described["openapi"].startswith("3.")
    assert {"/api/v1/statements", "/api/v1/assignments", "/api/v1/trust"} <= set(described["paths"])
    stranger = client.get("/about")
    assert "AGPL-3.0-or-later" in stranger.text
    assert "/api/v1/statements" not in stranger.text
    assert client.get("/about/api.json", follow_redirects=False).status_code in {303, 401}


def test_s2_3_what_a_bench_reads_becomes_a_grade_and_a_category_that_name_their_policies(
    station: Station, bench: Bench, world: Any, enter: Callable[..., Desk], tmp_path: Path
) -> None:
    world.lot()
    lead = enter(Role.LEAD)
    answers = answers_of(tmp_path, "laptop", bench)
    give_all(answers)
    diagnose(station, bench, answers)
    assert deliver(station, world) == 1
    page = words(lead, device_of(lead))
    assert "Policy etabli-example, version 2" in page
    assert "CTNRS category" in page
    policy = DEFAULT_CATEGORY_POLICY.read_text("utf-8").replace("version = 1", "version = 71", 1)
    kept = lead.send("/grades", files={"file": ("category.toml", policy.encode())})
    assert kept.status_code == 303, unescape(kept.text)
    assert "version 71" not in page
    lead.done(f"{kept.headers['location']}/apply")
    assert "version 71" in words(lead, device_of(lead))
    with world.hub.sessions()() as session:
        assert session.query(LedgerEntry).filter(LedgerEntry.kind == "diagnostics").count() == 1


@pytest.mark.parametrize("chassis", CHASSIS)
def test_s2_13_the_checklist_follows_the_chassis_and_every_answer_reaches_the_hub(
    *, station: Station, bench: Bench, world: Any, enter: Callable[..., Desk], tmp_path: Path, chassis: str
) -> None:
    world.lot()
    lead = enter(Role.LEAD)
    answers = answers_of(tmp_path, chassis, bench)
    asked = {check.id for check in answers.checks}
    assert ({"keyboard", "touchpad", "display"} <= asked) is (chassis == "laptop")
    assert {"parts", "audio"} <= asked
    first = answers.checks[answers.next_open()]
    answers.give(first, CheckOutcome.FAIL, started=WHEN)
    diagnose(station, bench, answers)
    assert deliver(station, world) == 1
    page = words(lead, device_of(lead))
    rows = page.split("Guided checks</caption>")[1].split("</table>")[0].split("<tr>")[2:]
    assert len(rows) == len(asked)
    assert [row for row in rows if 'class="badge bad"' in row] == [rows[0]]
    assert all("sysfs" in row for row in rows if 'class="badge ok"' in row), "what nobody answered, the bench has read"


def test_s2_21_a_month_without_a_hub_loses_nothing_and_arrives_once(
    *, station: Station, bench: Bench, world: Any, enter: Callable[..., Desk], cable: Cable, tmp_path: Path
) -> None:
    world.lot()
    lead = enter(Role.LEAD)
    answers = answers_of(tmp_path, "laptop", bench)
    give_all(answers)
    cable.plugged = False
    made = []
    for day in range(30):
        made.append(state_run(station, world, "op-1", f"WD-{day:04}"))
        assert drain(station.sync()).state is SyncState.UNREACHABLE
    diagnose(station, bench, answers)
    assert station.outbox.counts()[OutboxState.QUEUED] == len(made) + 1
    cable.plugged = True
    assert deliver(station, world) == len(made) + 1
    assert deliver(station, world) == 0
    assert station.outbox.counts()[OutboxState.CONFIRMED] == len(made) + 1
    with world.hub.sessions()() as session:
        rows = session.query(LedgerEntry).filter_by(kind="erasure").order_by(LedgerEntry.position)
        assert [row.id for row in rows] == made
    assert all(device_of(lead, f"WD-{day:04}").startswith("/lots/LOT-1") for day in range(30)), (
        "each is found in its lot"
    )
    assert "Policy etabli-example" in words(lead, device_of(lead))


def test_s2_20_a_donor_checks_a_certificate_offline_and_sees_when_it_was_changed(
    *, world: Any, enter: Callable[..., Desk], client: Any, tmp_path: Path, capsys: Any
) -> None:
    world.lot()
    lead, donor = enter(Role.LEAD), enter(Role.DONOR, "CAF")
    bench = world.bench("banc 2")
    envelope = bench.erasure(serial="WD-1234", lot="LOT-1")
    assert bench.put(envelope).status_code == 201
    lead.done(f"/queue/{envelope.id}/approve", sure="yes")
    certificate = donor.read("/lots/LOT-1").split("/certificates/")[1].split(".pdf")[0]
    trust, paper = tmp_path / "trust.json", tmp_path / "certificate.pdf"
    trust.write_text(json.dumps(client.get("/api/v1/trust").json()))
    paper.write_bytes(donor.client.get(f"/certificates/{certificate}.pdf?lang=en").content)
    assert etabli_verify([str(paper), "--trust", str(trust), "--lang", "en"]) == 0
    assert "VALID" in capsys.readouterr().out
    proof = tmp_path / "certificate.json"
    whole = donor.client.get(f"/certificates/{certificate}.json").content
    proof.write_bytes(whole)
    assert etabli_verify([str(proof), "--trust", str(trust)]) == 0
    proof.write_bytes(whole.replace(b"bundle/1", b"bundle/2"))
    assert etabli_verify([str(proof), "--trust", str(trust)]) == 1


def test_s4_8_a_volunteer_signs_in_with_a_pin_and_two_people_answer_for_a_run(
    *, station: Station, world: Any, enter: Callable[..., Desk]
) -> None:
    world.lot()
    lead, own = enter(Role.LEAD), enter(Role.LEAD, email="runner@hub.test")
    volunteer = world.person(Role.VOLUNTEER, email="lou@hub.test")
    with world.hub.sessions()() as session:
        runner = session.query(Person).filter_by(email="runner@hub.test").one()
    assert station.refresh_from_hub() == ()
    add_operator(station.store.folder, volunteer.pseudonym, "4711", station.assignments())
    at_the_bench = SignInDesk(station.store.folder, station.clock, station.assignments)
    with pytest.raises(SignInRefused):
        at_the_bench.by_pin(volunteer.pseudonym, "0815")
    assert at_the_bench.by_pin(volunteer.pseudonym, "4711") == SignedIn(volunteer.pseudonym)
    runs = [state_run(station, world, who) for who in (at_the_bench.current(), runner.pseudonym)]
    assert deliver(station, world) == 2
    asks = {desk: desk.send(f"/queue/{runs[1]}/approve", sure="yes") for desk in (own, lead)}
    assert "whoever ran the erasure does not approve it" in unescape(asks[own].text)
    assert asks[lead].status_code == 303
    own.done(f"/queue/{runs[0]}/approve", sure="yes")
    assert volunteer.pseudonym in lead.read(f"/queue/{runs[0]}")

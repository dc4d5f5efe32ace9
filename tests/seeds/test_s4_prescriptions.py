"""Rows S4-9, S4-10, S4-11 and S1-1: prescriptions by code, prescribers as partners, figures by prescriber and state."""

import re
from collections.abc import Callable

import pytest

from hub.distributed import Prescription
from hub.distribution import prescribing
from hub.distribution.codes import ALPHABET, PRESCRIPTION, make, read
from hub.distribution.standing import State
from hub.errors import BadInput
from tests.hub.pages.workshop import Workshop
from tests.seeds.relay import Relay


@pytest.fixture
def relay(workshop: Workshop) -> Relay:
    return Relay(workshop)


@pytest.fixture
def ready(relay: Relay) -> Relay:
    """One laptop of grade B that can leave."""
    relay.receive()
    relay.make_ready("ETB-0001", "WD-0001")
    return relay


def words_of_form(page: str, action: str) -> set[str]:
    """The names of the fields of the form with this address."""
    form = page.split(f'action="{action}"')[1].split("</form>", maxsplit=1)[0]
    return set(re.findall(r'name="([^"]+)"', form)) - {"csrf"}


def test_s4_9_a_prescription_is_a_code_and_has_no_place_for_a_name(relay: Relay) -> None:
    assert words_of_form(relay.read("prescriber", "/prescriptions"), "/prescriptions") == {"kind", "category", "days"}
    code = relay.issue(kind="laptop", name="Madame Le Goff", note="enfant au collège")
    assert re.fullmatch(rf"P1-[{ALPHABET}]{{4}}-[{ALPHABET}]{{5}}", code)
    with relay.session() as session:
        row = session.query(Prescription).one()
        stored = " ".join(str(getattr(row, column.key)) for column in Prescription.__mapper__.columns)
    assert code in stored
    assert "Le Goff" not in stored
    assert "collège" not in stored


def test_s4_9_a_code_is_reserved_then_served_by_the_exit_of_a_device(ready: Relay) -> None:
    code = ready.issue(kind="laptop", category="B")
    assert states_of(ready) == ["open"]
    device = ready.device("ETB-0001")
    ready.done("distributor", f"/stock/{device}/reserve", code=code.lower().replace("-", " "), days="7")
    assert states_of(ready) == ["a device is reserved"]
    ready.done("lead", "/reservations/deliver", numbers=str(ready.reservation()), mode="gift")
    assert states_of(ready) == ["served"]
    assert "is served" in ready.refused("lead", "/new-exit", mode="gift", prescription=code)


def test_s4_9_an_exit_typed_by_hand_serves_the_code_too_and_opens_it_again_when_taken_back(ready: Relay) -> None:
    code = ready.issue()
    ready.done("lead", "/new-exit", mode="gift", prescription=code)
    page = ready.done("lead", "/exits/1/devices", tags="ETB-0001")
    assert states_of(ready) == ["served"]
    assert code in page
    ready.done("lead", "/exits/1/withdraw", line="1", reason="erreur")
    assert states_of(ready) == ["open"]


def test_s4_9_two_exits_begun_for_one_code_serve_it_once(ready: Relay) -> None:
    ready.make_ready("ETB-0002", "ST-0002")
    code = ready.issue()
    for _ in range(2):
        ready.done("lead", "/new-exit", mode="gift", prescription=code)
    ready.done("lead", "/exits/1/devices", tags="ETB-0001")
    assert f"prescription {code} is served" in ready.refused("lead", "/exits/2/devices", tags="ETB-0002")


def test_s4_9_a_code_that_is_expired_cancelled_or_for_another_kind_gets_nothing(ready: Relay) -> None:
    device = ready.device("ETB-0001")
    wrong = ready.issue(kind="desktop")
    better = ready.issue(category="A")
    cancelled, late = ready.issue(), ready.issue(days="1")
    ready.done("prescriber", "/prescriptions/3/cancel", reason="not-needed")
    ready.pass_days(3)
    assert states_of(ready) == ["expired", "cancelled", "open", "open"]
    refusals = {
        wrong: "this prescription asks for another kind of device",
        better: "this prescription asks for grade A or better",
        cancelled: f"prescription {cancelled} is cancelled: nothing is given for it",
        late: f"prescription {late} is expired: nothing is given for it",
    }
    for code, sentence in refusals.items():
        assert ready.refused("distributor", f"/stock/{device}/reserve", code=code) == sentence


def test_s4_9_every_wrong_and_every_swapped_character_of_a_code_is_noticed() -> None:
    code = make(PRESCRIPTION, _drawn())
    body = code.replace("-", "")[2:]
    assert read(PRESCRIPTION, code.lower().replace("0", "o")) == code
    for at, symbol in enumerate(body):
        for other in ALPHABET.replace(symbol, ""):
            with pytest.raises(BadInput):
                read(PRESCRIPTION, "P1" + body[:at] + other + body[at + 1 :])
        if at and body[at - 1] != symbol:
            with pytest.raises(BadInput):
                read(PRESCRIPTION, "P1" + body[: at - 1] + symbol + body[at - 1] + body[at + 1 :])
    for hostile in ("", "P1", "P1-" + "0" * 400, "P1-\x00\x00", "Madame Le Goff", "P1-۱۲۳۴-۱۲۳۴۵"):
        with pytest.raises(BadInput):
            read(PRESCRIPTION, hostile)


def test_s4_9_a_prescriber_sees_and_cancels_own_codes_only(relay: Relay) -> None:
    code = relay.issue("landlord")
    assert code not in relay.read("prescriber", "/prescriptions")
    assert relay.get("prescriber", "/prescriptions/1").status_code == 404
    assert "no such prescription" in relay.refused("prescriber", "/prescriptions/1/cancel", reason="mistake")
    assert code in relay.read("technician", "/prescriptions")
    for path in ("/stock", "/exits", "/figures", "/intake"):
        assert relay.get("prescriber", path).status_code == 403, path


def test_s4_10_a_prescriber_is_a_partner_with_a_membership_agreement(relay: Relay) -> None:
    partner = relay.partner("prescriber")
    page = relay.read("lead", f"/partners/{partner}")
    assert "prescriber" in page
    agreement = ("adhesion.pdf", b"%PDF-1.7 signed", "application/pdf")
    client = relay.browser("lead")
    token = client.get("/help").text.split('name="csrf" value="')[1].split('"')[0]
    data = {"csrf": token, "kind": "convention", "signed": "2026-02-01"}
    answer = client.post(f"/partners/{partner}/documents", data=data, files={"file": agreement})
    assert answer.status_code == 200
    assert "signed and in force" in answer.text
    assert relay.issue() in relay.read("lead", f"/prescriptions?prescriber={partner}")
    refused = relay.refused("lead", "/prescriptions", prescriber=relay.partner("distributor"))
    assert refused == "choose a partner of the list"


def test_s4_11_prescriptions_are_counted_by_prescriber_and_state(ready: Relay) -> None:
    for who in ("prescriber", "prescriber", "landlord"):
        ready.issue(who)
    ready.done("prescriber", "/prescriptions/2/cancel", reason="twice")
    ready.done("lead", "/new-exit", mode="gift", prescription=codes_of(ready)[0])
    ready.done("lead", "/exits/1/devices", tags="ETB-0001")
    with ready.session() as session:
        lead = ready.workshop.person(session, "lead")
        counted = prescribing.count_by_prescriber(session, lead)
        earlier = prescribing.count_by_prescriber(session, lead, last="2026-03-01")
    assert counted == {
        ("CDAS de Lambézellec", State.SERVED): 1,
        ("CDAS de Lambézellec", State.CANCELLED): 1,
        ("Le Toit Angevin", State.OPEN): 1,
    }
    assert earlier == {}
    rows = ready.read("lead", "/prescriptions").split("<tbody>")[1]
    assert "CDAS de Lambézellec" in rows.split("Le Toit Angevin")[0]


def test_s1_1_a_landlord_prescribes_and_the_tenants_device_is_reserved_by_code(ready: Relay) -> None:
    code = ready.issue("landlord", kind="laptop")
    page = ready.done("technician", f"/stock/{ready.device('ETB-0001')}/reserve", code=code)
    assert code in page
    assert "Without a distributor" in page
    assert "a device is reserved" in ready.read("landlord", "/prescriptions")
    refused = ready.post("lead", "/new-exit", mode="gift")
    assert refused.status_code == 200
    assert "it is reserved until" in ready.post("lead", "/exits/1/devices", tags="ETB-0001").text
    ready.done("lead", "/reservations/deliver", numbers="1", mode="gift")
    assert "served" in ready.read("landlord", "/prescriptions")


def states_of(relay: Relay) -> list[str]:
    """The states on the prescriber's page, the newest code first."""
    rows = relay.read("prescriber", "/prescriptions").rsplit("<tbody>", 1)[1]
    return [
        one.split("</svg>")[-1].strip()
        for one in re.findall(r'<span class="badge [^"]*">(.*?)</span>', rows, re.DOTALL)
    ]


def codes_of(relay: Relay) -> list[str]:
    """Every code, the oldest first."""
    with relay.session() as session:
        return [row.code for row in session.query(Prescription).order_by(Prescription.id)]


def _drawn() -> Callable[[int], int]:
    """Draws that a test knows."""
    told = iter((3, 30, 7, 0, 21, 9, 14, 30))
    return lambda _below: next(told)

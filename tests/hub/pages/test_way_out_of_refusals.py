"""What somebody new met on a first day: each refusal names its way out, in the reader's words, and no page is empty."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.models import Person
from hub.surplus import offering
from hub.surplus.offering import Goods
from tests.asgi import TestClient
from tests.hub.houses import ALPHA, Houses
from tests.hub.pages.workshop import Workshop
from tests.seeds.desk import Desk
from tests.seeds.relay import Relay

Enter = Callable[[str], TestClient]
GOODS = Goods("screen", 4, "Écrans 22 pouces", "Réserve 2", "")


@pytest.fixture
def french(signed_in: Enter) -> Desk:
    """A lead who reads French."""
    client = signed_in("lead")
    client.cookies.set("etabli-lang", "fr")
    return Desk(client)


@pytest.fixture
def houses(tmp_path: Path) -> Iterator[Houses]:
    made = Houses.built(tmp_path / "hub")
    yield made
    made.workshop.hub.engine.dispose()


def test_a_delivery_that_waits_for_the_draw_leads_to_the_page_of_the_draw(workshop: Workshop) -> None:
    relay = Relay(workshop)
    relay.receive()
    object.__setattr__(workshop.app.state.hub.settings, "require_sample", True)
    device = relay.make_ready("ETB-0001", "WD-0001")
    relay.done("distributor", f"/stock/{device}/reserve")
    answer = relay.post("lead", "/reservations/deliver", numbers="1", mode="gift")
    assert answer.status_code == 409
    assert "no draw for the sample has seen its approved drives" in answer.text
    assert '<a href="/lots/MAIRIE-01/sample">settle it</a>' in answer.text
    page = relay.read("lead", "/lots/MAIRIE-01/sample")
    assert "This hub asks for a draw before approved drives leave" in page
    assert "5\u00a0% of the approved drives" in page


def test_a_reservation_says_its_last_day_as_the_page_does(workshop: Workshop) -> None:
    relay = Relay(workshop)
    relay.receive()
    device = relay.make_ready("ETB-0001", "WD-0001")
    page = relay.done("distributor", f"/stock/{device}/reserve", days="7")
    day = page.split("Reserved until ")[1].split(".")[0]
    assert f"until {day}" in page.split('<section class="sheet"')[1]


def test_a_reserved_device_leads_to_the_reservations_with_its_day_in_words(workshop: Workshop) -> None:
    relay = Relay(workshop)
    relay.receive()
    device = relay.make_ready("ETB-0001", "WD-0001")
    relay.done("distributor", f"/stock/{device}/reserve", days="7")
    relay.done("lead", "/new-exit", mode="gift", receiver="Somebody")
    answer = relay.post("lead", "/exits/1/devices", tags="ETB-0001")
    assert answer.status_code == 409
    assert "it is reserved until 9 Mar 2026" in answer.text
    assert '<a href="/reservations">settle it</a>' in answer.text


def test_whoever_ran_an_erasure_is_told_so_before_the_form_of_its_reading(workshop: Workshop) -> None:
    relay = Relay(workshop)
    relay.receive()
    with relay.session() as session:
        workshop.bench.operator = workshop.person(session, "technician").pseudonym
    relay.make_ready("ETB-0001", "WD-0001")
    relay.done("lead", "/lots/MAIRIE-01/sample")
    own, another = (relay.read(who, "/lots/MAIRIE-01/sample") for who in ("technician", "lead"))
    assert "You answer for this erasure" in own
    assert "/sample/read" not in own
    assert "You answer for this erasure" not in another
    assert "/sample/read" in another


def test_the_form_of_ages_that_nobody_filled_in_takes_nothing_away(workshop: Workshop, signed_in: Enter) -> None:
    lead = Desk(signed_in("lead"))
    page = lead.done("/lots/MAIRIE-01/stated", tags="", about="purchased", word="2019")
    assert page.count('<td data-col="bought on">2019</td>') == 5
    answer = lead.send("/lots/MAIRIE-01/stated", tags=" \n", about="purchased", word="")
    assert answer.status_code == 422
    assert "name the devices of which this is unknown" in answer.text
    page = lead.done("/lots/MAIRIE-01/stated", tags="ETB-0001", about="purchased", word="")
    assert page.count('<td data-col="bought on">2019</td>') == 4


def test_a_tag_that_nobody_knows_is_said_in_french(french: Desk) -> None:
    answer = french.send("/tags/again", codes="ZZZ", sheet="a4-24-70x37", start="1", each="1")
    assert answer.status_code == 422
    assert "ligne 1\u00a0: aucun appareil avec cette étiquette" in answer.text


def test_a_lot_without_a_code_is_asked_for_in_french(french: Desk) -> None:
    partner = french.client.post("/partners", data={"csrf": french.token, "kind": "refurbisher", "name": "Deux"})
    answer = french.send(partner.headers["location"], about="lot", lot="")
    assert answer.status_code == 404
    assert "écrivez le code du lot" in answer.text


def test_the_start_page_of_a_coordinator_says_what_waits_in_the_network(houses: Houses) -> None:
    coordinator = Desk(houses.browser("coordinator"))
    before = _waiting(coordinator)
    with houses.session() as session, session.begin():
        lead = session.get_one(Person, houses.people["lead of a partner"])
        network = houses.partner(session, ALPHA).network_id
        assert network is not None
        offering.offer(session, lead, network, GOODS)
    assert _waiting(coordinator) == before + 1
    assert "partners of the network" in coordinator.read("/")
    assert "offers to read before they are published" not in Desk(houses.browser("lead of a partner")).read("/")


def _waiting(coordinator: Desk) -> int:
    """How many offers the start page counts."""
    told = coordinator.read("/").split("offers to read before they are published")[0]
    return int(told.split('<span class="figure">')[-1].split("<")[0])

"""Seed S4-13: figures that workshops of a network share, through their pages, down to a reader outside."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from hub.exits import by_number, leaving
from hub.exits.leaving import Head
from hub.lots import counts, life
from hub.lots.counts import Counted
from hub.lots.service import create_lot
from hub.models import Person, Role
from tests.hub.houses import ALPHA, BRAVO, CHARLIE, HOUSES, Houses
from tests.seeds.desk import Desk

PAGE = "/network-figures"
LEADS = {ALPHA: "lead of a partner", BRAVO: f"lead {BRAVO}", CHARLIE: f"lead {CHARLIE}"}
SHARED = ["received", "redistributed", "recycled", "erased", "mass_g", "co2e_g"]


class Pool:
    """Two workshops of one network with six and five donors of spring 2026, looked at in autumn."""

    def __init__(self, houses: Houses) -> None:
        self.houses = houses
        with houses.session() as session, session.begin():
            for house in (BRAVO, CHARLIE):
                houses.people[LEADS[house]] = houses._person(session, Role.LEAD, house, f"Pool lead {house}").id
        for house, donors, units in ((ALPHA, 6, 10), (BRAVO, 5, 8)):
            for at in range(donors):
                self.lot(house, f"{house}-P{at}", units)
        houses.workshop.clock.now = datetime(2026, 9, 1, 9, tzinfo=UTC)
        for house in (ALPHA, BRAVO):
            self.take_back(house)
        self.network = re.findall(r'name="network" value="([^"]+)"', self.desk("coordinator").read(PAGE))[0]

    def desk(self, who: str) -> Desk:
        return Desk(self.houses.browser(LEADS.get(who, who)))

    def lot(self, house: str, code: str, units: int) -> None:
        """A donor gives screens; four of them are given away, one goes to recycling."""
        with self.houses.session() as session, session.begin():
            lead = session.get_one(Person, self.houses.people[LEADS[house]])
            lot = create_lot(session, code, f"Donateur {code}", "", lead)
            life.move(session, lead, lot, "received", day="2026-03-02")
            counts.count(session, lead, lot, Counted("received", "screen", units))
            for outcome, number, head in (("reuse", 4, Head("gift")), ("weee", 1, Head("weee", **WEEE))):
                counts.count(session, lead, lot, Counted("sorted", "screen", number, outcome))
                batch = leaving.begin(session, lead, head)
                by_number.send_units(session, lead, batch, lot, kind="screen", units=number)

    def agree(self, house: str, *figures: str, **more: str) -> str:
        return self.desk(house).done(f"{PAGE}/agreement", figure=list(figures or SHARED), **more)

    def take_back(self, house: str) -> str:
        return self.desk(house).done(f"{PAGE}/agreement/end", reason="autre avis")

    def count(self) -> str:
        return self.desk("coordinator").done(f"{PAGE}/counts", network=self.network, half="2026-S1")

    def told(self, who: str = BRAVO) -> dict[str, list[dict[str, object]]]:
        answer = self.desk(who).client.get(f"{PAGE}.json")
        assert answer.status_code == 200, answer.text
        found: dict[str, list[dict[str, object]]] = answer.json()["figures"]
        return found


UNTOLD = "not told: too small, of too few workshops, or not known"
WEEE = {"receiver": "Recyclage du Port", "producer": "Éco-organisme X"}


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    made = Houses.built(tmp_path_factory.mktemp("pool") / "hub")
    yield Pool(made)
    made.workshop.hub.engine.dispose()


@pytest.fixture
def shared(pool: Pool) -> Iterator[Pool]:
    """The network shares six figures; what the workshops agreed to is taken back at the end."""
    pool.desk("coordinator").done(f"{PAGE}/figures", network=pool.network, figure=SHARED)
    yield pool
    for house in (ALPHA, BRAVO):
        if "/agreement/end" in pool.desk(house).read(PAGE):
            pool.take_back(house)


def test_s4_13_nothing_is_shared_before_the_network_chooses_and_a_workshop_agrees(pool: Pool) -> None:
    pool.desk("coordinator").done(f"{PAGE}/figures", network=pool.network)
    assert "This network shares no figure yet." in pool.desk(BRAVO).read(PAGE)
    lead = pool.desk(ALPHA)
    assert lead.send(f"{PAGE}/agreement", figure="received").status_code == 422
    assert lead.send(f"{PAGE}/figures", network=pool.network, figure="received").status_code == 403
    assert pool.desk("coordinator").send(f"{PAGE}/agreement", figure="received").status_code == 403


def test_s4_13_workshops_read_sums_of_those_that_agreed(shared: Pool) -> None:
    shared.agree(ALPHA, named="yes")
    shared.agree(BRAVO, named="yes")
    assert "Counted: 2026-S1" in shared.count()
    told = {name: [(one["half_year"], one["total"]) for one in lines] for name, lines in shared.told().items()}
    assert told["received"] == [("2026-S1", 6 * 10 + 5 * 8 + 2)]  # and one over the counter of each
    assert told["redistributed"] == [("2026-S1", 4 * 11)]
    assert told["recycled"] == [("2026-S1", 11)]
    assert told["mass_g"] == [("2026-S1", 100 * 5700 + 2 * 1650)]
    assert set(told) == set(SHARED)


def test_s4_13_a_workshop_is_named_where_it_agreed_to_it(shared: Pool) -> None:
    shared.agree(BRAVO, named="yes")
    shared.count()
    told = [{"half_year": "2026-S1", "total": 41, "workshops": {f"Partenaire {BRAVO}": 41}}]
    assert shared.told(ALPHA)["received"] == told
    page = shared.desk(ALPHA).read(PAGE)
    assert f">Partenaire {BRAVO}</td>" in page
    assert ">41</td>" in page
    assert BRAVO not in page.replace(f"Partenaire {BRAVO}", "")


def test_s4_13_a_number_behind_which_few_donors_stand_is_not_told(shared: Pool) -> None:
    shared.agree(ALPHA, named="yes")
    shared.agree(BRAVO, named="yes")
    shared.count()  # each has one certificate, of one donor
    assert shared.told()["erased"] == [{"half_year": "2026-S1", "total": None, "workshops": {}}]
    assert f"2026-S1;all together;{UNTOLD}" in shared.desk(ALPHA).client.get(f"{PAGE}.csv").text


def test_s4_13_a_workshop_alone_without_its_name_is_not_told_at_all(shared: Pool) -> None:
    shared.agree(ALPHA)
    shared.count()
    assert shared.told()["received"] == [{"half_year": "2026-S1", "total": None, "workshops": {}}]
    assert UNTOLD in shared.desk(BRAVO).read(PAGE)


@pytest.mark.parametrize("named", ["", "yes"])
def test_s4_13_two_workshops_of_which_one_has_no_name_do_not_work_out_each_other(shared: Pool, named: str) -> None:
    shared.agree(ALPHA)
    shared.agree(BRAVO, named=named)
    shared.count()
    assert shared.told()["received"] == [{"half_year": "2026-S1", "total": None, "workshops": {}}]
    assert "named nowhere in that line" in shared.desk(ALPHA).read(PAGE)


def test_s4_13_an_agreement_that_is_taken_back_tells_nothing_any_more(shared: Pool) -> None:
    shared.agree(ALPHA, named="yes")
    shared.agree(BRAVO, named="yes")
    shared.count()
    assert shared.told()["received"][0]["total"] == 102
    shared.take_back(ALPHA)
    assert shared.told()["received"] == [
        {"half_year": "2026-S1", "total": 41, "workshops": {f"Partenaire {BRAVO}": 41}}
    ]


def test_s4_13_what_was_counted_stays_when_something_is_written_later(shared: Pool) -> None:
    shared.agree(ALPHA, named="yes")
    shared.count()
    lead, code = shared.desk(ALPHA), f"{ALPHA}-P0"
    lead.done(f"/lots/{code}/counts", step="received", kind="screen", number="11")
    assert shared.told()["received"][0]["total"] == 61
    lead.done(f"/lots/{code}/counts", step="received", kind="screen", number="10")


def test_s4_13_agreeing_again_tells_nothing_of_what_was_written_in_between(shared: Pool) -> None:
    shared.agree(ALPHA, "received", named="yes")
    shared.count()
    lead, code = shared.desk(ALPHA), f"{ALPHA}-P0"
    lead.done(f"/lots/{code}/counts", step="received", kind="screen", number="17")
    shared.take_back(ALPHA)
    shared.agree(ALPHA, "received", "redistributed", named="yes")
    shared.count()
    told = shared.told()
    assert told["received"][0]["total"] == 61, "the difference would be what one donor gave"
    assert told["redistributed"][0]["total"] == 24
    lead.done(f"/lots/{code}/counts", step="received", kind="screen", number="10")


def test_s4_13_an_invited_reader_reads_the_figures_by_a_link_and_nothing_else(shared: Pool) -> None:
    shared.agree(ALPHA, named="yes")
    shared.agree(BRAVO, named="yes")
    shared.count()
    coordinator = shared.desk("coordinator")
    answer = coordinator.send(f"{PAGE}/links", network=shared.network, reader="Ordi Solidaire Bretagne")
    link = re.findall(r"/network-figures/open/[\w-]+", answer.text)[0]
    reader = shared.houses.browser("visitor")
    page = reader.get(link).text
    assert "<svg" in page
    assert "102" in page
    assert not [word for word in HOUSES if word in page.replace(f"Partenaire {word}", "")]
    rows = reader.get(f"{link}/figures.csv").content.decode("utf-8-sig").splitlines()
    assert "Machines received;2026-S1;all together;102;;" in rows
    document = json.loads(reader.get(f"{link}/figures.json").text)
    assert document["factors"][0]["version"] >= 1
    assert document["factors"][0]["id"] in page
    number = re.findall(r'name="link" value="(\d+)"', coordinator.read(PAGE))[0]
    coordinator.done(f"{PAGE}/links/end", network=shared.network, link=number, reason="fin")
    assert reader.get(link).status_code == 404


def test_s4_13_another_network_reads_nothing_of_it(shared: Pool) -> None:
    shared.agree(ALPHA, named="yes")
    shared.count()
    other = shared.desk(CHARLIE)
    assert f"Partenaire {ALPHA}" not in other.read(PAGE)
    for ending in ("", ".csv", ".json"):
        assert other.client.get(f"{PAGE}{ending}?network={shared.network}").status_code == 404
    for who in ("donor", "distributor", "prescriber"):
        assert shared.desk(who).client.get(PAGE).status_code == 403


def test_s4_13_a_half_year_that_is_not_over_is_not_counted(shared: Pool) -> None:
    shared.agree(ALPHA)
    answer = shared.desk("coordinator").send(f"{PAGE}/counts", network=shared.network, half="2026-S2")
    assert answer.status_code == 409
    assert "not over" in answer.text

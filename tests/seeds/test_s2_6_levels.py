"""Seed S2-6: the level of a partner gates its screens, its services and its benches; old records stay readable."""

import re
from collections.abc import Iterator

import pytest

from hub.models import Drive, Erasure
from hub.stations.assignments import assign
from tests.hub.houses import ALPHA, BRAVO, HOME, Houses
from tests.seeds.desk import Desk


class Levels:
    """The partner ALPHA at its desks, and a coordinator who gives it levels."""

    def __init__(self, houses: Houses) -> None:
        self.houses, self.mine = houses, houses.things[ALPHA]
        self.lead = Desk(houses.browser("lead of a partner"))
        self.coordinator = Desk(houses.browser("coordinator"))

    def give(self, level: int) -> None:
        path = f"/partners/{self.mine['partner_id']}"
        if f'<span class="letter">{level}</span>' not in self.coordinator.read(path):
            self.coordinator.done(path, about="level", level=level, note="audit de maturité")

    def told(self, word: str) -> str:
        with self.houses.session() as session, session.begin():
            return str(assign(session, self.houses.things[word]["station_id"])[0]["lots"])

    def refused(self, path: str, **fields: str) -> str:
        answer = self.lead.send(path, **fields)
        assert answer.status_code == 422, (path, answer.status_code)
        found = re.search(r"Partenaire zalpha has level (\d), which does not open this: ([\w-]+)", answer.text)
        assert found is not None, path
        return found[2]

    def run_of(self, serial: str) -> str:
        with self.houses.session() as session:
            run = session.query(Erasure).join(Drive, Drive.id == Erasure.drive_id).filter(Drive.serial == serial).one()
            return str(run.statement_id)


@pytest.fixture(scope="module")
def levels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Levels]:
    made = Houses.built(tmp_path_factory.mktemp("levels") / "hub")
    yield Levels(made)
    made.workshop.hub.engine.dispose()


def test_s2_6_level_1_sorts_and_does_nothing_more(levels: Levels) -> None:
    levels.give(1)
    device = f"/devices/{levels.mine['device_id']}"
    levels.lead.done(f"{device}/triage", word="parts", reason="écran cassé")
    levels.lead.done(f"{device}/step", word="triaged")
    assert levels.refused(f"{device}/step", word="graded") == "grading"
    assert levels.refused(f"{device}/work", act="repair", action="keyboard") == "reinstallation"
    assert levels.refused(f"{device}/inspection", act="system", image="Debian", version="13") == "reinstallation"
    run = levels.run_of(f"DRIVE-{ALPHA}-2")
    assert levels.refused(f"/queue/{run}/approve", sure="yes") == "erasure"
    path = f"/lots/{levels.mine['code']}/pre-approval"
    fields = {"policy": "purge-preferred", "drives": "any", "countdown": "60", "hours": "24", "sure": "yes"}
    assert levels.refused(path, **fields) == "erasure"


def test_s2_6_the_screens_of_level_1_have_no_forms_for_it(levels: Levels) -> None:
    levels.give(1)
    device = f"/devices/{levels.mine['device_id']}"
    assert "has level 1: intake, triage and exits to partners." in levels.lead.read(f"/lots/{levels.mine['code']}")
    assert 'value="triaged"' in levels.lead.read(f"{device}/triage")
    assert 'value="graded"' not in levels.lead.read(f"{device}/triage")
    assert 'value="repair"' not in levels.lead.read(f"{device}/work")
    assert 'value="system"' not in levels.lead.read(f"{device}/inspection")
    assert 'name="countdown"' not in levels.lead.read(f"/lots/{levels.mine['code']}/pre-approval")
    item = levels.lead.read(f"/queue/{levels.run_of(f'DRIVE-{ALPHA}-2')}")
    assert 'id="approve"' not in item
    assert "which does not open this: erasure" in item
    assert "does not open erasure" in levels.lead.read("/approve-together")


def test_s2_6_benches_of_level_1_are_told_of_nothing_to_erase(levels: Levels) -> None:
    levels.give(1)
    assert levels.told(ALPHA) == "[]"
    assert levels.mine["code"] not in levels.told(HOME)
    assert f"LOT-{BRAVO}" in levels.told(BRAVO)
    levels.give(2)
    assert levels.mine["code"] in levels.told(ALPHA)


def test_s2_6_level_2_refurbishes_and_sells_nothing(levels: Levels) -> None:
    levels.give(2)
    device = f"/devices/{levels.mine['device_id']}"
    levels.lead.done(f"{device}/step", word="graded")
    levels.lead.done(f"{device}/work", act="repair", action="keyboard")
    assert '<option value="sale"' not in levels.lead.read("/new-exit")
    assert levels.refused("/new-exit", mode="sale") == "sale"
    levels.lead.done("/new-exit", mode="gift", receiver="Association zalpha")


def test_s2_6_level_3_sells(levels: Levels) -> None:
    levels.give(3)
    assert '<option value="sale"' in levels.lead.read("/new-exit")
    levels.lead.done("/new-exit", mode="sale")


def test_s2_6_a_lot_of_a_lower_level_is_sold_by_nobody(levels: Levels) -> None:
    levels.give(2)
    home = Desk(levels.houses.browser("lead at home"))
    number = home.done("/new-exit", mode="sale").split('action="/exits/')[1].split("/")[0]
    answer = home.send(f"/exits/{number}/devices", tags=f"{ALPHA}-1", price="50")
    assert answer.status_code == 409
    assert "Partenaire zalpha has level 2, which does not open this: sale" in answer.text


def test_s2_6_lowering_a_level_leaves_old_records_readable(levels: Levels) -> None:
    levels.give(3)
    device = f"/devices/{levels.mine['device_id']}"
    levels.lead.done(f"{device}/inspection", act="system", image="Debian", version="13", licence="free", test="passed")
    certificate = f"/certificates/{levels.mine['certificate_id']}.pdf"
    levels.give(1)
    assert "Debian 13" in levels.lead.read(f"{device}/inspection")
    assert levels.lead.client.get(certificate).content.startswith(b"%PDF")
    history = levels.coordinator.read(f"/partners/{levels.mine['partner_id']}")
    assert "audit de maturité" in history


def test_s2_6_lots_of_the_workshop_that_runs_the_hub_are_not_limited(levels: Levels) -> None:
    home, theirs = Desk(levels.houses.browser("lead at home")), levels.houses.things[HOME]
    home.done(f"/devices/{theirs['device_id']}/step", word="graded")
    home.done(f"/queue/{theirs['statement_id']}/approve", sure="yes")
    assert '<option value="sale"' in home.read("/new-exit")

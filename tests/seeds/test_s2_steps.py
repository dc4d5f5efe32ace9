"""Rows S2-15, S2-16 and S2-23: cleaning, the system put on a device, training on what is only simulated."""

from pathlib import Path

import pytest

from certificates.keys import SigningKey
from hub.ledger.intake import take_in
from hub.models import Station
from tests.hub.pages.workshop import Bench, Workshop
from tests.seeds.relay import Relay


@pytest.fixture
def relay(workshop: Workshop) -> Relay:
    made = Relay(workshop)
    made.receive()
    return made


def test_s2_15_cleaning_is_noted_as_work_on_the_device(relay: Relay) -> None:
    path = f"/devices/{relay.device('ETB-0001')}/work"
    before = relay.read("technician", path)
    page = relay.done("technician", path, act="repair", action="cleaning", note="clavier et aérations")
    assert "clavier et aérations" in page
    assert "clavier et aérations" not in before
    assert "Lou Kervella" in page


def test_s2_16_image_version_and_licence_of_a_system_are_recorded(relay: Relay) -> None:
    device = relay.device("ETB-0001")
    system = {"act": "system", "image": "Emmabuntüs", "version": "DE5 1.03", "licence": "free", "test": "passed"}
    page = relay.done("technician", f"/devices/{device}/inspection", **system)
    for word in ("Emmabuntüs DE5 1.03", "free software", "final test passed", "Lou Kervella"):
        assert word in page, word
    assert "reinstalled" in relay.read("technician", f"/devices/{device}/triage")


def test_s2_16_a_failed_final_test_leaves_the_step_where_it_was(relay: Relay) -> None:
    device = relay.device("ETB-0001")
    path, system = f"/devices/{device}/inspection", {"act": "system", "image": "W11", "version": "23H2"}
    failed = {**system, "licence": "refurbisher", "test": "failed"}
    assert relay.refused("technician", path, **failed) == "say what the final test found"
    assert "pas de son" in relay.done("technician", path, **failed, note="pas de son")
    triage = relay.read("technician", f"/devices/{device}/triage")
    assert "How far it is <strong>" not in triage
    assert relay.refused("technician", path, **{**failed, "licence": "stolen", "note": "x"}).startswith("choose the")
    assert relay.refused("technician", path, **{**failed, "image": ""}) == "name the image and its version"
    back = relay.done("technician", path, act="system-back", record="1", reason="autre machine")
    assert "taken back" in back
    assert "autre machine" in back


def test_s2_16_who_uses_the_device_reads_which_system_is_on_it(relay: Relay) -> None:
    relay.make_ready("ETB-0001", "WD-0001")
    device = relay.device("ETB-0001")
    system = {"act": "system", "image": "Linux Mint", "version": "22", "licence": "free", "test": "passed"}
    relay.done("technician", f"/devices/{device}/inspection", **system)
    relay.done("technician", f"/devices/{device}/step", word="ready")
    relay.done("distributor", f"/stock/{device}/reserve")
    relay.done("lead", "/reservations/deliver", numbers="1", mode="gift")
    key = relay.read("distributor", "/deliveries/1").split("?key=")[1][:8]
    assert "Linux Mint 22 · free software" in relay.read("visitor", f"/t/ETB-0001?key={key}")


def test_s2_23_training_runs_on_simulated_drives_and_says_so_everywhere(tmp_path: Path) -> None:
    school = Workshop(tmp_path / "school", demo=True)
    relay = Relay(school)
    relay.receive()
    relay.make_ready("ETB-0001", "WD-0001")
    page = relay.read("technician", "/lots/MAIRIE-01")
    assert "Demonstration: simulated drives, nothing here proves an erasure." in page
    certificate = relay.read("lead", "/lots/MAIRIE-01").split("/certificates/")[1].split(".pdf")[0]
    assert "SIMULATION" in relay.read("visitor", f"/verify/{certificate}")
    real = Workshop(tmp_path / "real")
    key = SigningKey.generate(demo=True)
    pupil = Bench(key, simulated=True)
    with real.session() as session, session.begin():
        known = {"kid": key.kid, "public": key.public.base64, "name": "École", "state": "accepted", "demo": True}
        session.add(Station(**known, created=real.clock()))
    (answer,) = take_in(real.hub, key.kid, [pupil.sign(pupil.erasure("WD-0002"))])
    assert answer.status not in {200, 201}  # what was learnt on never counts in a real workshop
    school.hub.engine.dispose()
    real.hub.engine.dispose()

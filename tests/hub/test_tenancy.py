"""Tenancy: a donor sees the own lots and nothing of anybody else's, through every service."""

from typing import Any

import pytest

from hub.devices import service as devices
from hub.devices import tying
from hub.errors import Forbidden, HubError, NotFound
from hub.issued import service as issued
from hub.lots import service as lots
from hub.models import Role
from hub.stations import service as stations
from hub.validation import service as validation


@pytest.fixture
def two_donors(world: Any) -> Any:
    """Donors CAF and CHU with one lot, one device, one erasure and one certificate each."""
    bench, lead = world.bench(), world.person()
    for code, donor in (("LOT-A", "CAF"), ("LOT-B", "CHU")):
        world.lot(code, donor)
        erasure = bench.erasure(lot=code, asset=f"TAG-{code}", serial=f"WD-{code}")
        assert bench.put(erasure).status_code == 201
        bench.put(bench.erasure(lot=code, serial=f"LOOSE-{code}"))
        with world.hub.sessions().begin() as session:
            validation.approve(session, lead, erasure.id, "", world.hub.clock())
    world.caf, world.chu = world.person(Role.DONOR, "CAF"), world.person(Role.DONOR, "CHU")
    world.lead = lead
    return world


def test_a_donor_lists_the_own_lots_only(two_donors: Any) -> None:
    with two_donors.hub.sessions()() as session:
        assert [lot.code for lot in lots.visible_lots(session, two_donors.caf)] == ["LOT-A"]
        assert [lot.code for lot in lots.visible_lots(session, two_donors.chu)] == ["LOT-B"]
        assert {lot.code for lot in lots.visible_lots(session, two_donors.lead)} == {"LOT-A", "LOT-B"}


def test_a_donor_reads_everything_of_the_own_lot(two_donors: Any) -> None:
    caf = two_donors.caf
    with two_donors.hub.sessions()() as session:
        lot = lots.lot_for(session, caf, "LOT-A")
        view = devices.devices_of_lot(session, caf, lot)[0]
        assert (view.device.asset, view.drives[0].erasure.verdict) == ("TAG-LOT-A", "ERASED")
        assert devices.loose_drives_of_lot(session, caf, lot)[0].drive.serial == "LOOSE-LOT-A"
        assert devices.device_for(session, caf, view.device.id).device.asset == "TAG-LOT-A"
        assert lots.summary(session, caf, lot).certified == 1
        certificate = issued.certificates_of_lot(session, caf, lot)[0]
        assert issued.pdf_of(session, caf, certificate.id).startswith(b"%PDF")
        assert b"etabli.bundle/1" in issued.bundle_of(session, caf, certificate.id)


def test_a_donor_reaches_nothing_of_another_through_any_service(two_donors: Any) -> None:
    caf, lead = two_donors.caf, two_donors.lead
    with two_donors.hub.sessions()() as session:
        foreign = lots.lot_for(session, lead, "LOT-B")
        device = devices.devices_of_lot(session, lead, foreign)[0].device
        certificate = issued.certificates_of_lot(session, lead, foreign)[0]
        assert devices.devices_of_lot(session, caf, foreign) == ()
        assert devices.loose_drives_of_lot(session, caf, foreign) == ()
        assert issued.certificates_of_lot(session, caf, foreign) == ()
        refused = (
            lambda: lots.lot_for(session, caf, "LOT-B"),
            lambda: lots.summary(session, caf, foreign),
            lambda: devices.device_for(session, caf, device.id),
            lambda: issued.pdf_of(session, caf, certificate.id),
            lambda: issued.pdf_of(session, caf, certificate.id, "en"),
            lambda: issued.bundle_of(session, caf, certificate.id),
        )
        for ask in refused:
            with pytest.raises(NotFound):
                ask()


def test_a_donor_does_nothing_that_the_workshop_does(two_donors: Any) -> None:
    caf = two_donors.caf
    with two_donors.hub.sessions()() as session:
        lot = lots.lot_for(session, caf, "LOT-A")
        refused = (
            lambda: validation.queue(session, caf),
            lambda: validation.approve(session, caf, "0" * 64, "", two_donors.hub.clock()),
            lambda: validation.reject(session, caf, "0" * 64, "x", two_donors.hub.clock()),
            lambda: devices.unmatched(session, caf),
            lambda: tying.tie(session, caf, "x", lot),
            lambda: lots.create_lot(session, "L9", "CAF", "", caf),
            lambda: lots.apply_import(session, lot, "asset\nX\n", caf),
            lambda: lots.donors(session, caf),
            lambda: stations.accept(session, caf, "x"),
            lambda: stations.refuse(session, caf, "x"),
            lambda: stations.new_token(session, caf),
            lambda: stations.close_alarm(session, caf, 1),
        )
        for act in refused:
            with pytest.raises(Forbidden):
                act()


def test_a_closed_account_and_a_donor_without_donor_see_nothing(two_donors: Any) -> None:
    caf, lead = two_donors.caf, two_donors.lead
    with two_donors.hub.sessions()() as session:
        for person in (caf, lead):
            person.active = False
            assert lots.visible_lots(session, person) == ()
            with pytest.raises(HubError):
                lots.lot_for(session, person, "LOT-A")
        caf.active, caf.donor_id = True, None
        assert lots.visible_lots(session, caf) == ()

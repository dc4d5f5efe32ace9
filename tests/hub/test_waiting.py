"""What waits for somebody of the workshop: the right things, since when, and nothing of a lot that ended."""

from datetime import timedelta
from typing import Any

import pytest

from hub.errors import Forbidden
from hub.ledger.append import lock_ledger
from hub.models import Device, Lot, LotState, Role, Station, StationState
from hub.stations.service import alarms
from hub.validation import service as validation
from hub.waiting import failed_drives, lots_to_receive, ungraded_devices, waiting
from tests.hub.bench import machine


def figures(world: Any, person: Any) -> dict[str, int]:
    with world.hub.sessions()() as session:
        return {one.kind: one.count for one in waiting(session, person)}


def since(world: Any, person: Any, kind: str) -> Any:
    with world.hub.sessions()() as session:
        return next(one.oldest for one in waiting(session, person) if one.kind == kind)


def test_each_role_has_its_own_morning(world: Any) -> None:
    lead, admin, lou = world.person(), world.person(Role.ADMIN), world.person(Role.TECHNICIAN)
    for_all = ["contradicted", "disputed", "failed", "unmatched", "ungraded", "receptions"]
    assert list(figures(world, lead)) == ["decisions", "recalls", *for_all, "pending", "locked", "alarms"]
    assert list(figures(world, admin)) == [*for_all, "pending", "locked", "alarms"]
    assert list(figures(world, lou)) == [*for_all, "alarms"]
    assert set(figures(world, lead).values()) == {0}
    for query in (waiting, failed_drives, ungraded_devices, lots_to_receive):
        with world.hub.sessions()() as session, pytest.raises(Forbidden):
            query(session, world.person(Role.DONOR, "CAF", email=f"{query.__name__}@hub.test"))


def test_a_failed_drive_waits_until_a_later_run_succeeds(world: Any, clock: Any) -> None:
    bench, lead = world.bench(), world.person()
    world.lot("LOT-1")
    for serial in ("WD-1", "WD-2"):
        bench.put(bench.erasure(lot="LOT-1", serial=serial, verdict="FAILED"))
    first = clock.now
    clock.forward(hours=1)
    assert (figures(world, lead)["failed"], since(world, lead, "failed")) == (2, first)
    bench.put(bench.erasure(lot="LOT-1", serial="WD-1", verdict="UNCONFIRMED"))
    assert figures(world, lead)["failed"] == 2, "a drive that failed twice is one drive"
    success = bench.erasure(lot="LOT-1", serial="WD-1")
    bench.put(success)
    assert figures(world, lead)["failed"] == 1
    with world.hub.sessions().begin() as session:
        validation.reject(session, lead, success.id, "the wrong drive", clock())
    assert figures(world, lead)["failed"] == 2, "a success that was rejected explains nothing"
    with world.hub.sessions()() as session:
        found = failed_drives(session, lead)
        assert [(run.drive.serial, run.verdict) for run in found] == [("WD-2", "FAILED"), ("WD-1", "UNCONFIRMED")]


def test_a_device_without_a_letter_waits_once_somebody_has_worked_at_it(world: Any) -> None:
    bench, lead = world.bench(), world.person()
    world.lot("LOT-1")
    bench.put(bench.erasure(lot="LOT-1", asset="TAG-1", serial="WD-1"))
    with world.hub.sessions().begin() as session:
        lot = session.query(Lot).one()
        session.add(Device(lot_id=lot.id, asset="TAG-2", created=world.hub.clock()))
        session.add(Device(lot_id=lot.id, asset="TAG-3", created=world.hub.clock(), received=world.hub.clock()))
        session.add(
            Device(lot_id=lot.id, asset="P", kind="parts", created=world.hub.clock(), received=world.hub.clock())
        )
    with world.hub.sessions()() as session:
        assert {device.asset for device in ungraded_devices(session, lead)} == {"TAG-1", "TAG-3"}
    bench.put(bench.diagnosis(asset="TAG-1", lot="LOT-1", machine=machine()))
    with world.hub.sessions()() as session:
        assert {device.asset for device in ungraded_devices(session, lead)} == {"TAG-3"}
    assert figures(world, lead)["ungraded"] == 1


def test_lots_stations_and_alarms_wait_with_the_age_of_the_oldest(world: Any, clock: Any) -> None:
    lead = world.person()
    world.lot("LOT-1")
    announced = clock.now
    clock.forward(days=3)
    world.lot("LOT-2")
    bench = world.bench()
    world.bench("banc 2", accepted=False)
    assert (figures(world, lead)["receptions"], since(world, lead, "receptions")) == (2, announced)
    assert (figures(world, lead)["pending"], since(world, lead, "pending")) == (1, clock.now)
    first = bench.erasure(lot="LOT-1")
    bench.put(first)
    bench.seq, bench.head = 0, "0" * 64
    assert bench.put(bench.erasure(lot="LOT-1", serial="OTHER")).status_code == 409
    assert (figures(world, lead)["locked"], figures(world, lead)["alarms"]) == (1, 1)
    with world.hub.sessions().begin() as session:
        assert len(alarms(session, lead)) == 1
        session.query(Station).filter_by(state=StationState.LOCKED.value).one().state = "accepted"
        session.query(Lot).filter_by(code="LOT-1").one().received = clock() - timedelta(hours=1)
    assert (figures(world, lead)["locked"], figures(world, lead)["receptions"]) == (0, 1)


def test_what_belongs_to_a_lot_that_ended_waits_no_more(world: Any) -> None:
    bench, lead = world.bench(), world.person()
    world.lot("LOT-1")
    bench.put(bench.erasure(lot="LOT-1", asset="TAG-1", serial="WD-1", verdict="FAILED"))
    assert (figures(world, lead)["failed"], figures(world, lead)["ungraded"]) == (1, 1)
    with world.hub.sessions().begin() as session:
        lock_ledger(session)
        session.query(Lot).one().state = LotState.CANCELLED.value
    assert (figures(world, lead)["failed"], figures(world, lead)["ungraded"]) == (0, 0)

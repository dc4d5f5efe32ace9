"""A rebuild gives the rows of the day: what was known when a statement came decides where it belongs."""

from typing import Any

from sqlalchemy import select

from hub.derive.reading import rebuild
from hub.devices import tying
from hub.lots.service import import_list
from hub.models import Device, Drive
from hub.validation.service import approve, reject
from tests.hub.bench import machine
from tests.hub.sent import erasure_of, import_csv, put, rows


def test_a_rebuild_gives_identical_rows(world: Any) -> None:
    world.lot("LOT-1")
    world.lot("LOT-2", donor="CHU")
    bench, lead = world.bench(), world.person()
    good = put(bench, lot="LOT-1", asset="A-1", serial="WD-0001", machine=machine())
    bad = put(bench, lot="LOT-1", asset="A-2", serial="WD-0002", verdict="FAILED")
    put(bench, asset="A-3", serial="WD-0003")
    put(bench, lot="LOT-1", serial="WD-0004")
    put(bench, asset="A-1", lot="LOT-2", serial="WD-0005")
    bench.put(bench.diagnosis(asset="A-1", machine=machine()))
    with world.hub.sessions().begin() as session:
        approve(session, lead, good, "", world.hub.clock())
        reject(session, lead, bad, "illisible", world.hub.clock())
    import_csv(world, "asset;drive serial\nA-3;\nA-7;WD-0004\n", email="late@hub.test")
    with world.hub.sessions()() as session:
        before = rows(session)
    with world.hub.sessions().begin() as session:
        assert rebuild(session) == 9
    with world.hub.sessions()() as session:
        assert rows(session) == before
        assert len(before["erasure"]) == 5


def test_a_list_for_an_old_lot_does_not_take_a_drive_back_from_its_new_one(world: Any) -> None:
    bench, old = world.bench(), world.lot("LOT-1", "CAF")
    new = world.lot("LOT-2", "Mairie")
    bench.put(bench.erasure(lot="LOT-1"))
    bench.put(bench.erasure(lot="LOT-2"))  # given again, by somebody else
    with world.hub.sessions().begin() as session:
        assert session.scalars(select(Drive)).one().lot_id == new.id
        import_list(session, session.merge(old), "étiquette\nA-77\n", None)
    with world.hub.sessions().begin() as session:
        assert session.scalars(select(Drive)).one().lot_id == new.id
        rebuild(session)
        assert session.scalars(select(Drive)).one().lot_id == new.id


def test_a_run_stays_with_its_donor_when_the_list_of_the_next_one_declares_the_drive(world: Any) -> None:
    old, new = world.lot("LOT-1", "CAF"), world.lot("LOT-2", "Mairie")
    bench = world.bench()
    first, second = put(bench, lot="LOT-1", serial="WD-0001"), put(bench, lot="LOT-2", serial="WD-0001")
    import_csv(world, "drive serial\nWD-0001\n", code="LOT-2")
    third = put(bench, lot="LOT-1", serial="WD-0001")  # from now on the list speaks: a person decides
    with world.hub.sessions().begin() as session:
        rebuild(session)
    assert [erasure_of(world, one).lot_id for one in (first, second, third)] == [old.id, new.id, None]
    with world.hub.sessions()() as session:
        assert session.scalars(select(Drive)).one().lot_id == new.id


def test_a_run_that_named_a_lot_before_it_was_announced_finds_it(world: Any) -> None:
    statement = put(world.bench(), lot="LOT-1", asset="A-1")
    assert erasure_of(world, statement).lot_id is None
    lot = world.lot("LOT-1")
    found = erasure_of(world, statement)
    assert found.lot_id == lot.id
    with world.hub.sessions()() as session:
        assert session.get(Device, found.device_id).asset == "A-1"


def test_a_list_that_comes_after_a_persons_word_does_not_move_the_run(world: Any) -> None:
    tied, other = world.lot("LOT-1"), world.lot("LOT-2", donor="CHU")
    bench, lead = world.bench(), world.person()
    before = put(bench, asset="A-1", serial="WD-0001")
    with world.hub.sessions().begin() as session:
        tying.tie(session, lead, erasure_of(world, before).drive_id, tied)
    import_csv(world, "asset\nA-1\n", code="LOT-2")
    after = put(bench, asset="A-1", serial="WD-0001")
    with world.hub.sessions().begin() as session:
        rebuild(session)
    assert [erasure_of(world, one).lot_id for one in (before, after)] == [tied.id, other.id]


def test_a_rebuild_gives_each_run_the_drive_that_it_had(world: Any) -> None:
    bench = world.bench()

    def seen(serial: str, wwn: str, model: str = "HDD 500") -> str:
        payload = bench.erasure_payload(serial=serial, model=model)
        payload["subject"]["drive"]["wwn"] = wwn
        envelope = bench.sign(payload)
        assert bench.put(envelope).status_code == 201
        return envelope.id

    made = [
        seen("WD-0001", ""),
        seen("", "5000c500a1b2c3d4"),
        seen("WD-0001", "5000c500a1b2c3d4"),
        seen("WD-0001", "", "B"),
    ]
    live = [erasure_of(world, one).drive_id for one in made]
    assert live[0] == live[2] != live[1]
    with world.hub.sessions().begin() as session:
        rebuild(session)
    assert [erasure_of(world, one).drive_id for one in made] == live

"""Derivation: evidence finds its lot or waits for a person, and a rebuild gives the same rows."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from hub.derive.reading import read_ledger
from hub.devices import service as devices
from hub.devices import tying
from hub.errors import Conflict, Forbidden, NotFound
from hub.models import (
    Device,
    Diagnostic,
    Drive,
    Erasure,
    IntakeProblem,
    LedgerEntry,
    QuarantinedStatement,
    Role,
)
from tests.hub.bench import machine
from tests.hub.sent import erasure_of, import_csv, put


def test_the_asset_tag_finds_the_device_and_its_lot(world: Any) -> None:
    lot = world.lot()
    import_csv(world, "étiquette;modèle\nA-1;T480\n")
    found = erasure_of(world, put(world.bench(), asset="A-1"))
    assert found.lot_id == lot.id
    with world.hub.sessions()() as session:
        assert session.get(Device, found.device_id).asset == "A-1"
        assert session.get(Drive, found.drive_id).device_id == found.device_id


def test_a_declared_drive_serial_finds_its_device(world: Any) -> None:
    lot = world.lot()
    import_csv(world, "asset,drive serial\nA-1,WD-7777\n")
    found = erasure_of(world, put(world.bench(), serial="WD-7777"))
    assert found.lot_id == lot.id
    with world.hub.sessions()() as session:
        assert session.scalar(select(func.count()).select_from(Drive)) == 1
        assert session.get(Drive, found.drive_id).model == "HDD 500"


def test_a_lot_named_at_the_bench_makes_the_device_from_its_tag(world: Any) -> None:
    lot = world.lot()
    found = erasure_of(world, put(world.bench(), lot="LOT-1", asset="A-9", machine=machine()))
    assert found.lot_id == lot.id
    with world.hub.sessions()() as session:
        device = session.get(Device, found.device_id)
        assert (device.asset, device.source, device.model) == ("A-9", "bench", "ThinkPad T480")


def test_without_tag_serial_or_lot_it_waits_for_a_person(world: Any) -> None:
    world.lot()
    statement = put(world.bench(), lot="NO-SUCH-LOT", asset="A-404")
    assert erasure_of(world, statement).lot_id is None
    with world.hub.sessions()() as session:
        assert [row.statement_id for row in devices.unmatched(session, world.person())] == [statement]


def test_a_tag_of_one_lot_and_the_name_of_another_match_nothing(world: Any) -> None:
    world.lot("LOT-1")
    world.lot("LOT-2", donor="CHU")
    import_csv(world, "asset\nA-1\n")
    statement = put(world.bench(), asset="A-1", lot="LOT-2")
    assert erasure_of(world, statement).lot_id is None
    with world.hub.sessions()() as session:
        assert "contradict" in session.get(IntakeProblem, statement).detail


def test_a_drive_declared_in_another_lot_than_the_tag_matches_nothing(world: Any) -> None:
    world.lot("LOT-1")
    world.lot("LOT-2", donor="CHU")
    import_csv(world, "asset\nA-1\n")
    import_csv(world, "drive serial\nWD-1234\n", code="LOT-2", email="b@hub.test")
    assert erasure_of(world, put(world.bench(), asset="A-1", serial="WD-1234")).lot_id is None


@pytest.mark.parametrize("serial", ["", "0000000000", "To be filled by O.E.M.", "None"])
def test_filler_serials_never_make_two_drives_one(world: Any, serial: str) -> None:
    bench = world.bench()
    first, second = put(bench, serial=serial), put(bench, serial=serial)
    assert erasure_of(world, first).drive_id != erasure_of(world, second).drive_id


def test_the_same_serial_on_another_model_is_another_drive(world: Any) -> None:
    bench = world.bench()
    first, second = put(bench, model="HDD A"), put(bench, model="HDD B")
    assert erasure_of(world, first).drive_id != erasure_of(world, second).drive_id


CUT, WHOLE = "WDC WD10EZEX-08W", "WDC WD10EZEX-08WN4A0"


def named(model: str, source: str = "identify", bus: str = "ata") -> dict[str, str]:
    """What of a statement names its drive by this model."""
    return {"model": model, "identity_source": source, "bus": bus}


def drives_of(world: Any, told: list[dict[str, str]]) -> list[str]:
    """Send an erasure for each name; give the drives that the hub takes them for."""
    bench, found = world.bench(), []
    for name in told:
        payload = bench.erasure_payload()
        payload["subject"]["drive"] |= name
        envelope = bench.sign(payload)
        assert bench.put(envelope).status_code == 201
        found.append(erasure_of(world, envelope.id).drive_id)
    return found


@pytest.mark.parametrize(
    "told",
    [
        [named(CUT, "sysfs"), named(WHOLE)],
        [named(WHOLE), named(CUT, "sysfs")],
        [named(CUT, "sysfs"), named(WHOLE), named(CUT, "sysfs")],
    ],
)
def test_a_model_that_an_older_bench_cut_is_the_same_drive(world: Any, told: list[dict[str, str]]) -> None:
    found = drives_of(world, told)
    assert len(set(found)) == 1
    with world.hub.sessions()() as session:
        assert session.get(Drive, found[0]).model == WHOLE


@pytest.mark.parametrize(
    "told",
    [
        [named(CUT), named(WHOLE[:-1], bus="usb")],
        [named(WHOLE), named(CUT)],  # a drive's own word is whole
        [named(CUT), named(WHOLE)],
        [named(CUT, "sysfs", "scsi"), named(WHOLE)],
        [named(WHOLE), named(f"{WHOLE}X")],
        [named(CUT[:-1], "sysfs"), named(WHOLE)],
        [named(CUT, "sysfs", "usb"), named(WHOLE, bus="usb")],
        [named(WHOLE), named(f"{CUT}XXXX"), named(CUT, "sysfs")],  # it could be either
    ],
)
def test_models_that_begin_alike_stay_two_drives(world: Any, told: list[dict[str, str]]) -> None:
    found = drives_of(world, told)
    assert len(set(found)) == len(found)


def test_a_list_that_comes_later_finds_what_waited(world: Any) -> None:
    lot = world.lot()
    bench = world.bench()
    tagged, declared = put(bench, asset="A-1", serial="WD-0001"), put(bench, serial="WD-0002")
    import_csv(world, "asset;drive serial\nA-1;\nA-2;WD-0002\n")
    assert erasure_of(world, tagged).lot_id == lot.id
    assert erasure_of(world, declared).lot_id == lot.id


def test_a_person_ties_a_drive_that_found_no_lot(world: Any) -> None:
    lot, lead = world.lot(), world.person()
    statement = put(world.bench())
    drive_id = erasure_of(world, statement).drive_id
    with world.hub.sessions().begin() as session:
        tying.tie(session, lead, drive_id, lot)
    assert erasure_of(world, statement).lot_id == lot.id
    with world.hub.sessions()() as session, pytest.raises(Conflict):
        tying.tie(session, lead, drive_id, lot)
    with world.hub.sessions()() as session, pytest.raises(NotFound):
        tying.tie(session, lead, "no-drive", lot)
    with world.hub.sessions()() as session, pytest.raises(Forbidden):
        tying.tie(session, world.person(Role.TECHNICIAN), drive_id, lot)


def test_a_diagnosis_finds_its_device_by_the_machine_serial_of_the_list(world: Any) -> None:
    lot = world.lot()
    import_csv(world, "serial\nPF-0001\n")
    bench = world.bench()
    envelope = bench.diagnosis(machine=machine("PF-0001"))
    bench.put(envelope)
    with world.hub.sessions()() as session:
        assert session.get(Diagnostic, envelope.id).lot_id == lot.id


def test_what_was_stored_but_not_read_is_read_later(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.ledger.gathering.read_some", lambda _session, _most: 0)
    statement = put(world.bench())
    monkeypatch.undo()
    with world.hub.sessions().begin() as session:
        assert session.get(Erasure, statement) is None
        assert read_ledger(session) == 1
        assert session.get(Erasure, statement) is not None
        assert read_ledger(session) == 0


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(order=st.permutations(list(range(5))), again=st.lists(st.integers(0, 4), max_size=4))
def test_replays_and_any_order_store_every_statement_once(fresh_world: Any, order: list[int], again: list[int]) -> None:
    world = fresh_world()
    bench = world.bench()
    made = [bench.erasure(serial=f"WD-{number:04d}") for number in range(5)]
    sent = set()
    for number in [*order, *again]:
        assert bench.put(made[number]).status_code == (200 if number in sent else 201)
        sent.add(number)
    with world.hub.sessions()() as session:
        kept = session.execute(select(LedgerEntry.seq, LedgerEntry.envelope).order_by(LedgerEntry.seq)).all()
        assert [tuple(row) for row in kept] == [(number + 1, made[number].data) for number in range(5)]
        assert session.scalar(select(func.count()).select_from(Erasure)) == 5
    assert world.station(bench).state == "accepted"


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(split=st.integers(1, 3), order=st.permutations(list(range(6))))
def test_a_cloned_key_is_found_whoever_comes_first(fresh_world: Any, split: int, order: list[int]) -> None:
    world = fresh_world()
    bench = world.bench()
    common = [bench.erasure() for _ in range(split)]
    head = bench.prev
    left = [bench.erasure(serial="LEFT-1") for _ in range(3)]
    bench.seq, bench.prev = split, head
    right = [bench.erasure(serial="RIGHT-1") for _ in range(3)]
    for envelope in common:
        assert bench.put(envelope).status_code == 201
    both = [*left, *right]
    answers = {number: bench.put(both[number]).status_code for number in order}
    assert 409 in answers.values()
    assert world.station(bench).state == "locked"
    with world.hub.sessions()() as session:
        said = select(LedgerEntry.id).where(LedgerEntry.kid == bench.key.kid)  # not what the hub says itself of a fork
        kept = set(session.scalars(said)) | set(session.scalars(select(QuarantinedStatement.id)))
        assert kept == {envelope.id for envelope in [*common, *both]}
        stored = session.execute(select(LedgerEntry.kid, LedgerEntry.seq)).all()
        assert len(stored) == len(set(stored))

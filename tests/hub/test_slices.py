"""Reading in slices: whatever their size, each statement sees what came before it, and none fails with another."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, event, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from hub.derive import interpret, reading
from hub.derive.drives import drive_of, forget_observations
from hub.devices import tying
from hub.intake import channels, counter
from hub.ledger import gathering
from hub.models import (
    Device,
    Drive,
    DriveTie,
    Erasure,
    IntakeProblem,
    Lot,
)
from hub.validation.service import approve, reject
from tests.hub.bench import Bench, machine
from tests.hub.sent import import_csv, put, rows

SIZES = (1, 7, 25)
CUT, WHOLE = "TOSHIBA MQ01ABD1", "TOSHIBA MQ01ABD100"
TAGS, LOTS = ("", "", "A-1", "A-2", " B-1 "), ("", "", "LOT-1", "LOT-2", "LOT-X")
SERIALS, MODELS = ("WD-0001", "WD-0002", "WD-0003", ""), ("HDD 500", WHOLE, CUT)
MACHINES = (machine(), machine("PF-2"))
FAILS = "WD-FAILS"
Rows = dict[str, list[tuple[Any, ...]]]


def erasure(bench: Bench, *, bus: str = "ata", wwn: str = "", source: str = "sysfs", **told: Any) -> bytes:
    payload = bench.erasure_payload(**told)
    payload["subject"]["drive"] |= {"bus": bus, "wwn": wwn, "identity_source": source}
    return bench.sign(payload).data


def written(bench: Bench) -> list[bytes]:
    """Statements that hang on each other: what one makes or says, a later one finds."""
    return [
        erasure(bench, serial="WD-GOOD", lot="LOT-1"),
        erasure(bench, serial="WD-BAD", lot="LOT-1"),
        erasure(bench, serial="WD-WAITS", lot="LOT-X"),  # until a person says where it belongs
        erasure(bench, asset="B-7", serial="WD-B7"),  # waits for the tag that a diagnosis states two further on
        erasure(bench, lot="LOT-2", serial="WD-B7"),
        bench.diagnosis(asset="B-7", lot="LOT-1", machine=machine("PF-7")).data,
        erasure(bench, asset="B-7", serial="WD-B7", verdict="FAILED"),
        bench.diagnosis(machine=machine("PF-7")).data,  # the machine by its serial, made a moment ago
        erasure(bench, serial="WD-TWIN", model=CUT),
        erasure(bench, serial="WD-TWIN", model=WHOLE, source="identify", lot="LOT-1"),
        erasure(bench, serial="WD-TWIN", model=CUT, lot="LOT-2"),
        erasure(bench, serial="WD-TWIN", model="HDD 500", lot="LOT-2"),
        erasure(bench, serial="", wwn="50014ee2aaaa", lot="LOT-1"),
        erasure(bench, serial="", wwn="50014ee2aaaa", lot="LOT-2"),
        erasure(bench, serial="WD-NAMED", asset="Z-9"),  # waits for a tag that never comes
        erasure(bench, serial=FAILS, asset="B-8", lot="LOT-1"),
        erasure(bench, serial="WD-0001", asset="B-8", lot="LOT-2"),  # one that failed has taken no tag
        erasure(bench, serial="WD-0002", asset="B-8", lot="LOT-1"),  # contradicts the one before
    ]


def drawn(bench: Bench, chance: Random, count: int) -> Iterator[bytes]:
    for _ in range(count):
        where = {"asset": chance.choice(TAGS), "lot": chance.choice(LOTS), "machine": chance.choice(MACHINES)}
        if chance.random() < 0.3:
            yield bench.diagnosis(**where).data
        else:
            drive = {"serial": chance.choice(SERIALS), "model": chance.choice(MODELS)}
            seen = {"wwn": chance.choice(("", "50014ee2bbbb")), "source": chance.choice(("identify", "sysfs"))}
            yield erasure(bench, verdict=chance.choice(("ERASED", "FAILED")), **where, **drive, **seen)


def run_of(session: Session, serial: str) -> str:
    return session.scalars(select(Erasure.statement_id).join(Erasure.drive).where(Drive.serial == serial)).one()


def told(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger of which the first part was read before people said their word, and the rest was not read."""
    world.lot("LOT-1")
    world.lot("LOT-2", donor="CHU")
    bench, lead, chance = world.bench(), world.person(), Random(20261122)
    bench.post([*written(bench), *drawn(bench, chance, 8)])
    import_csv(world, "asset;serial;drive serial\nA-1;;WD-0001\nA-2;PF-2;\n;;WD-TWIN\n")
    with world.hub.sessions().begin() as session:
        lot = session.scalars(select(Lot).where(Lot.code == "LOT-2")).one()
        tied = session.scalars(select(Drive.id).where(Drive.serial == "WD-WAITS")).one()
        tying.tie(session, lead, tied, lot)
        approve(session, lead, run_of(session, "WD-GOOD"), "", world.hub.clock())
        reject(session, lead, run_of(session, "WD-BAD"), "illisible", world.hub.clock())
    monkeypatch.setattr(gathering, "read_some", lambda _session, _most: 0)
    other = world.bench("banc 2")
    tagged = (
        other.diagnosis(asset=f"N-{number}", machine=machine(f"PF-N{number}"), lot="LOT-1").data for number in range(8)
    )
    results = other.post([*written(other), *drawn(other, chance, 24), *tagged]).json()["results"]
    assert {result["status"] for result in results} == {201}


def forget(session: Session) -> None:
    """All that came of the ledger, what benches found too: nothing is left but what lists and people said."""
    for table in reading.TABLES:
        session.execute(delete(table))
    forget_observations(session)
    tied = select(DriveTie.drive_id)
    session.execute(delete(Drive).where(~Drive.declared, Drive.id.not_in(tied)))
    session.execute(update(Drive).values(device_id=Drive.declared_device_id))
    listed = select(Drive.declared_device_id).where(Drive.declared_device_id.is_not(None))
    session.execute(delete(Device).where(Device.source == "bench", Device.id.not_in(listed)))


def read_in(world: Any, size: int) -> Rows:
    with world.hub.sessions().begin() as session:
        forget(session)
    found = size
    while found == size:
        with world.hub.sessions().begin() as session:
            found = reading.read_some(session, size)
    with world.hub.sessions()() as session:
        return rows(session)


def rebuilt_in(world: Any, size: int, monkeypatch: pytest.MonkeyPatch) -> Rows:
    monkeypatch.setattr(reading, "PAGE", size)
    with world.hub.sessions().begin() as session:
        reading.rebuild(session)
    with world.hub.sessions()() as session:
        return rows(session)


def test_the_rows_are_the_same_whatever_the_slices(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*told: Any) -> Drive:
        drive = drive_of(*told)
        if told[-1]["serial"] == FAILS:
            raise ArithmeticError("a reader with a bug")
        return drive

    monkeypatch.setattr(interpret, "drive_of", failing)
    told(world, monkeypatch)
    one_by_one = read_in(world, 1)
    assert {name: bool(found) for name, found in one_by_one.items()} == dict.fromkeys(one_by_one, True) | {
        "assessment": False,
        "superseded": False,
    }
    assert sum("a reader with a bug" in repr(row) for row in one_by_one["intake_problem"]) == 2
    assert sum("contradict each other" in repr(row) for row in one_by_one["intake_problem"]) >= 2
    for size in SIZES[1:]:
        assert read_in(world, size) == one_by_one
    for size in SIZES:
        assert rebuilt_in(world, size, monkeypatch) == one_by_one


def test_a_run_that_names_a_tag_is_found_as_soon_as_a_bench_states_whose_it_is(fresh_world: Any) -> None:
    world = fresh_world()
    world.lot("LOT-1")
    bench = world.bench()
    waits = bench.erasure(asset="B-7", serial="WD-B7")
    bench.post([waits.data])
    with world.hub.sessions()() as session:
        assert session.get_one(Erasure, waits.id).lot_id is None
    bench.post([bench.diagnosis(asset="B-7", lot="LOT-1", machine=machine("PF-7")).data])
    with world.hub.sessions()() as session:
        lot = session.scalars(select(Lot.id).where(Lot.code == "LOT-1")).one()
        assert session.get_one(Erasure, waits.id).lot_id == lot


def test_a_slice_asks_the_database_as_often_as_one_statement(fresh_world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    world = fresh_world()
    world.lot()
    bench = world.bench()
    monkeypatch.setattr(gathering, "read_some", lambda _session, _most: 0)
    bench.post([bench.erasure(serial=f"WD-{number:04}", lot="LOT-1").data for number in range(42)])
    asked: list[str] = []
    event.listen(world.hub.engine, "after_cursor_execute", lambda *said: asked.append(said[2]))
    counts = []
    for most in (1, 1, 40):
        asked.clear()
        with world.hub.sessions().begin() as session:
            assert reading.read_some(session, most) == most
        counts.append(len(asked))
    assert counts[2] <= counts[1], "\n".join(asked)


def test_what_waited_with_a_tag_is_placed_when_the_thing_comes_over_the_counter(world: Any) -> None:
    lead = world.person()
    waits = put(world.bench(), asset="EV-1")
    with world.hub.sessions().begin() as session:
        lot = counter.open_day(session, lead, channels.EVENT, "2026-03-02", "Fête")
        device = counter.take_in(session, lead, lot, counter.Brought("laptop", "EV-1")).device
        run = session.get_one(Erasure, waits)
        assert (run.lot_id, run.device_id) == (lot.id, device.id)


def of_database(state: str | None = None, name: str | None = None) -> OperationalError:
    """An error as the drivers of PostgreSQL (state) and SQLite (name) raise it."""
    cause = Exception("so it is")
    for member, value in (("sqlstate", state), ("sqlite_errorname", name)):
        if value is not None:
            setattr(cause, member, value)
    return OperationalError("INSERT", {}, cause)


def test_a_database_that_cannot_work_for_a_moment_is_no_fault_of_a_statement(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> Drive:
        raise of_database("53100", "SQLITE_FULL")

    bench = world.bench()
    monkeypatch.setattr(gathering, "later", lambda _pause_s, _act: None)
    with monkeypatch.context() as moment:
        moment.setattr(interpret, "drive_of", full)
        one = put(bench, serial="WD-0001")
    two = put(bench, serial="WD-0002")
    with world.hub.sessions()() as session:
        assert session.scalars(select(IntakeProblem.detail)).all() == []
        assert set(session.scalars(select(Erasure.statement_id))) == {one, two}


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (of_database("40P01"), True),
        (of_database("57P01"), True),
        (of_database(), True),
        (of_database(name="SQLITE_IOERR_WRITE"), True),
        (of_database("54000"), False),
        (of_database(name="SQLITE_ERROR"), False),
        (ArithmeticError("a reader with a bug"), False),
    ],
)
def test_what_is_too_large_for_the_database_stays_so(error: Exception, *, passes: bool) -> None:
    assert reading.of_the_moment(error) is passes

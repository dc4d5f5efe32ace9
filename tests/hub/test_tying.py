"""A person's word about a place: it answers what waited for it, and neither the list's word nor a run is ever lost."""

from typing import Any

import pytest
from sqlalchemy import event, select, update

from hub.derive.reading import rebuild
from hub.devices import tying
from hub.errors import BadInput, Conflict
from hub.models import Drive, DriveTie, Lot
from tests.hub.sent import erasure_of, import_csv, put


@pytest.fixture
def two_lots(world: Any) -> tuple[Any, Lot, Lot]:
    """A hub with a lot of each of two donors; the first one's list has the drive WD-0001 in A-1."""
    mine, other = world.lot("LOT-1"), world.lot("LOT-2", donor="CHU")
    import_csv(world, "asset;drive serial\nA-1;WD-0001\nA-2;\n")
    return world, mine, other


def place(world: Any, statement: str, lot: Lot, asset: str = "", **why: str) -> None:
    lead = world.person(email="lead@hub.test") if not hasattr(world, "lead") else world.lead
    world.lead = lead
    drive_id = erasure_of(world, statement).drive_id
    with world.hub.sessions().begin() as session:
        tying.tie(session, lead, drive_id, session.merge(lot), asset, **why)


def lots_after_a_rebuild(world: Any, *statements: str) -> list[str | None]:
    live = [erasure_of(world, one).lot_id for one in statements]
    with world.hub.sessions().begin() as session:
        rebuild(session)
    assert [erasure_of(world, one).lot_id for one in statements] == live
    return live


def test_a_declaration_is_corrected_with_a_reason_and_stays_on_record(two_lots: Any) -> None:
    world, mine, other = two_lots
    bench = world.bench()
    before = put(bench, lot="LOT-1", asset="A-1", serial="WD-0001")
    waits = put(bench, lot="LOT-2", serial="WD-0001")
    assert erasure_of(world, waits).lot_id is None
    with pytest.raises(BadInput, match="has a lot already"):
        place(world, waits, other)
    with pytest.raises(BadInput, match="has a lot already"):
        place(world, waits, other, reason="other")
    place(world, waits, other, reason="given-again", note="vu avec le CHU")
    assert lots_after_a_rebuild(world, before, waits) == [mine.id, other.id]
    with world.hub.sessions()() as session:
        drive, word = session.scalars(select(Drive)).one(), session.scalars(select(DriveTie)).one()
        assert (drive.lot_id, drive.declared_lot_id) == (other.id, mine.id)
        assert (word.before_lot_id, word.reason, word.note) == (mine.id, "given-again", "vu avec le CHU")
        assert [row[1].id for row in tying.ties_out_of(session, world.lead, session.merge(mine))] == [drive.id]
    with pytest.raises(Conflict, match="belongs to a lot already"):
        place(world, waits, mine, reason="list-wrong")


def test_a_second_correction_leaves_the_first_run_with_its_donor(two_lots: Any) -> None:
    world, mine, other = two_lots
    bench = world.bench()
    first = put(bench, lot="LOT-2", serial="WD-0001")
    place(world, first, other, reason="list-wrong")
    second = put(bench, lot="LOT-2", asset="A-1", serial="WD-0001")  # asks something new: it waits
    assert erasure_of(world, second).lot_id is None
    place(world, second, mine, "A-1", reason="moved")
    assert lots_after_a_rebuild(world, first, second) == [other.id, mine.id]


def test_a_run_that_asks_the_same_again_is_answered_by_the_same_word(two_lots: Any) -> None:
    world, _mine, other = two_lots
    bench = world.bench()
    failed = put(bench, lot="LOT-2", serial="WD-0001", verdict="FAILED")
    place(world, failed, other, reason="list-wrong")
    again = put(bench, lot="LOT-2", serial="WD-0001")
    assert lots_after_a_rebuild(world, failed, again) == [other.id, other.id]


def test_a_tied_drive_that_comes_with_the_name_of_an_unknown_lot_waits_for_it(world: Any) -> None:
    mine, bench = world.lot("LOT-1"), world.bench()
    first = put(bench, serial="WD-0009")
    place(world, first, mine)
    given_again = put(bench, lot="LOT-9", serial="WD-0009")
    assert erasure_of(world, given_again).lot_id is None
    later = world.lot("LOT-9", donor="CHU")
    assert lots_after_a_rebuild(world, first, given_again) == [mine.id, later.id]


def test_a_tag_that_is_not_the_one_of_the_declared_device_ties_to_neither(two_lots: Any) -> None:
    world, _mine, _other = two_lots
    statement = put(world.bench(), lot="LOT-1", asset="T-9", serial="WD-0001")  # nobody knows T-9; the list says A-1
    found = erasure_of(world, statement)
    assert (found.device_id, found.lot_id) == (None, None)
    lots_after_a_rebuild(world, statement)


def test_a_word_from_before_moments_were_kept_still_holds_its_runs(world: Any) -> None:
    """As `0003_known_from` and `0004_said_by_people` leave it: known from the start, and nothing tells when."""
    mine, bench = world.lot("LOT-1"), world.bench()
    named = put(bench, lot="LOT-9", serial="WD-0009")
    place(world, named, mine)
    with world.hub.sessions().begin() as session:
        session.execute(update(Lot).values(known_from=0))
        session.execute(update(Drive).values(tied_from=0))
        session.execute(update(DriveTie).values(known_from=0))
    assert lots_after_a_rebuild(world, named) == [mine.id]
    later = world.lot("LOT-9", donor="CHU")
    given_again = put(bench, lot="LOT-9", serial="WD-0009")
    assert lots_after_a_rebuild(world, named, given_again) == [mine.id, later.id]


@pytest.mark.parametrize("database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_who_ties_a_drive_locks_the_ledger_before_the_drive_as_whoever_reads_does(two_lots: Any) -> None:
    world, _, other = two_lots
    bench = world.bench()
    put(bench, lot="LOT-1", asset="A-1", serial="WD-0001")
    waits = put(bench, lot="LOT-2", serial="WD-0001")
    asked: list[str] = []
    event.listen(world.hub.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    place(world, waits, other, reason="moved")
    locks = [("ledger" if "pg_advisory" in sql else "row") for sql in asked if "pg_advisory" in sql or "FOR UPD" in sql]
    assert locks[:2] == ["ledger", "row"]

"""Interrupted runs over the API: taken up by the same drive alone, under the same terms, or given up and stated."""

from collections.abc import Callable
from concurrent.futures import Future

import pytest

from erasure.journal import EntryKind, JournalEntry
from station_agent.assemble import machine_member
from station_agent.control.client import OrderNotTaken
from station_agent.control.view import AssetOrder, EraseOrder, PlanOrder, TileState, Told
from station_agent.daemon import unfreezing
from station_agent.daemon.unfreezing import Unfreezing
from station_agent.suspension import CannotSuspend
from tests.station_agent.daemon.daemon_bench import DaemonBench

Make = Callable[..., DaemonBench]


def interrupted(bench: DaemonBench) -> str:
    """Begin a run of sda, write a little, and stop it."""
    (run_id,) = bench.erase("sda", lot="LOT-1")
    bench.station.journal.record(JournalEntry(run_id, EntryKind.INTENT, {"key": "00" * 32}))
    bench.station.journal.record(JournalEntry(run_id, EntryKind.CHECKPOINT, {"phase": "write", "offset": 1 << 19}))
    bench.client.stop(run_id)
    bench.until_state("sda", TileState.INTERRUPTED)
    return run_id


def test_a_drive_that_comes_back_shows_its_open_run_and_how_far_it_was(daemon: Make) -> None:
    bench = daemon("sda")
    run_id = interrupted(bench)
    bench.drives.unplug("sda")
    bench.until(lambda view: view.tiles[0].state is TileState.EMPTY)
    bench.drives.plug("sda")
    tile = bench.until_state("sda", TileState.INTERRUPTED)
    assert tile.run is not None
    assert (tile.run.run_id, tile.run.done_bytes, tile.run.safe_to_lose_power) == (run_id, 1 << 19, True)
    (plan,) = bench.client.plan(PlanOrder(drives=(str(tile.drive),))).plans
    assert plan.goes_on
    with pytest.raises(OrderNotTaken, match="begun with --lot LOT-1"):
        bench.client.erase(EraseOrder(plans=(plan.id,), confirmed=("DEMO-sda",), lot="LOT-2"))
    assert bench.crew.orders == {}


def test_another_drive_does_not_take_up_the_run(daemon: Make) -> None:
    bench = daemon("sda")
    interrupted(bench)
    bench.drives.unplug("sda")
    bench.until(lambda view: view.tiles[0].state is TileState.EMPTY)
    bench.drives.plug("sda", "DEMO-OTHER")
    tile = bench.until_state("sda", TileState.READY)
    assert (tile.serial, tile.run) == ("DEMO-OTHER", None)


def test_a_run_that_is_given_up_is_stated_and_its_drive_is_free(daemon: Make) -> None:
    bench = daemon("sda")
    run_id = interrupted(bench)
    told = bench.client.give_up(run_id)
    assert (told.runs, told.what.facts["serial"]) == ((run_id,), "DEMO-sda")
    assert "stated as FAILED" in told.what.message
    (row,) = bench.station.outbox.rows()
    assert (row.run_id, row.verdict) == (run_id, "FAILED")
    bench.until_state("sda", TileState.READY)
    with pytest.raises(OrderNotTaken, match="No such run is open"):
        bench.client.give_up(run_id)


def test_a_run_that_is_under_way_is_not_given_up(daemon: Make) -> None:
    bench = daemon("sda")
    (run_id,) = bench.erase("sda")
    with pytest.raises(OrderNotTaken, match="No such run is open"):
        bench.client.give_up(run_id)


def test_in_machine_mode_every_drive_belongs_to_one_asset(daemon: Make) -> None:
    machine = machine_member({"maker": "DEMO", "serial": "DEMO-PC-1", "identity_grade": "B"})
    bench = daemon("sda", "sdb", machine_mode=True, machine=lambda: machine)
    bench.ready("sda", "sdb")
    bench.client.set_asset(AssetOrder(asset="ETB-1"))
    view = bench.client.bench()
    assert (view.mode, view.asset, [tile.asset for tile in view.tiles]) == ("machine", "ETB-1", ["ETB-1", "ETB-1"])
    plans = tuple(plan.id for plan in bench.plan("sda", "sdb").plans)
    with pytest.raises(OrderNotTaken, match="No chosen drive has the serial number ETB-1"):
        bench.client.erase(EraseOrder(plans=plans, confirmed=("ETB-1",)))
    for run_id in bench.erase("sda", "sdb"):
        context = bench.foreman.runs.session.contexts[run_id]
        assert (context.asset, context.machine) == ("ETB-1", machine)


def test_a_drive_that_is_not_frozen_suspends_nothing(daemon: Make) -> None:
    bench = daemon("sda")
    (key,) = bench.ready("sda")
    with pytest.raises(OrderNotTaken) as told:
        bench.client.unfreeze(key)
    assert told.value.code == "not-frozen"
    assert bench.foreman.asleep is False


def test_a_frozen_drive_is_thawed_by_a_sleep_and_stays_in_its_slot(daemon: Make) -> None:
    bench = daemon("sda", "sdb", drives={"sdb": 'vices = ["frozen"]\n[drives.ata]\nseconds = 1'})
    (ready,) = bench.ready("sda")
    bench.ready("sdb")
    frozen = bench.tile(bench.client.bench(), "sdb")
    assert frozen.frozen is True
    told = bench.client.unfreeze(str(frozen.drive))
    assert told.what.facts == {"thawed": 1, "n": 1}
    thawed = bench.tile(bench.until(lambda view: not bench.tile(view, "sdb").frozen), "sdb")
    assert (thawed.drive, thawed.slot) == (frozen.drive, frozen.slot)
    assert bench.ready("sda") == (ready,)


def test_a_suspension_that_fails_in_an_unforeseen_way_does_not_hold_the_bench_up(
    daemon: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object, **_named: object) -> None:
        raise OSError(5, "Input/output error")

    bench = daemon("sda")
    bench.ready("sda")
    monkeypatch.setattr(unfreezing, "suspend", fail)
    answer: Future[Told] = Future()
    bench.foreman.asleep = True
    Unfreezing(bench.foreman)._sleep((), answer)
    with pytest.raises(CannotSuspend, match="Input/output error"):
        answer.result(60)
    assert bench.foreman.asleep is False

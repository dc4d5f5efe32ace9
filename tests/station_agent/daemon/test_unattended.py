"""What begins without a click: only what was approved by serial, after its countdown, and nothing that needs a look."""

import threading
from collections.abc import Callable

import pytest

from station_agent.assigned import Said
from station_agent.auto_start import AutoStart, DriveHere
from station_agent.control.view import TileState
from station_agent.daemon import foreman
from tests.station_agent.daemon.daemon_bench import DaemonBench

Make = Callable[..., DaemonBench]


def approval(serial: str, countdown_s: int) -> AutoStart:
    return AutoStart(serial, "LOT-9", "purge-preferred", countdown_s, 1, "lead-1", Said("approved"))


def approved(countdown_s: int, *serials: str) -> Callable[[DriveHere], AutoStart | None]:
    def find(drive: DriveHere) -> AutoStart | None:
        return approval(drive.serial, countdown_s) if drive.serial in serials else None

    return find


def test_an_approved_drive_starts_at_the_end_of_its_countdown(daemon: Make) -> None:
    bench = daemon("sda", "sdb", auto_start=approved(0, "DEMO-sda"))
    bench.until_state("sda", TileState.RUNNING)
    bench.until_state("sdb", TileState.READY)
    (order,) = bench.crew.orders.values()
    context = bench.foreman.runs.session.contexts[order.run_id]
    who = "pre-approved by lead-1, rule 1"
    assert (context.operator, context.lot, order.confirmation.person) == (who, "LOT-9", who)


def test_a_countdown_is_shown_and_anybody_can_hold_it(daemon: Make) -> None:
    bench = daemon("sda", auto_start=approved(3600, "DEMO-sda"))
    tile = bench.until_state("sda", TileState.COUNTDOWN)
    assert tile.countdown_s is not None
    assert 0 < tile.countdown_s <= 3600
    bench.client.hold(str(tile.drive))
    held = bench.tile(bench.client.bench(), "sda")
    assert (held.state, held.countdown_s) == (TileState.READY, None)
    assert bench.crew.orders == {}


def test_an_approval_for_another_serial_starts_nothing(daemon: Make) -> None:
    def wrong(_drive: DriveHere) -> AutoStart:
        return approval("DEMO-OTHER", 0)

    bench = daemon("sda", auto_start=wrong)
    bench.ready("sda")
    assert bench.crew.orders == {}


def test_an_approval_that_was_withdrawn_meanwhile_starts_nothing(daemon: Make) -> None:
    asked: list[str] = []

    def once(drive: DriveHere) -> AutoStart | None:
        asked.append(drive.serial)
        return approval(drive.serial, 0) if len(asked) == 1 else None

    bench = daemon("sda", auto_start=once)
    bench.until(lambda view: len(asked) > 1 and view.tiles[0].state is TileState.READY)
    assert bench.crew.orders == {}


def test_a_drive_that_came_back_waits_for_a_person(daemon: Make) -> None:
    bench = daemon("sda", auto_start=approved(0, "DEMO-sda"))
    bench.until_state("sda", TileState.RUNNING)
    bench.crew.ends["DEMO-sda"] = {}
    bench.until_state("sda", TileState.ERASED)
    bench.drives.unplug("sda")
    bench.until(lambda view: view.tiles[0].state is TileState.EMPTY)
    bench.drives.plug("sda")
    tile = bench.until_state("sda", TileState.READY)
    assert tile.earlier is not None
    assert (tile.earlier.verdict, tile.earlier.changed) == ("ERASED", None)
    assert bench.crew.orders == {}


def test_nothing_starts_while_no_room_is_left(daemon: Make) -> None:
    bench = daemon("sda", auto_start=approved(0, "DEMO-sda"), started=False)
    bench.free = 0
    bench.foreman._look_up(0.0)
    bench.start()
    bench.until_state("sda", TileState.COUNTDOWN)
    assert bench.crew.orders == {}
    bench.free = 1 << 40
    bench.until_state("sda", TileState.RUNNING)


def test_a_drive_that_was_in_use_is_looked_at_again(daemon: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreman, "BUSY_S", 0.0)
    monkeypatch.setattr(foreman, "LONGEST_S", 0.0)
    bench = daemon("sda", started=False)
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        (device,) = bench.drives.devices
        with bench.drives.opener(device):
            held.set()
            free.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    bench.start()
    tile = bench.until_state("sda", TileState.PROTECTED)
    free.set()
    holder.join()
    assert [reason.code for reason in tile.reasons] == ["IN_USE"]
    bench.until_state("sda", TileState.READY)

"""The daemon dies in the middle of its work: workers stop, runs stay open, and the next one takes over."""

import signal
import stat
from pathlib import Path

import pytest

from station_agent.control.place import socket_path
from station_agent.control.view import AssetOrder, LotOrder, TileState
from tests.station_agent.daemon.daemon_bench import bench_text
from tests.station_agent.daemon.daemon_process import DaemonProcess, daemon_process

pytestmark = pytest.mark.world
SLOW = "bytes_per_second = {}"
ITSELF = """
[drives.ata]
block = true
seconds = {}
"""


def written(bench: DaemonProcess, path: str) -> int:
    """Wait until something was written to the drive; give the bytes."""
    view = bench.until(lambda seen: any(t.path == path and t.run and t.run.phase == "write" for t in seen.tiles))
    return next(tile.run.done_bytes for tile in view.tiles if tile.run)


def test_a_run_is_open_after_a_kill_and_goes_on_with_a_click(tmp_path: Path) -> None:
    file = tmp_path / "slow.toml"
    file.write_text(bench_text("sda", size=1 << 22, sda=SLOW.format(1 << 20)), encoding="utf-8")
    with daemon_process(tmp_path, file) as first:
        socket = socket_path(tmp_path / "state")
        ready = first.until_state("sim:sda", TileState.READY)
        first.client.set_lot(LotOrder(lot="LOT-1"))
        first.client.set_asset(AssetOrder(asset="ETB-1", drive=ready.drive))
        run_id = first.erase("sim:sda")
        written(first, "sim:sda")
        assert stat.S_IMODE(socket.stat().st_mode) == 0o600
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        first.kill()
    file.write_text(bench_text("sda", size=1 << 22), encoding="utf-8")
    with daemon_process(tmp_path, file) as second:
        tile = second.until_state("sim:sda", TileState.INTERRUPTED)
        assert tile.run is not None
        assert tile.run.run_id == run_id
        assert (tile.lot, tile.asset, second.client.bench().lot) == ("LOT-1", "ETB-1", "LOT-1")
        found = second.client.bench().found_at_start
        assert [phrase.message.partition(" ")[0] for phrase in found] == ["INTERRUPTED"]
        assert "g gives the run up" in found[0].message
        assert "--restart" not in found[0].message
        assert second.erase("sim:sda", TileState.INTERRUPTED) == run_id
        over = second.until_state("sim:sda", TileState.ERASED)
        assert over.run is not None
        assert (over.run.run_id, over.run.resumed, over.run.kept) == (run_id, True, "queued")
        put_back(second)
    assert second.process.returncode == 0
    assert not socket.exists()


def put_back(bench: DaemonProcess) -> None:
    """A drive that comes back is recognised, and whether something was written to it since."""
    assert bench.drives is not None
    replug(bench)
    tile = bench.until_state("sim:sda", TileState.READY)
    assert tile.earlier is not None
    assert (tile.earlier.verdict, tile.earlier.kept, tile.earlier.changed) == ("ERASED", "queued", False)
    backing = bench.drives.backing("sda")
    with backing.open("r+b") as medium:
        medium.write(b"a new system")
    replug(bench)
    tile = bench.until_state("sim:sda", TileState.READY)
    assert tile.earlier is not None
    assert tile.earlier.changed is True


def replug(bench: DaemonProcess) -> None:
    assert bench.drives is not None
    bench.drives.unplug("sda")
    bench.until(lambda seen: seen.tiles[0].state is TileState.EMPTY)
    bench.drives.plug("sda")


def test_a_drive_that_still_erases_itself_for_us_is_followed_without_a_click(tmp_path: Path) -> None:
    file = tmp_path / "itself.toml"
    file.write_text(bench_text("sda", sda=ITSELF.format(20)), encoding="utf-8")
    with daemon_process(tmp_path, file) as first:
        run_id = first.erase("sim:sda")
        first.until(lambda seen: any(tile.run and tile.run.phase == "command" for tile in seen.tiles))
        first.kill()
    with daemon_process(tmp_path, file) as second:
        tile = second.until_state("sim:sda", TileState.RUNNING)
        assert tile.run is not None
        assert (tile.run.run_id, tile.run.resumed) == (run_id, True)
        told = [phrase.message for phrase in second.client.bench().found_at_start]
        assert any("it is followed, nothing is sent" in message for message in told)
        second.client.stop()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_daemon_that_ends_while_a_console_looks_on_says_so_and_nothing_else(tmp_path: Path, number: int) -> None:
    file = tmp_path / "bench.toml"
    file.write_text(bench_text("sda", size=1 << 22), encoding="utf-8")
    with daemon_process(tmp_path, file) as bench:
        bench.until_state("sim:sda", TileState.READY)
        looking = bench.client.pictures()
        assert next(looking).name
        bench.process.send_signal(number)
        for _ in looking:
            pass
        assert bench.process.wait(30) == 0
    said = (tmp_path / "out").read_text(encoding="utf-8")
    assert "Traceback" not in said
    assert "CancelledError" not in said
    assert said.splitlines()[-1] == "The bench has stopped; everything is saved."

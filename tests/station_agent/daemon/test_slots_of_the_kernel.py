"""On real block devices: a plan is for the disk that was in the slot, and for no other that has its node now."""

import hashlib
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from station_agent.bench import kernel_bench
from station_agent.control.client import OrderNotTaken
from station_agent.control.view import EraseOrder, PlanOrder, TileState
from tests.kernel.loops import attached, fill_random
from tests.kernel.udevd import settle
from tests.station_agent.daemon.daemon_bench import DaemonBench

pytestmark = [pytest.mark.kernel, pytest.mark.world]
MIB = 1 << 20


def digest(image: Path) -> str:
    return hashlib.sha256(image.read_bytes()).hexdigest()


@pytest.mark.parametrize("same", [True, False])
def test_another_disk_under_the_planned_node_is_refused(
    tmp_path: Path, daemon: Callable[..., DaemonBench], udevd: None, *, same: bool
) -> None:
    planned, other = tmp_path / "planned.img", tmp_path / "other.img"
    fill_random(planned, MIB)
    fill_random(other, MIB, b"another")
    before = [digest(image) for image in (planned, other)]
    with attached(planned) as loop:
        whole = kernel_bench(Path("/"), allow_loop=True, protected_serials=frozenset())
        ours = replace(whole, enumerate_disks=lambda: tuple(d for d in whole.enumerate_disks() if d.path == loop.node))
        bench = daemon("none", bench=ours)
        view = bench.until(lambda seen: any(tile.state is TileState.READY for tile in seen.tiles))
        (tile,) = view.tiles
        (plan,) = bench.client.plan(PlanOrder(drives=(str(tile.drive),))).plans
        assert plan.method == "overwrite.keystream"
        bench.blind()
        subprocess.run(["losetup", "--detach", loop.node], check=True, timeout=60)
        settle()
        image = planned if same else other
        subprocess.run(["losetup", "--direct-io=on", loop.node, str(image)], check=True, timeout=60)
        settle()
        with pytest.raises(OrderNotTaken) as told:
            bench.client.erase(EraseOrder(plans=(plan.id,), confirmed=(plan.serial,)))
        assert (told.value.code, bench.crew.orders) == ("drive-changed", {})
        if not same:
            subprocess.run(["losetup", "--detach", loop.node], check=True, timeout=60)
            settle()
            subprocess.run(["losetup", "--direct-io=on", loop.node, str(planned)], check=True, timeout=60)
            settle()
    assert [digest(image) for image in (planned, other)] == before

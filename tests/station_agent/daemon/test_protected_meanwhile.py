"""A drive that the hub protects while the daemon runs: it is refused from then on, also by a plan made before."""

from pathlib import Path

import pytest

from station_agent.assignments import keep_assignments
from station_agent.control.view import EraseOrder, PlanOrder, TileState
from tests.station_agent.daemon.daemon_bench import bench_text
from tests.station_agent.daemon.daemon_process import daemon_process


@pytest.mark.world
def test_what_is_protected_after_the_start_is_not_erased(tmp_path: Path) -> None:
    file = tmp_path / "test.toml"
    file.write_text(bench_text("sda"), encoding="utf-8")
    with daemon_process(tmp_path, file) as daemon:
        drive = str(daemon.until_state("sim:sda", TileState.READY).drive)
        (before,) = daemon.client.plan(PlanOrder(drives=(drive,))).plans
        keep_assignments(tmp_path / "state", {"policies": [], "lots": [], "protected_serials": [before.serial]})
        (after,) = daemon.client.plan(PlanOrder(drives=(drive,))).plans
        assert (after.method, [reason.code for reason in after.refusals]) == ("", ["NOT_IN_LOT"])
        daemon.client.erase(EraseOrder(plans=(before.id,), confirmed=(before.serial,)))
        tile = daemon.until_state("sim:sda", TileState.REFUSED)
        assert tile.run is not None
        assert [reason.code for reason in tile.run.reasons] == ["NOT_IN_LOT"]

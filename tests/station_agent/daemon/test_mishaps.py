"""What nobody foresaw: one tile says so, with the number that the log has, and everything else goes on."""

from collections.abc import Callable
from typing import Any

import pytest

from erasure.events import Progress
from station_agent.control.view import TileState
from station_agent.daemon import picture
from station_agent.daemon.drives import Seen
from station_agent.daemon.lines import Teller
from tests.station_agent.daemon.daemon_bench import DaemonBench
from tests.station_agent.daemon.test_orders import refused

Make = Callable[..., DaemonBench]
SECRET = "what the drive said"


class Log:
    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, event: str, **facts: object) -> None:
        self.lines.append((event, facts))

    @property
    def mishaps(self) -> list[dict[str, Any]]:
        return [facts for event, facts in self.lines if event == "mishap"]


def planted(call: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Fail where the first argument is about the drive `name`."""

    def failing(*given: Any, **named: Any) -> Any:
        seen = next(one for one in given if isinstance(one, Seen))
        if seen.device.name == name:
            raise ZeroDivisionError(SECRET)
        return call(*given, **named)

    return failing


def test_a_fault_over_one_drive_is_told_on_its_tile_and_no_other_drive_stops(
    daemon: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log()
    bench = daemon("sda", "sdb", "sdc", log=log)
    bench.erase("sda")
    bench.until_state("sda", TileState.RUNNING)
    monkeypatch.setattr(Teller, "read", planted(Teller.read, "sdb"))
    for name in ("sdb", "sdc"):
        key = bench.ready(name)[0]
        bench.foreman.post(lambda key=key: bench.foreman.read(bench.foreman.drives.by_key[key]), key)  # type: ignore[misc]
    tile = bench.until_state("sdb", TileState.PROTECTED)
    (mishap,) = log.mishaps
    (reason,) = tile.reasons
    assert reason.remedy is not None
    assert reason.remedy.facts == {"id": mishap["id"]}
    assert (mishap["about"], mishap["error"], SECRET in str(log.lines)) == (tile.drive, "ZeroDivisionError", False)
    assert "test_mishaps:" in mishap["place"]
    bench.crew.ends["DEMO-sda"] = {}
    assert bench.until_state("sda", TileState.ERASED)
    assert bench.ready("sdc")


def test_nothing_is_begun_on_a_drive_over_which_the_program_failed(
    daemon: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = daemon("sda")
    bench.ready("sda")
    monkeypatch.setattr(Teller, "read", planted(Teller.read, "sda"))
    seen = next(iter(bench.foreman.drives.by_key.values()))
    bench.foreman.post(lambda: bench.foreman.read(seen), seen.key)
    bench.until_state("sda", TileState.PROTECTED)
    monkeypatch.undo()
    from station_agent.control.view import EraseOrder, PlanOrder

    (plan,) = bench.client.plan(PlanOrder(drives=(seen.key,))).plans
    assert refused(lambda: bench.client.erase(EraseOrder(plans=(plan.id,), confirmed=(plan.serial,))))[0] == "mishap"
    assert bench.crew.orders == {}
    bench.drives.unplug("sda")
    bench.until_state("sda", TileState.EMPTY)
    bench.drives.plug("sda")
    bench.ready("sda")


def test_a_drive_that_cannot_be_drawn_hides_no_other(daemon: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = daemon("sda", "sdb")
    bench.ready("sda", "sdb")
    monkeypatch.setattr(picture, "drive_tile", planted(picture.drive_tile, "sda"))
    bench.until_state("sda", TileState.PROTECTED)
    assert bench.erase("sdb")
    bench.until_state("sdb", TileState.RUNNING)


def test_what_one_worker_says_and_nobody_understands_is_no_matter_of_the_others(
    daemon: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log()
    bench = daemon("sda", "sdb", log=log)
    first, second = bench.erase("sda", "sdb")
    bench.until_state("sdb", TileState.RUNNING)
    session = bench.foreman.runs.session
    took = session.take

    def take(_session: object, event: Any) -> None:
        if event.run_id == first and not isinstance(event, Progress):
            raise KeyError(SECRET)
        took(event)

    monkeypatch.setattr(type(session), "take", take)
    bench.crew.ends |= {"DEMO-sda": {}, "DEMO-sdb": {}}
    assert bench.until_state("sdb", TileState.ERASED)
    tile = bench.until_state("sda", TileState.INTERRUPTED)
    assert tile.run is not None
    assert tile.run.notice is not None
    assert [facts["about"] for facts in log.mishaps] == [first]
    assert second not in bench.foreman.runs.under_way


def test_a_fault_that_comes_again_and_again_is_logged_once(daemon: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log()
    bench = daemon("sda", log=log)
    bench.ready("sda")

    def failing() -> None:
        raise ZeroDivisionError

    for _ in range(5):
        bench.foreman.post(failing)
    bench.foreman.ask(lambda: None).result()
    bench.foreman.ask(bench.foreman.publish).result()
    assert len(log.mishaps) == 1
    (notice,) = bench.foreman.bulletin.view.notices
    assert notice.facts == {"id": log.mishaps[0]["id"]}


def test_the_page_of_a_drive_files_one_plan_while_nothing_changes(daemon: Make) -> None:
    bench = daemon("sda")
    (key,) = bench.ready("sda")
    shown = [bench.client.drive(key).plan for _ in range(5)]
    assert len({plan.id for plan in shown if plan is not None}) == 1
    assert len(bench.foreman.plans._plans) == 1
    bench.foreman.ask(lambda: bench.foreman.plans.forget(key)).result()
    later = bench.client.drive(key).plan
    assert later is not None
    assert later.id != getattr(shown[0], "id", "")

"""What the hub assigned reaches the bench: what was approved beforehand starts by itself, and nothing else."""

import base64
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from erasure.drive import IdentityGrade
from station_agent.assigned import Assignments
from station_agent.assignments import COUNTER_NOTE, FILE, keep_assignments
from station_agent.auto_start import AutoStart, DriveHere, Planned
from station_agent.commands.call import begin
from station_agent.commands.serve import means_of
from station_agent.control.client import OrderNotTaken
from station_agent.control.view import LotOrder, PlanOrder, SignInOrder, Tile, TileState
from station_agent.daemon import foreman
from station_agent.daemon.by_the_hub import REFRESH_S, ByTheHub, Fetching
from station_agent.daemon.people import BenchPeople
from station_agent.errors import HubUnreachable
from station_agent.operators import add_operator, token_digest
from station_agent.sign_in import SignInDesk
from station_agent.station import Station
from tests.station_agent.assigned_examples import LOT, RULE, answer, trust_hub
from tests.station_agent.conftest import StandingClock
from tests.station_agent.daemon.daemon_bench import PATIENCE_S, DaemonBench, bench_text

Make = Callable[..., DaemonBench]
EXPECTED = {**LOT, "serials": ["DEMO-sda"]}
ANY = {**RULE, "drives": "any"}
TOKEN = "BADGE-OF-LOU"
LOU = {"id": "p-tech", "name": "Lou", "badge_sha256": token_digest(TOKEN)}
BY_WHOM = "pre-approved by p-lead, rule 7"


def assign(station: Station, **changed: Any) -> None:
    """Let the hub assign something, newer than the last."""
    folder, counter = station.store.folder, int(station.store.noted(COUNTER_NOTE, "4")) + 1
    trust_hub(folder, demo=True)
    given = {"lots": [EXPECTED], "operators": [], "messages": [], **changed}
    keep_assignments(folder, answer(station.key.kid, counter=counter, **given), station=station.key.kid)
    station.store.note(COUNTER_NOTE, str(counter))


@pytest.fixture
def bench_of(daemon: Make, monkeypatch: pytest.MonkeyPatch) -> Callable[..., DaemonBench]:
    """Factory: a daemon as `serve` puts it together, with these drives and these assignments; `here`: at its start."""
    monkeypatch.setattr(foreman, "IDLE_S", 0.02)

    def make(*names: str, here: bool = False, settle_s: float = 0.0, **changed: Any) -> DaemonBench:
        bench = daemon(*names, started=False, settle_s=settle_s)
        station, hub = bench.station, ByTheHub(bench.station)
        means, desk = bench.means, SignInDesk(bench.folder, station.clock, hub.assigned)
        means.operators = BenchPeople(bench.folder, desk, hub.assigned)
        means.auto_start, means.assigned, means.policy_for = hub.auto_start, hub.assigned, hub.policy_for
        assign(station, **changed)
        for name in () if here else names:
            bench.drives.unplug(name)
        bench.start()
        for name in () if here else names:
            bench.drives.plug(name)
        return bench

    return make


def until_held(bench: DaemonBench, name: str, words: str) -> Tile:
    """Wait until the tile says what holds the drive back."""

    def holds(view: Any) -> bool:
        told = bench.tile(view, name).unattended
        return told is not None and words in told.message

    return bench.tile(bench.until(holds), name)


def settled(bench: DaemonBench) -> None:
    """Wait until the foreman has taken whatever was asked of drives."""
    until = time.monotonic() + PATIENCE_S
    while bench.foreman.readings._asking and time.monotonic() < until:
        time.sleep(0.01)
    for _ in range(2):
        bench.foreman.ask(bench.foreman._tick).result(PATIENCE_S)


def test_an_expected_drive_starts_by_itself_and_its_statement_says_who_approved(bench_of: Make) -> None:
    bench = bench_of("sda", "sdb")
    tile = bench.until_state("sda", TileState.COUNTDOWN)
    assert (tile.countdown_s or 0) > 30
    assert tile.unattended is not None
    assert tile.unattended.facts == {"name": "Camille", "lot": "LOT-1", "rule": "7"}
    bench.ready("sdb")
    assert bench.crew.orders == {}
    bench.ahead = 61
    bench.until_state("sda", TileState.RUNNING)
    (order,) = bench.crew.orders.values()
    assert (order.confirmation.person, order.confirmation.serial) == (BY_WHOM, "DEMO-sda")
    bench.crew.ends["DEMO-sda"] = {}
    bench.until_state("sda", TileState.ERASED)
    (row,) = bench.station.store.rows("SELECT envelope FROM statement")
    said = json.loads(base64.b64decode(json.loads(row["envelope"])["payload"]))
    assert (said["operator"], said["lot"]) == (BY_WHOM, "LOT-1")


def test_under_a_rule_for_any_a_drive_that_was_there_at_boot_waits_and_one_plugged_later_starts(bench_of: Make) -> None:
    bench = bench_of("sda", here=True, lots=[LOT], auto_start=[ANY])
    tile = until_held(bench, "sda", "It was here when the bench started")
    assert (tile.state, tile.countdown_s) == (TileState.READY, None)
    bench.ahead = 61
    settled(bench)
    assert bench.crew.orders == {}
    bench.drives.unplug("sda")
    bench.until(lambda view: view.tiles[0].state is TileState.EMPTY)
    bench.drives.plug("sda")
    bench.until_state("sda", TileState.COUNTDOWN)


def test_what_comes_soon_after_the_start_counts_as_there_at_boot(bench_of: Make) -> None:
    bench = bench_of("sda", lots=[LOT], auto_start=[ANY], settle_s=3600.0)
    until_held(bench, "sda", "It was here when the bench started")


@pytest.mark.parametrize("serial", ["", "DEMO-OTHER"])
def test_a_drive_that_was_swapped_during_the_countdown_does_not_start(bench_of: Make, serial: str) -> None:
    bench = bench_of("sda", lots=[LOT], auto_start=[ANY])
    bench.until_state("sda", TileState.COUNTDOWN)
    bench.blind()
    bench.drives.unplug("sda")
    bench.drives.plug("sda", serial)
    bench.ahead = 61
    tile = until_held(bench, "sda", "is not the drive")
    assert (tile.state, tile.countdown_s) == (TileState.READY, None)
    settled(bench)
    assert (bench.crew.orders, bench.station.journal.open_runs()) == ({}, ())


def test_a_drive_that_leaves_while_it_is_read_once_more_does_not_start(bench_of: Make) -> None:
    bench = bench_of("sda")
    bench.until_state("sda", TileState.COUNTDOWN)
    disks = bench.means.bench.enumerate_disks
    looks = bench.foreman.readings.read

    def pull(question: Any) -> Any:
        found = looks(question)
        bench.drives.unplug("sda")
        return found

    bench.blind()
    bench.foreman.readings.read = pull
    bench.ahead = 61
    until_held(bench, "sda", "is not the drive")
    assert (disks(), bench.crew.orders) == ((), {})


@pytest.mark.parametrize("changed", [{"auto_start": []}, {"lots": []}, {"protected_serials": ["DEMO-sda"]}])
def test_a_rule_that_is_undone_during_the_countdown_starts_nothing(bench_of: Make, changed: dict[str, Any]) -> None:
    bench = bench_of("sda")
    bench.until_state("sda", TileState.COUNTDOWN)
    assign(bench.station, **changed)
    bench.ahead = 61
    bench.ready("sda")
    settled(bench)
    assert bench.crew.orders == {}


def test_a_rule_that_ends_during_the_countdown_starts_nothing(bench_of: Make, clock: StandingClock) -> None:
    bench = bench_of("sda")
    bench.until_state("sda", TileState.COUNTDOWN)
    clock.forward(24 * 3600)
    bench.ahead = 61
    bench.until(lambda view: bench.tile(view, "sda").countdown_s is None)
    settled(bench)
    assert bench.crew.orders == {}
    until_held(bench, "sda", "has ended")


def test_damaged_assignments_start_nothing_and_it_is_said(bench_of: Make) -> None:
    bench = bench_of("sda")
    bench.until_state("sda", TileState.COUNTDOWN)
    path = bench.folder / FILE
    path.write_text(path.read_text("utf-8").replace("DEMO-sda", "DEMO-sdx"), encoding="utf-8")
    bench.ahead = 61
    view = bench.until(lambda seen: any("are damaged" in told.message for told in seen.notices))
    until_held(bench, "sda", "nothing starts by itself")
    settled(bench)
    assert bench.crew.orders == {}
    assert view.stops_new is not None  # and nobody can tell who may work here


def test_somebody_who_holds_the_countdown_holds_it_for_good(bench_of: Make) -> None:
    bench = bench_of("sda")
    tile = bench.until_state("sda", TileState.COUNTDOWN)
    bench.client.hold(str(tile.drive))
    until_held(bench, "sda", "Somebody stopped the countdown")
    bench.ahead = 61
    assign(bench.station)
    settled(bench)
    assert bench.tile(bench.client.bench(), "sda").state is TileState.READY
    assert bench.crew.orders == {}


def test_nothing_starts_by_itself_while_nothing_new_may_begin(bench_of: Make) -> None:
    bench = bench_of("sda")
    bench.until_state("sda", TileState.COUNTDOWN)
    bench.free = 0
    bench.until(lambda view: view.stops_new is not None)
    bench.ahead = 61
    settled(bench)
    assert (bench.crew.orders, bench.tile(bench.client.bench(), "sda").countdown_s) == ({}, 0)


def test_a_rule_that_comes_later_is_followed_by_drives_that_are_here(bench_of: Make) -> None:
    bench = bench_of("sda", auto_start=[])
    bench.ready("sda")
    assign(bench.station)
    bench.until_state("sda", TileState.COUNTDOWN)


def test_drives_are_planned_by_the_policy_of_their_rule_else_of_their_lot(bench_of: Make) -> None:
    other = {**LOT, "code": "LOT-2", "policy": "clear-is-enough", "serials": []}
    rule = {**RULE, "policy": "clear-is-enough"}
    bench = bench_of("sda", "sdb", lots=[EXPECTED, other], auto_start=[rule])
    bench.until_state("sda", TileState.COUNTDOWN)
    bench.ready("sdb")
    looks = {seen.device.name: seen.look for seen in bench.foreman.drives.by_key.values()}
    assert [getattr(looks[name], "policy", "") for name in ("sda", "sdb")] == ["clear-is-enough", "purge-preferred"]
    bench.client.set_lot(LotOrder(lot="LOT-2"))
    plans = bench.plan("sdb").plans
    assert bench.foreman.plans._plans[plans[0].id].policy == "clear-is-enough"


def test_a_drive_for_which_a_person_set_another_lot_waits(bench_of: Make) -> None:
    bench = bench_of("sda", lots=[LOT], auto_start=[ANY], here=True)
    bench.client.set_lot(LotOrder(lot="LOT-8"))
    bench.drives.unplug("sda")
    bench.until(lambda view: view.tiles[0].state is TileState.EMPTY)
    bench.drives.plug("sda")
    told = until_held(bench, "sda", "works for lot").unattended
    assert told is not None
    assert (told.facts["set"], told.facts["lot"]) == ("LOT-8", "LOT-1")


def test_what_the_hub_says_is_among_the_notices(bench_of: Make) -> None:
    messages = [{"id": 1, "text": "Fermé lundi", "severity": "urgent", "until": None}]
    bench = bench_of("sda", messages=messages)
    view = bench.until(lambda seen: bool(seen.notices))
    assert [told.facts for told in view.notices] == [{"text": "Fermé lundi"}]


def test_a_drive_that_somebody_signed_in_has_planned_waits(bench_of: Make) -> None:
    bench = bench_of("sda", operators=[LOU])
    tile = bench.until_state("sda", TileState.COUNTDOWN)
    bench.client.sign_in(SignInOrder(badge=TOKEN))
    bench.client.plan(PlanOrder(drives=(str(tile.drive),)))
    told = until_held(bench, "sda", "has selected this drive").unattended
    assert told is not None
    assert told.facts["person"] == "p-tech"


def test_only_operators_of_the_checked_list_sign_in(bench_of: Make) -> None:
    bench = bench_of("sda", operators=[LOU])
    bench.until(lambda view: view.operators_known)
    add_operator(bench.folder, "own", "9630")
    path = bench.folder / FILE
    document = json.loads(path.read_text("utf-8"))
    document["operators"] = [{"id": "p-stranger", "name": "X", "badge_sha256": token_digest("STRANGER")}]
    path.write_text(json.dumps(document), encoding="utf-8")
    for badge in ("STRANGER", TOKEN):
        with pytest.raises(OrderNotTaken, match="damaged"):
            bench.client.sign_in(SignInOrder(badge=badge))


def test_serve_works_by_what_the_hub_assigned(tmp_path: Path, open_bench_at: Callable[..., Station]) -> None:
    file, state = tmp_path / "test.toml", tmp_path / "state"
    file.write_text(bench_text("sda"), encoding="utf-8")
    call = begin(lang="en", as_json=False, state=state, bench_file=file)
    station = open_bench_at(state)
    assign(station, operators=[LOU])
    means = means_of(call, station, call.bench(), threading.Event())
    drive = DriveHere("DEMO-sda", IdentityGrade.A, True, False, 1, Planned("DEMO-sda", "purge-preferred"))
    assert isinstance(means.assigned(), Assignments)
    assert isinstance(means.auto_start(drive), AutoStart)
    assert (means.policy_for("LOT-1"), means.policy_for("LOT-2")) == ("purge-preferred", "")
    assert means.operators.sign_in(badge=TOKEN, operator="", pin="") == "p-tech"
    assert means.settle_s > 0


def test_the_hub_is_asked_again_after_a_while_and_its_silence_is_only_logged() -> None:
    asked, said = list[float](), list[str]()

    class Silent:
        def refresh_from_hub(self) -> tuple[Any, ...]:
            asked.append(now[0])
            raise HubUnreachable("no answer")

    now = [5.0]
    fetching = Fetching(Silent(), lambda: now[0], lambda event, **_facts: said.append(event))  # type: ignore[arg-type]
    for moment in (5.0, 5.0 + REFRESH_S / 2, 5.0 + REFRESH_S):
        now[0] = moment
        fetching.fetch()
    assert (asked, said) == ([5.0, 5.0 + REFRESH_S], ["not-fetched", "not-fetched"])

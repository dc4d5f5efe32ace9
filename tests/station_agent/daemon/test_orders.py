"""What people order: planned, confirmed, begun, stopped; and everything that is refused before anything is sent."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from certificates.pre_approval import pre_approved_operator
from erasure.outcome import Level, Reason, ReasonCode, VerdictWord
from station_agent.control import api
from station_agent.control.client import OrderNotTaken
from station_agent.control.view import (
    AssetOrder,
    EraseOrder,
    LotOrder,
    PlanOrder,
    SignInOrder,
    TileState,
)
from station_agent.daemon.typed import lot_code
from station_agent.errors import StoreBroken, UsageError
from tests.station_agent.daemon.daemon_bench import DaemonBench

Make = Callable[..., DaemonBench]


def refused(call: Callable[[], object]) -> tuple[str, str]:
    """Give the code and the sentence of a refusal."""
    with pytest.raises(OrderNotTaken) as told:
        call()
    return told.value.code, str(told.value)


def test_each_drive_is_over_the_moment_its_statement_is_durable_while_others_run(daemon: Make) -> None:
    bench = daemon("sda", "sdb")
    runs = bench.erase("sda", "sdb", lot="LOT-1")
    bench.until_state("sda", TileState.RUNNING)
    bench.crew.ends["DEMO-sda"] = {}
    tile = bench.until_state("sda", TileState.ERASED)
    assert tile.run is not None
    assert (tile.run.run_id, tile.run.kept, tile.run.verdict, tile.run.level) == (runs[0], "queued", "ERASED", "CLEAR")
    assert [row.id for row in bench.station.outbox.rows()] == [tile.run.statement]
    other = bench.tile(bench.foreman.bulletin.view, "sdb")
    assert other.state is TileState.RUNNING
    failed = {
        "verdict": VerdictWord.FAILED,
        "level": Level.NONE,
        "reasons": (Reason(ReasonCode.READ_ERROR, "1 sector cannot be read"),),
    }
    bench.crew.ends["DEMO-sdb"] = failed
    tile = bench.until_state("sdb", TileState.FAILED)
    assert tile.run is not None
    assert [reason.code for reason in tile.run.reasons] == ["READ_ERROR"]
    assert tile.run.reasons[0].remedy is not None


def test_a_tile_turns_green_only_once_the_statement_is_durable(daemon: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = daemon("sda")
    shown: list[TileState] = []

    def refuse(*_: object) -> None:
        bench.foreman.publish()
        shown.append(bench.tile(bench.foreman.bulletin.view, "sda").state)
        raise StoreBroken("The state of this bench cannot be written.")

    bench.erase("sda")
    bench.until_state("sda", TileState.RUNNING)
    monkeypatch.setattr(bench.station.journal, "close_run", refuse)
    bench.crew.ends["DEMO-sda"] = {}
    tile = bench.until_state("sda", TileState.UNSTATED, TileState.ERASED)
    assert (tile.state, shown[0], bench.station.outbox.rows()) == (TileState.UNSTATED, TileState.RUNNING, ())
    assert set(shown[1:]) <= {TileState.UNSTATED}, "it is tried again as long as the medium may take it"
    assert tile.run is not None
    assert (tile.run.verdict, tile.run.statement) == ("", "")


def test_drives_are_added_while_others_run(daemon: Make) -> None:
    bench = daemon("sda", "sdb")
    bench.erase("sda")
    bench.until_state("sda", TileState.RUNNING)
    bench.erase("sdb")
    bench.until_state("sdb", TileState.RUNNING)
    assert bench.tile(bench.foreman.bulletin.view, "sda").state is TileState.RUNNING
    assert len(bench.crew.orders) == 2


def test_nothing_begins_without_the_whole_serial_of_every_drive(daemon: Make) -> None:
    bench = daemon("sda", "sdb")
    plans = tuple(plan.id for plan in bench.plan("sda", "sdb").plans)
    for typed in ((), ("DEMO-sda",), ("DEMO-sda", "DEMO-sd"), ("DEMO-sda", "DEMO-sdb", "DEMO-sdc")):
        code, sentence = refused(lambda given=typed: bench.client.erase(EraseOrder(plans=plans, confirmed=given)))
        assert code == "confirmation"
        assert "Nothing was erased" in sentence
    assert bench.crew.orders == {}
    bench.client.erase(EraseOrder(plans=plans, confirmed=("DEMO-sdb", "DEMO-sda")))
    assert len(bench.crew.orders) == 2


def test_a_tag_that_belongs_to_one_drive_confirms_it(daemon: Make) -> None:
    bench = daemon("sda")
    (key,) = bench.ready("sda")
    bench.client.set_asset(AssetOrder(asset="ETB-7", drive=key))
    (plan,) = bench.plan("sda").plans
    assert refused(lambda: bench.client.erase(EraseOrder(plans=(plan.id,), confirmed=("ETB-8",))))[0] == "confirmation"
    bench.client.erase(EraseOrder(plans=(plan.id,), confirmed=("ETB-7",)))
    (order,) = bench.crew.orders.values()
    assert order.confirmation.serial == "DEMO-sda"
    assert bench.foreman.runs.session.contexts[order.run_id].asset == "ETB-7"


def test_a_tag_that_two_drives_have_confirms_neither(daemon: Make) -> None:
    bench = daemon("sda", "sdb")
    for key in bench.ready("sda", "sdb"):
        bench.client.set_asset(AssetOrder(asset="PALLET", drive=key))
    (plan,) = bench.plan("sda").plans
    order = EraseOrder(plans=(plan.id,), confirmed=("PALLET",))
    assert refused(lambda: bench.client.erase(order))[0] == "confirmation"
    assert bench.crew.orders == {}


def test_the_serial_of_another_drive_is_no_tag(daemon: Make) -> None:
    bench = daemon("sda", "sdb")
    (key, _) = bench.ready("sda", "sdb")
    bench.client.set_asset(AssetOrder(asset="DEMO-sdb", drive=key))
    (plan,) = bench.plan("sda").plans
    order = EraseOrder(plans=(plan.id,), confirmed=("DEMO-sdb",))
    assert refused(lambda: bench.client.erase(order))[0] == "confirmation"
    assert bench.crew.orders == {}


def test_an_order_does_not_confirm_itself_by_a_tag_that_it_brings(daemon: Make) -> None:
    bench = daemon("sda")
    (plan,) = bench.plan("sda").plans
    order = EraseOrder(plans=(plan.id,), confirmed=("anything",), assets={plan.id: "anything"})
    assert refused(lambda: bench.client.erase(order))[0] == "confirmation"
    assert bench.crew.orders == {}


def test_a_serial_that_a_drive_behind_a_bridge_has_too_confirms_neither(daemon: Make) -> None:
    bench = daemon("sda", "sdb")
    _, other = bench.ready("sda", "sdb")
    (plan,) = bench.plan("sda").plans
    seen = bench.foreman.drives.by_key[other]
    assert seen.look is not None
    drive = seen.look.surveyed
    own = replace(drive.device, identity=replace(drive.device.identity, serial="DEMO-sda"))  # the bridge shows another
    seen.look = replace(seen.look, surveyed=replace(drive, device=own))
    code, sentence = refused(lambda: bench.client.erase(EraseOrder(plans=(plan.id,), confirmed=("DEMO-sda",))))
    assert (code, bench.crew.orders) == ("twins", {})
    assert "sim:sda and sim:sdb show the same serial number" in sentence


def test_nobody_signs_in_as_an_approval_of_somebody_else(daemon: Make) -> None:
    bench = daemon("sda")
    name = pre_approved_operator("lead-1", 7)
    for typed in (name, f"  {name.upper()}"):
        code, sentence = refused(lambda given=typed: bench.client.sign_in(SignInOrder(operator=given)))
        assert (code, bench.foreman.operator) == ("usage", "")
        assert "no name of a person" in sentence


def test_two_plans_of_one_drive_are_no_order(daemon: Make) -> None:
    bench = daemon("sda")
    plans = [bench.plan("sda").plans[0].id for _ in range(2)]
    order = EraseOrder(plans=tuple(plans), confirmed=("DEMO-sda",))
    assert refused(lambda: bench.client.erase(order))[0] == "no-drive"
    assert bench.station.outbox.rows() == ()


def test_an_order_that_nobody_waits_for_any_more_is_never_carried_out(
    daemon: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = daemon("sda")
    (plan,) = bench.plan("sda").plans
    held, go_on = threading.Event(), threading.Event()

    def hold_the_foreman() -> None:
        held.set()
        go_on.wait()

    bench.foreman.post(hold_the_foreman)
    held.wait()
    monkeypatch.setattr(api.Counter.order, "__defaults__", (0.05,))
    order = EraseOrder(plans=(plan.id,), confirmed=("DEMO-sda",))
    code, sentence = refused(lambda: bench.client.erase(order))
    go_on.set()
    bench.foreman.ask(lambda: None).result()
    assert (code, "nothing of it begins later" in sentence, bench.crew.orders) == ("too-slow", True, {})


def test_a_drive_that_was_pulled_and_put_back_is_planned_anew(daemon: Make) -> None:
    bench = daemon("sda")
    (plan,) = bench.plan("sda").plans
    bench.drives.unplug("sda")
    bench.until(lambda view: view.tiles[0].state is TileState.EMPTY)
    bench.drives.plug("sda")
    bench.ready("sda")
    code, _ = refused(lambda: bench.client.erase(EraseOrder(plans=(plan.id,), confirmed=("DEMO-sda",))))
    assert (code, bench.crew.orders) == ("unknown-plan", {})


@pytest.mark.parametrize("serial", ["", "DEMO-OTHER"])
def test_another_drive_in_the_slot_is_refused_before_the_watch_has_noticed(daemon: Make, serial: str) -> None:
    bench = daemon("sda")
    (plan,) = bench.plan("sda").plans
    bench.blind()
    bench.drives.unplug("sda")
    order = EraseOrder(plans=(plan.id,), confirmed=("DEMO-sda",))
    assert refused(lambda: bench.client.erase(order))[0] == "drive-changed"
    bench.drives.plug("sda", serial)
    code, sentence = refused(lambda: bench.client.erase(order))
    assert (code, bench.crew.orders) == ("drive-changed", {})
    assert "sim:sda is not the drive DEMO-sda any more" in sentence
    assert bench.station.journal.open_runs() == ()


def test_a_plan_is_good_for_one_start(daemon: Make) -> None:
    bench = daemon("sda")
    (plan,) = bench.plan("sda").plans
    order = EraseOrder(plans=(plan.id,), confirmed=("DEMO-sda",))
    bench.client.erase(order)
    assert refused(lambda: bench.client.erase(order))[0] == "unknown-plan"
    assert len(bench.crew.orders) == 1


def test_a_run_is_stopped_in_good_order_and_stays_open(daemon: Make) -> None:
    bench = daemon("sda", "sdb")
    first, second = bench.erase("sda", "sdb")
    bench.client.stop(first)
    tile = bench.until_state("sda", TileState.INTERRUPTED)
    assert (bench.crew.stopped, tile.run and tile.run.run_id) == ([first], first)
    assert bench.tile(bench.foreman.bulletin.view, "sdb").state is TileState.RUNNING
    assert bench.client.stop().runs == (second,)
    assert refused(lambda: bench.client.stop(first))[0] == "no-run"


def test_a_drive_that_is_being_erased_is_not_planned(daemon: Make) -> None:
    bench = daemon("sda")
    (key,) = bench.ready("sda")
    bench.erase("sda")
    (plan,) = bench.client.plan(PlanOrder(drives=(key,))).plans
    assert [reason.code for reason in plan.refusals] == ["IN_USE"]


def test_a_full_medium_stops_new_runs_and_not_the_running_ones(daemon: Make) -> None:
    bench = daemon("sda", "sdb")
    bench.erase("sda")
    plans = bench.plan("sdb").plans
    bench.free = 1 << 20
    view = bench.until(lambda seen: seen.stops_new is not None)
    assert view.stops_new is not None
    assert view.stops_new.facts["n"] == 1
    order = EraseOrder(plans=(plans[0].id,), confirmed=("DEMO-sdb",))
    assert refused(lambda: bench.client.erase(order))[0] == "stops-new"
    bench.crew.ends["DEMO-sda"] = {}
    bench.until_state("sda", TileState.ERASED)
    bench.free = 1 << 40
    bench.until(lambda seen: seen.stops_new is None)
    bench.client.erase(order)
    bench.until_state("sdb", TileState.RUNNING)


class People:
    """One operator with a badge."""

    def known(self) -> bool:
        return True

    def sign_in(self, *, badge: str, operator: str, pin: str) -> str:
        if badge != "B-1":
            raise UsageError("nobody has this badge")
        return "op-7"

    def still(self, operator: str) -> bool:
        return operator == "op-7"

    def touch(self) -> None:
        pass

    def sign_out(self) -> None:
        pass


def test_where_people_are_known_somebody_has_to_sign_in(daemon: Make) -> None:
    bench = daemon("sda", operators=People())
    (plan,) = bench.plan("sda").plans
    order = EraseOrder(plans=(plan.id,), confirmed=("DEMO-sda",))
    assert refused(lambda: bench.client.erase(order))[0] == "sign-in"
    assert refused(lambda: bench.client.sign_in(SignInOrder(badge="B-2")))[1] == "nobody has this badge"
    bench.client.sign_in(SignInOrder(badge="B-1"))
    view = bench.client.bench()
    assert (view.operator, view.operators_known) == ("op-7", True)
    (run_id,) = bench.client.erase(order).runs
    assert bench.foreman.runs.session.contexts[run_id].operator == "op-7"
    bench.client.sign_out()
    assert bench.client.bench().operator == ""
    assert bench.tile(bench.client.bench(), "sda").state is TileState.RUNNING


def test_the_lot_is_that_of_drives_that_were_not_begun(daemon: Make) -> None:
    bench = daemon("sda", "sdb")
    bench.client.set_lot(LotOrder(lot="LOT-1"))
    bench.erase("sda")
    bench.client.set_lot(LotOrder(lot="LOT-2"))
    view = bench.client.bench()
    assert (view.lot, bench.tile(view, "sda").lot, bench.tile(view, "sdb").lot) == ("LOT-2", "LOT-1", "LOT-2")
    (run_id,) = bench.erase("sdb")
    assert bench.foreman.runs.session.contexts[run_id].lot == "LOT-2"
    assert refused(lambda: bench.client.set_lot(LotOrder(lot="a\nb")))[0] == "usage"


@pytest.mark.parametrize("lot", ["LOT 9", "É-1", "x" * 33, "a/b", "٣"])
def test_a_lot_that_the_hub_does_not_take_is_refused_when_it_is_typed(daemon: Make, lot: str) -> None:
    bench = daemon("sda")
    bench.client.set_lot(LotOrder(lot="L_1.b#2-c"))
    code, sentence = refused(lambda: bench.client.set_lot(LotOrder(lot=lot)))
    assert (code, bench.client.bench().lot) == ("usage", "L_1.b#2-c")
    assert "1 to 32 letters" in sentence
    (plan,) = bench.plan("sda").plans
    order = EraseOrder(plans=(plan.id,), confirmed=("DEMO-sda",), lot=lot)
    assert refused(lambda: bench.client.erase(order))[0] == "usage"
    assert bench.crew.orders == {}
    assert lot_code(lot, {lot}) == lot  # the hub announced it
    assert bench.client.set_lot(LotOrder(lot="")).what.facts == {}


def test_a_tag_has_at_most_64_characters_for_a_drive_and_for_all_that_come(daemon: Make) -> None:
    bench = daemon("sda")
    (key,) = bench.ready("sda")
    for drive in (key, None):
        bench.client.set_asset(AssetOrder(asset="T" * 64, drive=drive))
        code, sentence = refused(lambda drive=drive: bench.client.set_asset(AssetOrder(asset="T" * 65, drive=drive)))
        assert code == "usage"
        assert "65 characters" in sentence
    view = bench.client.bench()
    assert (view.asset, bench.tile(view, "sda").asset) == ("T" * 64, "T" * 64)
    (plan,) = bench.plan("sda").plans
    order = EraseOrder(plans=(plan.id,), confirmed=("DEMO-sda",), assets={plan.id: "T" * 65})
    assert refused(lambda: bench.client.erase(order))[0] == "usage"
    assert bench.crew.orders == {}


def test_an_order_that_nobody_understands_is_refused_without_repeating_it(daemon: Make) -> None:
    bench = daemon("sda")
    secret = "PSID-OF-THE-LABEL"
    answer = bench.http.post("/v1/erasures", json={"plans": 7, "confirmed": [], "psid": secret})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-order")
    assert secret not in answer.text
    assert secret not in repr(EraseOrder(plans=(), confirmed=(), psid=secret))
    assert refused(lambda: bench.client.plan(PlanOrder(drives=("sdz:9",))))[0] == "no-drive"
    assert refused(lambda: bench.client.plan(PlanOrder(drives=bench.ready("sda"), policy="none")))[0] == "policy"

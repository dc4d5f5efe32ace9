"""No drive without a clearance, and no clearance without facts, plan, free interlocks and a person."""

import copy
import pickle
import threading
from dataclasses import replace
from typing import Any

import pytest

from erasure.clearance import Clearance, Confirmation, authorize
from erasure.errors import ClearanceError
from erasure.hidden import HiddenAreas
from erasure.outcome import Level, Reason, ReasonCode
from erasure.plan import ErasurePlan, Refusal
from erasure.policy import Policy

SERIAL = "WD-WCC4N0000001"
CLAIRE = Confirmation("Claire", SERIAL)


@pytest.fixture
def planned(facts: Any) -> ErasurePlan:
    policy = Policy("site", 1, ("test.first",), "full", 0)
    return ErasurePlan(facts(), policy, "test.first", 1, Level.CLEAR, "full", 0, (), ())


def test_a_clearance_gives_its_plan_once(planned: ErasurePlan) -> None:
    clearance = authorize(planned.facts, planned, (), CLAIRE)
    assert clearance.person == "Claire"
    assert clearance.consume() is planned
    with pytest.raises(ClearanceError, match="used already"):
        clearance.consume()


def test_of_many_threads_only_one_gets_the_plan(planned: ErasurePlan) -> None:
    clearance = authorize(planned.facts, planned, (), CLAIRE)
    got: list[object] = []
    start = threading.Barrier(8)

    def take() -> None:
        start.wait()
        try:
            got.append(clearance.consume())
        except ClearanceError as error:
            got.append(error)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert got.count(planned) == 1


@pytest.mark.parametrize(
    "typed",
    ["", "0001", "WD-WCC4N000000", "WD-WCC4N0000002", "wd-wcc4n0000001", " WD-WCC4N0000001", "WD-WCC4N0000001\n", "é"],
)
def test_anything_but_the_whole_serial_is_no_confirmation(planned: ErasurePlan, typed: str) -> None:
    with pytest.raises(ClearanceError, match="the serial typed"):
        authorize(planned.facts, planned, (), Confirmation("Claire", typed))


def test_an_empty_serial_is_not_confirmed_by_typing_nothing(planned: ErasurePlan) -> None:
    device = planned.facts.device
    blank = replace(planned.facts, device=replace(device, identity=replace(device.identity, serial="")))
    with pytest.raises(ClearanceError, match="the serial typed"):
        authorize(blank, replace(planned, facts=blank), (), Confirmation("Claire", ""))


def test_nobody_is_no_person(planned: ErasurePlan) -> None:
    with pytest.raises(ClearanceError, match="a name is needed"):
        authorize(planned.facts, planned, (), Confirmation("  ", SERIAL))


def test_one_block_withholds_the_clearance_and_is_named(planned: ErasurePlan) -> None:
    with pytest.raises(ClearanceError, match="mounted on /mnt"):
        authorize(planned.facts, planned, (Reason(ReasonCode.IN_USE, "mounted on /mnt (sdb1)"),), CLAIRE)
    with pytest.raises(ClearanceError, match="IN_USE"):
        authorize(planned.facts, planned, (Reason(ReasonCode.IN_USE),), CLAIRE)


def test_a_refusal_is_no_plan(planned: ErasurePlan) -> None:
    refusal = Refusal(planned.facts, (Reason(ReasonCode.SIZE),))
    with pytest.raises(ClearanceError, match="it was refused"):
        authorize(planned.facts, refusal, (), CLAIRE)


@pytest.mark.parametrize(
    "change",
    [
        {"size_bytes": 1_048_576_512},
        {"logical_sector": 4096},
        {"physical_sector": 512},
        {"read_only": True},
        {"zoned": "host-aware"},
        {"hidden": "unknown"},
    ],
)
def test_a_plan_for_other_facts_is_refused_and_the_fact_named(planned: ErasurePlan, change: dict[str, Any]) -> None:
    if "hidden" in change:
        none = planned.facts.hidden
        change = {"hidden": HiddenAreas(none.hpa, none.dco, none.ama, None)}
    found = replace(planned.facts, **change)
    with pytest.raises(ClearanceError, match=f"other facts: {next(iter(change))}"):
        authorize(found, planned, (), CLAIRE)


@pytest.mark.parametrize("change", [{"name": "sdc"}, {"major": 65}, {"minor": 32}, {"diskseq": 8}, {"simulated": True}])
def test_rows_21_to_24_another_node_than_the_planned_one_is_refused(
    planned: ErasurePlan, change: dict[str, Any]
) -> None:
    found = replace(planned.facts, device=replace(planned.facts.device, **change))
    with pytest.raises(ClearanceError, match=f"other facts: {next(iter(change))}"):
        authorize(found, planned, (), CLAIRE)


@pytest.mark.parametrize("name", ["model", "serial", "wwn", "firmware", "bus", "bridge"])
def test_row_27_an_identity_that_changed_since_the_plan_is_refused(planned: ErasurePlan, name: str) -> None:
    device = planned.facts.device
    found = replace(planned.facts, device=replace(device, identity=replace(device.identity, **{name: "other"})))
    with pytest.raises(ClearanceError, match=f"other facts: {name}"):
        authorize(found, planned, (), Confirmation("Claire", found.device.identity.serial))


def test_raw_readings_and_udev_records_do_not_make_other_facts(planned: ErasurePlan) -> None:
    found = replace(planned.facts, raw={"wbt": "1"}, device=replace(planned.facts.device, properties={"ID_BUS": "ata"}))
    assert authorize(found, planned, (), CLAIRE).consume() is planned


def test_a_clearance_is_not_made_by_hand_copied_or_sent(planned: ErasurePlan) -> None:
    with pytest.raises(ClearanceError, match="authorize"):
        Clearance(object(), planned, "Claire")
    clearance = authorize(planned.facts, planned, (), CLAIRE)
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(ClearanceError):
            attempt(clearance)
    assert clearance.consume() is planned

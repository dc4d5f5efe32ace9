"""Drives behind USB bridges are planned and confirmed under their own names, or not at all."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from erasure.facts import read_facts
from erasure.outcome import Reason, ReasonCode
from erasure.plan import ErasurePlan, Refusal
from erasure.policy import load_policy
from station_agent.bench import Bench, simulated_bench
from station_agent.planning import Surveyed, confirm, survey

SHARED = "152D0SHARED1"  # what the bridge calls every drive
BENCH = """
schema = "etabli.bench-file/1"
name = "two"
[[drives]]
name = "sda"
bus = "usb"
model = "DEMO BRIDGE"
serial = "152D0SHARED1"
size_bytes = 1048576
[[drives]]
name = "sdb"
bus = "usb"
model = "DEMO BRIDGE"
serial = "152D0SHARED1"
size_bytes = 1048576
"""
Named = Callable[..., tuple[Surveyed, ...]]


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Named:
    """Survey two drives behind bridges of one serial; give what each drive calls itself, "" for nothing."""
    file = tmp_path / "two.toml"
    file.write_text(BENCH, encoding="utf-8")
    bench = simulated_bench(file, tmp_path / "drives")

    def make(*own: str, **given: Any) -> tuple[Surveyed, ...]:
        names = dict(zip(("sda", "sdb"), own, strict=True))

        def read(port: Any) -> Any:
            facts = read_facts(port)
            serial = names[facts.device.name]
            if not serial:
                return facts
            identity = replace(facts.device.identity, serial=serial, source="identify")
            return replace(facts, device=replace(facts.device, identity=identity))

        monkeypatch.setattr("station_agent.planning.read_measured", read)
        asked: Bench = replace(bench, **given)
        return survey(asked, asked.enumerate_disks(), load_policy("overwrite"))

    return make


def test_two_drives_under_one_bridge_serial_are_planned_under_their_own(named: Named) -> None:
    found = named("DEMO-OWN-1", "DEMO-OWN-2")
    assert all(isinstance(drive.outcome, ErasurePlan) for drive in found)
    assert [drive.serial for drive in found] == ["DEMO-OWN-1", "DEMO-OWN-2"]


def test_a_person_confirms_with_the_serial_of_the_drive_itself(named: Named) -> None:
    found = named("DEMO-OWN-1", "DEMO-OWN-2")
    done = confirm(found, ["DEMO-OWN-2", "DEMO-OWN-1"], "op")
    assert [done[drive.device.path].serial for drive in found] == ["DEMO-OWN-1", "DEMO-OWN-2"]


def test_a_drive_that_does_not_name_itself_stays_refused(named: Named) -> None:
    one, two = named("DEMO-OWN-1", "")
    assert isinstance(one.outcome, ErasurePlan)
    assert isinstance(two.outcome, Refusal)
    assert [reason.code for reason in two.outcome.reasons] == [ReasonCode.IDENTITY]


def test_two_drives_that_call_themselves_the_same_are_both_refused(named: Named) -> None:
    for drive in named("DEMO-OWN-1", "DEMO-OWN-1"):
        assert isinstance(drive.outcome, Refusal)
        assert drive.outcome.reasons == (Reason(ReasonCode.IDENTITY, "two drives show this serial number"),)


def test_a_doubt_that_its_own_name_does_not_settle_still_refuses(named: Named) -> None:
    doubt = Reason(ReasonCode.IDENTITY, "sda is another disk now")
    one, _ = named("DEMO-OWN-1", "DEMO-OWN-2", examine=lambda _device: (doubt,))
    assert isinstance(one.outcome, Refusal)
    assert doubt in one.outcome.reasons


def test_whatever_else_protects_a_drive_keeps_it_closed(named: Named) -> None:
    def never(_device: Any) -> Any:
        raise AssertionError("opened")

    busy = (Reason(ReasonCode.IN_USE, "mounted"),)
    for drive in named("DEMO-OWN-1", "DEMO-OWN-2", opener=never, examine=lambda _device: busy):
        assert isinstance(drive.outcome, Refusal)
        assert drive.outcome.reasons[0] == busy[0]

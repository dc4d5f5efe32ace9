"""Thawing drives by suspending the machine: only by S3, only when nothing runs, and each drive found again by name."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from erasure.drive import BlockDevice, DriveFacts
from erasure.outcome import Reason, ReasonCode
from erasure.sanitizing import SanitizeReport, SanitizeState
from station_agent import suspension
from station_agent.errors import ProcessFailed
from station_agent.station import Station
from station_agent.suspension import CannotSuspend, Change, frozen_drives, require_deep, suspend
from station_agent.system import Finished
from station_agent.unlocking import open_locked
from tests.station_agent.test_drive_sheet import ata

Make = Callable[..., Any]
IDLE = SanitizeReport(SanitizeState.IDLE)
ASLEEP = ("rtcwake", "-m", "mem", "-s", "5")


@dataclass
class FakeBench:
    """Drives whose facts change when the machine wakes."""

    facts: dict[str, DriveFacts]
    after: dict[str, DriveFacts]
    blocked: tuple[str, ...] = ()
    argvs: list[tuple[str, ...]] = field(default_factory=list)
    status: int = 0
    simulated: bool = False
    sleep: None = None

    def enumerate_disks(self) -> tuple[BlockDevice, ...]:
        return tuple(facts.device for facts in self.facts.values())

    def examine(self, device: BlockDevice) -> tuple[Reason, ...]:
        return (Reason(ReasonCode.IN_USE, "x"),) if device.name in self.blocked else ()

    @contextmanager
    def opener(self, device: BlockDevice) -> Iterator[str]:
        yield device.name

    def run(self, argv: Sequence[str], *, timeout_s: float) -> Finished:
        assert timeout_s > 5
        self.argvs.append(tuple(argv))
        self.facts = self.after
        return Finished(tuple(argv), self.status, "", "no alarm")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    (folder / "sys" / "power").mkdir(parents=True)
    (folder / "sys" / "power" / "mem_sleep").write_text("[s2idle] deep\n")
    return folder


@pytest.fixture
def make_drive(make_facts: Make) -> Make:
    def make(name: str = "sda", serial: str = "DEMO-0001", **security: bool) -> DriveFacts:
        facts: DriveFacts = make_facts(serial=serial)
        device = replace(facts.device, name=name, path=f"/dev/{name}")
        return replace(facts, device=device, ata=ata(IDLE, **security))

    return make


@pytest.fixture
def bench_of(monkeypatch: pytest.MonkeyPatch) -> Callable[..., FakeBench]:
    def make(before: Sequence[DriveFacts], after: Sequence[DriveFacts], **more: Any) -> FakeBench:
        named = ({facts.device.name: facts for facts in listed} for listed in (before, after))
        bench = FakeBench(*named, **more)
        monkeypatch.setattr(suspension, "read_measured", lambda name: bench.facts[name])
        return bench

    return make


def thaw(station: Station, bench: Any, root: Path) -> list[Change]:
    frozen = frozen_drives(bench)
    woken = suspend(station.store, bench, frozen, root=root, run=bench.run, wait=lambda _seconds: None)
    return [one.change for one in woken]


@pytest.mark.parametrize("offered", ["[s2idle]", "", None])
def test_a_machine_without_s3_is_refused_with_the_other_remedies(root: Path, offered: str | None) -> None:
    place = root / "sys" / "power" / "mem_sleep"
    place.unlink() if offered is None else place.write_text(offered)
    with pytest.raises(CannotSuspend, match="another port"):
        require_deep(root)


def test_a_thawed_drive_is_found_by_its_identity_under_another_name(
    station: Station, root: Path, make_drive: Make, bench_of: Make
) -> None:
    bench = bench_of([make_drive(frozen=True)], [make_drive("sdb", frozen=False)])
    assert thaw(station, bench, root) == [Change.THAWED]
    assert bench.argvs == [ASLEEP]
    assert (root / "sys" / "power" / "mem_sleep").read_text() == "deep"


@pytest.mark.parametrize(
    ("after", "change"),
    [
        ({"frozen": True}, Change.STILL_FROZEN),
        ({"locked": True}, Change.LOCKED),
        ({"serial": "OTHER"}, Change.GONE),
    ],
)
def test_what_each_drive_is_after_waking(
    station: Station, root: Path, make_drive: Make, bench_of: Make, *, after: dict[str, Any], change: Change
) -> None:
    assert thaw(station, bench_of([make_drive(frozen=True)], [make_drive(**after)]), root) == [change]
    assert json.loads(station.store.noted("unfreeze"))["state"] == "awake"


def test_what_is_thawed_is_durable_before_the_machine_sleeps(
    station: Station, root: Path, make_drive: Make, bench_of: Make
) -> None:
    bench = bench_of([make_drive(frozen=True)], [make_drive()], status=1)
    with pytest.raises(ProcessFailed, match="no alarm"):
        thaw(station, bench, root)
    noted = json.loads(station.store.noted("unfreeze"))
    assert (noted["state"], [drive["serial"] for drive in noted["drives"]]) == ("asleep", ["DEMO-0001"])


def test_nothing_is_suspended_while_a_drive_erases_itself(make_drive: Make, bench_of: Make) -> None:
    running = make_drive("sdb", "DEMO-0002")
    running = replace(running, ata=ata(SanitizeReport(SanitizeState.RUNNING, "block", 655)))
    with pytest.raises(CannotSuspend, match="DEMO-0002 erases itself"):
        frozen_drives(bench_of([make_drive(frozen=True), running], []))


def test_a_protected_drive_is_not_even_opened(make_drive: Make, bench_of: Make) -> None:
    assert frozen_drives(bench_of([make_drive(frozen=True)], [], blocked=("sda",))) == ()


class Port:
    """A port without commands."""

    def commands(self) -> Any:
        from erasure.transport.ports import NO_COMMANDS

        return NO_COMMANDS


def test_every_command_that_opens_a_drive_is_durable_before_it_is_sent(station: Station, make_drive: Make) -> None:
    seen: list[str] = []

    def unlock(ports: Any, facts: DriveFacts) -> tuple[Reason, ...]:
        ports.announce({"command": "f2h"})
        seen.append(station.store.noted("unlock:DEMO-0001"))
        return ()

    port: Any = Port()
    assert open_locked(station.store, port, make_drive(locked=True), unlock)[0] == ()
    assert "f2h" in seen[0]
    open_locked(station.store, port, make_drive(locked=True), unlock)
    assert station.store.noted("unlock:DEMO-0001").count("f2h") == 2

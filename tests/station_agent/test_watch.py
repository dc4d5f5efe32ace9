"""Watching: listen first, then enumerate; no disk is missed, none is taken for another, none lingers."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from erasure.drive import BlockDevice, DriveFacts
from station_agent.watch import Appeared, Change, Gone, NoUdev, Uevent, Watch, copied, with_properties

Make = Callable[..., DriveFacts]


class Script:
    """An event source that plays a script, and notes in which order it was used."""

    def __init__(self, log: list[str], *turns: Any) -> None:
        self.log = log
        self.turns = list(turns)

    def start(self) -> None:
        self.log.append("start")

    def wait(self, timeout_s: float) -> tuple[Uevent, ...]:
        self.log.append("wait")
        turn = self.turns.pop(0) if self.turns else ()
        if isinstance(turn, Exception):
            raise turn
        return tuple(turn)


class Bay:
    """The disks that the kernel shows now."""

    def __init__(self, log: list[str], *disks: BlockDevice) -> None:
        self.log = log
        self.disks = disks
        self.now = 0.0

    def __call__(self) -> tuple[BlockDevice, ...]:
        self.log.append("enumerate")
        return self.disks


@pytest.fixture
def disk(make_facts: Make) -> Callable[..., BlockDevice]:
    def make(name: str = "sda", diskseq: int | None = 1) -> BlockDevice:
        return replace(make_facts().device, name=name, path=f"/dev/{name}", diskseq=diskseq)

    return make


def uevent(action: str, name: str = "sda", seq: str = "1") -> Uevent:
    return Uevent(action, f"/devices/pci/block/{name}", {"DISKSEQ": seq} if seq else {})


def watched(bay: Bay, *turns: Any) -> Watch:
    return Watch(Script(bay.log, *turns), bay, clock=lambda: bay.now)


def names(changes: tuple[Change, ...]) -> list[str]:
    return [f"{'+' if isinstance(change, Appeared) else '-'}{change.device.name}" for change in changes]


def test_it_listens_before_it_enumerates(disk: Any) -> None:
    bay = Bay([], disk())
    assert names(watched(bay).start()) == ["+sda"]
    assert bay.log == ["start", "enumerate"]


def test_a_disk_that_appears_is_told_once(disk: Any) -> None:
    bay = Bay([], disk())
    watch = watched(bay, [uevent("add", "sdb", "2"), uevent("change", "sdb", "2")], ())
    watch.start()
    bay.disks = (disk(), disk("sdb", 2))
    assert names(watch.changes(1)) == ["+sdb"]
    assert watch.changes(1) == ()


def test_the_same_name_with_another_sequence_number_is_another_disk(disk: Any) -> None:
    bay = Bay([], disk("sda", 1))
    watch = watched(bay, [uevent("remove"), uevent("add", "sda", "2")])
    watch.start()
    bay.disks = (disk("sda", 2),)
    changes = watch.changes(1)
    assert names(changes) == ["-sda", "+sda"]
    assert [change.device.diskseq for change in changes] == [1, 2]


def test_where_the_kernel_counts_nothing_another_serial_is_another_disk(disk: Any) -> None:
    old, bay = disk("sda", None), Bay([])
    bay.disks = (old,)
    watch = watched(bay)
    watch.start()
    for serial, told in (("", []), ("ANOTHER", ["-sda", "+sda"]), ("ANOTHER", [])):
        bay.disks = (replace(old, identity=replace(old.identity, serial=serial or old.identity.serial)),)
        bay.now += 30.0
        assert names(watch.changes(1)) == told


def test_a_disk_that_shows_no_serial_for_a_while_stays(disk: Any) -> None:
    old, bay = disk("sda", None), Bay([])
    bay.disks = (old,)
    watch = watched(bay)
    watch.start()
    bay.disks, bay.now = (replace(old, identity=replace(old.identity, serial="", wwn="")),), 30.0
    assert watch.changes(1) == ()


def test_a_late_remove_of_the_old_disk_does_not_take_away_the_new_one(disk: Any) -> None:
    bay = Bay([], disk("sda", 2))
    watch = watched(bay, [uevent("remove", "sda", "1")])
    watch.start()
    assert watch.changes(1) == ()
    assert [device.diskseq for device in watch.devices] == [2]


@pytest.mark.parametrize("seq", ["1", ""])
def test_a_removed_disk_goes_at_once(disk: Any, seq: str) -> None:
    bay = Bay([], disk())
    watch = watched(bay, [uevent("remove", seq=seq)])
    watch.start()
    bay.disks = ()
    assert names(watch.changes(1)) == ["-sda"]
    assert watch.devices == ()


def test_no_event_means_nothing_until_the_rescan_is_due(disk: Any) -> None:
    bay = Bay([], disk())
    watch = watched(bay)
    watch.start()
    bay.disks = (disk(), disk("sdb", 2))
    assert watch.changes(1) == ()
    bay.now = 30.0
    assert names(watch.changes(1)) == ["+sdb"]


@pytest.mark.parametrize("turn", [[uevent("remove")], OSError(105, "No buffer space available")])
def test_a_look_that_failed_is_made_again_at_once(disk: Any, turn: Any) -> None:
    bay = Bay([], disk())
    watch = watched(bay, turn)
    watch.start()
    bay.disks = (disk(), None)  # type: ignore[assignment]  it cannot be listed
    with pytest.raises(AttributeError):
        watch.changes(1)
    bay.disks = (disk("sdb", 2),)
    assert names(watch.changes(1)) == ["-sda", "+sdb"]
    assert watch.changes(1) == ()


def test_lost_events_lead_to_a_full_rescan(disk: Any) -> None:
    bay = Bay([], disk())
    watch = watched(bay, OSError(105, "No buffer space available"))
    watch.start()
    bay.disks = ()
    assert names(watch.changes(1)) == ["-sda"]


def test_without_udev_the_rescan_alone_finds_disks(disk: Any) -> None:
    slept: list[float] = []
    bay = Bay([], disk())
    watch = Watch(NoUdev(slept.append), bay, clock=lambda: bay.now, rescan_s=3.0)
    watch.start()
    bay.disks, bay.now = (), 3.5
    assert names(watch.changes(1.0)) == ["-sda"]
    assert slept == [1.0]


def test_properties_of_an_older_disk_of_the_same_name_are_left_out(disk: Any) -> None:
    known = {"sda": {"DISKSEQ": "1", "ID_MODEL": "OLD"}, "sdb": {"ID_MODEL": "B"}}
    merged = with_properties((disk("sda", 2), disk("sdb", 3), disk("sdc", 4)), known)
    assert [device.properties.get("ID_MODEL") for device in merged] == [None, "B", None]


def test_an_event_is_copied_whole_because_the_device_will_be_gone() -> None:
    class Device:
        action = "remove"
        device_path = "/devices/block/sda"
        properties = {"DISKSEQ": "7"}  # noqa: RUF012  the shape of pyudev

    device = Device()
    event = copied(device)
    device.properties.clear()
    assert event == Uevent("remove", "/devices/block/sda", {"DISKSEQ": "7"})
    assert Gone is not Appeared

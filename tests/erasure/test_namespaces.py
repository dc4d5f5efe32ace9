"""Namespaces of one controller: found through sysfs whatever they are called, free all together or not at all."""

from pathlib import Path
from typing import Any

import pytest

from erasure.errors import Unreadable
from erasure.interlocks import KernelExaminer, companions_free, interlocks
from erasure.namespaces import companions_of, medium_of
from erasure.outcome import ReasonCode
from tests.erasure.kernel_trees import link, write

CONTROLLER = "pci0000:00/0000:01:00.0/nvme/nvme{0}"


def namespace(machine: Any, name: str, minor: int, controller: int, **given: str) -> Path:
    folder = machine.drive(name, (259, minor), "nvme", place=CONTROLLER.format(controller), serial="S4EWNX0", **given)
    assert isinstance(folder, Path)
    return folder


def subsystem(machine: Any, number: int, *controllers: int) -> Path:
    """Add an NVMe subsystem with links to its controllers, as the kernel does."""
    folder = machine.root / f"sys/devices/virtual/nvme-subsystem/nvme-subsys{number}"
    folder.mkdir(parents=True)
    link(machine.root / f"sys/class/nvme-subsystem/nvme-subsys{number}", folder)
    for one in controllers:
        link(folder / f"nvme{one}", machine.root / "sys/devices" / CONTROLLER.format(one))
    (machine.root / "sys/class/nvme-subsystem").mkdir(parents=True, exist_ok=True)
    link(folder / "subsystem", machine.root / "sys/class/nvme-subsystem")
    return Path(folder)


def names(machine: Any, name: str) -> list[str]:
    return [other.name for other in companions_of(machine.view, machine.view.nodes()[name])]


def test_the_other_namespaces_of_the_same_controller_are_companions_whatever_their_names(machine: Any) -> None:
    namespace(machine, "nvme0n1", 0, controller=1)
    namespace(machine, "nvme7n3", 1, controller=1)
    namespace(machine, "nvme0n2", 2, controller=0)
    assert names(machine, "nvme0n1") == ["nvme7n3"]
    assert names(machine, "nvme7n3") == ["nvme0n1"]
    assert names(machine, "nvme0n2") == []


def test_the_hidden_path_of_a_multipath_namespace_is_no_companion(machine: Any) -> None:
    namespace(machine, "nvme0n1", 0, controller=0)
    namespace(machine, "nvme0c0n1", 1, controller=0, hidden="1")
    assert names(machine, "nvme0n1") == []


def test_namespaces_below_a_subsystem_are_companions_of_those_below_its_controllers(machine: Any) -> None:
    folder = subsystem(machine, 0, 0, 1)
    write(folder / "serial", "S4EWNX0\n")
    for name, minor in (("nvme0n1", 0), ("nvme0n2", 1)):
        disk = machine.block(name, (259, minor), "virtual/nvme-subsystem/nvme-subsys0")
        link(disk / "device", folder)
    namespace(machine, "nvme1n9", 2, controller=1)
    assert names(machine, "nvme0n1") == ["nvme0n2", "nvme1n9"]
    assert names(machine, "nvme1n9") == ["nvme0n1", "nvme0n2"]


def test_other_logical_units_and_the_boot_partitions_of_a_card_are_none(machine: Any) -> None:
    target = "pci0000:00/0000:00:17.0/host4/target4:0:0/4:0:0:{0}"
    machine.drive("sda", (8, 0), "scsi", place=target.format(0))
    machine.drive("sdb", (8, 16), "scsi", place=target.format(1))
    machine.drive("mmcblk0", (179, 0), "mmc", type="MMC")
    boot = machine.block("mmcblk0boot0", (179, 8), "platform/boot")
    link(boot / "device", machine.folder("mmcblk0"))
    assert names(machine, "sda") == []
    assert names(machine, "mmcblk0") == []


def test_a_namespace_whose_controller_has_gone_has_companions_that_nobody_knows(machine: Any) -> None:
    folder = namespace(machine, "nvme0n1", 0, controller=0)
    controller = (folder / "device").resolve()
    node = machine.view.nodes()["nvme0n1"]
    (folder / "device").unlink()
    link(folder / "device", controller.parent / "gone")
    with pytest.raises(Unreadable, match="its controller is not there"):
        medium_of(machine.view, node)


def test_all_free_namespaces_may_be_erased_together_although_they_share_a_serial(machine: Any) -> None:
    namespace(machine, "nvme0n1", 0, controller=0)
    namespace(machine, "nvme0n2", 1, controller=0)
    examine = KernelExaminer(view=machine.view)
    for name in ("nvme0n1", "nvme0n2"):
        assert examine(machine.sight(name)) == ()
        assert examine.companions_free(machine.sight(name)) == ()


def test_a_namespace_of_another_drive_with_the_same_serial_is_still_a_twin(machine: Any) -> None:
    namespace(machine, "nvme0n1", 0, controller=0)
    namespace(machine, "nvme1n1", 1, controller=1)
    assert {reason.code for reason in interlocks(machine.view, machine.sight("nvme0n1"), allow_loop=False)} == {
        ReasonCode.IDENTITY
    }


def test_a_mounted_companion_protects_the_whole_drive(machine: Any) -> None:
    namespace(machine, "nvme0n1", 0, controller=0)
    namespace(machine, "nvme0n2", 1, controller=0)
    machine.mount((259, 1), "/srv/donors")
    [reason] = companions_free(machine.view, machine.sight("nvme0n1"))
    assert reason.code is ReasonCode.IN_USE
    assert reason.detail == "the same drive holds nvme0n2: mounted on /srv/donors (nvme0n2)"
    assert reason in KernelExaminer(view=machine.view)(machine.sight("nvme0n1"))
    assert companions_free(machine.view, machine.sight("nvme0n2")) == ()


def test_a_read_only_a_held_and_a_protected_companion_protect_the_whole_drive(machine: Any) -> None:
    namespace(machine, "nvme0n1", 0, controller=0)
    other = namespace(machine, "nvme0n2", 1, controller=0, wwid="eui.0025385b71b01234")
    machine.mapped("dm-0", (253, 0), "nvme0n2", label="secrets")
    write(other / "ro", "1\n")
    found = companions_free(machine.view, machine.sight("nvme0n1"), protected_serials=frozenset({"0025385b71b01234"}))
    assert {reason.code for reason in found} == {ReasonCode.IN_USE, ReasonCode.READ_ONLY, ReasonCode.NOT_IN_LOT}
    assert "the same drive holds nvme0n2: held by dm-0 (secrets)" in {reason.detail for reason in found}

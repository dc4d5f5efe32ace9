"""Controllers on the bench: every namespace is a disk, one memory behind all of them, and what leaves is not shown."""

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from erasure.nvme.reading import read_nvme
from erasure.simulated import SimulatedBench, load_bench
from erasure.simulated.port import SimulatedBlockDrive
from erasure.transport.ports import NvmeCommand
from tests.erasure.simulated_bench import FakeClock

BENCH = """
schema = "etabli.bench-file/1"
name = "pair"
[[drives]]
name = "sda"
bus = "ata"
model = "DEMO HDD"
serial = "DEMO-1"
size_bytes = 1048576
logical_sector = 512
[[drives]]
name = "nvme0"
bus = "nvme"
model = "DEMO NVMe"
serial = "DEMO-2"
wwn = "eui.0000000000000001"
size_bytes = 1048576
logical_sector = 512
vices = [{vices}]
power = {power}
[drives.nvme]
sanitize = ["block"]
seconds = 0.05
[[drives.nvme.namespaces]]
size_bytes = 1048576
eui64 = "0000000000000011"
[[drives.nvme.namespaces]]
size_bytes = 2097152
active = false
[[drives.nvme.namespaces]]
size_bytes = 524288
name = "third"
[[drives]]
name = "mmcblk0"
bus = "mmc"
model = "DEMO eMMC"
serial = "DEMO-3"
size_bytes = 1048576
logical_sector = 512
[drives.mmc]
seconds = 0.0
"""
SANITIZE = NvmeCommand(0x84, cdw10=2)
LOG = NvmeCommand(0x02, nsid=0xFFFFFFFF, cdw10=0x007F0081)


def pair(folder: Path, *vices: str, power: int = 1) -> SimulatedBench:
    path = folder / "pair.toml"
    path.write_text(BENCH.format(vices=", ".join(f'"{vice}"' for vice in vices), power=power))
    return load_bench(path, folder / "work")


def opened(bench: SimulatedBench, name: str, clock: FakeClock | None = None) -> SimulatedBlockDrive:
    """One disk in the time of `clock`, in which nothing passes unless the test lets it."""
    device = {device.name: device for device in bench.devices}[name]
    return replace(bench.opener, pace=clock or FakeClock(step_ns=0))(device)


def first_sector(port: SimulatedBlockDrive) -> bytes:
    buffer = bytearray(512)
    assert port.pread_into(memoryview(buffer), 0) == 512
    return bytes(buffer)


def test_every_active_namespace_is_a_disk_with_a_number_of_its_own(tmp_path: Path) -> None:
    shown = [(device.name, device.size_bytes, device.diskseq) for device in pair(tmp_path).devices]
    assert shown == [("sda", 1 << 20, 1), ("nvme0n1", 1 << 20, 2), ("third", 1 << 19, 3), ("mmcblk0", 1 << 20, 4)]
    names = {device.name: device.identity.wwn for device in pair(tmp_path).devices}
    assert (names["nvme0n1"], names["third"]) == ("eui.0000000000000011", "eui.0000000000000001")


def test_the_disks_of_a_controller_know_each_other_and_nobody_else(tmp_path: Path) -> None:
    bench = pickle.loads(pickle.dumps(pair(tmp_path)))
    companions = {}
    for device in bench.devices:
        with bench.opener(device) as port:
            companions[device.name] = [other.name for other in port.companions()]
    assert companions == {"sda": [], "nvme0n1": ["third"], "third": ["nvme0n1"], "mmcblk0": []}


def test_each_disk_is_its_own_namespace_of_one_controller(tmp_path: Path) -> None:
    bench = pair(tmp_path)
    for name, nsid in (("nvme0n1", 1), ("third", 3)):
        with opened(bench, name) as port:
            nvme = port.commands().nvme
            assert nvme is not None
            assert nvme.namespace_id() == nsid
            listed = nvme.admin(NvmeCommand(0x06, cdw10=2), timeout_ms=1000, data_in=4096).data
            assert listed[:12].hex() == "01000000" + "03000000" + "00000000"


def test_a_sanitize_through_one_disk_is_seen_through_the_other_and_reaches_both(tmp_path: Path) -> None:
    bench, clock = pair(tmp_path), FakeClock(step_ns=0)
    with opened(bench, "nvme0n1", clock) as first, opened(bench, "third", clock) as third:
        one, other = first.commands().nvme, third.commands().nvme
        assert one is not None
        assert other is not None
        assert b"MSDOS" in first_sector(third)
        assert one.admin(SANITIZE, timeout_ms=1000).status == 0
        assert other.admin(SANITIZE, timeout_ms=1000).status == 0x1D
        with pytest.raises(OSError, match="Input/output"):
            first_sector(third)
        clock.sleep(0.1)
        assert other.admin(LOG, timeout_ms=1000, data_in=512).data[:4].hex() == "ffff0100"
        assert first_sector(first) == first_sector(third) == bytes(512)
    assert (tmp_path / "work" / "nvme0n1.memory.json").exists()
    assert not (tmp_path / "work" / "third.memory.json").exists()


def test_a_controller_that_left_is_not_shown_until_its_power_was_off(tmp_path: Path) -> None:
    bench, clock = pair(tmp_path, "vanishes"), FakeClock(step_ns=0)
    with opened(bench, "nvme0n1", clock) as port:
        nvme = port.commands().nvme
        assert nvme is not None
        nvme.admin(SANITIZE, timeout_ms=1000)
        clock.sleep(0.1)
        with pytest.raises(OSError, match="No such device"):
            first_sector(port)
    assert [device.name for device in bench.devices] == ["sda", "mmcblk0"]
    assert len(pair(tmp_path, "vanishes", power=2).devices) == 4


def test_a_serial_that_changed_is_told_by_the_drive_and_not_by_the_kernel(tmp_path: Path) -> None:
    bench, clock = pair(tmp_path, "renames"), FakeClock(step_ns=0)
    with opened(bench, "third", clock) as port:
        nvme = port.commands().nvme
        assert nvme is not None
        assert port.sighting().identity.serial == "DEMO-2"
        nvme.admin(SANITIZE, timeout_ms=1000)
        clock.sleep(0.1)
        found = read_nvme(nvme)
        assert found is not None
        assert found.serial == "DEMO-2-OTHER"
        assert port.sighting().identity.serial == "DEMO-2"


def test_a_card_takes_commands_of_its_own(tmp_path: Path) -> None:
    with opened(pair(tmp_path), "mmcblk0") as port:
        ports = port.commands()
        assert (ports.scsi, ports.nvme, ports.opal) == (None, None, None)
        assert ports.mmc is not None

"""Every interlock on objects of the running kernel: refused, the holder named, and not one byte changed anywhere."""

import json
import os
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from erasure.clearance import Confirmation, authorize
from erasure.errors import ClearanceError, DeviceError, NotABlockDevice
from erasure.facts import read_facts
from erasure.interlocks import KernelView, interlocks
from erasure.inventory import sight, whole_disks
from erasure.methods.protocol import MethodKind
from erasure.outcome import Level, Reason, ReasonCode
from erasure.plan import ErasurePlan, Refusal, plan
from erasure.policy import Policy
from erasure.transport.linux_block import LinuxOpener
from tests.kernel.conftest import PARTITION_START, SWAP_BYTES

pytestmark = [pytest.mark.kernel, pytest.mark.world]

MIB = 1 << 20
VIEW = KernelView()
POLICY = Policy("test", 1, ("test.overwrite",), "full", 0)


class Overwrite:
    """A method row that always applies: what is refused here is refused by the interlocks alone."""

    id = "test.overwrite"
    version = 1
    level = Level.CLEAR
    kind = MethodKind.OVERWRITE

    def uncovered(self, facts: Any) -> tuple[Reason, ...]:
        return ()

    def applies(self, facts: Any) -> Any:
        return True


def attempt(device: Any, *, allow_loop: bool = True) -> tuple[set[ReasonCode], str]:
    """Go the whole way to a clearance, and write if anything lets us; return why not."""
    codes, details = set(), []
    blocks = interlocks(VIEW, device, allow_loop=allow_loop)
    for reason in blocks:
        codes.add(reason.code)
        details.append(reason.detail)
    try:
        with LinuxOpener()(device) as port:
            facts = read_facts(port)
            made = plan(facts, blocks, POLICY, (Overwrite(),))
            clearance = authorize(facts, made, blocks, Confirmation("Test", device.identity.serial))
            assert isinstance(clearance.consume(), ErasurePlan)
            os.pwrite(port.fileno(), b"\xee" * 4096, 0)
            details.append("WROTE")
    except (DeviceError, ClearanceError) as error:
        details.append(f"{type(error).__name__}: {error}")
    return codes, " | ".join(details)


@pytest.mark.parametrize("sector_size", [512, 4096])
def test_a_free_loop_goes_the_whole_way(loop_disk: Any, sector_size: Any) -> None:
    disk = loop_disk(8 * MIB, sector_size)
    device = sight(VIEW, disk.path)
    before = disk.sha256()
    with LinuxOpener()(device) as port:
        facts = read_facts(port)
        made = plan(facts, interlocks(VIEW, device, allow_loop=True), POLICY, (Overwrite(),))
        assert isinstance(made, ErasurePlan)
        assert (facts.size_bytes, facts.logical_sector) == (8 * MIB, sector_size)
        assert facts.hidden.closed
        assert made.exceptions == ()
        confirmation = Confirmation("Test", device.identity.serial)
        assert authorize(facts, made, interlocks(VIEW, device, allow_loop=True), confirmation).consume() is made
    assert disk.sha256() == before


def test_a_loop_is_refused_unless_allowed(loop_disk: Any) -> None:
    disk = loop_disk(8 * MIB)
    before = disk.sha256()
    codes, details = attempt(sight(VIEW, disk.path), allow_loop=False)
    assert codes == {ReasonCode.UNSUPPORTED}
    assert f"{disk.name} is a loop device" in details
    assert "WROTE" not in details
    assert disk.sha256() == before


def test_a_mounted_whole_loop_is_refused(loop_disk: Any, mounted: Any) -> None:
    disk, neighbour = loop_disk(16 * MIB), loop_disk(8 * MIB)
    place = mounted(disk.path)
    before = disk.sha256(), neighbour.sha256()
    codes, details = attempt(sight(VIEW, disk.path))
    assert codes == {ReasonCode.IN_USE}
    assert f"mounted on {place} ({disk.name})" in details
    assert f"DeviceBusy: {disk.path} is in use: mounted on {place}" in details
    assert (disk.sha256(), neighbour.sha256()) == before


def test_a_mounted_partition_protects_its_whole_disk(loop_disk: Any, mounted: Any) -> None:
    disk, neighbour = loop_disk(32 * MIB), loop_disk(8 * MIB)
    place = mounted(disk.add_partition())
    before = disk.sha256(), neighbour.sha256()
    codes, details = attempt(sight(VIEW, disk.path))
    assert codes == {ReasonCode.IN_USE}
    assert f"mounted on {place} ({disk.name}p1)" in details
    assert "DeviceBusy" in details
    assert (disk.sha256(), neighbour.sha256()) == before


def test_a_partition_path_is_refused_and_names_its_disk(loop_disk: Any) -> None:
    disk = loop_disk(32 * MIB)
    part = disk.add_partition()
    before = disk.sha256()
    with pytest.raises(NotABlockDevice, match=f"{disk.name}p1 is a partition of {disk.name}"):
        sight(VIEW, part)
    assert disk.sha256() == before


@pytest.mark.parametrize("part", [False, True], ids=["whole", "partition"])
def test_swap_protects_its_disk(loop_disk: Any, swapped_on: Any, part: str) -> None:
    disk, neighbour = loop_disk(32 * MIB), loop_disk(8 * MIB)
    area = disk.add_partition() if part else disk.path
    swapped_on(area)
    start = PARTITION_START * 512 if part else 0
    behind = start + SWAP_BYTES  # the kernel may page to what lies before it
    before = disk.read(0, start), disk.sha256(behind), neighbour.sha256()
    codes, details = attempt(sight(VIEW, disk.path))
    assert codes == {ReasonCode.IN_USE}
    assert f"swap on {area.removeprefix('/dev/')}" in details
    assert "DeviceBusy" in details
    assert (disk.read(0, start), disk.sha256(behind), neighbour.sha256()) == before


def test_a_read_only_disk_is_refused(loop_disk: Any, cleanup: ExitStack) -> None:
    disk = loop_disk(8 * MIB)
    before = disk.sha256()
    subprocess.run(["blockdev", "--setro", disk.path], check=True, timeout=20)
    cleanup.callback(subprocess.run, ["blockdev", "--setrw", disk.path], check=True, timeout=20)
    codes, details = attempt(sight(VIEW, disk.path))
    assert codes == {ReasonCode.READ_ONLY}
    assert f"{disk.name} is read-only" in details
    assert "ClearanceError: nothing is planned for this drive" in details
    assert disk.sha256() == before


def test_a_loop_over_a_file_on_a_disk_protects_that_disk(loop_disk: Any, mounted: Any) -> None:
    outer = loop_disk(48 * MIB)
    place = mounted(outer.path, "rw,noatime")
    inner = loop_disk(8 * MIB, folder=place)
    before = outer.sha256(), inner.sha256()
    codes, details = attempt(sight(VIEW, outer.path))
    assert codes == {ReasonCode.IN_USE}
    assert f"mounted on {place} ({outer.name})" in details
    assert f"holds {inner.image}, the file behind {inner.name}" in details
    assert (outer.sha256(), inner.sha256()) == before
    assert interlocks(VIEW, sight(VIEW, inner.path), allow_loop=True) == ()


def test_a_file_system_inside_a_loop_inside_a_disk_is_named_at_any_depth(loop_disk: Any, mounted: Any) -> None:
    outer = loop_disk(64 * MIB)
    inner = loop_disk(16 * MIB, folder=mounted(outer.path, "rw,noatime"))
    deep = mounted(inner.path)
    before = outer.sha256(), inner.sha256()
    _, details = attempt(sight(VIEW, outer.path))
    assert f"mounted on {deep} ({inner.name})" in details
    assert (outer.sha256(), inner.sha256()) == before


def test_two_loops_over_one_file_are_twins_and_both_are_refused(loop_disk: Any, cleanup: ExitStack) -> None:
    disk = loop_disk(8 * MIB)
    before = disk.sha256()
    words = ["losetup", "--find", "--show", "--direct-io=on", str(disk.image)]
    twin = subprocess.run(words, capture_output=True, text=True, check=True, timeout=20).stdout.strip()
    cleanup.callback(subprocess.run, ["losetup", "--detach", twin], check=True, timeout=20)
    codes, details = attempt(sight(VIEW, disk.path))
    assert codes == {ReasonCode.IDENTITY}
    assert f"{twin.removeprefix('/dev/')} has the same serial number LOOP-" in details
    assert disk.sha256() == before


def test_a_loop_that_was_attached_anew_is_another_disk(loop_disk: Any) -> None:
    disk = loop_disk(8 * MIB)
    device = sight(VIEW, disk.path)
    before = disk.sha256()
    disk.reattach()
    codes, details = attempt(device)
    assert codes == {ReasonCode.IDENTITY}
    assert f"{disk.name} is another disk now" in details
    assert "IdentityChanged" in details
    assert disk.sha256() == before


def test_a_loop_without_a_file_has_no_size_and_is_refused(loop_disk: Any) -> None:
    disk = loop_disk(8 * MIB)
    device = sight(VIEW, disk.path)
    disk.detach_for_good()
    codes = {reason.code for reason in interlocks(VIEW, device, allow_loop=True)}
    assert codes & {ReasonCode.SIZE, ReasonCode.IDENTITY}


def system_disk() -> str:
    """Kernel name of the disk under the root file system."""
    listed = json.loads(subprocess.run(["findmnt", "-J", "/"], capture_output=True, check=True, timeout=20).stdout)
    name = Path(listed["filesystems"][0]["source"]).resolve().name
    return whole(Path(f"/sys/class/block/{name}"))


def whole(entry: Path) -> str:
    """Kernel name of the whole disk of an entry of sysfs."""
    folder = entry.resolve()
    return folder.parent.name if (folder / "partition").exists() else folder.name


def test_the_disk_under_the_running_system_is_refused_without_opening_it() -> None:
    device = sight(VIEW, f"/dev/{system_disk()}")
    found = interlocks(VIEW, device, allow_loop=True)
    assert ReasonCode.BOOT_MEDIUM in {reason.code for reason in found}
    assert any(reason.detail.startswith("mounted on / (") for reason in found)


def test_the_disk_under_the_images_of_this_test_names_them(loop_disk: Any) -> None:
    disk = loop_disk(8 * MIB)
    number = disk.image.stat().st_dev
    name = whole(Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}"))
    found = interlocks(VIEW, sight(VIEW, f"/dev/{name}"), allow_loop=True)
    assert any(f"the file behind {disk.name}" in reason.detail for reason in found)


def test_the_inventory_lists_attached_loops_only_when_asked(loop_disk: Any) -> None:
    disk = loop_disk(8 * MIB)
    assert disk.name in {device.name for device in whole_disks(VIEW, loops=True)}
    assert disk.name not in {device.name for device in whole_disks(VIEW)}


def test_a_refusal_carries_the_reasons_of_the_kernel(loop_disk: Any, mounted: Any) -> None:
    disk = loop_disk(16 * MIB)
    device = sight(VIEW, disk.path)
    with LinuxOpener()(device) as port:
        facts = read_facts(port)
    place = mounted(disk.path)
    made = plan(facts, interlocks(VIEW, device, allow_loop=True), POLICY, (Overwrite(),))
    assert isinstance(made, Refusal)
    assert any(str(place) in reason.detail for reason in made.reasons)
